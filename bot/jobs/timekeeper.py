"""Notices that the wall clock was set, and sees to it that nothing sleeps through or waits for what it showed."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from storage.store import Store

log = logging.getLogger(__name__)

SETTING = timedelta(seconds=1)  # smaller steps are a clock's ordinary correction
SAID = timedelta(minutes=1)  # larger ones are worth a line in the log
LEAP = timedelta(minutes=5)  # forward; smaller ones change nothing that is signed or told


class Timekeeper:
    """The job, and the look back at a start. Forward, due times come sooner, and are then reckoned anew."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        longest: timedelta,
        moved: Sequence[Callable[[timedelta], None]],
        leapt: Callable[[], None] = lambda: None,
    ) -> None:
        """``longest``: an order is never put off for longer.

        ``moved``: who keeps times in memory, and is told by how much the clock was set back. ``leapt``: told when it
        was set forward, or the machine slept.
        """
        self._store, self._clock, self._longest, self._moved, self._leapt = store, clock, longest, moved, leapt
        self._last: tuple[datetime, float] | None = None

    async def begin(self) -> None:
        """The clock may have been set while nobody ran: nothing was recorded later than now."""
        now, seen = self._clock(), await self._store.clock.last_seen()
        by = min(now - seen, timedelta()) if seen else timedelta()
        if -by > SAID:
            log.warning("clock is behind the database's last write, due times are moved", extra={"by": -by})
        try:
            await self._store.clock.retime(now, by, self._longest)
        except StorageError as error:  # the status tells of it; what is due can be read all the same
            log.error("due times not checked", extra={"error": error})  # noqa: TRY400  one sentence says it all

    async def tick(self) -> timedelta:
        """Compare the wall clock with the monotonic one. Returns by how much it moved against that."""
        now, steady = self._clock(), time.monotonic()
        if self._last is None:
            self._last = now, steady
            return timedelta()
        then, steadily = self._last
        by = now - then - timedelta(seconds=steady - steadily)
        # A demo's clock runs at a speed of its own, so only one that shows less than before was surely set back.
        if now < then - SETTING:
            await self._store.clock.retime(now, by, self._longest)
            if by < -SAID:
                log.warning("clock was set back, due times are moved with it", extra={"by": -by})
            for move in self._moved:
                move(by)
        elif by > LEAP:
            self._leapt()
        self._last = now, steady  # only now: a full disk does not keep it from being tried again
        return by
