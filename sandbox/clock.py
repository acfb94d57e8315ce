"""A clock that runs at any speed and can be moved forward; it never goes back."""

from __future__ import annotations

import time
from datetime import datetime, timedelta


class SimClock:
    """A callable that returns the present time (aware). The stand-ins use it, and in the demo the bot, too."""

    def __init__(self, start: datetime, speed: float = 1.0) -> None:
        self._at, self._since, self._speed = start, time.monotonic(), speed

    def __call__(self) -> datetime:
        """Return the present time."""
        return self._at + timedelta(seconds=(time.monotonic() - self._since) * self._speed)

    def advance(self, by: timedelta) -> None:
        """Move forward at once. Raises ValueError for a step back."""
        if by < timedelta():
            raise ValueError("time does not go back")
        self._settle(self() + by)

    def set_speed(self, speed: float) -> None:
        """Set how many seconds pass in one real second. Raises ValueError for a negative number."""
        if speed < 0:
            raise ValueError("time does not go back")
        self._settle(self())
        self._speed = speed

    def _settle(self, at: datetime) -> None:
        self._at, self._since = at, time.monotonic()
