"""The OAuth states of installations under way: they prove that a person who returns from Slack was sent there by us.

Only the hash of a state is stored, so that nobody who reads the table can finish another person's installation.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from storage.rows import to_int

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from storage.connection import Connection


def put(conn: Connection, now: datetime, state: str, lasts: timedelta) -> None:
    """Store a state that is valid for ``lasts``, and delete expired states."""
    conn.execute("DELETE FROM oauth_states WHERE expires_at <= ?", (to_int(now),))
    conn.execute("INSERT INTO oauth_states (hash, expires_at) VALUES (?, ?)", (_hash(state), to_int(now + lasts)))


def take(conn: Connection, now: datetime, state: str) -> bool:
    """Use up a state. False: it is unknown, used or expired."""
    sql = "DELETE FROM oauth_states WHERE hash = ? RETURNING expires_at"
    row = conn.execute(sql, (_hash(state),)).fetchone()
    return row is not None and row["expires_at"] > to_int(now)


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode(errors="replace")).hexdigest()
