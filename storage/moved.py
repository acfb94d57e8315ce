"""The marker in a database whose rows were moved to another one: no bot goes on with the old rows by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.errors import MovedError
from storage.rows import to_int, to_time

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection

PUT = """
INSERT INTO facts (name, value, at) VALUES ('moved', ?, ?)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at
"""


def mark(conn: Connection, destination: str, now: datetime) -> None:
    """Note where the rows went. ``destination``: the address as people are shown it, without a password."""
    conn.execute(PUT, (destination, to_int(now)))


def check(conn: Connection) -> None:
    """Raise MovedError, which says where the rows went and how to come back, when they were moved."""
    row = conn.execute("SELECT value, at FROM facts WHERE name = 'moved'").fetchone()
    if row is not None:
        at = to_time(int(row["at"]))
        raise MovedError(
            f"The data moved to {row['value']} on {at:%Y-%m-%d at %H:%M} UTC. Set STORAGE_URL to that database. To go "
            "on here instead, and to give up what happened there since, stop the bot that works there and run "
            f"`pandabot restored --at {at:%Y-%m-%dT%H:%M:%SZ}`."
        )


def unmark(conn: Connection) -> bool:
    """Take the marker away. False: there was none."""
    return conn.execute("DELETE FROM facts WHERE name = 'moved'").rowcount == 1
