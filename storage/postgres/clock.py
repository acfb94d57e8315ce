"""Compares a machine's clock with the server's, by which the clocks of all its machines are compared."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.connection import Connection

TRIES = 3  # the quickest counts: of what lies between two readings of our clock, half is not known
SERVERS = "SELECT EXTRACT(EPOCH FROM clock_timestamp())"


def offset(conn: Connection, clock: Callable[[], datetime]) -> float:
    """Return how many seconds ``clock`` is ahead of the server's clock; negative: behind."""
    _took, found = min(_compared(conn, clock) for _ in range(TRIES))
    return found


def _compared(conn: Connection, clock: Callable[[], datetime]) -> tuple[float, float]:
    """Compare once. Returns the seconds that it took, and the offset, which is right within half of them."""
    before = clock()
    servers = float(conn.execute(SERVERS).fetchone()[0])
    took = (clock() - before).total_seconds()
    return took, (before - datetime.fromtimestamp(servers, UTC)).total_seconds() + took / 2
