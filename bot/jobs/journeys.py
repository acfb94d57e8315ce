"""Learns from ended journeys when parcels are expected."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.jobs.isolation import isolated
from tracking.journeys import OLDEST, History, Journey, journey_of
from tracking.renumber import live

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from storage.store import Store
    from tracking.orders import StoredOrder

log = logging.getLogger(__name__)

NEWEST = 10_000  # journeys that are read; of each kind the newest few hundred count
PAGE = 1000  # journeys read at a time: some hundredths of a second, so that no other statement waits long
BATCH = 100  # orders gathered at a time


async def learn(store: Store, clock: Callable[[], datetime]) -> History:
    """Return what is learnt from the newest journeys. The first call of this version gathers them from the orders."""
    await _gather(store, clock)
    now, known = clock(), list[Journey]()
    while page := await store.journeys.newest(now, min(PAGE, NEWEST - len(known)), len(known)):
        known += page
    return await asyncio.to_thread(History.learnt, known)  # it takes a fifth of a second, and people wait for answers


async def _gather(store: Store, clock: Callable[[], datetime]) -> None:
    """Gather once the journeys of orders that ended before the bot recorded journeys, while all other work goes on."""
    keys = await store.journeys.ungathered(clock() - OLDEST, NEWEST)
    if keys is None:
        return
    for start in range(0, len(keys), BATCH):
        orders = (await store.orders.load_readable(keys[start : start + BATCH])).values()
        await store.journeys.add([journey for order in orders for journey in _journeys(order, clock())])
    await store.journeys.mark_gathered(clock())


def _journeys(stored: StoredOrder, now: datetime) -> list[Journey]:
    with isolated(log, "journey not gathered", order=stored.key):
        parcels = live(stored.shipment.parcels)
        journeys = (journey_of(stored.key, parcel, stored.order, now) for parcel in parcels)
        return [journey for journey in journeys if journey]
    return []
