"""`pandabot api list`: what would be called, before anything else is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from bot.cli import app
from pandapon.operations.catalogue import OPERATIONS

if TYPE_CHECKING:
    from pathlib import Path

PATHS = '{"taobao.order.list": "/v2/taobao/order/pageQuery", "taobao.order.pay": "/v2/taobao/order/pay"}'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, with no settings in it or around it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PANDAPON_PATHS", raising=False)
    return tmp_path


def listed(code: int = 0) -> str:
    """What the command prints, on either channel."""
    result = CliRunner().invoke(app, ["api", "list"])
    assert result.exit_code == code
    return result.output


def test_the_catalogue_is_listed() -> None:
    """Every endpoint has its line, with path, grade and what is to be known about it."""
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in listed().splitlines()}
    assert list(lines) == [operation.name for operation in OPERATIONS]
    assert lines["1688.order.logistics"] == "GET /v2/alibaba/order/logistics [S]"
    assert lines["taobao.order.pay"] == "POST ? [?] writes"
    assert "guessed after 1688's" in lines["taobao.cart.quantity"]


@pytest.mark.parametrize("place", ["environment", ".env"])
def test_a_replaced_path_is_shown_and_said_to_be_one(place: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list shows what would be called, whatever stands in the catalogue."""
    if place == ".env":
        (folder / ".env").write_text(f"PANDAPON_PATHS='{PATHS}'\n", encoding="utf-8")
    else:
        monkeypatch.setenv("PANDAPON_PATHS", PATHS)
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in listed().splitlines()}
    assert lines["taobao.order.list"] == (
        "POST /v2/taobao/order/pageQuery [set by PANDAPON_PATHS instead of /v2/taobao/order/page [I]]"
    )
    assert lines["taobao.order.pay"] == "POST /v2/taobao/order/pay [set by PANDAPON_PATHS instead of ? [?]] writes"
    assert lines["1688.order.list"] == "POST /v2/alibaba/order/page [S]"


@pytest.mark.parametrize(
    ("paths", "sentence"),
    [
        ("{oops", "PANDAPON_PATHS: must be a JSON object such as"),
        ('{"a": 1}', "PANDAPON_PATHS: must be a JSON object such as"),
        ('{"taobao.order.lists": "/v2/x"}', "no endpoint is called 'taobao.order.lists'"),
        ('{"taobao.order.list": "v2/x"}', "must look like /v2/"),
    ],
)
def test_a_wrong_setting_is_a_sentence(paths: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error in the setting is named, and nothing is listed as if it were right."""
    monkeypatch.setenv("PANDAPON_PATHS", paths)
    output = listed(78)
    assert sentence in output
    assert "1688.order.logistics" not in output
