"""Turns: acts that must not overlap, over all processes. A turn whose holder died ends by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.rows import to_int

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection

TAKE = """
INSERT INTO turns (name, holder, until) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET
  holder = excluded.holder, until = excluded.until WHERE turns.until <= ?
"""


def take(conn: Connection, now: datetime, name: str, holder: str, until: datetime) -> bool:
    """Take the turn of a name until then at most. False: somebody has it. Turns that have ended are forgotten."""
    conn.execute("DELETE FROM turns WHERE until <= ?", (to_int(now),))
    return conn.execute(TAKE, (name, holder, to_int(until), to_int(now))).rowcount == 1


def end(conn: Connection, name: str, holder: str) -> None:
    """Give back a turn; another holder's stays."""
    conn.execute("DELETE FROM turns WHERE name = ? AND holder = ?", (name, holder))
