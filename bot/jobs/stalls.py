"""Raises one alarm for each watched order that is silent for too long."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.jobs.isolation import isolated
from storage.alarm import Alarm, AlarmState
from storage.watch import EndReason
from tracking.renumber import live
from tracking.stalls import is_same, silence_name, silences, stall_at, worst_stall
from tracking.values import Filter, Leg, News, NewsToPost, Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from storage.store import Store
    from tracking.orders import StoredOrder
    from tracking.stalls import Limits
    from tracking.values import Stall

log = logging.getLogger(__name__)

BATCH = 200
PATIENCE = timedelta(hours=1)  # how long a reminder waits for its order to be read
LATER = timedelta(hours=1)  # an order whose check fails is checked again then
EVERYBODY = frozenset(Filter)


class StallWatch:
    """The job."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        limits: Callable[[], Limits],
        wake: Callable[[], None],
        is_trusted: Callable[[], bool] = lambda: True,
    ) -> None:
        """``limits`` returns the present limits of silence.

        ``is_trusted``: whether the clock is right. With a clock months ahead, every order would seem silent.
        """
        self._store, self._clock, self._wake, self._is_trusted = store, clock, wake, is_trusted
        self._limits = limits

    async def tick(self) -> int:
        """Check every order that is due for it. Returns how many alarms and reminders were raised."""
        if not self._is_trusted():
            return 0
        now = self._clock()
        raised = await self._store.alarms.remind(now, now - PATIENCE, now + self._limits().grace)
        while keys := await self._stalled():
            for key in keys:
                raised += await self._check_safely(key)
        if raised:
            self._wake()
        return raised

    async def _stalled(self) -> list[str]:
        now = self._clock()
        return await self._store.alarms.due(now, now - self._limits().silent, BATCH)

    async def _check_safely(self, key: str) -> bool:
        """Check an order. A failure puts only this order off, and the others are checked."""
        with isolated(log, "order not checked for silence, tried again later", order=key):
            stored, alarms = (await self._store.orders.load([key]))[key], await self._store.alarms.of_orders([key])
            return await self._check(stored, alarms.get(key))
        await self._store.alarms.schedule(key, self._clock() + LATER)
        return False

    async def _check(self, stored: StoredOrder, alarm: Alarm | None) -> bool:
        now = self._clock()
        parcels = live(stored.shipment.parcels)
        order, refunds = stored.order, stored.known_refunds
        limits, moved_at = self._limits(), stored.moved_at
        silent = silences(order, stored.milestone, parcels, limits, now, moved_at=moved_at, refunds=refunds)
        current = worst_stall(silent, limits, now)
        if current is None:
            again = stall_at(silent)
            await self._store.alarms.schedule(stored.key, again if again and again > now else None, seen=stored.version)
            return False
        if alarm and is_same(alarm.stall, current):
            return await self._unchanged(stored, alarm, current, now)
        assignee = alarm.assignee if alarm else ""
        return await self._raise(stored, current, f"stall:{current.leg}:{silence_name(current)}", now, assignee)

    async def _unchanged(self, stored: StoredOrder, alarm: Alarm, current: Stall, now: datetime) -> bool:
        """Handle the same silence as before: no second alarm, but an unanswered final question ends the watches."""
        if current.leg is Leg.SILENT and alarm.state is AlarmState.OPEN:
            if await self._store.orders.retire(now, stored.key, EndReason.SILENT, seen=stored.version):
                log.info("order is silent and nobody answered, no longer followed", extra={"order": stored.key})
                self._wake()
            return False
        await self._store.alarms.schedule(stored.key, self._next(current, now), seen=stored.version)
        return False

    async def _raise(self, stored: StoredOrder, current: Stall, event_id: str, now: datetime, assignee: str) -> bool:
        news = News(ref=stored.ref, milestone=stored.milestone, stall=current)
        is_repeat = current.leg is Leg.PROBLEM and await self._was_posted(stored.key, current)
        to_post = NewsToPost(event_id, news, Severity.NODE if is_repeat else Severity.PROBLEM, EVERYBODY)
        alarm = Alarm(stored.key, event_id, current, assignee=assignee)
        return await self._store.alarms.open(now, alarm, to_post, self._next(current, now), seen=stored.version)

    async def _was_posted(self, key: str, current: Stall) -> bool:
        """Return whether this parcel's unsolved problem was posted before; a repeat goes to the thread only."""
        event_ids = await self._store.alarms.event_ids(key)
        return any(event_id.startswith(f"stall:{current.leg}:{current.waybill}:") for event_id in event_ids)

    def _next(self, current: Stall, now: datetime) -> datetime | None:
        """Return when this silence needs the next step; None when only news can change it."""
        if current.leg is Leg.SILENT:
            return now + self._limits().grace
        asks = current.since + self._limits().silent
        return asks if asks > now else None
