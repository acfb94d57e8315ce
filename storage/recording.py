"""What was read of orders, recorded with the news that follows from it, in the caller's transaction."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from storage import alarms, enqueue
from storage.orders import chunks
from storage.records import Changed, Failed, NodeRecord, Recorded, Unchanged
from storage.values import to_int

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

    from storage.records import PollResult

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
NODE = """
INSERT INTO nodes (key, identity, content, waybill, at, raw_time, time_basis, text, code, place, milestone, sequence,
  seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key, identity) DO UPDATE SET content = excluded.content, text = excluded.text, code = excluded.code,
  place = excluded.place, milestone = excluded.milestone, sequence = excluded.sequence
"""


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
    for some, marks in chunks(keys):
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


def _many(conn: sqlite3.Connection, sql: str, rows: Sequence[tuple[object, ...]]) -> int:
    return conn.executemany(sql, rows).rowcount if rows else 0
