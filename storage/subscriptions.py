"""Subscriptions (`watch all`) of channels to every order of the account, and the watches that they open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import audit, codec, enqueue, orders
from storage.audit import AuditEntry
from storage.ending import end
from storage.locks import lock_orders, lock_orders_of_watches, lock_subscriptions
from storage.rows import to_int, to_time
from storage.subscription import Subscription
from storage.watch import WatchState
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from pandapon.shipment import Milestone
    from storage.connection import Connection, Row
    from storage.subscription import NewOrder

ADD_ORDER = """
INSERT INTO orders (key, milestone, order_json, sub_orders, created_at)
VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
"""
ADD_TO_SCHEDULE = "INSERT INTO schedule (key, fingerprint, polls) VALUES (?, ?, 0)"
# A new watch in a channel whose watches are all paused is paused, too: otherwise the first news of each would be
# refused, and its owner told each time.
IN_CHANNEL = "SELECT reason FROM watches WHERE channel = ? AND state <> 'ended' AND (state = 'paused') = ? LIMIT 1"
# A subscription does not bring back an order that somebody stopped watching in its channel after it began. An order
# that was stopped before, perhaps by `unwatch all`, comes back: a person who asks for all orders means it, too.
STAYS_OUT = "w.channel = subscriptions.channel AND (w.state <> 'ended' OR w.ended_at >= subscriptions.created_at)"
JOIN = f"""
INSERT INTO watches (key, channel, filter, state, reason, created_by, created_at, subscription)
SELECT ?, channel, filter, ?, ?, created_by, ?, id FROM subscriptions
WHERE id = ? AND state = 'active' AND NOT EXISTS (SELECT 1 FROM watches w WHERE w.key = ? AND {STAYS_OUT})
"""
MAY_JOIN = f"""
SELECT 1 FROM subscriptions WHERE id = ? AND NOT EXISTS (SELECT 1 FROM watches w WHERE w.key = ? AND {STAYS_OUT})
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
# A watch belongs to one subscription. When that ends, another subscription of the channel to the same orders takes the
# watch over.
TAKE_OVER = """
UPDATE watches SET subscription = ?, filter = ? WHERE subscription = ? AND state <> 'ended'
  AND key IN (SELECT key FROM orders WHERE {orders}) RETURNING id
"""
TAKE_BACK = """
UPDATE watches SET subscription = ?, filter = ?
WHERE id = ? AND channel = ? AND subscription IS NOT NULL AND state <> 'ended'
"""
# An order that nobody watched for a while starts afresh: its next reading is a baseline, and its old scans are no news.
SCHEDULE = "UPDATE schedule SET next_poll_at = ?, polls = 0 WHERE key = ? AND next_poll_at IS NULL"


def subscribe(conn: Connection, now: datetime, wish: Subscription) -> tuple[Subscription, bool]:
    """Watch all orders in a channel, or those with one status. Returns the subscription, and whether it is new.

    A subscription to the same status that exists already takes over the filter, and so do its watches.
    """
    present = _live(conn, wish.channel, wish.status)
    if present:
        conn.execute("UPDATE subscriptions SET filter = ? WHERE id = ?", (wish.filter, present.id))
        conn.execute(
            "UPDATE watches SET filter = ? WHERE subscription = ? AND state <> 'ended'", (wish.filter, present.id)
        )
        return _must(conn, present.id), False
    row = conn.execute(
        "INSERT INTO subscriptions (channel, status, filter, state, created_by, created_at) "
        "VALUES (?, ?, ?, 'active', ?, ?) RETURNING id",
        (wish.channel, wish.status, wish.filter, wish.created_by, to_int(now)),
    ).fetchone()
    audit.append(conn, [AuditEntry(now, wish.created_by, "watch all", wish.channel, "", wish.status)])
    return _must(conn, row["id"]), True


def unsubscribe(conn: Connection, now: datetime, channel: str, actor: str) -> tuple[list[Subscription], int]:
    """End the channel's subscriptions with their watches. Returns the subscriptions, and the number of the watches."""
    lock_subscriptions(conn, "channel = ?", channel)
    subscribed, ended = active(conn, channel), 0
    for each in subscribed:
        conn.execute("UPDATE subscriptions SET state = 'ended', ended_at = ? WHERE id = ?", (to_int(now), each.id))
        ended += len(end(conn, now, "subscription = ?", (each.id,)))
    if subscribed:
        audit.append(conn, [AuditEntry(now, actor, "unwatch all", channel)])
    return subscribed, ended


def unsubscribe_one(
    conn: Connection, now: datetime, subscription: int, actor: str, states: Mapping[str, Collection[Milestone]]
) -> list[int] | None:
    """End one subscription and its watches, except watches that another subscription of the channel takes over.

    ``states``: the milestones of the orders in each state, by the state. Returns the ids of the watches that were taken
    over; None: the subscription had ended before.
    """
    lock_subscriptions(conn, "channel = (SELECT channel FROM subscriptions WHERE id = ?)", subscription)
    ended = conn.execute(
        "UPDATE subscriptions SET state = 'ended', ended_at = ? WHERE id = ? AND state = 'active' RETURNING channel",
        (to_int(now), subscription),
    ).fetchone()
    if ended is None:
        return None
    lock_orders_of_watches(conn, "subscription = ? AND state <> 'ended'", (subscription,))
    passed_on = [
        watch
        for heir in sorted(active(conn, ended["channel"]), key=lambda each: bool(each.status))
        for watch in _pass_on(conn, now, subscription, heir, states)
    ]
    end(conn, now, "subscription = ?", (subscription,))
    audit.append(conn, [AuditEntry(now, actor, "unwatch all", ended["channel"], "", _must(conn, subscription).status)])
    return passed_on


