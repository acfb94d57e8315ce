"""Orders, parcels and nodes: leasing what is due, reading what is known, recording what was read."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from storage import alarms, enqueue, values
from storage.records import Changed, DueOrder, Failed, KnownOrder, NodeRecord, ParcelRecord, Recorded, Unchanged
from storage.values import to_int, to_time

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from storage.records import PollResult

CHUNK = 500  # keys in one IN (…)

CLAIM = """
UPDATE orders SET next_poll_at = ?, fence = fence + 1, leased = 1
WHERE key IN (SELECT key FROM orders WHERE next_poll_at IS NOT NULL AND next_poll_at <= ? {among}
  ORDER BY next_poll_at LIMIT ?)
RETURNING key, fence, fingerprint, milestone, detail, sub_orders, moved_at, final_at, has_parcels, polls, fails,
  created_at
"""
IN_TURN = """
SELECT key FROM (
  SELECT o.key, o.next_poll_at, ROW_NUMBER() OVER (PARTITION BY w.channel ORDER BY o.next_poll_at) AS turn
  FROM orders o LEFT JOIN watches w ON w.key = o.key AND w.state <> 'ended' WHERE o.next_poll_at <= ?
) GROUP BY key ORDER BY MIN(turn), MIN(next_poll_at)
"""
UNCHANGED = """
UPDATE orders SET fence = fence + 1, leased = 0, polls = polls + 1, fails = 0, error = '', stale_since = NULL,
  read_at = ?, next_poll_at = ? WHERE key = ? AND fence = ?
"""
CHANGED = """
UPDATE orders SET fence = fence + 1, leased = 0, version = version + 1, polls = polls + 1, fails = 0, error = '',
  stale_since = NULL, read_at = ?, next_poll_at = ?, fingerprint = ?, milestone = ?, detail = ?, sub_orders = ?,
  moved_at = ?, final_at = ?, has_parcels = has_parcels OR ?, stall_at = CASE WHEN ? THEN ? ELSE stall_at END
WHERE key = ? AND fence = ?
"""
ARCHIVE = """
UPDATE watches SET state = 'ended', reason = 'archived', ended_at = ? WHERE state = 'active' AND key IN
  (SELECT key FROM orders WHERE key = ? AND next_poll_at IS NULL)
"""
FAILED = """
UPDATE orders SET fence = fence + 1, leased = 0, fails = fails + 1, error = ?, stale_since = COALESCE(stale_since, ?),
  next_poll_at = ? WHERE key = ? AND fence = ?
