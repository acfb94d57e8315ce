"""Stored orders with their parcels and nodes: leases, loads, finds and schedules them."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pandapon.shipment import OrderRef, Platform
from pandapon.tracking_numbers import normal
from storage import rows, traces
from storage.locks import chunks, lock_orders
from storage.rows import to_int

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pandapon.shipment import Milestone
    from storage.connection import Connection, Row
    from storage.poll import DueOrder
    from tracking.orders import StoredOrder


# The errors that a damaged row, or a row of another version, causes: in its JSON, its words or its times.
UNREADABLE = (ValueError, KeyError, OverflowError)

DUE = """
SELECT key, next_poll_at, fence, fingerprint, polls, fails FROM schedule
WHERE next_poll_at IS NOT NULL AND next_poll_at <= ? AND next_poll_at >= ? {among}
ORDER BY next_poll_at LIMIT ?
"""
CLAIM = """
UPDATE schedule SET next_poll_at = ?, fence = fence + 1, leased = 1, worker = ? WHERE key {among}
"""
LEASED = """
SELECT key, milestone, order_json, sub_orders, moved_at, final_at, has_parcels, created_at, late_at, refund_open_until
FROM orders WHERE key {among}
"""
UNREAD = """
UPDATE schedule SET fence = fence + 1, leased = 0, fails = fails + 1, error = ?, stale_since = COALESCE(stale_since, ?),
  next_poll_at = ? WHERE key = ?
