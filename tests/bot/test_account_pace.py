"""The pace of requests to one account, over several processes: what each may take, and a pause that one of them met."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support import postgres

from bot.clients.account import account_of
from bot.clients.account_pace import AccountPace
from pandapon.errors import RateLimitError
from pandapon.limiter import RequestLimiter
from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from storage.store import Store

RATE = 50.0  # a second
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[list[Store]]:
    """Three processes on one database."""
    opened = [await postgres.open_postgres(tmp_path / "bot.db") for _ in range(3)]
    yield opened
    for store in opened:
        await store.close()


def now() -> datetime:
    return datetime.now(UTC)


async def test_three_busy_processes_share_one_rate(stores: list[Store]) -> None:
    """Whatever each of them asks for, together they make no more requests than the account takes."""
    limiters = [RequestLimiter(20, RATE, "background", AccountPace(account_of(store), now)) for store in stores]
    passed: list[float] = []
    until = time.monotonic() + 3

    async def call(limiter: RequestLimiter) -> None:
        while time.monotonic() < until:
            async with limiter:
                passed.append(time.monotonic())

    await asyncio.gather(*(call(limiter) for limiter in limiters for _ in range(5)))
    seconds = passed[-1] - passed[0]
    assert len(passed) <= RATE * (seconds + 0.6) + 3, "half a second's worth may be taken early"
    assert len(passed) > RATE * 1.0, "and the rate is used"


async def test_a_pause_that_one_met_holds_for_all(stores: list[Store]) -> None:
    """The others learn of it with their next requests, and say so at once: requests do not pile up."""
    mine, neighbour = (
        RequestLimiter(9, RATE, "background", AccountPace(account_of(store), now)) for store in stores[:2]
    )
    async with neighbour:
        pass
    await AccountPace(account_of(stores[0]), now).pause("background", 60)
    with pytest.raises(RateLimitError) as refused:
        await several(neighbour)
    assert refused.value.retry_after is not None
    assert 50 < refused.value.retry_after <= 60
    people = RequestLimiter(9, RATE, "people", AccountPace(account_of(stores[1]), now))
    async with people:  # only the poller is paused
        pass
    with pytest.raises(RateLimitError):
        await several(mine)


async def several(limiter: RequestLimiter) -> None:
    """More requests than one block has."""
    for _ in range(99):
        async with limiter:
            pass


@pytest.mark.parametrize("opener", [open_store, postgres.open_postgres])
async def test_each_reservation_begins_behind_the_last(opener: type, tmp_path: Path) -> None:
    """Also after a rest, which saves nothing up; a longer pause stands."""
    store = await opener(tmp_path / "bot.db")
    tenth = timedelta(seconds=0.1)
    first = await store.paces.reserve(NOW, "a", 5, tenth)
    second = await store.paces.reserve(NOW, "a", 1, tenth)
    other = await store.paces.reserve(NOW, "b", 1, tenth)
    rested = await store.paces.reserve(NOW + timedelta(hours=1), "a", 1, tenth)
    assert [each.begins - NOW for each in (first, second, other)] == [timedelta(), 5 * tenth, timedelta()]
    assert rested.begins == NOW + timedelta(hours=1)
    await store.paces.pause("a", NOW + timedelta(hours=3))
    await store.paces.pause("a", NOW + timedelta(hours=2))
    paused = await store.paces.reserve(NOW + timedelta(hours=2.5), "a", 1, tenth)
    assert paused.paused_until == NOW + timedelta(hours=3)
    assert (await store.paces.reserve(NOW + timedelta(hours=4), "a", 1, tenth)).paused_until is None
    await store.close()


async def test_a_process_that_needs_little_takes_little(stores: list[Store]) -> None:
    """One request now and then reserves one, and not half a second of the account's rate."""
    seldom = RequestLimiter(9, 4.0, "background", AccountPace(account_of(stores[0]), now))
    for _ in range(3):
        async with seldom:
            pass
        await asyncio.sleep(0.8)
    [row] = [await stores[1].paces.reserve(now(), "pandapon background", 1, timedelta(seconds=0.25))]
    assert row.begins - now() < timedelta(seconds=0.5)


@pytest.mark.parametrize("opener", [open_store, postgres.open_postgres])
async def test_a_clock_that_was_ahead_keeps_no_request_waiting(opener: type, tmp_path: Path) -> None:
    """One process's clock was an hour ahead for a moment."""
    store = await opener(tmp_path / "bot.db")
    await store.paces.reserve(NOW + timedelta(hours=1), "a", 5, timedelta(seconds=0.1))
    assert (await store.paces.reserve(NOW, "a", 5, timedelta(seconds=0.1))).begins == NOW
    assert (await store.paces.reserve(NOW, "a", 5, timedelta(seconds=0.1))).begins == NOW + timedelta(seconds=0.5)
    await store.close()
