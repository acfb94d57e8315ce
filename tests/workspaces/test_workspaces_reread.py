"""An upgrade over a large workspace: rereading its orders takes longer than a start may."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from support.host_harness import A, hosted
from support.patience import until

from bot import startup
from storage.errors import UnreachableError

if TYPE_CHECKING:
    from pathlib import Path

ENDED = 5.0  # seconds; a turn that is not given back lasts ten minutes


class Rereading:
    """Stands for that of many orders: it goes on until the test lets it end."""

    def __init__(self) -> None:
        self.begun, self.may_end, self.failures = 0, asyncio.Event(), 0

    async def __call__(self, *_args: Any, **_more: Any) -> None:
        self.begun += 1
        if self.failures:
            self.failures -= 1
            raise UnreachableError("away for a moment")
        await self.may_end.wait()


@pytest.fixture
def rereading(monkeypatch: pytest.MonkeyPatch) -> Rereading:
    async def is_read(*_args: Any, **_more: Any) -> bool:
        return False

    stand_in = Rereading()
    monkeypatch.setattr(startup, "reread", stand_in)
    monkeypatch.setattr(startup, "is_read", is_read)
    monkeypatch.setattr("bot.startup.AGAIN_SECONDS", 0.1)
    return stand_in


async def test_people_are_answered_meanwhile(tmp_path: Path, rereading: Rereading) -> None:
    """The bot counts as started; its jobs begin when the orders have been read, also where that failed at first."""
    rereading.failures = 1
    async with hosted(tmp_path) as harness:
        alpha = await harness.connect(A)
        await until(lambda: rereading.begun > 1)
        assert "PandaPon" in await alpha.ask("/panda status")
        assert alpha.bot.last_tick_at is None
        rereading.may_end.set()
        await until(lambda: alpha.bot.last_tick_at is not None)


async def test_a_stop_in_between_gives_the_turn_back(tmp_path: Path, rereading: Rereading) -> None:
    """The process stops in the middle of it: the next one need not wait for the end of its turn."""
    async with hosted(tmp_path) as harness:
        alpha = await harness.connect(A)
        await until(lambda: rereading.begun > 0)
        assert [row["name"] for row in alpha.rows("SELECT name FROM turns")] == ["reread"]
        async with asyncio.timeout(ENDED):
            await harness.stop_host()
        assert harness.rows("SELECT name FROM turns", f"team_{A.lower()}") == []
