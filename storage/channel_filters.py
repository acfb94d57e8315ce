"""Sets the filter of everything that a channel watches at once, and restores the former filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import audit, enqueue
from storage.audit import AuditEntry
from storage.locks import lock_orders_of_watches, lock_subscriptions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from storage.connection import Connection

ByFilter = dict[str, list[int]]  # the ids of a channel's live watches, or of its subscriptions, by their filter
WATCHES = "SELECT id, filter FROM watches WHERE channel = ? AND state <> 'ended'"
SUBSCRIPTIONS = "SELECT id, filter FROM subscriptions WHERE channel = ? AND state = 'active'"


def filters_of(conn: Connection, channel_id: str) -> ByFilter:
    """Return the ids of a channel's live watches by their filter."""
    return _grouped(conn, WATCHES, channel_id)


def set_filters(
    conn: Connection, now: datetime, channel_id: str, filter_: str, actor: str
) -> tuple[ByFilter, ByFilter]:
    """Set the filter of every live watch and subscription of a channel.

    Returns the ids of the watches, and of the subscriptions, that had another filter, by that filter.
    """
    _lock(conn, channel_id)
    former = filters_of(conn, channel_id), _grouped(conn, SUBSCRIPTIONS, channel_id)
    for groups in former:
        groups.pop(filter_, None)
    conn.execute("UPDATE watches SET filter = ? WHERE channel = ? AND state <> 'ended'", (filter_, channel_id))
    conn.execute("UPDATE subscriptions SET filter = ? WHERE channel = ? AND state = 'active'", (filter_, channel_id))
    _refresh(conn, now, former[0])
    audit.append(conn, [AuditEntry(now, actor, "filter of all", channel_id, "", filter_)])
    return former


def restore_filters(
    conn: Connection,
    now: datetime,
    channel_id: str,
    filter_: str,
    *,
    former: tuple[Mapping[str, Sequence[int]], Mapping[str, Sequence[int]]],
    actor: str,
) -> tuple[ByFilter, ByFilter]:
    """Undo :func:`set_filters`, for watches and subscriptions that still have the filter which it set.

    ``filter_``: the filter that it set. ``former``: its result. Returns the restored ids, in the same form.
    """
    _lock(conn, channel_id)
    unchanged = set(filters_of(conn, channel_id).get(filter_, ()))
    unchanged_subscriptions = set(_grouped(conn, SUBSCRIPTIONS, channel_id).get(filter_, ()))
    watches = _only(former[0], unchanged, filter_)
    subscriptions = _only(former[1], unchanged_subscriptions, filter_)
    _put(conn, "watches", watches)
    _put(conn, "subscriptions", subscriptions)
    _refresh(conn, now, watches)
    if watches or subscriptions:
        audit.append(conn, [AuditEntry(now, actor, "filters restored", channel_id)])
    return watches, subscriptions


def _lock(conn: Connection, channel_id: str) -> None:
    """Lock a channel's watches and subscriptions, so that no filter changes between reading and writing them."""
    lock_subscriptions(conn, "channel = ?", channel_id)
    lock_orders_of_watches(conn, "channel = ? AND state <> 'ended'", (channel_id,))


def _grouped(conn: Connection, sql: str, channel_id: str) -> ByFilter:
    filters: ByFilter = {}
    for row in conn.execute(sql, (channel_id,)):
        filters.setdefault(row["filter"], []).append(row["id"])
    return filters


def _only(former: Mapping[str, Sequence[int]], ids: Collection[int], now_set: str) -> ByFilter:
    kept = {filter_: [id_ for id_ in group if id_ in ids] for filter_, group in former.items() if filter_ != now_set}
    return {filter_: group for filter_, group in kept.items() if group}


def _put(conn: Connection, table: str, groups: ByFilter) -> None:
    each = [(filter_, id_) for filter_, ids in groups.items() for id_ in ids]
    conn.executemany(f"UPDATE {table} SET filter = ? WHERE id = ?", each)


def _refresh(conn: Connection, now: datetime, watches: ByFilter) -> None:
    for ids in watches.values():
        for watch in ids:
            enqueue.refresh(conn, now, watch)
