"""Learns from the history which times are usual here: one process learns them for all processes that decide."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.jobs import journeys
from storage import codec
from tracking.stalls import usual_times

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from storage.store import Store
    from tracking.stalls import Limits

log = logging.getLogger(__name__)

HISTORY, SCANS = timedelta(days=60), 200_000
GAPS, JOURNEYS = "gaps", "journeys"  # the rows


class UsualTimes:
    """The present limits of silence, with the usual gaps between scans and the journeys that ended."""

    def __init__(self, store: Store, clock: Callable[[], datetime], limits: Limits, *, shares: bool = False) -> None:
        """``limits``: those of the settings. ``shares``: what is learnt is stored, for all processes."""
        self._store, self._clock, self._shares = store, clock, shares
        self.limits = limits
        self._versions: dict[str, int] = {}  # of the rows that were read

    async def learn(self) -> None:
        """Learn the usual gaps between scans from the history."""
        scans = await self._store.orders.scans(self._clock() - HISTORY, SCANS)
        # A third of a second for all of them, and people wait for answers.
        usual = await asyncio.to_thread(usual_times, scans)
        if self._shares:
            await self._store.learned.put(GAPS, codec.pack_gaps(usual))
            await self.renew()
        else:
            self.limits = replace(self.limits, usual=usual)

    async def learn_journeys(self) -> None:
        """Learn from the journeys that ended when parcels are expected."""
        history = await journeys.learn(self._store, self._clock)
        if self._shares:
            await self._store.learned.put(JOURNEYS, await asyncio.to_thread(codec.pack_history, history))
            await self.renew()
        else:
            self.limits = replace(self.limits, history=history)

    async def renew(self) -> None:
        """Read what any process has learnt since the last call. Raises StorageError."""
        versions = await self._store.learned.versions()
        for name, version in versions.items():
            if self._versions.get(name) != version:
                await self._read(name)
                self._versions[name] = version

    async def _read(self, name: str) -> None:
        packed = await self._store.learned.get(name) or b""
        try:
            if name == GAPS:
                self.limits = replace(self.limits, usual=codec.unpack_gaps(packed))
            elif name == JOURNEYS:
                self.limits = replace(self.limits, history=await asyncio.to_thread(codec.unpack_history, packed))
        except (ValueError, TypeError, AttributeError) as error:  # stored by another version: the present limits stay
            log.warning("what another process learnt cannot be read", extra={"of": name, "error": error})
