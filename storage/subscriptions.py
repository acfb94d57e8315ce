"""Channels that watch every order of the account: which, and what they brought."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from storage import audit, codec, enqueue, orders
from storage.audit import AuditEntry
from storage.ending import end
from storage.rows import to_int, to_time
from storage.subscription import Subscription
from tracking.values import Filter

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from storage.subscription import NewOrder

ADD_ORDER = """
INSERT INTO orders (key, platform, order_id, fingerprint, milestone, order_json, sub_orders, polls, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT (key) DO NOTHING
"""
# An order that somebody stopped watching in this channel does not come back through the back door. Where all watches
# are paused the new one is too: otherwise the first news of each would be refused, and its owner told again each time.
IN_CHANNEL = "SELECT reason FROM watches WHERE channel = ? AND state <> 'ended' AND (state = 'paused') = ? LIMIT 1"
JOIN = """
INSERT INTO watches (key, channel, filter, state, reason, created_by, created_at, subscription)
SELECT ?, channel, filter, ?, ?, created_by, ?, id FROM subscriptions
WHERE id = ? AND state = 'active' AND NOT EXISTS
  (SELECT 1 FROM watches w WHERE w.key = ? AND w.channel = subscriptions.channel)
"""
REVIVE = """
UPDATE subscriptions SET state = 'active', ended_at = NULL
WHERE channel = ? AND state = 'ended' AND ended_at = ? AND NOT EXISTS (SELECT 1 FROM subscriptions live
  WHERE live.channel = subscriptions.channel AND live.status = subscriptions.status AND live.state = 'active')
RETURNING id
"""
REVIVE_WATCHES = """
UPDATE watches SET state = 'active', ended_at = NULL, reason = ''
WHERE subscription = ? AND state = 'ended' AND ended_at = ? AND NOT EXISTS (SELECT 1 FROM watches live
  WHERE live.key = watches.key AND live.channel = watches.channel AND live.state <> 'ended')
RETURNING key
"""
SCHEDULE = "UPDATE orders SET next_poll_at = ? WHERE key = ? AND next_poll_at IS NULL"


def subscribe(conn: sqlite3.Connection, now: datetime, wish: Subscription) -> tuple[Subscription, bool]:
    """Watch all orders in a channel; a standing wish for the same state takes over the filter (then False)."""
    standing = _live(conn, wish.channel, wish.status)
    if standing:
        conn.execute("UPDATE subscriptions SET filter = ? WHERE id = ?", (wish.filter, standing.id))
        conn.execute(
            "UPDATE watches SET filter = ? WHERE subscription = ? AND state <> 'ended'", (wish.filter, standing.id)
        )
        return _must(conn, standing.id), False
    made = conn.execute(
        "INSERT INTO subscriptions (channel, status, filter, state, created_by, created_at) "
        "VALUES (?, ?, ?, 'active', ?, ?) RETURNING id",
        (wish.channel, wish.status, wish.filter, wish.created_by, to_int(now)),
    ).fetchone()
    audit.append(conn, [AuditEntry(now, wish.created_by, "watch all", wish.channel, "", wish.status)])
    return _must(conn, made["id"]), True


def unsubscribe(conn: sqlite3.Connection, now: datetime, channel: str, actor: str) -> tuple[int, int]:
    """End the channel's subscriptions with the watches they brought. Returns how many of each."""
    ids = [
        row[0]
        for row in conn.execute("SELECT id FROM subscriptions WHERE channel = ? AND state = 'active'", (channel,))
    ]
    ended = 0
    for subscription in ids:
        conn.execute("UPDATE subscriptions SET state = 'ended', ended_at = ? WHERE id = ?", (to_int(now), subscription))
        ended += len(end(conn, now, "subscription = ?", (subscription,)))
    if ids:
        audit.append(conn, [AuditEntry(now, actor, "unwatch all", channel)])
    return len(ids), ended


def resubscribe(conn: sqlite3.Connection, now: datetime, channel: str, ended_at: datetime, actor: str) -> int:
    """Undo :func:`unsubscribe` of that moment, with the watches that it ended. Returns how many came back."""
    at = to_int(ended_at)
    revived = conn.execute(REVIVE, (channel, at)).fetchall()
    keys = [row["key"] for one in revived for row in conn.execute(REVIVE_WATCHES, (one["id"], at)).fetchall()]
    orders.mark_due(conn, keys, now)
    enqueue.refresh_newest(conn, now, channel)
    if revived:
        audit.append(conn, [AuditEntry(now, actor, "watch all again", channel)])
    return len(keys)


def active(conn: sqlite3.Connection, channel: str | None = None) -> list[Subscription]:
    """The active ones, of one channel or of all."""
    where, facts = ("AND channel = ?", (channel,)) if channel else ("", ())
    rows = conn.execute(f"SELECT * FROM subscriptions WHERE state = 'active' {where} ORDER BY id", facts)
    return [_subscription(row) for row in rows]


def join_orders(conn: sqlite3.Connection, now: datetime, subscription: int, new: Sequence[NewOrder]) -> int:
    """Watch these orders for a subscription, silently, unless the channel has or had a watch of them.

    In a channel that is paused they wait with the others. Returns how many joined.
    """
    joined = 0
    state, reason = _state_to_join(conn, subscription) if new else ("active", "")
    for each in new:
        order, key = each.order, each.order.ref.key
        facts = (b"", order.milestone, codec.dump_order(order), json.dumps(order.sub_order_ids))
        conn.execute(ADD_ORDER, (key, order.platform.value, order.order_id, *facts, to_int(now)))
        if conn.execute(JOIN, (key, state, reason, to_int(now), subscription, key)).rowcount:
            joined += 1
            conn.execute(SCHEDULE, (to_int(each.first_poll_at), key))
    return joined


def unknown_of(conn: sqlite3.Connection, channel: str, keys: Sequence[str]) -> list[str]:
    """Those of these orders that the channel does not watch and never did."""
    return [
        key
        for key in keys
        if not conn.execute("SELECT 1 FROM watches WHERE key = ? AND channel = ?", (key, channel)).fetchone()
    ]


def _state_to_join(conn: sqlite3.Connection, subscription: int) -> tuple[str, str]:
    row = conn.execute("SELECT channel FROM subscriptions WHERE id = ?", (subscription,)).fetchone()
    if row is None or conn.execute(IN_CHANNEL, (row["channel"], False)).fetchone():
        return "active", ""
    paused = conn.execute(IN_CHANNEL, (row["channel"], True)).fetchone()
    return ("paused", paused["reason"]) if paused else ("active", "")


def _live(conn: sqlite3.Connection, channel: str, status: str) -> Subscription | None:
    row = conn.execute(
        "SELECT * FROM subscriptions WHERE channel = ? AND status = ? AND state = 'active'", (channel, status)
    ).fetchone()
    return _subscription(row) if row else None


def _must(conn: sqlite3.Connection, subscription: int) -> Subscription:
    return _subscription(conn.execute("SELECT * FROM subscriptions WHERE id = ?", (subscription,)).fetchone())


def _subscription(row: sqlite3.Row) -> Subscription:
    return Subscription(
        channel=row["channel"],
        status=row["status"],
        filter=Filter(row["filter"]),
        created_by=row["created_by"],
        id=row["id"],
        created_at=to_time(row["created_at"]),
    )
