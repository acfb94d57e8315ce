"""Learns from ended journeys when parcels are expected."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.jobs.isolation import isolated
from tracking.journeys import History, journey_of
from tracking.renumber import live

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from storage.store import Store
    from tracking.journeys import Journey
    from tracking.orders import StoredOrder

log = logging.getLogger(__name__)

NEWEST = 10_000  # journeys that are looked at; of each kind the newest few hundred count
EARLIER = timedelta(days=60)  # how far back the orders of an earlier version are gathered
BATCH = 100  # orders gathered at a time


async def learn(store: Store, clock: Callable[[], datetime]) -> History:
    """Return what the newest journeys teach. At the first start of this version they are gathered from the orders."""
    await _gather(store, clock)
    return History.learnt(await store.journeys.newest(clock(), NEWEST))


async def _gather(store: Store, clock: Callable[[], datetime]) -> None:
    """Gather the journeys of orders that ended before this version recorded them, once, beside all other work."""
    keys = await store.journeys.ungathered(clock() - EARLIER, NEWEST)
    if keys is None:
        return
    for start in range(0, len(keys), BATCH):
        orders = (await store.orders.load_readable(keys[start : start + BATCH])).values()
        await store.journeys.add([journey for order in orders for journey in _journeys(order, clock())])
    await store.journeys.mark_gathered(clock())


def _journeys(stored: StoredOrder, now: datetime) -> list[Journey]:
    with isolated(log, "journey not gathered", order=stored.key):
        parcels = live(stored.shipment.parcels)
        found = (journey_of(stored.key, parcel, stored.order, now) for parcel in parcels)
        return [journey for journey in found if journey]
    return []
