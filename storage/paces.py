"""The pace of all processes' requests to an account: a token bucket that is stored as the time when it is full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.rows import MICROSECOND, to_int, to_time

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection

# No process waits for longer than this behind the other processes, each of which reserves one block. A time further
# ahead was written by a clock that was ahead, and would keep all processes waiting.
QUEUE, BLOCKS = timedelta(minutes=1), 20
RESERVE = """
INSERT INTO {table} (name, full_at) VALUES (:name, :now + :whole) ON CONFLICT (name) DO UPDATE SET
  full_at = CASE WHEN {table}.full_at BETWEEN :now AND :farthest THEN {table}.full_at ELSE :now END + :whole
RETURNING full_at, paused_until
"""
PAUSE = """
INSERT INTO {table} (name, paused_until) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET
  paused_until = CASE WHEN {table}.paused_until > excluded.paused_until THEN {table}.paused_until
    ELSE excluded.paused_until END
"""


@dataclass(frozen=True, slots=True)
class Reserved:
    """Requests that a process may make, the first at ``begins``, and none before ``paused_until``. Times are aware."""

    begins: datetime
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class PaceTable:
    """The paces of one table, by their names."""

    table: str

    def reserve(self, conn: Connection, now: datetime, name: str, count: int, interval: timedelta) -> Reserved:
        """Reserve ``count`` requests of a pace, one every ``interval``, after the requests reserved before."""
        whole = count * (interval // MICROSECOND)
        farthest = to_int(now + QUEUE) + BLOCKS * whole
        facts = {"name": name, "now": to_int(now), "whole": whole, "farthest": farthest}
        row = conn.execute(RESERVE.format(table=self.table), facts).fetchone()
        paused = row["paused_until"] if row["paused_until"] > to_int(now) else None
        return Reserved(to_time(row["full_at"] - whole), to_time(paused))

    def pause(self, conn: Connection, name: str, until: datetime) -> None:
        """Let no process make requests of a pace until then. A longer pause stays."""
        conn.execute(PAUSE.format(table=self.table), (name, to_int(until)))


OWN = PaceTable("paces")  # of the account of a database
