"""`pandabot api`: typed arguments, the request without sending it, tables, and refusals before anything is sent."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest
from support.operation_samples import SAMPLES, request_of
from support.pandapon_api import KEY, SECRET, USER, Api, api_server, ok
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.api import arguments, printing
from pandapon.operations.catalogue import OPERATIONS, AnyOperation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ID = "2542285634920880794"
BY_NAME: dict[str, AnyOperation] = {operation.name: operation for operation in OPERATIONS}


@pytest.fixture(autouse=True)
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A complete configuration."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "PANDAPON_ACCESS_KEY": KEY,
        "PANDAPON_ACCESS_SECRET": SECRET,
        "PANDAPON_USER_ID": USER,
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """An API that answers what a test tells it to."""
    async with api_server() as server:
        yield server


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["api", *words])
    return result.exit_code, result.output


def options(operation: AnyOperation) -> list[str]:
    """The operation's sample as somebody would type it."""
    words: list[str] = []
    for name, value in SAMPLES.get(operation.name, {}).items():
        option = f"--{name.replace('_', '-')}"
        if isinstance(value, dict) and name not in {"page_param_map", "properties", "sort"}:
            words += [word for inner, text in value.items() for word in (f"{option}.{inner.replace('_', '-')}", text)]
        elif isinstance(value, dict | list):
            words += [option, json.dumps(value)]
        else:
            words.append(f"{option}={value}")
    return words


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_each_operation_can_be_typed(operation: AnyOperation) -> None:
    """The arguments of the terminal make the same request as the code."""
    assert arguments.read(operation, options(operation)) == request_of(operation)


def test_a_dry_run_shows_the_request_and_no_secret(api: Api) -> None:
    """The whole request, signed, without what signs it; nothing is sent, even of an operation that writes."""
    code, text = run("1688.order.cancel", "--order-id", ID, "--cancel-reason", "other", "--dry-run")
    assert code == 0
    assert text.startswith("POST https://api.pandapon.com/v2/alibaba/order/cancel\n")
    assert f'"orderId": {ID}' in text
    assert "signature: …" in text
    assert not [secret for secret in (KEY, SECRET, USER) if secret in text]
    assert api.seen == []


def test_a_password_and_a_query_signature_are_masked() -> None:
    """Secrets also stand in bodies and in the query."""
    _code, text = run("taobao.order.im_link", "--login-name=a", "--password=hunter2", "--dry-run")
    assert "hunter2" not in text
    _code, text = run("freight.estimate", *options(BY_NAME["freight.estimate"]), "--dry-run")
    assert "&sign=…" in text


def test_as_curl() -> None:
    """The same as one shell command."""
    code, text = run("1688.order.logistics", "--order-id", ID, "--as-curl")
    words = shlex.split(text)
    assert code == 0
    assert words[:4] == ["curl", "-X", "GET", f"https://api.pandapon.com/v2/alibaba/order/logistics?orderId={ID}"]
    assert "access-key: …" in words


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["1688.order.cancel", "--order-id", "25x"], "--order-id: "),
        (["1688.order.cancel", "--order-id", ID], "--cancel-reason: is required"),
        (["1688.order.cancel", "--orderid", ID], "--orderid: no such field"),
        (["1688.order.cancel", "--order-id"], "--order-id needs a value"),
        (["1688.order.cancel", "stray"], "'stray' belongs to no option"),
        (["1688.order.create", "--cargo-param-list", "{oops"], "is not JSON"),
        (["1688.order.create", "--address-param.town", "x"], "no such field"),
        (["1688.order.logistics", "--order-id", ID, "--body", "{}"], "either the operation's own arguments, or"),
        (["1688.order.cancle"], "no operation '1688.order.cancle'"),
    ],
)
def test_wrong_arguments_are_a_sentence(words: list[str], sentence: str) -> None:
    """Nothing is sent, and the fields are listed."""
    code, text = run(*words, "--yes")
    assert code == 2
    assert sentence in text


def test_a_write_wants_yes() -> None:
    """Whatever its arguments."""
    code, text = run("1688.order.cancel", "--order-id", ID, "--cancel-reason", "other")
    assert code == 2
    assert "--yes" in text


def test_the_fields_are_shown() -> None:
    """With what has to be given."""
    code, text = run("1688.order.cancel", "--fields")
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in text.splitlines()[1:]}
    assert code == 0
    assert lines["--order-id"] == "required"
    assert lines["--remark"] == "optional"
    assert run("1688.cart.list", "--fields") == (0, "1688.cart.list takes no arguments.\n")


async def test_a_call_and_its_table(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer as JSON keeps every digit; as a table it has the fields that the contract knows."""
    monkeypatch.setenv("PANDAPON_BASE_URL", api.url)
    api.queue(ok([{"reasonId": 20006, "reasonDesc": "少货 | 破损", "new": 2542285634920880794}]))
    monkeypatch.setenv("PANDAPON_PATHS", '{"1688.refund.reasons": "/v2/alibaba/refund/reason"}')
    code, text = await in_thread("1688.refund.reasons", "--order-id", ID)
    assert code == 0
    assert json.loads(text)[0]["new"] == 2542285634920880794
    code, text = await in_thread("1688.refund.reasons", "--order-id", ID, "--table")
    assert code == 0
    assert text.split("\n")[0].split() == ["reason_id", "reason_desc", "new"]
    assert text.split("\n")[1].startswith("20006")


async def in_thread(*words: str) -> tuple[int, str]:
    """The command runs a loop of its own, so it runs in a thread."""
    import asyncio  # noqa: PLC0415  only here

    return await asyncio.to_thread(run, *words)


def test_remote_text_cannot_draw_in_the_terminal() -> None:
    """Escape sequences of a title become spaces."""
    product = BY_NAME["taobao.goods.get"].read(
        {"title": "a\x1b[31mb", "skuList": [{"skuId": 1}]}, request_of(BY_NAME["taobao.goods.get"]), "yuan"
    )
    text = printing.as_table(product)
    assert "\x1b" not in text
    assert "title" in text
