"""Records the readings of orders, and the news that follows from them, in the caller's transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pandapon.tracking_numbers import normal
from storage import alarms, codec, enqueue, journeys, traces
from storage.ending import end
from storage.locks import chunks, held_fences, lock_orders
from storage.poll import Changed, Failed, Recorded, Unchanged
from storage.rows import dump_times, to_int
from storage.watch import EndReason
from tracking.refunds import open_until
from tracking.values import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pandapon.shipment import Milestone, Parcel
    from storage.connection import Connection
    from storage.poll import PollResult
    from tracking.decide import Decision
    from tracking.values import NewsToPost

UNCHANGED = """
UPDATE schedule SET fence = fence + 1, leased = 0, polls = polls + 1, fails = 0, error = '', stale_since = NULL,
  read_at = ?, next_poll_at = ?,
  stall_at = CASE WHEN stall_at <= ? THEN stall_at ELSE COALESCE(?, stall_at) END WHERE key = ? AND fence = ?
"""
CHANGED = """
UPDATE schedule SET fence = fence + 1, leased = 0, polls = polls + 1, fails = 0, error = '', stale_since = NULL,
  read_at = ?, next_poll_at = ?, fingerprint = ?, stall_at = CASE WHEN ? THEN ? ELSE stall_at END
WHERE key = ? AND fence = ?
"""
ORDER = """
UPDATE orders SET version = version + 1, milestone = ?, reason = ?, pick_up_by = ?, order_json = ?, sub_orders = ?,
  moved_at = ?, final_at = ?, has_parcels = CASE WHEN ? THEN 1 ELSE has_parcels END, expected = ?, late_at = ?,
  was_late = ?, refunds = ?, refund_open_until = ?, refund_needs_buyer = ?, money_shown = ?
WHERE key = ?
"""
ARCHIVED = "state = 'active' AND key IN (SELECT key FROM schedule WHERE key = ? AND next_poll_at IS NULL)"
FAILED = """
UPDATE schedule SET fence = fence + 1, leased = 0, fails = fails + 1, error = ?, stale_since = COALESCE(stale_since, ?),
  next_poll_at = ? WHERE key = ? AND fence = ?