"""
ADD = """
INSERT OR IGNORE INTO orders (key, platform, order_id, fingerprint, milestone, detail, sub_orders, moved_at, final_at,
  has_parcels, read_at, created_at, stall_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
# A reading right after a restore may be an empty or a partial one: what an order's next ones bring is looked up as
# well, and the alarm of its silence. One that does not change stays doubtful until it does.
SETTLING = 3_600_000_000  # microseconds
SURE = """
UPDATE orders SET doubtful_since = NULL
WHERE key = ? AND NOT EXISTS (SELECT 1 FROM facts WHERE name = 'restored' AND at > ?)
"""
SPECIAL = """
SELECT key, 'alarm' FROM alarms WHERE state <> 'cleared' AND key IN ({marks})
UNION ALL SELECT DISTINCT key, 'cardless' FROM watches WHERE state <> 'ended' AND card_ts = '' AND key IN ({marks})
UNION ALL SELECT key, 'doubtful' FROM orders WHERE doubtful_since IS NOT NULL AND key IN ({marks})
"""
PARCEL = """
INSERT INTO parcels (key, waybill, carrier, status_code, status_milestone, milestone) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (key, waybill) DO UPDATE SET carrier = excluded.carrier, status_code = excluded.status_code,
  status_milestone = excluded.status_milestone, milestone = excluded.milestone
"""
NODES = f"SELECT key, {', '.join(NodeRecord._fields)} FROM nodes WHERE key IN ({{marks}}) ORDER BY at, sequence"
NODE = """
INSERT INTO nodes (key, identity, content, waybill, at, raw_time, time_basis, text, code, place, milestone, sequence,
  seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key, identity) DO UPDATE SET content = excluded.content, text = excluded.text, code = excluded.code,
  place = excluded.place, milestone = excluded.milestone, sequence = excluded.sequence
"""


def claim_due(
    conn: sqlite3.Connection, now: datetime, limit: int, lease: timedelta, keys: Sequence[str] | None = None
) -> list[DueOrder]:
    """See storage.protocol.Store."""
    among = "" if keys is None else f"AND key IN ({', '.join('?' * len(keys))})"
    claim = CLAIM.format(among=among)
    rows = conn.execute(claim, (to_int(now + lease), to_int(now), *(keys or ()), limit)).fetchall()
    return [
        DueOrder(
            key=row["key"],
            fence=row["fence"],
            fingerprint=row["fingerprint"],
            state=values.state(row),
            has_parcels=bool(row["has_parcels"]),
            polls=row["polls"],
            fails=row["fails"],
            created_at=to_time(row["created_at"]),
        )
        for row in rows
    ]


def due_in_turn(conn: sqlite3.Connection, now: datetime) -> list[str]:
    """See storage.protocol.Store."""
    return [key for (key,) in conn.execute(IN_TURN, (to_int(now),))]


def load(conn: sqlite3.Connection, keys: Sequence[str]) -> dict[str, KnownOrder]:
    """See storage.protocol.Store."""
    parcels: dict[str, list[ParcelRecord]] = defaultdict(list)
    nodes: dict[str, list[NodeRecord]] = defaultdict(list)
    found: dict[str, KnownOrder] = {}
    for some, marks in _chunks(keys):
        for row in conn.execute(f"SELECT * FROM parcels WHERE key IN ({marks}) ORDER BY key, waybill", some):
            parcels[row["key"]].append(values.parcel(row))
        for row in conn.execute(NODES.format(marks=marks), some):
            nodes[row[0]].append(values.node(row))
        for row in conn.execute(f"SELECT * FROM orders WHERE key IN ({marks})", some):
            found[row["key"]] = _known(row, parcels[row["key"]], nodes[row["key"]])
    return found


def record_polls(conn: sqlite3.Connection, now: datetime, results: Sequence[PollResult]) -> Recorded:
    """See storage.protocol.Store. The fence grows with each result, so that one lease gives one result."""
    at = to_int(now)
    unchanged = [(at, to_int(r.next_poll_at), r.key, r.fence) for r in results if isinstance(r, Unchanged)]
    failed = [(r.error, at, to_int(r.next_poll_at), r.key, r.fence) for r in results if isinstance(r, Failed)]
    applied = _many(conn, UNCHANGED, unchanged) + _many(conn, FAILED, failed)
    posts = 0
    special = _special(conn, [result.key for result in results if isinstance(result, Changed)])
    for result in results:
        if isinstance(result, Changed) and _change(conn, at, result):
            applied += 1
            posts += _announce(conn, at, result, special.get(result.key, frozenset()))
        if result.next_poll_at is None:
            posts += _archive(conn, now, result.key)
    return Recorded(applied, len(results) - applied, posts)


def _special(conn: sqlite3.Connection, keys: Sequence[str]) -> dict[str, frozenset[str]]:
    """What few orders have and each would have to be asked for: looked up once for a whole batch."""
    found: dict[str, frozenset[str]] = {}
    for some, marks in _chunks(keys):
        for key, what in conn.execute(SPECIAL.format(marks=marks), some * 3):
            found[key] = found.get(key, frozenset()) | {what}
    return found


def _announce(conn: sqlite3.Connection, at: int, result: Changed, special: frozenset[str]) -> int:
    """The end of a silence clears its alarm, and whoever was told of the alarm is told of the movement."""
    told = result.announcement
    if told and result.moved and "alarm" in special:
        relieved, loudness = alarms.clear(conn, at, result.key, result.silent)
        level = "milestone" if loudness == "problem" and told.level in {"edit", "node", "step"} else told.level
        told = replace(told, audience=told.audience | relieved, level=level)
    if told and "cardless" in special:
        enqueue.first_cards(conn, at, result.key, told)
    posts = enqueue.announce(conn, at, result.key, told, refresh=result.refresh_cards)
    if "doubtful" in special:
        conn.execute(SURE, (result.key, at - SETTLING))
    return posts


def _archive(conn: sqlite3.Connection, now: datetime, key: str) -> int:
    """An order that is polled no more: its watches end, their cards say so."""
    cards = enqueue.refresh_order(conn, now, key)
    conn.execute(ARCHIVE, (to_int(now), key))
    return cards


def add_order(conn: sqlite3.Connection, now: datetime, baseline: Changed) -> bool:
    """See storage.protocol.Store. The order falls due when its first watch opens."""
    at, state = to_int(now), baseline.state
    platform, _, order_id = baseline.key.partition(":")
    row = (
        baseline.key,
        platform,
        order_id,
        baseline.fingerprint,
        state.milestone,
        state.detail,
        json.dumps(state.sub_orders),
        to_int(state.moved_at),
        to_int(state.final_at),
        bool(baseline.parcels),
        at,
        at,
        to_int(baseline.stall_at) if baseline.stall_at and baseline.stall_at > now else None,  # old news is no alarm
    )
    if not conn.execute(ADD, row).rowcount:
        return False
    _store_parts(conn, at, baseline)
    return True


def mark_due(conn: sqlite3.Connection, keys: Sequence[str], at: datetime, *, whole: bool = False) -> int:
    """See storage.protocol.Store. The fence grows: a reading that left before the hint may not know of it."""
    forget = ", fingerprint = x''" if whole else ""
    known = 0
    for some, marks in _chunks(keys):
        known += conn.execute(
            f"UPDATE orders SET fence = fence + 1, next_poll_at = MIN(COALESCE(next_poll_at, ?), ?){forget} "
            f"WHERE key IN ({marks}) AND EXISTS "
            "(SELECT 1 FROM watches w WHERE w.key = orders.key AND w.state <> 'ended')",
            (to_int(at), to_int(at), *some),
        ).rowcount
    return known


def release_leases(conn: sqlite3.Connection, now: datetime) -> int:
    """Orders that a process was reading when it died are due at once. Returns how many."""
    return conn.execute(
        "UPDATE orders SET next_poll_at = ?, leased = 0, fence = fence + 1 "
        "WHERE leased = 1 AND next_poll_at IS NOT NULL",
        (to_int(now),),
    ).rowcount


def find_waybill(conn: sqlite3.Connection, waybill: str) -> list[str]:
    """See storage.protocol.Store."""
    return [row[0] for row in conn.execute("SELECT key FROM parcels WHERE waybill = ? ORDER BY key", (waybill,))]


def find_order_id(conn: sqlite3.Connection, order_id: str) -> list[str]:
    """See storage.protocol.Store."""
    return [row[0] for row in conn.execute("SELECT key FROM orders WHERE order_id = ? ORDER BY key", (order_id,))]


def unschedule_unwatched(conn: sqlite3.Connection, keys: Iterable[str]) -> None:
    """An order that nobody watches any more is not polled; a reading of it that is under way is dropped."""
    conn.executemany(
        "UPDATE orders SET next_poll_at = NULL, fence = fence + 1 WHERE key = ? AND NOT EXISTS "
        "(SELECT 1 FROM watches w WHERE w.key = orders.key AND w.state <> 'ended')",
        [(key,) for key in keys],
    )


def _change(conn: sqlite3.Connection, at: int, result: Changed) -> bool:
    state = result.state
    row = (
        at,
        to_int(result.next_poll_at),
        result.fingerprint,
        state.milestone,
        state.detail,
        json.dumps(state.sub_orders),
        to_int(state.moved_at),
        to_int(state.final_at),
        bool(result.parcels),
        # A baseline's old silence is no alarm, and what does not move leaves an alarm as it stands.
        result.moved or result.stall_at is None or to_int(result.stall_at) > at,
        to_int(result.stall_at),
        result.key,
        result.fence,
    )
    if not conn.execute(CHANGED, row).rowcount:
        return False
    _store_parts(conn, at, result)
    return True


def _store_parts(conn: sqlite3.Connection, at: int, result: Changed) -> None:
    conn.executemany(
        PARCEL,
        [(result.key, p.waybill, p.carrier, p.status_code, p.status_milestone, p.milestone) for p in result.parcels],
    )
    conn.executemany(NODE, [_node_row(result.key, node, at) for node in result.nodes])


def _node_row(key: str, node: NodeRecord, at: int) -> tuple[object, ...]:
    return (
        key,
        node.identity,
        node.content,
        node.waybill,
        to_int(node.at),
        node.raw_time,
        node.time_basis,
        node.text,
        node.code,
        node.place,
        node.milestone,
        node.sequence,
        at,
    )


def _known(row: sqlite3.Row, parcels: list[ParcelRecord], nodes: list[NodeRecord]) -> KnownOrder:
    return KnownOrder(
        key=row["key"],
        state=values.state(row),
        version=row["version"],
        parcels=tuple(parcels),
        nodes=tuple(nodes),
        read_at=to_time(row["read_at"]),
        stale_since=to_time(row["stale_since"]),
        next_poll_at=to_time(row["next_poll_at"]),
        fence=row["fence"],
    )


def _many(conn: sqlite3.Connection, sql: str, rows: Sequence[tuple[object, ...]]) -> int:
    return conn.executemany(sql, rows).rowcount if rows else 0


def _chunks(keys: Sequence[str]) -> Iterable[tuple[list[str], str]]:
    for start in range(0, len(keys), CHUNK):
        some = list(keys[start : start + CHUNK])
        yield some, ", ".join("?" * len(some))
