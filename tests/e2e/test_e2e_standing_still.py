"""What the bot says of itself when it can do nothing: a full disk, a job that hangs, a clock that is off."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest
from support.bot_harness import ORDER, BotHarness, running, words

from bot.process import scheduler
from sandbox.slack.faults import Fault
from storage.sqlite.database import thread_of

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path


class MovedClock:
    """The harness's clock with a shift that goes both ways."""

    def __init__(self, harness: BotHarness) -> None:
        self._clock, self.by = harness.clock, timedelta()

    def __call__(self) -> datetime:
        return self._clock() + self.by


async def get(harness: BotHarness, path: str) -> tuple[int, str]:
    assert harness.bot is not None
    url = f"http://127.0.0.1:{harness.bot.http_port}{path}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def limit(harness: BotHarness, pages: int | None) -> None:
    """Let the database grow by so many pages; None: as it likes."""
    assert harness.bot is not None
    store = harness.bot.store

    def work(conn: sqlite3.Connection) -> None:
        used = conn.execute("PRAGMA page_count").fetchone()[0]
        conn.execute(f"PRAGMA max_page_count = {used + pages if pages is not None else 1 << 30}")

    await thread_of(store.engine).direct(work)


async def test_a_full_disk_is_told_everywhere(harness: BotHarness) -> None:
    """Readiness, status and metrics; what came meanwhile is told once when there is room again."""
    await harness.ask(f"/panda watch {ORDER}")
    assert (await get(harness, "/readyz"))[0] == 200
    await limit(harness, 0)
    luck = random.Random(1)  # noqa: S311  a test's dice
    for number in range(8):
        noise = "".join(chr(luck.randrange(0x4E00, 0x9F00)) for _ in range(600))  # entries are stored compressed
        harness.scan(f"第{number:02d}站 快件已到达 {noise}")
    assert harness.bot is not None
    store = harness.bot.store
    await harness.until(lambda: thread_of(store.engine).trouble is not None)
    code, text = await get(harness, "/readyz")
    assert (code, "disk is full" in text) == (503, True)
    assert "pandabot_database_writable 0" in (await get(harness, "/metrics"))[1]
    status = await harness.ask("/panda status")
    assert "Some things need attention" in status
    assert "the disk has no room for it" in status
    await limit(harness, None)
    harness.clock.advance(timedelta(minutes=6))  # the lease of what could not be recorded
    [card] = [m for m in harness.channel() if not m.thread_ts]
    await harness.until(lambda: "第07站" in "".join(words(m) for m in harness.thread(card)))
    assert (await get(harness, "/readyz"))[0] == 200
    assert "running normally" in await harness.ask("/panda status")
    told = "".join(words(m) for m in harness.thread(card))
    assert [told.count(f"第{number:02d}站") for number in range(8)] == [1] * 8


async def test_a_poll_that_hangs_is_told(harness: BotHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not ready, and says which job; ready again when it goes on."""
    monkeypatch.setattr(scheduler, "LONGEST_RUN", 0.5)
    await harness.ask(f"/panda watch {ORDER}")
    assert harness.bot is not None
    goes_on = asyncio.Event()

    async def hang(*_wish: object, **_more: object) -> list[object]:
        await goes_on.wait()
        return []

    with monkeypatch.context() as patch:
        patch.setattr(harness.bot.store.orders, "claim_due", hang)
        await harness.until(lambda: harness.bot is not None and harness.bot.stopped() is not None)
        code, text = await get(harness, "/readyz")
        assert (code, "'poll'" in text) == (503, True)
        assert "pandabot_jobs_stopped 1" in (await get(harness, "/metrics"))[1]
        assert "has shown no sign of life" in await harness.ask("/panda status")
    goes_on.set()
    await harness.until(lambda: harness.bot is not None and harness.bot.stopped() is None)
    assert (await get(harness, "/readyz"))[0] == 200


@pytest.mark.parametrize("back", [timedelta(minutes=1), timedelta(hours=3), timedelta(days=120), timedelta(days=730)])
async def test_an_injected_clock_that_goes_back(tmp_path: Path, back: timedelta) -> None:
    """Polls, posts, a pause of PandaPon's and one of a post go on; PandaPon's clock shows that ours is off."""
    async with running(tmp_path, cadence_factor=0.0005) as harness:
        clock = MovedClock(harness)
        await harness.stop_bot()
        harness.clock, moved = clock, harness.clock  # type: ignore[assignment]  # the bot's alone: it is built by it
        await harness.start_bot()
        harness.clock = moved
        await harness.ask(f"/panda watch {ORDER}")
        [card] = harness.channel()
        harness.slack.faults.plan(Fault("chat.postMessage", retry_after=2))
        harness.scan("第一站 快件已到达")
        assert harness.bot is not None
        await harness.until(lambda: not harness.slack.faults.planned)
        clock.by = -back
        harness.scan("第二站 快件已到达")
        await harness.until(lambda: all(t in "".join(map(words, harness.thread(card))) for t in ("第一站", "第二站")))
        await harness.until(
            lambda: harness.bot is not None and harness.bot.api.clock_is_off == (back > timedelta(minutes=9))
        )
        status = await harness.ask("/panda status")
        assert ("behind PandaPon's" in status) == harness.bot.api.clock_is_off
        assert (await get(harness, "/readyz"))[0] == 200
        clock.by = timedelta()
        harness.scan("第三站 快件已到达")
        await harness.until(lambda: "第三站" in "".join(map(words, harness.thread(card))))
        told = "".join(map(words, harness.thread(card)))
        assert [told.count(f"{text} 快件已到达") for text in ("第一站", "第二站", "第三站")] == [1, 1, 1]
        assert len([m for m in harness.channel() if not m.thread_ts]) == 1


async def test_a_clock_far_ahead_raises_no_alarm_and_forgets_nothing(tmp_path: Path) -> None:
    """By it every order has been silent for months; PandaPon's clock says that it is ours."""
    async with running(tmp_path) as harness:
        clock = MovedClock(harness)
        await harness.stop_bot()
        harness.clock, moved = clock, harness.clock  # type: ignore[assignment]  # the same
        await harness.start_bot()
        harness.clock = moved
        await harness.ask(f"/panda watch {ORDER}")
        clock.by = timedelta(days=120)
        assert harness.bot is not None
        await harness.until(lambda: harness.bot is not None and harness.bot.api.clock_is_off)
        harness.hurry("stalls", "prune", "digests")
        await harness.several_ticks(15)
        assert len(harness.channel()) == 1
        assert "ahead of PandaPon's" in await harness.ask("/panda status")


async def test_a_token_that_is_revoked_in_a_quiet_week_is_told(harness: BotHarness) -> None:
    """Nothing is posted, and so nothing is refused; it is asked for, and found to be good again."""
    assert (await get(harness, "/readyz"))[0] == 200
    harness.slack.faults.plan(Fault("auth.test", times=10_000, error="account_inactive"))
    harness.hurry("token")
    await harness.until(
        lambda: harness.bot is not None and harness.bot.deliverer.failures.token_refused == "account_inactive"
    )
    code, text = await get(harness, "/readyz")
    assert (code, "account_inactive" in text) == (503, True)
    harness.slack.faults.clear()
    harness.hurry("token")
    await harness.until(lambda: harness.bot is not None and not harness.bot.deliverer.failures.token_refused)
    assert (await get(harness, "/readyz"))[0] == 200
