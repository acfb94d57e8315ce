"""What one process knows of PandaPon's outages and pauses is known to all that read from the account."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support import postgres
from support.pandapon_api import api_server, client_of, ok, page
from support.store_harness import StoreHarness

from bot.clients import breaker as breakers
from bot.clients.account import account_of
from bot.clients.breaker import AccountBreaker
from bot.jobs.poll import Poller
from bot.orders.decider import Decider
from pandapon.errors import RateLimitError, ServerError
from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from storage.store import Store

BEGAN = datetime.now(UTC).replace(microsecond=0)
DOWN = ServerError("it said 502")
PROCESSES = 4


class Clock:
    """The time of all processes, which the test moves."""

    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> datetime:
        return self.now

    def to(self, seconds: float) -> None:
        self.now = BEGAN + timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Each look of a process at the row is one that it would take a second later."""
    monkeypatch.setattr(breakers, "LOOK_EVERY", 0.0)
    return Clock()


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[list[Store]]:
    """Several processes on one database."""
    opened = [await postgres.open_postgres(tmp_path / "bot.db") for _ in range(PROCESSES)]
    yield opened
    for store in opened:
        await store.close()


def processes(stores: list[Store], clock: Clock, pauses: list[float] | None = None) -> list[AccountBreaker]:
    told = [] if pauses is None else pauses
    return [AccountBreaker(clock, account_of(store), shares=True, on_pause=told.append) for store in stores]


async def fail(breaker: AccountBreaker, times: int = 5) -> None:
    for _ in range(times):
        await breaker.note(DOWN)


async def granted(breakers: list[AccountBreaker]) -> list[int]:
    """What each is allowed when all ask at the same moment."""
    return list(await asyncio.gather(*(breaker.allow(100) for breaker in breakers)))


async def test_one_probe_for_all_and_its_answer_counts_for_all(stores: list[Store], clock: Clock) -> None:
    """One process meets the outage. Of those that wait for its end one asks, each time, and all hear the answer."""
    first, *remaining = breakers = processes(stores, clock)
    await fail(first)
    assert await granted(breakers) == [0] * PROCESSES
    assert {breaker.down_since for breaker in breakers} == {BEGAN}
    assert remaining[0].last_error == "it said 502"
    for second, wait in ((5, 10), (15, 20)):
        clock.to(second)
        allowed = await granted(breakers)
        assert sorted(allowed) == [0] * (PROCESSES - 1) + [1]
        await breakers[allowed.index(1)].note(DOWN)
        clock.to(second + wait - 0.1)
        assert await granted(breakers) == [0] * PROCESSES
    clock.to(35)
    allowed = await granted(breakers)
    await breakers[allowed.index(1)].note(None)
    assert await granted(breakers) == [100] * PROCESSES
    assert {breaker.down_since for breaker in breakers} == {None}


async def test_processes_that_meet_it_together_know_one_outage(stores: list[Store], clock: Clock) -> None:
    """Each has failures of its own, and the one who said so first is believed."""
    breakers = processes(stores, clock)
    await asyncio.gather(*map(fail, breakers))
    assert len({breaker.down_since for breaker in breakers}) == 1
    clock.to(5)
    assert sorted(await granted(breakers)) == [0] * (PROCESSES - 1) + [1]


async def test_late_answers_of_others_do_not_end_it(stores: list[Store], clock: Clock) -> None:
    """Requests that left before the outage was known."""
    first, second, *_ = processes(stores, clock)
    await fail(first)
    await second.allow(1)
    await second.note(None)
    await second.note(RateLimitError("slow down", retry_after=900))
    clock.to(5)
    assert [await second.allow(100), await first.allow(100)] == [1, 0]


async def test_a_pause_holds_for_all_and_the_longest_counts(stores: list[Store], clock: Clock) -> None:
    """Two are asked for one at the same time. The other calls of a process wait, too."""
    pauses: list[float] = []
    first, second, third, _ = processes(stores, clock, pauses)
    await asyncio.gather(
        first.note(RateLimitError("slow down", retry_after=30)),
        second.note(RateLimitError("slow down", retry_after=60)),
    )
    clock.to(31)
    assert await granted([first, second, third]) == [0, 0, 0]
    assert 29 in pauses
    clock.to(60)
    assert await granted([first, second, third]) == [100, 100, 100]
    assert third.down_since is None


