"""Corrects stored orders by newer courier rules, without telling old news again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage import enqueue, messages, orders, recording, traces
from storage.facts import OWN
from storage.locks import chunks, held_fences, lock_orders
from storage.rows import to_int
from tracking.messages import OrdersCorrected

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pandapon.courier import Reason
    from pandapon.shipment import Milestone, Parcel
    from storage.connection import Connection
    from tracking.orders import StoredOrder

RULES = "courier rules"  # the fact with the version of the rules by which the stored nodes were read
AFTER = "SELECT key FROM orders WHERE key > ? ORDER BY key LIMIT ?"
# An order that is not at its end after all is read again, if anybody watches it, and checked for silence.
ORDER = """
UPDATE orders SET milestone = :milestone, reason = :reason, pick_up_by = :pick_up_by, version = version + 1,
  final_at = CASE WHEN :is_final THEN final_at END WHERE key = :key
"""
SCHEDULE = """
UPDATE schedule SET stall_at = COALESCE(stall_at, :asks_at),
  next_poll_at = CASE WHEN EXISTS (SELECT 1 FROM watches WHERE watches.key = schedule.key AND state <> 'ended')
    AND (next_poll_at > :now OR next_poll_at IS NULL) THEN :now ELSE next_poll_at END
WHERE key = :key AND NOT :is_final
"""
# A reading under way began with the uncorrected order, and would write that back.
DROP_READING = "UPDATE schedule SET fence = fence + 1 WHERE key = ?"
MISLED = "SELECT DISTINCT channel, key FROM watches WHERE state = 'active' AND key {among}"


class Correction(NamedTuple):
    """The differences that newer rules make to a stored order."""

    key: str  # the order's key
    fence: int  # the order's fence when it was loaded; a reading since then has raised it
    milestone: Milestone | None
    reason: Reason | None
    pick_up_by: datetime | None
    is_final: bool
    nodes: tuple[tuple[str, Milestone | None], ...]  # identity and new milestone
    parcels: tuple[Parcel, ...]  # with their new milestones, also those that were not stored before
    asks_at: datetime  # when an order that is not at its end after all is checked for silence
    was_told_as_over: bool  # channels were told that the order was delivered, which was wrong


class Corrected(NamedTuple):
    """The result of corrections."""

    misled: list[tuple[str, str]]  # pairs of channel and order key where a delivery was told wrongly
    moved: list[str]  # keys of orders that were not corrected: they were leased or read since they were loaded


def read_by(conn: Connection) -> str:
    """Return the version of the rules by which the stored nodes were read; empty: unknown."""
    fact = OWN.get(conn, RULES)
    return fact.value if fact else ""


def batch(conn: Connection, after: str, limit: int) -> tuple[str, list[StoredOrder]]:
    """Return the next ``limit`` orders by key after ``after``: the last of their keys, and those that can be decoded.

    The key is empty if no order is left.
    """
    keys = [key for (key,) in conn.execute(AFTER, (after, limit))]
    stored = orders.load_readable(conn, keys)
    return (keys[-1] if keys else ""), [stored[key] for key in keys if key in stored]


def correct(conn: Connection, now: datetime, corrections: Sequence[Correction]) -> Corrected:
    """Store the corrections of orders whose fence is unchanged, and refresh their cards."""
    at = to_int(now)
    lock_orders(conn, [correction.key for correction in corrections])
    fences = held_fences(conn, [correction.key for correction in corrections])
    moved = [each.key for each in corrections if fences.get(each.key) != each.fence]
    corrections = [each for each in corrections if fences.get(each.key) == each.fence]
    for correction in corrections:
        key = correction.key
        traces.reclaim(conn, key, dict(correction.nodes))
        recording.store_parcels(conn, [(key, parcel) for parcel in correction.parcels])
        facts = {
            "milestone": correction.milestone,
            "reason": correction.reason or "",
            "pick_up_by": to_int(correction.pick_up_by),
            "is_final": correction.is_final,
            "now": at,
            "key": key,
        }
        conn.execute(ORDER, facts)
        conn.execute(SCHEDULE, facts | {"asks_at": to_int(correction.asks_at)})
        conn.execute(DROP_READING, (key,))
    enqueue.refresh_orders(conn, at, [correction.key for correction in corrections])
    misled = [correction.key for correction in corrections if correction.was_told_as_over]
    told = [
        (str(channel), str(key))
        for among, values in chunks(conn, misled)
        for channel, key in conn.execute(MISLED.format(among=among), values)
    ]
    return Corrected(told, moved)


def finish(conn: Connection, now: datetime, rules: str, misled: dict[str, int]) -> None:
    """Mark all orders as read by these rules, and enqueue a notice for each channel that was told wrongly.

    ``misled``: the number of wrongly told orders by channel.
    """
    OWN.put(conn, RULES, rules, now)
    for channel, count in misled.items():
        messages.notice(conn, now, f"corrected:{rules}", channel, OrdersCorrected(count))
