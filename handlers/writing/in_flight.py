"""The writes that this process has sent, and the age of each by a clock that nobody sets."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from tracking.writes import Write

KEPT = timedelta(days=2)  # longer than any write is looked for


class InFlightWrites:
    """Knows which writes are under way, and the age of each by a steady clock.

    By the wall clock, a clock that is set forward would make a write look old, and the search for its lost answer would
    be taken for conclusive too early.
    """

    def __init__(self, clock: Callable[[], datetime], steady: Callable[[], float] = time.monotonic) -> None:
        """``steady``: seconds of a clock that nobody sets."""
        self._clock, self._steady = clock, steady
        self._began: dict[str, float] = {}  # steady seconds by the write's id, oldest first
        self._under_way: set[str] = set()

    @property
    def under_way(self) -> frozenset[str]:
        """The ids of the writes whose answers this process still awaits."""
        return frozenset(self._under_way)

    @contextmanager
    def sending(self, write_id: str) -> Iterator[None]:
        """Count a write as under way inside the block, and its age from now on."""
        self._forget_old()
        self._began[write_id] = self._steady()
        self._under_way.add(write_id)
        try:
            yield
        finally:
            self._under_way.discard(write_id)

    def age(self, write: Write) -> timedelta:
        """How long ago a write began; by the wall clock if another or an earlier process began it."""
        began = self._began.get(write.id)
        return self._clock() - write.begun_at if began is None else timedelta(seconds=self._steady() - began)

    def forget(self, write_id: str) -> None:
        """Drop a write whose outcome is known."""
        self._began.pop(write_id, None)

    def _forget_old(self) -> None:
        """Drop writes that are so old that other processes have settled them."""
        oldest = self._steady() - KEPT.total_seconds()
        for write_id in [each for each, began in self._began.items() if began < oldest]:
            del self._began[write_id]
