"""The client by itself: its example runs, and it needs nothing of the bot."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.pandapon_api import Api, api_server, config, ok

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TEXT = (Path(__file__).parents[2] / "docs" / "client.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
ALONE = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"slack_bolt", "slack_sdk", "bot", "handlers", "storage", "tracking"}:
            raise ImportError(name)
sys.meta_path.insert(0, Missing())
import pandapon
print([getattr(pandapon, name).__name__ for name in pandapon.__all__])
import pandapon.operations.catalogue
"""


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """An API that answers by address."""
    async with api_server() as server:
        yield server


async def test_the_example_of_the_document_runs(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever copies it searches and lists a cart."""

    async def by_address(request: Any) -> Any:
        if request.path.endswith("cart/list"):
            return ok({"enableList": [{"sellerNickName": "锦绣", "cartItemInfos": [{"id": 7, "quantity": 2}]}]})
        return ok({"totalRecords": 1, "data": [{"subject": "红色连衣裙", "priceInfo": {"price": "19.90"}}]})

    api.queue(by_address)
    names: dict[str, Any] = {}
    exec(compile(EXAMPLE, "client.md", "exec"), names)  # noqa: S102  the document's own example
    await names["main"](config(api.url))
    printed = capsys.readouterr().out
    assert "19.90 红色连衣裙" in printed
    assert "seller_nick_name='锦绣'" in printed


def test_the_client_needs_nothing_of_the_bot() -> None:
    """It imports without Slack's library, storage and bot, and has its documented names."""
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", ALONE], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == 0, done.stderr
    assert "'PandaPon'" in done.stdout


def test_a_name_that_is_not_there() -> None:
    """As any module."""
    import pandapon  # noqa: PLC0415  the name is looked up in the package

    with pytest.raises(AttributeError, match="Nonsense"):
        _ = pandapon.Nonsense