def _pass_on(
    conn: Connection, now: datetime, subscription: int, heir: Subscription, states: Mapping[str, Collection[Milestone]]
) -> list[int]:
    orders_of, facts = "TRUE", list[str]()
    if heir.status:
        among, facts = conn.among([milestone.value for milestone in states[heir.status]])
        orders_of = f"milestone IS NULL OR milestone {among}"
    sql = TAKE_OVER.format(orders=orders_of)
    ids = [watch for (watch,) in conn.execute(sql, (heir.id, heir.filter, subscription, *facts)).fetchall()]
    for watch in ids:
        enqueue.refresh(conn, now, watch)
    return ids


def resubscribe(
    conn: Connection, now: datetime, channel: str, ended_at: datetime, actor: str, *, passed_on: Sequence[int] = ()
) -> list[tuple[Subscription, int]]:
    """Undo the :func:`unsubscribe` or :func:`unsubscribe_one` of exactly ``ended_at``.

    ``passed_on``: the result of :func:`unsubscribe_one`. Returns pairs of each subscription that is active again and
    the number of its watches. A subscription stays ended if the channel has a newer one to the same orders.
    """
    at = to_int(ended_at)
    lock_subscriptions(conn, "channel = ?", channel)
    lock_orders_of_watches(conn, "channel = ? AND subscription IS NOT NULL AND ended_at = ?", (channel, at))
    revived = [_must(conn, id_) for (id_,) in conn.execute(REVIVE, (channel, at)).fetchall()]
    restored = [
        (each, _restore_watches(conn, now, each, at, passed_on)) for each in sorted(revived, key=lambda e: e.id)
    ]
    enqueue.refresh_newest(conn, now, channel)
    if revived:
        audit.append(conn, [AuditEntry(now, actor, "watch all again", channel)])
    return restored


def _restore_watches(conn: Connection, now: datetime, again: Subscription, at: int, passed_on: Sequence[int]) -> int:
    keys = [row["key"] for row in conn.execute(REVIVE_WATCHES, (again.id, at)).fetchall()]
    orders.mark_due(conn, keys, now)
    facts = again.id, again.filter
    taken = [watch for watch in passed_on if conn.execute(TAKE_BACK, (*facts, watch, again.channel)).rowcount]
    for watch in taken:
        enqueue.refresh(conn, now, watch)
    return len(keys) + len(taken)


def active(conn: Connection, channel: str | None = None) -> list[Subscription]:
    """Return the active subscriptions of one channel (None: of all channels), oldest first."""
    where, facts = ("AND channel = ?", (channel,)) if channel else ("", ())
    rows = conn.execute(f"SELECT * FROM subscriptions WHERE state = 'active' {where} ORDER BY id", facts)
    return [_subscription(row) for row in rows]


def join_orders(conn: Connection, now: datetime, subscription: int, new: Sequence[NewOrder]) -> int:
    """Store these orders and watch them for a subscription, without a card. Returns the number of new watches.

    An order that the channel watches, or stopped watching after the subscription began, is left out. In a channel whose
    watches are all paused, the new watches are paused, too.
    """
    joined = 0
    lock_subscriptions(conn, "id = ?", subscription)
    lock_orders(conn, [new_order.order.ref.key for new_order in new])
    state, reason = _state_to_join(conn, subscription) if new else (WatchState.ACTIVE, "")
    for new_order in new:
        order, key = new_order.order, new_order.order.ref.key
        facts = (order.milestone, codec.dump_order(order), codec.dump_ids(order.sub_order_ids))
        if conn.execute(ADD_ORDER, (key, *facts, to_int(now))).rowcount:
            conn.execute(ADD_TO_SCHEDULE, (key, b""))
        if conn.execute(JOIN, (key, state.value, reason, to_int(now), subscription, key)).rowcount:
            joined += 1
            conn.execute(SCHEDULE, (to_int(new_order.first_poll_at), key))
    return joined


def may_join(conn: Connection, subscription: int, keys: Sequence[str]) -> list[str]:
    """Return those of these keys whose orders the subscription may watch; see :func:`join_orders`."""
    return [key for key in keys if conn.execute(MAY_JOIN, (subscription, key)).fetchone()]


def _state_to_join(conn: Connection, subscription: int) -> tuple[WatchState, str]:
    """The state of a watch that the subscription opens, and the reason of a paused one."""
    row = conn.execute("SELECT channel FROM subscriptions WHERE id = ?", (subscription,)).fetchone()
    if row is None or conn.execute(IN_CHANNEL, (row["channel"], False)).fetchone():
        return WatchState.ACTIVE, ""
    paused = conn.execute(IN_CHANNEL, (row["channel"], True)).fetchone()
    return (WatchState.PAUSED, paused["reason"]) if paused else (WatchState.ACTIVE, "")


def _live(conn: Connection, channel: str, status: str) -> Subscription | None:
    row = conn.execute(
        "SELECT * FROM subscriptions WHERE channel = ? AND status = ? AND state = 'active'", (channel, status)
    ).fetchone()
    return _subscription(row) if row else None


def _must(conn: Connection, subscription: int) -> Subscription:
    return _subscription(conn.execute("SELECT * FROM subscriptions WHERE id = ?", (subscription,)).fetchone())


def _subscription(row: Row) -> Subscription:
    return Subscription(
        channel=row["channel"],
        status=row["status"],
        filter=Filter(row["filter"]),
        created_by=row["created_by"],
        id=row["id"],
        created_at=to_time(row["created_at"]),
    )
