"""Compares this machine's clock with the database server's, and so with the clocks of the other machines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.connection import Connection

TRIES = 3  # the quickest comparison counts: its offset is uncertain by half of the time that it took
SERVERS = "SELECT EXTRACT(EPOCH FROM clock_timestamp())"


def offset(conn: Connection, clock: Callable[[], datetime]) -> float:
    """Return how many seconds ``clock`` is ahead of the server's clock; negative: behind."""
    _took, seconds_ahead = min(_compared(conn, clock) for _ in range(TRIES))
    return seconds_ahead


def _compared(conn: Connection, clock: Callable[[], datetime]) -> tuple[float, float]:
    """Compare once. Returns the seconds that it took, and the offset, which is exact within half of these."""
    before = clock()
    servers = float(conn.execute(SERVERS).fetchone()[0])
    took = (clock() - before).total_seconds()
    return took, (before - datetime.fromtimestamp(servers, UTC)).total_seconds() + took / 2
