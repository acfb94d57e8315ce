"""The pace of requests to an account, over all processes: a token bucket that is kept as the time when it is full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.rows import MICROSECOND, to_int, to_time

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from storage.connection import Connection

RESERVE = """
INSERT INTO paces (name, full_at) VALUES (:name, :now + :whole) ON CONFLICT (name) DO UPDATE SET
  full_at = CASE WHEN paces.full_at > :now THEN paces.full_at ELSE :now END + :whole
RETURNING full_at, paused_until
"""
PAUSE = """
INSERT INTO paces (name, paused_until) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET
  paused_until = CASE WHEN paces.paused_until > excluded.paused_until THEN paces.paused_until
    ELSE excluded.paused_until END
"""


@dataclass(frozen=True, slots=True)
class Reserved:
    """Requests that a process may make: the first at ``begins``. Until ``paused_until`` none may leave. Aware times."""

    begins: datetime
    paused_until: datetime | None = None


def reserve(conn: Connection, now: datetime, name: str, count: int, interval: timedelta) -> Reserved:
    """Reserve so many requests of a pace, one every ``interval``, behind those that others have reserved."""
    whole = count * (interval // MICROSECOND)
    row = conn.execute(RESERVE, {"name": name, "now": to_int(now), "whole": whole}).fetchone()
    paused = row["paused_until"] if row["paused_until"] > to_int(now) else None
    return Reserved(to_time(row["full_at"] - whole), to_time(paused))


def pause(conn: Connection, name: str, until: datetime) -> None:
    """Let no process make requests of a pace until then. A longer pause stands."""
    conn.execute(PAUSE, (name, to_int(until)))
