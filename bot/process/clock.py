"""The wall clock. Only this module reads it; every other module takes a clock as a parameter."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def utc_now() -> datetime:
    """Return the present time, aware, in UTC."""
    return datetime.now(UTC)


def steady_of(clock: Callable[[], datetime]) -> Callable[[], float]:
    """Return a clock of seconds that nobody sets: the machine's monotonic clock; for a demo's clock, that clock."""
    return time.monotonic if clock is utc_now else lambda: clock().timestamp()
