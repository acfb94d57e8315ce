"""Stored orders read again by newer rules: what was wrong is put right, without telling anybody old news."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage import enqueue, orders, recording
from storage.post import PostKind
from storage.rows import to_int

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from pandapon.courier import Reason
    from pandapon.shipment import Milestone, Parcel
    from tracking.orders import StoredOrder

RULES = "courier rules"  # the fact that says by which rules the stored entries were read
AFTER = "SELECT key FROM orders WHERE key > ? ORDER BY key LIMIT ?"
NODE = "UPDATE nodes SET milestone = ? WHERE key = ? AND identity = ?"
# An order that is not over after all is looked at again, if anybody still watches it, and asked about in the end.
ORDER = """
UPDATE orders SET milestone = :milestone, reason = :reason, version = version + 1,
  final_at = CASE WHEN :is_final THEN final_at END,
  stall_at = CASE WHEN :is_final THEN stall_at ELSE COALESCE(stall_at, :asks_at) END,
  next_poll_at = CASE WHEN NOT :is_final AND EXISTS (SELECT 1 FROM watches WHERE watches.key = orders.key
    AND state <> 'ended') AND (next_poll_at > :now OR next_poll_at IS NULL) THEN :now ELSE next_poll_at END
WHERE key = :key
"""
MISLED = "SELECT DISTINCT channel, key FROM watches WHERE state = 'active' AND key IN ({marks})"
SET = "INSERT INTO facts (name, value, at) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


class Correction(NamedTuple):
    """What newer rules say of a stored order. Only what differs."""

    key: str
    milestone: Milestone | None
    reason: Reason | None
    is_final: bool
    nodes: tuple[tuple[str, Milestone | None], ...]  # identity and milestone
    parcels: tuple[Parcel, ...]  # as they are now, also those that were none before
    asks_at: datetime  # when to ask about an order that was over and is not
    was_told_as_over: bool  # a channel was told an end that was none


def read_by(conn: sqlite3.Connection) -> str:
    """By which rules the stored entries were read; empty: older ones, or there are none."""
    row = conn.execute("SELECT value FROM facts WHERE name = ?", (RULES,)).fetchone()
    return str(row[0]) if row else ""


def batch(conn: sqlite3.Connection, after: str, limit: int) -> tuple[str, list[StoredOrder]]:
    """The next orders by key, without those that cannot be decoded, and the last key; empty at the end."""
    keys = [key for (key,) in conn.execute(AFTER, (after, limit))]
    stored = orders.load_readable(conn, keys)
    return (keys[-1] if keys else ""), [stored[key] for key in keys if key in stored]


def correct(conn: sqlite3.Connection, now: datetime, corrections: Sequence[Correction]) -> list[tuple[str, str]]:
    """Store them and refresh the cards quietly. Returns channel and order where an end had been told that was none."""
    at = to_int(now)
    for correction in corrections:
        key = correction.key
        conn.executemany(NODE, [(milestone, key, identity) for identity, milestone in correction.nodes])
        recording.store_parcels(conn, [(key, parcel) for parcel in correction.parcels])
        facts = {
            "milestone": correction.milestone,
            "reason": correction.reason or "",
            "is_final": correction.is_final,
            "now": at,
            "key": key,
        }
        conn.execute(ORDER, facts | {"asks_at": to_int(correction.asks_at)})
    enqueue.refresh_orders(conn, at, [correction.key for correction in corrections])
    misled = [correction.key for correction in corrections if correction.was_told_as_over]
    return [
        (str(channel), str(key))
        for chunk, marks in orders.chunks(misled)
        for channel, key in conn.execute(MISLED.format(marks=marks), chunk)
    ]


def finish(conn: sqlite3.Connection, now: datetime, rules: str, misled: dict[str, int]) -> None:
    """One line for each channel that was told wrongly, and the mark that all is read by these rules."""
    conn.execute(SET, (RULES, rules, to_int(now)))
    for channel, count in misled.items():
        enqueue.enqueue_message(conn, now, PostKind.NOTICE, f"corrected:{rules}", channel, {"corrected": count})
