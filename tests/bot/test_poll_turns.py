"""Whose orders are read first: a channel with a few never waits behind one with thousands, nor a hint behind both."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.migrated import open_copy
from support.pandapon_api import Api, Seen, api_server, ok, talking, utc_now
from support.patience import in_time, until
from support.store_harness import StoreHarness

from bot.clients.breaker import AccountBreaker
from bot.decider import Decider
from bot.jobs import poll_batches
from bot.jobs.poll import Poller
from bot.jobs.poll_batches import FLUSH_SECONDS
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


def order_id(seen: Seen) -> str:
    """Which order a request was about."""
    return str(seen.query.get("orderId") or seen.body["orderId"])


class Stage:
    """A poller with one request in flight at a time, and what it asked for."""

    def __init__(self, harness: StoreHarness, api: Api, poller: Poller) -> None:
        self.harness, self.api, self.poller = harness, api, poller

    @property
    def asked(self) -> list[str]:
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
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A store, an API that says nothing new, and the poller between them."""
    harness = StoreHarness(tmp_path / "bot.db", open_copy)
    await harness.open()
    async with api_server() as api, talking(api) as client:
        api.will(ok([]))
        poller = Poller(
            store=harness.store,
            api=client,
            decider=Decider(),
            breaker=AccountBreaker(utc_now),
            clock=utc_now,
            concurrency=1,
            on_news=lambda: None,
        )
        yield Stage(harness, api, poller)
        await poller.stop()
    await harness.close()


async def test_channels_take_turns(stage: Stage) -> None:
    """Forty orders of one channel are due before three of another, whose turns come all the same."""
    await stage.watch(MANY, BIG)
    await stage.watch(FEW, SMALL)
    assert await stage.poller.tick() == len(MANY) + len(FEW)
    assert set(FEW) <= set(stage.asked[:10])
    assert set(stage.asked) == {*MANY, *FEW}


async def test_an_order_of_two_channels_is_read_once(stage: Stage) -> None:
    """It takes the earlier of its turns, and no second one."""
    await stage.watch(MANY, BIG)
    await stage.watch(MANY[30:33], SMALL)
    assert await stage.poller.tick() == len(MANY)
    assert set(MANY[30:33]) <= set(stage.asked[:10])


async def test_nothing_is_read_on_that_could_not_be_recorded(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is held for a moment: the tick ends soon, and what it did not claim is due as before."""

    async def fail(*_args: object) -> Recorded:
        raise BusyFileError

    await stage.watch(MANY, BIG)
    monkeypatch.setattr(poll_batches, "FLUSH_SECONDS", 0.0)
    with monkeypatch.context() as held:
        held.setattr(stage.harness.store.orders, "record", fail)
        with pytest.raises(BusyFileError):
            await stage.poller.tick()
    assert len(stage.asked) < len(MANY) / 2
    assert await stage.poller.tick() > len(MANY) / 2


async def test_answers_slower_than_a_batch_are_recorded_each(stage: Stage) -> None:
    """A batch is written when its time is over, whatever is on its way then; that goes into the next one."""

    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(FLUSH_SECONDS * 0.4)  # two requests an order: its time is over in the middle of one
        return ok([])

    await stage.watch(FEW, SMALL)
    stage.api.will(slow)
    assert await stage.poller.tick() == len(FEW)
    assert stage.harness.value("SELECT COUNT(*) FROM schedule WHERE polls = 2 AND leased = 0") == len(FEW)


async def test_a_hint_does_not_wait_for_the_tick(stage: Stage) -> None:
    """While a tick hangs on a slow answer, the orders that a push named are read."""
    hung = asyncio.Event()

    async def hang(_request: web.Request) -> web.Response:
        if f"1688:{order_id(stage.api.seen[-1])}" not in FEW:
            await hung.wait()
        return ok([])

    await stage.watch(MANY, BIG)
    stage.api.will(hang)
    tick = asyncio.create_task(stage.poller.tick())
    try:
        await until(lambda: stage.asked)
        await stage.watch(FEW, SMALL)
        assert await in_time(stage.poller.poll_now(FEW)) == len(FEW)
        assert not tick.done()
    finally:
        hung.set()
    assert await tick == len(MANY)


async def test_what_is_not_due_is_not_looked_at(stage: Stage) -> None:
    """A hint that came twice finds the order read already."""
    await stage.watch(FEW, SMALL)
    assert await stage.poller.poll_now(FEW) == len(FEW)
    assert await stage.poller.poll_now(FEW) == 0
    assert await stage.poller.poll_now([]) == 0
