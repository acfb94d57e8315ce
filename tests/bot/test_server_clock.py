"""A process knows how far its clock is from the database server's, says so once, and serves it as a figure."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest
from support import postgres
from support.bot_harness import running
from support.host_harness import hosted
from support.patience import PATIENCE, until

from bot.commands.doctor.report import report
from bot.process import server_clock
from bot.process.server_clock import ServerClock
from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.bot_harness import BotHarness

EXACT = 0.5  # seconds; on a busy machine a comparison may take twice as long


def now() -> datetime:
    return datetime.now(UTC)


def clock_ahead_by(seconds: float) -> Callable[[], datetime]:
    """A clock that is ahead of the machine's, which is the server's too."""
    return lambda: now() + timedelta(seconds=seconds)


@pytest.mark.parametrize("seconds", [-40_000_000, -3.2, 0, 1.4, 90])
async def test_the_difference_is_that_of_the_clocks(tmp_path: Path, seconds: float) -> None:
    """Ahead and behind. A file has no clock of its own."""
    store = await postgres.open_postgres(tmp_path / "bot.db")
    assert await store.engine.clock_offset(clock_ahead_by(seconds)) == pytest.approx(seconds, abs=EXACT)
    await store.close()
    store = await open_store(tmp_path / "bot.db")
    assert await store.engine.clock_offset(clock_ahead_by(seconds)) == 0
    await store.close()


async def test_it_is_said_once_and_once_when_it_is_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Not in every check of every 20 seconds; and what an ordinary clock differs by is no news."""
    caplog.set_level("INFO", server_clock.__name__)
    store = await postgres.open_postgres(tmp_path / "bot.db")
    by = 0.0
    clock = ServerClock(store.engine, lambda: now() + timedelta(seconds=by))
    assert clock.offset is None
    for by in (0.2, 3, 4, -3, 0, 0):  # noqa: B007  the clock reads it
        await clock.compare()
    await store.close()
    assert clock.offset == pytest.approx(0, abs=EXACT)
    assert [(record.levelname, record.getMessage()[:30]) for record in caplog.records] == [
        ("WARNING", "clock is ahead of the database"),
        ("INFO", "clock agrees with the database"),
    ]
    assert vars(caplog.records[0])["ahead_by"].startswith(("3.", "2."))


async def test_a_process_serves_it_and_the_doctor_warns(tmp_path: Path) -> None:
    """From its start, and anew with each sign of life."""
    url = postgres.new_database(tmp_path)
    async with running(tmp_path, storage_url=url) as harness:
        assert harness.bot is not None
        harness.clock.advance(now() - harness.clock() + timedelta(seconds=5))
        harness.bot.scheduler.hurry("presence")
        await until(lambda: _offset(harness) == pytest.approx(5, abs=EXACT))
        assert offset_in(await metrics(harness.bot.http_port)) == pytest.approx(5, abs=EXACT)
        warned = await report(harness.settings, harness.clock)
        assert re.search(
            r"this machine's clock \| \*\*[45]\.\d+ s ahead of the server's, more than 1 s: set it", warned
        )
        calm = await report(harness.settings, clock_ahead_by(-0.2))
        assert re.search(r"this machine's clock \| 0\.\d+ s \w+( of)? the server's \|", calm)


def offset_in(text: str) -> float | None:
    """The figure as it is served; None: it is not."""
    served = re.search(r"^pandabot_clock_offset_seconds (\S+)$", text, re.MULTILINE)
    return float(served[1]) if served else None


def _offset(harness: BotHarness) -> float | None:
    assert harness.bot is not None
    assert harness.bot.presence is not None
    return harness.bot.presence.server_clock.offset


async def test_a_process_of_many_workspaces_serves_it_once(tmp_path: Path) -> None:
    """Compared by the process; a bot in it has no clock of its own."""
    async with hosted(tmp_path) as host:
        await until(lambda: host.rows("SELECT * FROM host_workers"))
        behind = (now() - host.clock()).total_seconds()
        assert host.host is not None
        async with asyncio.timeout(PATIENCE):
            while (served := offset_in(await metrics(host.host.http_port))) is None:  # noqa: ASYNC110  it compares by itself
                await asyncio.sleep(0.05)
        assert served == pytest.approx(-behind, abs=EXACT)


async def metrics(port: int) -> str:
    """What a process serves."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        return await answer.text()
