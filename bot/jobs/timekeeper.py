"""Notices that the wall clock was set, and moves the stored due times with it."""

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

SETTING = timedelta(seconds=1)  # smaller steps are ordinary corrections of a clock
LOGGED = timedelta(minutes=1)  # larger steps are logged
# Seconds after a step back when due times are checked again: work that was under way then had read the clock before the
# step, and may have written times of the old clock after they were moved.
CHECKED_AFTER = (1.0, 5.0, 30.0)
LEAP = timedelta(minutes=5)  # larger steps forward matter to signed requests


class Timekeeper:
    """The job, and the check at a start. After a step forward due times come sooner and are then set anew."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        longest: timedelta,
        moved: Sequence[Callable[[timedelta], None]],
        leapt: Callable[[], None] = lambda: None,
        *,
        moves_rows: bool = True,
    ) -> None:
        """``longest``: the longest time until an order's next reading.

        ``moved``: called with the (negative) step when the clock was set back, for objects that keep times in memory.
        ``leapt``: called when it was set forward, or the machine slept. ``moves_rows`` False: the stored times stay,
        because other machines, whose clocks were not set, use them, too.
        """
        self._moves_rows = moves_rows
        self._store, self._clock, self._longest, self._moved, self._leapt = store, clock, longest, moved, leapt
        self._compared: tuple[datetime, float] | None = None
        self._checks: list[float] = []  # monotonic seconds

    async def begin(self) -> None:
        """Move due times if the clock was set back while no process ran: no row can be younger than now."""
        if not self._moves_rows:
            return
        now, seen = self._clock(), await self._store.clock.last_seen()
        by = min(now - seen, timedelta()) if seen else timedelta()
        if -by > LOGGED:
            log.warning("clock is behind the database's last write, due times are moved", extra={"by": -by})
        try:
            await self._store.clock.retime(now, by, self._longest)
        except StorageError as error:  # the status shows the error; due orders can still be read
            log.error("due times not checked", extra={"error": error})  # noqa: TRY400  a StorageError's sentence suffices

    async def tick(self) -> timedelta:
        """Compare the wall clock with the monotonic one. Returns the step since the last tick; back is negative."""
        now, steady = self._clock(), time.monotonic()
        if self._compared is None:
            self._compared = now, steady
            return timedelta()
        earlier, earlier_steady = self._compared
        by = now - earlier - timedelta(seconds=steady - earlier_steady)
        # A demo's clock runs faster, so only a clock that shows an earlier time than before was surely set back.
        if now < earlier - SETTING:
            await self._retime(now, by)
            if by < -LOGGED:
                event = "clock was set back, due times are moved with it" if self._moves_rows else "clock was set back"
                log.warning(event, extra={"by": -by})
            for move in self._moved:
                move(by)
            self._checks = [steady + after for after in CHECKED_AFTER]
        elif by > LEAP:
            self._leapt()
        if self._checks and steady >= self._checks[0]:
            await self._retime(now, timedelta())
            del self._checks[0]
        self._compared = now, steady  # last, so that after a full disk the next tick tries again
        return by

    async def _retime(self, now: datetime, by: timedelta) -> None:
        if self._moves_rows:
            await self._store.clock.retime(now, by, self._longest)
