"""What the bot says of itself when it can do nothing: a full disk, a job that hangs, a clock that is off."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest
from support.house import ORDER, House, running, words

from bot.process import scheduler
from sandbox.slack.faults import Fault

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Both stand-ins and the production bot between them."""
    async with running(tmp_path) as one:
        yield one


class MovedClock:
    """The house's clock with a shift that goes both ways."""

    def __init__(self, house: House) -> None:
        self._clock, self.by = house.clock, timedelta()

    def __call__(self) -> datetime:
        return self._clock() + self.by


async def get(house: House, path: str) -> tuple[int, str]:
    assert house.bot is not None
    url = f"http://127.0.0.1:{house.bot.http_port}{path}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def limit(house: House, pages: int | None) -> None:
    """Let the database grow by so many pages; None: as it likes."""
    assert house.bot is not None
    store = house.bot.store

    def work(conn: sqlite3.Connection) -> None:
        used = conn.execute("PRAGMA page_count").fetchone()[0]
        conn.execute(f"PRAGMA max_page_count = {used + pages if pages is not None else 1 << 30}")

    await store.thread.direct(work)


async def test_a_full_disk_is_told_everywhere(house: House) -> None:
    """Readiness, status and metrics; what came meanwhile is told once when there is room again."""
    await house.ask(f"/panda watch {ORDER}")
    assert (await get(house, "/readyz"))[0] == 200
    await limit(house, 0)
    for number in range(8):
        house.scan(f"第{number:02d}站 快件已到达" + "很长的说明" * 30)
    assert house.bot is not None
    store = house.bot.store
    await house.until(lambda: store.thread.trouble is not None)
    code, text = await get(house, "/readyz")
    assert (code, "disk is full" in text) == (503, True)
    assert "pandabot_database_writable 0" in (await get(house, "/metrics"))[1]
    status = await house.ask("/panda status")
    assert "Not everything is well" in status
    assert "the disk has no room for it" in status
    await limit(house, None)
    house.clock.advance(timedelta(minutes=6))  # the lease of what could not be recorded
    [card] = [m for m in house.channel() if not m.thread_ts]
    await house.until(lambda: "第07站" in "".join(words(m) for m in house.thread(card)))
    assert (await get(house, "/readyz"))[0] == 200
    assert "All is well" in await house.ask("/panda status")
    told = "".join(words(m) for m in house.thread(card))
    assert [told.count(f"第{number:02d}站") for number in range(8)] == [1] * 8


async def test_a_poll_that_hangs_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not ready, and says which job; ready again when it goes on."""
    monkeypatch.setattr(scheduler, "LONGEST_RUN", 0.5)
    await house.ask(f"/panda watch {ORDER}")
    assert house.bot is not None
    goes_on = asyncio.Event()

    async def hang(*_wish: object, **_more: object) -> list[object]:
        await goes_on.wait()
        return []

    with monkeypatch.context() as patch:
        patch.setattr(house.bot.store.orders, "claim_due", hang)
        await house.until(lambda: house.bot is not None and house.bot.stopped() is not None)
        code, text = await get(house, "/readyz")
        assert (code, "'poll'" in text) == (503, True)
        assert "pandabot_jobs_stopped 1" in (await get(house, "/metrics"))[1]
        assert "has shown no sign of life" in await house.ask("/panda status")
    goes_on.set()
    await house.until(lambda: house.bot is not None and house.bot.stopped() is None)
    assert (await get(house, "/readyz"))[0] == 200


@pytest.mark.parametrize("back", [timedelta(minutes=1), timedelta(hours=3), timedelta(days=120), timedelta(days=730)])
async def test_an_injected_clock_that_goes_back(tmp_path: Path, back: timedelta) -> None:
    """Polls, posts, a pause of PandaPon's and one of a post go on; PandaPon's clock shows that ours is off."""
    async with running(tmp_path, cadence_factor=0.0005) as house:
        clock = MovedClock(house)
        await house.stop_bot()
        house.clock, moved = clock, house.clock  # type: ignore[assignment]  # the bot's alone: it is built by it
        await house.start_bot()
        house.clock = moved
        await house.ask(f"/panda watch {ORDER}")
        [card] = house.channel()
        house.slack.faults.plan(Fault("chat.postMessage", retry_after=2))
        house.scan("第一站 快件已到达")
        assert house.bot is not None
        await house.until(lambda: not house.slack.faults.planned)
        clock.by = -back
        house.scan("第二站 快件已到达")
        await house.until(lambda: all(t in "".join(map(words, house.thread(card))) for t in ("第一站", "第二站")))
        await house.until(lambda: house.bot is not None and house.bot.api.clock_is_off == (back > timedelta(minutes=9)))
        status = await house.ask("/panda status")
        assert ("behind PandaPon's" in status) == house.bot.api.clock_is_off
        assert (await get(house, "/readyz"))[0] == 200
        clock.by = timedelta()
        house.scan("第三站 快件已到达")
        await house.until(lambda: "第三站" in "".join(map(words, house.thread(card))))
        told = "".join(map(words, house.thread(card)))
        assert [told.count(text) for text in ("第一站", "第二站", "第三站")] == [1, 1, 1]
        assert len([m for m in house.channel() if not m.thread_ts]) == 1


async def test_a_clock_far_ahead_raises_no_alarm_and_forgets_nothing(tmp_path: Path) -> None:
    """By it every order has been silent for months; PandaPon's clock says that it is ours."""
    async with running(tmp_path) as house:
        clock = MovedClock(house)
        await house.stop_bot()
        house.clock, moved = clock, house.clock  # type: ignore[assignment]  # the same
        await house.start_bot()
        house.clock = moved
        await house.ask(f"/panda watch {ORDER}")
        clock.by = timedelta(days=120)
        assert house.bot is not None
        await house.until(lambda: house.bot is not None and house.bot.api.clock_is_off)
        house.hurry("stalls", "prune", "digests")
        await house.several_ticks(15)
        assert len(house.channel()) == 1
        assert "ahead of PandaPon's" in await house.ask("/panda status")


async def test_a_token_that_is_revoked_in_a_quiet_week_is_told(house: House) -> None:
    """Nothing is posted, and so nothing is refused; it is asked for, and found to be good again."""
    assert (await get(house, "/readyz"))[0] == 200
    house.slack.faults.plan(Fault("auth.test", times=10_000, error="account_inactive"))
    house.hurry("token")
    await house.until(
        lambda: house.bot is not None and house.bot.deliverer.failures.token_refused == "account_inactive"
    )
    code, text = await get(house, "/readyz")
    assert (code, "account_inactive" in text) == (503, True)
    house.slack.faults.clear()
    house.hurry("token")
    await house.until(lambda: house.bot is not None and not house.bot.deliverer.failures.token_refused)
    assert (await get(house, "/readyz"))[0] == 200