"""
ADD = """
INSERT INTO orders (key, milestone, reason, pick_up_by, order_json, sub_orders, moved_at, final_at, has_parcels,
  expected, late_at, was_late, refunds, refund_open_until, refund_needs_buyer, money_shown, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, CASE WHEN ? THEN 1 ELSE 0 END, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO NOTHING
"""
ADD_TO_SCHEDULE = "INSERT INTO schedule (key, fingerprint, read_at, stall_at) VALUES (?, ?, ?, ?)"
# A reading right after a restore may be empty or partial. So for this time the news of later readings, and alarms of
# silences, are looked up in Slack as well. An order that does not change stays unconfirmed until it changes.
SETTLING = 3_600_000_000  # microseconds
CONFIRM_RESTORED = """
UPDATE orders SET unconfirmed_since = NULL
WHERE key = ? AND NOT EXISTS (SELECT 1 FROM facts WHERE name = 'restored' AND at > ?)
"""
BATCH_FLAGS = """
SELECT key, 'alarm' FROM alarms WHERE state <> 'cleared' AND key {among}
UNION ALL SELECT DISTINCT key, 'cardless' FROM watches WHERE state <> 'ended' AND card_ts = '' AND key {among}
UNION ALL SELECT key, 'unconfirmed' FROM orders WHERE unconfirmed_since IS NOT NULL AND key {among}
"""
PARCEL = """
INSERT INTO parcels (key, waybill, number, carrier, status_code, status_milestone, milestone, logistics_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key, waybill) DO UPDATE SET number = excluded.number, carrier = excluded.carrier,
  status_code = excluded.status_code, status_milestone = excluded.status_milestone, milestone = excluded.milestone,
  logistics_id = excluded.logistics_id
"""


def record_polls(conn: Connection, now: datetime, results: Sequence[PollResult]) -> Recorded:
    """Write the nodes, states, schedules and outbox rows of a whole batch. A result with a stale fence is dropped.

    News becomes one NEWS row for each live watch of the order whose filter is in the audience. The row of a paused
    watch is held, and a row that exists for the same watch and event is left alone. Each result raises the fence, so
    that one lease has one result.
    """
    at = to_int(now)
    lock_orders(conn, [r.key for r in results if isinstance(r, Changed) or r.next_poll_at is None])
    results = sorted(results, key=lambda result: result.key)  # rows are locked in one order
    unchanged = [
        (at, to_int(r.next_poll_at), stall := to_int(r.stall_at), stall, r.key, r.fence)
        for r in results
        if isinstance(r, Unchanged)
    ]
    failed = [(r.error, at, to_int(r.next_poll_at), r.key, r.fence) for r in results if isinstance(r, Failed)]
    applied = _many(conn, UNCHANGED, unchanged) + _many(conn, FAILED, failed)
    posts = 0
    if changed := _standing(conn, [r for r in results if isinstance(r, Changed)]):
        applied += _many(conn, CHANGED, [_schedule_row(result, at) for result in changed])
        _many(conn, ORDER, [(*_facts(result.decision), result.key) for result in changed])
        _store_parts(conn, changed)
        posts = _announce(conn, at, changed)
    posts += sum(_archive(conn, now, result.key) for result in results if result.next_poll_at is None)
    return Recorded(applied, len(results) - applied, posts)


def _standing(conn: Connection, changed: Sequence[Changed]) -> list[Changed]:
    """The results whose lease still holds, one for each order."""
    fences = held_fences(conn, [result.key for result in changed])
    standing: dict[str, Changed] = {}
    for result in changed:
        if fences.get(result.key) == result.fence:
            standing.setdefault(result.key, result)
    return list(standing.values())


def _flags(conn: Connection, keys: Sequence[str]) -> dict[str, frozenset[str]]:
    """The rare flags of orders, read once for a whole batch: ``alarm``, ``cardless`` (a watch), ``unconfirmed``."""
    flags: dict[str, frozenset[str]] = {}
    for among, values in chunks(conn, keys):
        for key, flag in conn.execute(BATCH_FLAGS.format(among=among), values * 3):
            flags[key] = flags.get(key, frozenset()) | {flag}
    return flags


def _announce(conn: Connection, at: int, changed: Sequence[Changed]) -> int:
    flags_of = _flags(conn, [result.key for result in changed])
    to_post: list[tuple[str, NewsToPost]] = []
    for result in changed:
        news, flags = result.decision.to_post, flags_of.get(result.key, frozenset())
        if news and result.decision.moved and "alarm" in flags:
            news = _relieved(conn, at, result, news)
        if news and "cardless" in flags:
            enqueue.first_cards(conn, at, result.key, news)
        if news:
            to_post.append((result.key, news))
    posts = enqueue.announce(conn, at, to_post)
    posts += enqueue.refresh_orders(conn, at, [result.key for result in changed if result.decision.changed])
    _many(conn, CONFIRM_RESTORED, [(key, at - SETTLING) for key, flags in flags_of.items() if "unconfirmed" in flags])
    return posts


def _relieved(conn: Connection, at: int, result: Changed, news: NewsToPost) -> NewsToPost:
    """Clear the alarm of a silence that ended, and raise the news to the audience and severity of that alarm."""
    audience, alarm_severity = alarms.clear(conn, at, result.key, result.decision.follow_up.silent)
    is_quieter = news.severity in {Severity.EDIT, Severity.NODE, Severity.STEP}
    severity = Severity.MILESTONE if alarm_severity is Severity.PROBLEM and is_quieter else news.severity
    return replace(news, audience=news.audience | audience, severity=severity)


def _archive(conn: Connection, now: datetime, key: str) -> int:
    """End the active watches of an order that is no longer polled. Returns the number of cards to be refreshed."""
    cards = enqueue.refresh_order(conn, now, key)
    end(conn, now, ARCHIVED, (key,), EndReason.ARCHIVED)
    return cards


def add_order(conn: Connection, now: datetime, baseline: Changed) -> bool:
    """Store an order's first reading. False: the order was stored before, and nothing was written.

    The order falls due when its first watch opens.
    """
    at, decided = to_int(now), baseline.decision
    if not conn.execute(ADD, (baseline.key, *_facts(decided), at)).rowcount:
        return False
    stall_at, is_pressing = decided.follow_up.stall_at, decided.follow_up.is_pressing
    # A silence from before the first watch raises no alarm, but a near deadline does.
    asks_at = to_int(stall_at) if is_pressing or (stall_at and stall_at > now) else None
    conn.execute(ADD_TO_SCHEDULE, (baseline.key, baseline.fingerprint, at, asks_at))
    _store_parts(conn, [baseline])
    return True


def _schedule_row(result: Changed, at: int) -> tuple[object, ...]:
    decided, stall_at = result.decision, to_int(result.decision.follow_up.stall_at)
    return (
        at,
        to_int(result.next_poll_at),
        result.fingerprint,
        # An old silence of a baseline raises no alarm, and an order that did not move keeps its alarm.
        decided.moved or decided.follow_up.is_pressing or stall_at is None or stall_at > at,
        stall_at,
        result.key,
        result.fence,
    )


def _facts(decided: Decision) -> tuple[object, ...]:
    """The values of the columns that a reading decides, in the order of ``ADD`` and ``ORDER``."""
    return (
        decided.milestone,
        decided.reason or "",
        to_int(decided.pick_up_by),
        codec.dump_order(decided.order),
        _sub_orders(decided),
        to_int(decided.moved_at),
        to_int(decided.final_at),
        bool(decided.parcels),
        *_expected(decided),
        *_refunds(decided),
        dump_times(decided.money_shown),
    )


def _expected(decided: Decision) -> tuple[object, ...]:
    return codec.dump_expected(decided.expected), to_int(decided.late_at), int(decided.was_late)


def _refunds(decided: Decision) -> tuple[object, ...]:
    needs_buyer = any(refund.needs_buyer for refund in decided.refunds)
    return codec.dump_refunds(decided.refunds), to_int(open_until(decided.refunds)), int(needs_buyer)


def _sub_orders(decided: Decision) -> str:
    return codec.dump_ids(decided.order.sub_order_ids if decided.order else ())


def _store_parts(conn: Connection, results: Sequence[Changed]) -> None:
    store_parcels(conn, [(result.key, parcel) for result in results for parcel in result.decision.parcels])
    changed = [(each.key, parcel) for each in results for parcel in each.decision.parcels_with_changed_entries]
    traces.store(conn, changed)
    journeys.add(conn, [journey for result in results for journey in result.decision.journeys])


def store_parcels(conn: Connection, parcels: Sequence[tuple[str, Parcel]]) -> None:
    """Write parcels, given as pairs of order key and parcel; the other parcels of the orders stay."""
    _many(conn, PARCEL, [_parcel_row(key, parcel) for key, parcel in parcels])


def _parcel_row(key: str, parcel: Parcel) -> tuple[object, ...]:
    return (
        key,
        parcel.waybill,
        normal(parcel.waybill),
        parcel.carrier,
        parcel.status_code,
        _value(parcel.status_milestone),
        _value(parcel.milestone),
        parcel.logistics_id,
    )


def _value(milestone: Milestone | None) -> str | None:
    """The plain text: for an enum, SQLite would look up an adapter for each of many values."""
    return milestone.value if milestone else None


def _many(conn: Connection, sql: str, rows: Sequence[tuple[object, ...]]) -> int:
    return conn.executemany(sql, rows).rowcount if rows else 0
