"""Compares this process's clock with the database server's: leases and due times are read by other machines."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from storage.engine import Engine

log = logging.getLogger(__name__)

AGREES = 1.0  # seconds; paces and leases allow for as much


class ServerClock:
    """The difference between the two clocks, as it was found the last time."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine, self._clock = engine, clock
        self.offset: float | None = None  # seconds that our clock is ahead; None: not compared yet
        self._is_told = False

    async def compare(self) -> None:
        """Find the difference, and log once that it is too large and once that it no longer is. Raises StorageError."""
        offset = self.offset = await self._engine.clock_offset(self._clock)
        fields = {"ahead_by": f"{offset:.3f} s"}
        is_off = abs(offset) > AGREES
        if is_off and not self._is_told:
            log.warning("clock is ahead of the database server's, or behind: set it by NTP", extra=fields)
        elif self._is_told and not is_off:
            log.info("clock agrees with the database server's again", extra=fields)
        self._is_told = is_off
