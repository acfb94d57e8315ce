"""The delivery log: each piece of an order's news, and its outcome in a channel."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeVar

from storage import codec
from storage.channel import DeliveryLog, DeliveryLogEntry
from storage.orders import UNREADABLE
from storage.post import PostState
from storage.rows import to_int, to_time
from tracking.dry_run import NewsEvent
from tracking.values import Filter, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from storage.connection import Connection, Row

T = TypeVar("T")

ENTRIES = """
SELECT n.*, p.state, p.sent_at, p.error, p.batch_id,
  CASE WHEN p.held_until > p.not_before THEN p.held_until ELSE p.not_before END AS later
FROM news n LEFT JOIN outbox p ON p.key = n.key AND p.event_id = n.event_id AND p.channel = ?
WHERE {where} ORDER BY n.at, n.id
"""

EVENTS = """
SELECT n.at, n.severity, n.audience, w.filter FROM watches w JOIN news n ON n.key = w.key
WHERE w.channel = ? AND w.state <> 'ended' AND n.at >= ? ORDER BY n.at, n.id
"""


def of_order(conn: Connection, key: str, channel_id: str, limit: int) -> DeliveryLog:
    """Return the newest ``limit`` entries of an order in a channel."""
    log = conn.execute(ENTRIES.format(where="n.key = ?"), (channel_id, key)).fetchall()[-limit:]
    entries = _readable(_entry, log)
    return DeliveryLog(tuple(entries), len(log) - len(entries))


def events_since(conn: Connection, channel_id: str, since: datetime) -> list[NewsEvent]:
    """Return the news of a channel's live watches since then (aware), without its contents, oldest first.

    A row that this version cannot read is left out.
    """
    return _readable(_event, conn.execute(EVENTS, (channel_id, to_int(since))))


def since(conn: Connection, channel_id: str, since: datetime) -> list[DeliveryLogEntry]:
    """Return the entries since then (aware) of the orders that the channel watches, oldest first.

    A row that this version cannot read is left out.
    """
    where = "n.at >= ? AND n.key IN (SELECT key FROM watches WHERE channel = ? AND state <> 'ended')"
    return _readable(_entry, conn.execute(ENTRIES.format(where=where), (channel_id, to_int(since), channel_id)))


def _readable(read: Callable[[Row], T], rows: Iterable[Row]) -> list[T]:
    """Read the rows that this version can read. The other rows are damaged, or of another version."""
    entries = []
    for row in rows:
        with contextlib.suppress(*UNREADABLE):
            entries.append(read(row))
    return entries


def _event(row: Row) -> NewsEvent:
    at, severity, audience, filter_ = row
    return NewsEvent(to_time(at), Severity(severity), codec.load_audience(audience), Filter(filter_))


def _entry(row: Row) -> DeliveryLogEntry:
    return DeliveryLogEntry(
        key=row["key"],
        event_id=row["event_id"],
        at=to_time(row["at"]),
        severity=Severity(row["severity"]),
        audience=codec.load_audience(row["audience"]),
        news=codec.load_news(row["payload"]),
        state=PostState(row["state"]) if row["state"] else None,
        sent_at=to_time(row["sent_at"]),
        error=row["error"] or "",
        in_batch=row["batch_id"] is not None,
        not_before=to_time(row["later"] or None),
    )