"""
RETRY_UNREADABLE = timedelta(hours=1)  # an order whose row cannot be read is tried again after this time
IN_TURN = """
SELECT key FROM (
  SELECT o.key, o.next_poll_at, ROW_NUMBER() OVER (PARTITION BY w.channel ORDER BY o.next_poll_at) AS turn
  FROM schedule o LEFT JOIN watches w ON w.key = o.key AND w.state <> 'ended' WHERE o.next_poll_at <= ?
) AS due GROUP BY key ORDER BY MIN(turn), MIN(next_poll_at)
"""
STORED = """
SELECT o.*, s.read_at, s.stale_since, s.next_poll_at, s.fence FROM orders o JOIN schedule s ON s.key = o.key
WHERE o.key {among}
"""


def claim_due(
    conn: Connection,
    now: datetime,
    limit: int,
    lease: timedelta,
    keys: Sequence[str] | None = None,
    *,
    worker: str = "",
    since: datetime | None = None,
) -> list[DueOrder]:
    """Lease up to ``limit`` due orders, the longest overdue first. After a crash they are due when ``lease`` ends.

    ``keys``: only these orders, a few hundred at most; None: all. ``worker``: the name of the process. ``since``: only
    orders that fell due then or later; None: all. It spares PostgreSQL from reading the dead index rows of earlier
    claims, which vacuum cannot remove while an old snapshot is open. An order whose row cannot be read counts as a
    failed reading, and keeps no other order from being read.
    """
    among, values = ("", []) if keys is None else conn.among(keys)
    sql = f"{DUE.format(among=among and f'AND key {among}')} {conn.skip_locked}"
    due = conn.tuples(sql, (to_int(now), to_int(since) or 0, *values, limit)).fetchall()
    stored: dict[str, Sequence[Any]] = {}
    for among, values in chunks(conn, [key for key, *_facts in due]):
        conn.execute(CLAIM.format(among=among), (to_int(now + lease), worker, *values))
        stored.update((key, facts) for key, *facts in conn.tuples(LEASED.format(among=among), values))
    claimed: list[DueOrder] = []
    for key, *lease_facts in due:
        try:
            claimed.append(rows.due(key, lease_facts, stored[key]))
        except UNREADABLE as error:
            conn.execute(UNREAD, (type(error).__name__, to_int(now), to_int(now + RETRY_UNREADABLE), key))
    return claimed


def due_round_robin(conn: Connection, now: datetime) -> list[str]:
    """Return the keys of all due orders, round robin: the first order of each channel, then the second, and so on."""
    return [key for (key,) in conn.execute(IN_TURN, (to_int(now),))]


def load(conn: Connection, keys: Sequence[str]) -> dict[str, StoredOrder]:
    """Return everything stored about these orders by key; unknown keys are absent.

    Raises one of ``UNREADABLE`` if an order cannot be decoded; :func:`load_readable` leaves such orders out.
    """
    parcels: dict[str, list[Row]] = defaultdict(list)
    stored: dict[str, StoredOrder] = {}
    entries = traces.load(conn, keys)
    for among, values in chunks(conn, keys):
        for row in conn.execute(f"SELECT * FROM parcels WHERE key {among} ORDER BY key, waybill", values):
            parcels[row["key"]].append(row)
        for row in conn.execute(STORED.format(among=among), values):
            stored[row["key"]] = rows.order(row, parcels[row["key"]], entries.get(row["key"], {}))
    return stored


def load_readable(conn: Connection, keys: Sequence[str]) -> dict[str, StoredOrder]:
    """Return these orders by key like :func:`load`, without the orders that cannot be decoded."""
    with contextlib.suppress(*UNREADABLE):
        return load(conn, keys)
    stored: dict[str, StoredOrder] = {}
    for key in keys:
        with contextlib.suppress(*UNREADABLE):
            stored |= load(conn, [key])
    return stored


def mark_due(conn: Connection, keys: Sequence[str], at: datetime, *, whole: bool = False) -> int:
    """Make these orders due no later than ``at``, also archived ones, if they are watched. Returns their number.

    ``whole``: forget the last fingerprint, so that the next reading is compared in full. The fence is raised, so that
    a reading under way is dropped: it may be older than the reason for this call.
    """
    lock_orders(conn, keys)
    forget, nothing = (", fingerprint = ?", [b""]) if whole else ("", [])
    known = 0
    for among, values in chunks(conn, keys):
        known += conn.execute(
            f"UPDATE schedule SET fence = fence + 1, "
            f"next_poll_at = CASE WHEN next_poll_at < ? THEN next_poll_at ELSE ? END{forget} "
            f"WHERE key {among} AND EXISTS "
            "(SELECT 1 FROM watches w WHERE w.key = schedule.key AND w.state <> 'ended')",
            (to_int(at), to_int(at), *nothing, *values),
        ).rowcount
    if known:
        conn.orders_are_due()
    return known


def release_leases(conn: Connection, now: datetime, worker: str | None = None) -> int:
    """Make the orders due that a process leased before it died. ``worker``: its name; None: any. Returns a count."""
    whose, names = ("", []) if worker is None else (" AND worker = ?", [worker])
    return conn.execute(
        "UPDATE schedule SET next_poll_at = ?, leased = 0, fence = fence + 1 "
        f"WHERE leased = 1 AND next_poll_at IS NOT NULL{whose}",
        (to_int(now), *names),
    ).rowcount


def find_waybill(conn: Connection, waybill: str) -> list[str]:
    """Return the keys of the orders with a parcel of this tracking number, in any spelling."""
    if not (number := normal(waybill)):
        return []
    return [row[0] for row in conn.execute("SELECT DISTINCT key FROM parcels WHERE number = ? ORDER BY key", (number,))]


def find_order_id(conn: Connection, order_id: str) -> list[str]:
    """Return the keys of the stored orders with this id, on either platform."""
    keys = [OrderRef(platform, order_id).key for platform in Platform]
    return [row[0] for row in conn.execute("SELECT key FROM orders WHERE key IN (?, ?) ORDER BY key", keys)]


def newest(conn: Connection, limit: int) -> list[str]:
    """Return the order ids (not keys) of the orders that were stored last, the newest first."""
    sql = "SELECT key FROM orders ORDER BY created_at DESC, key LIMIT ?"
    return [OrderRef.from_key(row[0]).order_id for row in conn.execute(sql, (limit,))]


def at_milestones(conn: Connection, milestones: Iterable[Milestone], limit: int) -> list[str]:
    """Return the keys of the stored orders at one of these milestones, the order stored last first.

    An order that no channel watches any more is not read again, so it counts only if it is at its end.
    """
    wanted = [milestone.value for milestone in milestones]
    if not wanted:
        return []
    marks = ", ".join("?" * len(wanted))
    query = (
        f"SELECT key FROM orders WHERE milestone IN ({marks}) AND (final_at IS NOT NULL OR EXISTS "
        "(SELECT 1 FROM watches w WHERE w.key = orders.key AND w.state <> 'ended')) "
        "ORDER BY created_at DESC, key LIMIT ?"
    )
    return [row[0] for row in conn.execute(query, (*wanted, limit))]


def refunds_to_act_on(conn: Connection, limit: int) -> list[str]:
    """Return the keys of the watched orders with a refund that waits for the buyer, the order stored last first."""
    query = (
        "SELECT key FROM orders WHERE refund_needs_buyer = 1 AND EXISTS "
        "(SELECT 1 FROM watches w WHERE w.key = orders.key AND w.state <> 'ended') "
        "ORDER BY created_at DESC, key LIMIT ?"
    )
    return [row[0] for row in conn.execute(query, (limit,))]


def unschedule_unwatched(conn: Connection, keys: Iterable[str]) -> None:
    """Stop polling those of these orders that have no live watch; a reading under way is dropped."""
    conn.executemany(
        "UPDATE schedule SET next_poll_at = NULL, fence = fence + 1 WHERE key = ? AND NOT EXISTS "
        "(SELECT 1 FROM watches w WHERE w.key = schedule.key AND w.state <> 'ended')",
        [(key,) for key in keys],
    )
