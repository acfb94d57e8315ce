"""The one way in which a watch ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import orders, outbox
from storage.rows import to_int

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime


def end(conn: sqlite3.Connection, now: datetime, which: str, facts: Sequence[object], reason: str = "") -> list[int]:
    """End the live watches for which the SQL condition ``which`` holds; their ids.

    A person's end has no reason: what was not said yet is dropped. With a reason the bot ends it, and what it still has
    to say is said. An order that nobody watches any more is polled no more.
    """
    ended = conn.execute(
        f"UPDATE watches SET state = 'ended', ended_at = ?, reason = ? WHERE ({which}) AND state <> 'ended' "
        "RETURNING id, key",
        (to_int(now), reason, *facts),
    ).fetchall()
    ids = [row["id"] for row in ended]
    if not reason:
        outbox.drop_unsent(conn, ids)
    orders.unschedule_unwatched(conn, list(dict.fromkeys(row["key"] for row in ended)))
    return ids
