"""Whose orders are read first: a channel with a few never waits behind one with thousands, nor a hint behind both."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.migrated import open_copy
from support.pandapon_api import Api, ReceivedRequest, api_server, client_of, ok, utc_now
from support.patience import in_time, until
from support.store_harness import StoreHarness

from bot.clients.breaker import AccountBreaker
from bot.jobs import poll_batches
from bot.jobs.poll import Poller
from bot.jobs.poll_batches import FLUSH_SECONDS
from bot.orders.decider import Decider
from pandapon.shipment import OrderRef, Shipment
from storage.errors import BusyFileError
from storage.poll import Changed, Recorded
from tracking.decide import decide
from tracking.orders import FetchedOrder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from aiohttp import web

BIG, SMALL = "C0BIG", "C0SMALL"
MANY = [f"1688:{10**18 + n}" for n in range(40)]
FEW = [f"1688:{2 * 10**18 + n}" for n in range(3)]


def order_id(seen: ReceivedRequest) -> str:
    """Which order a request was about."""
    return str(seen.query.get("orderId") or seen.body["orderId"])


class PollerHarness:
    """A poller with one request in flight at a time, and what it asked for."""

    def __init__(self, harness: StoreHarness, api: Api, poller: Poller) -> None:
        self.harness, self.api, self.poller = harness, api, poller

    @property
    def requested_orders(self) -> list[str]:
        """The orders in the sequence in which they were first asked for."""
        return list(dict.fromkeys(f"1688:{order_id(seen)}" for seen in self.api.seen))

    async def watch(self, keys: list[str], channel: str) -> None:
        """Watch them there, due from now on."""
        for key in keys:
            ref = OrderRef.from_key(key)
            decided = decide(None, FetchedOrder(ref, None, Shipment(ref)), utc_now())
            await self.harness.store.orders.add(utc_now(), Changed(decided, 0, b""))
            await self.harness.opening(key, channel)
        await self.harness.store.orders.mark_due(keys, utc_now() - timedelta(seconds=1))


@pytest.fixture
async def poller_harness(tmp_path: Path) -> AsyncIterator[PollerHarness]:
    """A store, an API that says nothing new, and the poller between them."""
    harness = StoreHarness(tmp_path / "bot.db", open_copy)
    await harness.open()
    async with api_server() as api, client_of(api) as client:
        api.queue(ok([]))
        poller = Poller(
            store=harness.store,
            api=client,
            decider=Decider(),
            breaker=AccountBreaker(utc_now),
            clock=utc_now,
            concurrency=1,
            on_news=lambda: None,
        )
        yield PollerHarness(harness, api, poller)
        await poller.stop()
    await harness.close()


async def test_channels_take_turns(poller_harness: PollerHarness) -> None:
    """Forty orders of one channel are due before three of another, whose turns come all the same."""
    await poller_harness.watch(MANY, BIG)
    await poller_harness.watch(FEW, SMALL)
    assert await poller_harness.poller.tick() == len(MANY) + len(FEW)
    assert set(FEW) <= set(poller_harness.requested_orders[:10])
    assert set(poller_harness.requested_orders) == {*MANY, *FEW}


async def test_an_order_of_two_channels_is_read_once(poller_harness: PollerHarness) -> None:
    """It takes the earlier of its turns, and no second one."""
    await poller_harness.watch(MANY, BIG)
    await poller_harness.watch(MANY[30:33], SMALL)
    assert await poller_harness.poller.tick() == len(MANY)
    assert set(MANY[30:33]) <= set(poller_harness.requested_orders[:10])


async def test_nothing_is_read_on_that_could_not_be_recorded(
    poller_harness: PollerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is held for a moment: the tick ends soon, and what it did not claim is due as before."""

    async def fail(*_args: object) -> Recorded:
        raise BusyFileError

    await poller_harness.watch(MANY, BIG)
    monkeypatch.setattr(poll_batches, "FLUSH_SECONDS", 0.0)
    with monkeypatch.context() as held:
        held.setattr(poller_harness.harness.store.orders, "record", fail)
        with pytest.raises(BusyFileError):
            await poller_harness.poller.tick()
    assert len(poller_harness.requested_orders) < len(MANY) / 2
    assert await poller_harness.poller.tick() > len(MANY) / 2


async def test_answers_slower_than_a_batch_are_recorded_each(poller_harness: PollerHarness) -> None:
    """A batch is written when its time is over, whatever is on its way then; that goes into the next one."""

    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(FLUSH_SECONDS * 0.4)  # two requests an order: its time is over in the middle of one
        return ok([])

    await poller_harness.watch(FEW, SMALL)
    poller_harness.api.queue(slow)
    assert await poller_harness.poller.tick() == len(FEW)
    assert poller_harness.harness.value("SELECT COUNT(*) FROM schedule WHERE polls = 2 AND leased = 0") == len(FEW)


async def test_a_hint_does_not_wait_for_the_tick(poller_harness: PollerHarness) -> None:
    """While a tick hangs on a slow answer, the orders that a push named are read."""
    hung = asyncio.Event()

    async def hang(_request: web.Request) -> web.Response:
        if f"1688:{order_id(poller_harness.api.seen[-1])}" not in FEW:
            await hung.wait()
        return ok([])

    await poller_harness.watch(MANY, BIG)
    poller_harness.api.queue(hang)
    tick = asyncio.create_task(poller_harness.poller.tick())
    try:
        await until(lambda: poller_harness.requested_orders)
        await poller_harness.watch(FEW, SMALL)
        assert await in_time(poller_harness.poller.poll_now(FEW)) == len(FEW)
        assert not tick.done()
    finally:
        hung.set()
    assert await tick == len(MANY)


async def test_what_is_not_due_is_not_looked_at(poller_harness: PollerHarness) -> None:
    """A hint that came twice finds the order read already."""
    await poller_harness.watch(FEW, SMALL)
    assert await poller_harness.poller.poll_now(FEW) == len(FEW)
    assert await poller_harness.poller.poll_now(FEW) == 0
    assert await poller_harness.poller.poll_now([]) == 0
