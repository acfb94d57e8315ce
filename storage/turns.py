"""Turns: locks by name for acts that must not overlap in any process. The turn of a holder that died expires."""

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
    """Take the turn of this name until then at most. False: it is taken. Expired turns are deleted."""
    conn.execute("DELETE FROM turns WHERE until <= ?", (to_int(now),))
    return conn.execute(TAKE, (name, holder, to_int(until), to_int(now))).rowcount == 1


def end(conn: Connection, name: str, holder: str) -> None:
    """Give back a turn. The turn of another holder stays."""
    conn.execute("DELETE FROM turns WHERE name = ? AND holder = ?", (name, holder))
