"""Lists of watched orders, each order once: orders that need attention come first, delivered orders last."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pandapon.shipment import FINAL, Milestone
from storage import alarms, rows
from storage.locks import chunks
from storage.rows import to_int
from storage.watch import WatchedOrder, WatchedOrders
from storage.watch_queries import SELECT
from tracking.attention import (
    GROUPS,
    LOSSES,
    LOST_FOR,
    NEEDS_ATTENTION,
    OVER_FOR,
    UNDER_WAY,
    WANTED,
    Group,
    group_of,
)
from tracking.renumber import live

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from storage.connection import Connection
    from storage.watch import Watch

NO_CHANNEL = WatchedOrders((), {})


def _sql(milestones: Iterable[Milestone]) -> str:
    return ", ".join(f"'{milestone}'" for milestone in sorted(milestones))


# ``place`` is a position in ``GROUPS``, by the rule of :func:`tracking.attention.group_of`.
WATCHED = f"""
WITH watched AS (
  SELECT w.key, w.id, CASE
      WHEN w.state = 'paused' OR o.refund_needs_buyer = 1 OR w.key IN (SELECT key FROM alarms WHERE state <> 'cleared')
        OR (o.milestone IN ({_sql(NEEDS_ATTENTION)}) AND o.reason <> '{WANTED}') THEN 0
      WHEN o.milestone = '{Milestone.DELIVERED}' THEN 3 WHEN o.milestone IN ({_sql(UNDER_WAY)}) THEN 2
      ELSE 1 END AS place
  FROM watches w JOIN orders o ON o.key = w.key
  WHERE w.state <> 'ended' AND w.channel IN ({{channels}}) {{since}})
"""
# By the rule of :func:`tracking.attention.is_over`; an order with an alarm or a refund to act on stays listed.
_LONGER = (LOST_FOR - OVER_FOR) // rows.MICROSECOND
NOT_OVER = f"""AND (o.milestone IS NULL OR o.milestone NOT IN ({_sql(FINAL)}) OR o.final_at IS NULL
  OR (o.reason <> '{WANTED}' AND o.final_at > ? - CASE WHEN o.milestone IN ({_sql(LOSSES)}) THEN {_LONGER} ELSE 0 END)
  OR o.refund_needs_buyer = 1 OR w.key IN (SELECT key FROM alarms WHERE state <> 'cleared'))"""
ONCE = "SELECT key, MAX(id) AS id, MIN(place) AS place FROM watched GROUP BY key"
# One pass reads the page and the counts, since a channel may watch a hundred thousand orders. The rows of the counts
# have no key.
PAGE = """
, listed AS MATERIALIZED ({listed}),
page AS (SELECT key, place, id FROM listed {where} ORDER BY place, id DESC LIMIT ? OFFSET ?)
SELECT NULL AS key, place, COUNT(*) AS n FROM listed GROUP BY place
UNION ALL SELECT key, place, -id FROM page ORDER BY 2, 3
"""
NEWEST = f"""
SELECT w.id, w.key FROM watches w JOIN orders o ON o.key = w.key
WHERE w.channel = ? AND w.state <> 'ended' AND w.id < ? {NOT_OVER} ORDER BY w.id DESC LIMIT ?
"""


def watched_orders(
    conn: Connection,
    channels: Sequence[str],
    offset: int,
    limit: int,
    *,
    group: Group | None = None,
    over_since: datetime | None = None,
) -> WatchedOrders:
    """Return a page of the orders that these channels watch, group by group, and the size of each group.

    ``group``: the page holds only this group's orders; None: all groups. ``over_since`` (aware): orders that were
    delivered or cancelled before are left out, also from the counts (losses some days later); None: no order is left
    out. Within a group the newest watch comes first.
    """
    if not channels:
        return NO_CHANNEL
    watched = WATCHED.format(channels=", ".join("?" * len(channels)), since=NOT_OVER if over_since else "")
    where, place = ("WHERE place = ?", [GROUPS.index(group)]) if group else ("", [])
    page = PAGE.format(listed=ONCE if len(channels) > 1 else "SELECT key, id, place FROM watched", where=where)
    facts = (*channels, *([to_int(over_since)] if over_since else []), *place, limit, offset)
    listed = conn.execute(watched + page, facts).fetchall()
    counts = {GROUPS[place]: n for key, place, n in listed if key is None}
    return WatchedOrders(_orders(conn, channels, [key for key, *_place in listed if key is not None]), counts)


def newest_first(
    conn: Connection, channel: str, before: int, limit: int, over_since: datetime
) -> tuple[WatchedOrder, ...]:
    """Return the orders of a channel's newest watches with ids below ``before``, ungrouped.

    This reads through a channel of any size; :func:`watched_orders` would sort the whole channel for every page.
    ``over_since``: as for that function.
    """
    page = conn.execute(NEWEST, (channel, before, to_int(over_since), limit)).fetchall()
    return _orders(conn, [channel], [row["key"] for row in page])


def _orders(conn: Connection, channels: Sequence[str], keys: Sequence[str]) -> tuple[WatchedOrder, ...]:
    watches = _watches(conn, channels, keys)
    live_alarms, parcels = alarms.of_orders(conn, keys), _parcels(conn, keys)
    return tuple(
        WatchedOrder(
            group=_group(watches[key], is_alarmed=key in live_alarms),
            watches=tuple(watches[key]),
            alarm=live_alarms.get(key),
            delivered=parcels[key].count(Milestone.DELIVERED),
            parcels=len(parcels[key]),
        )
        for key in keys
    )


def _group(watches: Sequence[Watch], *, is_alarmed: bool) -> Group:
    is_pressing = is_alarmed or any(watch.is_paused or watch.refund is not None for watch in watches)
    return group_of(watches[0].milestone, watches[0].order_reason, is_pressing=is_pressing)


def _watches(conn: Connection, channels: Sequence[str], keys: Sequence[str]) -> dict[str, list[Watch]]:
    """The live watches of each order in these channels, the newest first."""
    watches: dict[str, list[Watch]] = defaultdict(list)
    in_channels, channel_values = conn.among(channels)
    for among, values in chunks(conn, keys):
        where = f"w.state <> 'ended' AND w.channel {in_channels} AND w.key {among} ORDER BY w.id DESC"
        for row in conn.execute(SELECT + where, (*channel_values, *values)):
            watches[row["key"]].append(rows.watch(row))
    return watches


def _parcels(conn: Connection, keys: Sequence[str]) -> dict[str, list[Milestone | None]]:
    """The milestone of each parcel by order, without replaced and withdrawn parcels."""
    stored = defaultdict(list)
    for among, values in chunks(conn, keys):
        for row in conn.execute(f"SELECT * FROM parcels WHERE key {among}", values):
            stored[row["key"]].append(rows.parcel(row))
    return {key: [parcel.milestone for parcel in live(stored[key])] for key in keys}
