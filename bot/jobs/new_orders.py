"""Watches new orders in their buyer's channel, if the process died or ran out of time before it watched them."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.jobs.isolation import isolated
from pandapon.errors import PandaPonError
from pandapon.shipment import OrderRef
from tracking.changes.orders import OrderCreation
from tracking.writes import WriteState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from handlers.interactions.ports import Tracker
    from storage.store import Store
    from tracking.values import Filter
    from tracking.writes import Write

log = logging.getLogger(__name__)

NEWEST = 200  # how many of the newest writes are checked
OLDEST = timedelta(days=7)  # an order that is older stays unwatched
YOUNGEST = timedelta(seconds=15)  # the person who ordered is told first
_DONE = frozenset({WriteState.DONE, WriteState.FOUND_DONE})


class NewOrders:
    """The job. An order that the channel has ever watched is left alone: somebody may have ended that watch."""

    def __init__(self, store: Store, tracker: Tracker, clock: Callable[[], datetime], default: Filter) -> None:
        self._store, self._tracker, self._clock, self._default = store, tracker, clock, default

    async def tick(self) -> None:
        """Watch the new orders that are not watched yet. If PandaPon does not answer, they wait for the next tick."""
        writes, _total = await self._store.writes.newest(0, NEWEST)
        for write in writes:
            if self._is_new(write):
                with isolated(log, "new orders cannot be watched", write=write.id):
                    await self._watch_if_possible(write)

    def _is_new(self, write: Write) -> bool:
        is_made = write.state in _DONE and isinstance(write.change, OrderCreation) and write.made and write.channel
        age = self._clock() - write.settled_at if write.settled_at else timedelta()
        return bool(is_made) and YOUNGEST <= age < OLDEST

    async def _watch_if_possible(self, write: Write) -> None:
        try:
            await self._watch(write)
        except PandaPonError as error:
            log.info("new orders cannot be watched yet", extra={"error": error})

    async def _watch(self, write: Write) -> None:
        assert isinstance(write.change, OrderCreation)
        refs = {OrderRef(write.change.platform, order_id).key: order_id for order_id in write.made}
        missing = await self._store.watches.never_in(write.channel, list(refs))
        if not missing:
            return
        chosen = (await self._store.channels.get(write.channel)).settings
        await self._tracker.watch(
            [refs[key] for key in missing],
            channel=write.channel,
            filter_=None,
            user=write.actor,
            platform=write.change.platform,
            default=chosen.filter or self._default,
        )
        log.info("new orders are watched", extra={"orders": len(missing)})