async def test_a_refusal_right_after_a_pause_doubles_it_for_all(stores: list[Store], clock: Clock) -> None:
    """Whoever meets it: it is the second in a row. A good answer begins the count anew, for the others as well."""
    first, second, third, _ = processes(stores, clock)
    await first.note(RateLimitError("slow down"))
    clock.to(5)
    assert await second.allow(9) == 9
    await second.note(RateLimitError("slow down"))
    clock.to(14)
    assert await granted([first, third]) == [0, 0]
    clock.to(15)
    assert await third.allow(9) == 9
    await third.note(None)
    await first.allow(9)
    await first.note(RateLimitError("slow down"))
    clock.to(20)
    assert await first.allow(9) == 9


@pytest.mark.parametrize("opener", [open_store, postgres.open_postgres])
async def test_a_restart_goes_on_with_the_outage(tmp_path: Path, clock: Clock, opener: Any) -> None:
    """It sends the next probe when that was due, and not a full round at once."""
    store = await opener(tmp_path / "bot.db")
    former = AccountBreaker(clock, account_of(store))
    await fail(former)
    clock.to(5)
    assert await former.allow(9) == 1
    await former.note(DOWN)
    await store.close()
    store = await opener(tmp_path / "bot.db")
    started = AccountBreaker(clock, account_of(store))
    clock.to(14)
    assert await started.allow(9) == 0
    assert (started.down_since, started.last_error) == (BEGAN, "it said 502")
    clock.to(15)
    assert await started.allow(9) == 1
    await started.note(None)
    assert (await store.outages.get("pandapon")).outage.down_since is None
    await store.close()


async def test_without_the_database_each_goes_by_what_it_met(stores: list[Store], clock: Clock) -> None:
    """It opens, probes and closes by itself."""
    first, second, *_ = processes(stores, clock)
    for store in stores[:2]:
        await store.close()
    await fail(first)
    assert await granted([first, second]) == [0, 100]
    clock.to(5)
    assert await first.allow(9) == 1
    await first.note(None)
    assert await first.allow(9) == 9


async def test_readings_cost_no_statement_while_all_is_well(stores: list[Store], monkeypatch: Any) -> None:
    """One look a second, however many orders are claimed and read; none later, where no other process writes."""
    statements: list[str] = []
    for operation in ("run", "read"):
        transaction = getattr(stores[0].engine, operation)

        def counted(work: Any, transaction: Any = transaction, operation: str = operation) -> Any:
            statements.append(operation)
            return transaction(work)

        monkeypatch.setattr(stores[0].engine, operation, counted)
    for shares in (True, False):
        statements.clear()
        breaker = AccountBreaker(lambda: datetime.now(UTC), account_of(stores[0]), shares=shares)
        for _ in range(100):
            assert await breaker.allow(9) == 9
            await breaker.note(None)
        assert statements == ["read"]
    monkeypatch.setattr(breakers, "LOOK_EVERY", 0.0)
    assert await breaker.allow(9) == 9
    assert statements == ["read"]


async def test_pollers_send_one_request_into_an_outage(tmp_path: Path, clock: Clock) -> None:
    """Four processes with orders that are due, and an API that fails: each probe is one request over all of them."""
    harness = StoreHarness(tmp_path / "bot.db", postgres.open_postgres)
    await harness.open()
    stores = [harness.store, *[await postgres.open_postgres(harness.path) for _ in range(PROCESSES - 1)]]
    keys = [f"1688:{10**18 + number}" for number in range(40)]
    for key in keys:
        await harness.opening(key)
    async with api_server() as api, client_of(api) as client:
        api.queue(page("bad gateway", status=502))
        breakers = processes(stores, clock)
        pollers = [
            Poller(
                store=store,
                api=client,
                decider=Decider(),
                breaker=breaker,
                clock=clock,
                concurrency=6,
                on_news=lambda: None,
            )
            for store, breaker in zip(stores, breakers, strict=True)
        ]

        async def requests_at(second: float) -> int:
            """How many requests all of them send at this moment."""
            clock.to(second)
            await harness.store.orders.mark_due(keys, clock())
            api.seen.clear()
            await asyncio.gather(*(poller.tick() for poller in pollers))
            return len(api.seen)

        assert await requests_at(0) >= 5
        assert [await requests_at(4.9), await requests_at(5), await requests_at(6), await requests_at(15)] == [
            0,
            1,
            0,
            1,
        ]
        api.queue(ok([]))
        assert await requests_at(35) >= 1
        assert await requests_at(35.1) >= len(keys) - 1
        for poller in pollers:
            await poller.stop()
    for store in stores:
        await store.close()
