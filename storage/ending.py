"""Ends watches. No other module sets the state of a watch to ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import orders, outbox
from storage.locks import lock_orders, lock_orders_of_watches
from storage.rows import to_int

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.connection import Connection


def end(conn: Connection, now: datetime, which: str, facts: Sequence[object], reason: str = "") -> list[int]:
    """End the live watches that match the SQL condition ``which``, whose values are ``facts``. Returns their ids.

    An empty ``reason`` means that a person ends them: their unsent posts are dropped. With a reason the bot ends them,
    and their posts still go out. An order without live watches is no longer polled.
    """
    lock_orders_of_watches(conn, f"({which}) AND state <> 'ended'", facts)
    ended = conn.execute(
        f"UPDATE watches SET state = 'ended', ended_at = ?, reason = ? WHERE ({which}) AND state <> 'ended' "
        "RETURNING id, key",
        (to_int(now), reason, *facts),
    ).fetchall()
    ids = [row["id"] for row in ended]
    if not reason:
        outbox.drop_unsent(conn, ids)
    keys = list(dict.fromkeys(row["key"] for row in ended))
    lock_orders(conn, keys)  # also the orders of watches that were opened since the first lock
    orders.unschedule_unwatched(conn, keys)
    return ids
