"""What channels chose: their settings, mutes, and the day of their last digest; and the log of what was news."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from storage import audit, codec, enqueue, holds, rows
from storage.audit import AuditEntry
from storage.channel import Channel, DeliveryLogEntry
from storage.post import PostKind, PostState
from storage.rows import to_int, to_time
from tracking.dry_run import NewsEvent
from tracking.values import Filter, Severity

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tracking.channel_settings import ChannelSettings
    from tracking.daily_digest import DailyDigest

TOLD = """
SELECT n.*, p.state, p.sent_at, p.error, p.batch_id,
  CASE WHEN p.held_until > p.not_before THEN p.held_until ELSE p.not_before END AS later
FROM news n LEFT JOIN outbox p ON p.key = n.key AND p.event_id = n.event_id AND p.channel = ?
WHERE {where} ORDER BY n.at, n.id
"""

HAPPENED = """
SELECT n.at, n.severity, n.audience, w.filter FROM watches w JOIN news n ON n.key = w.key
WHERE w.channel = ? AND w.state <> 'ended' AND n.at >= ? ORDER BY n.at, n.id
"""
SAVE = """
INSERT INTO channels (channel, settings, updated_by, updated_at) VALUES (?, ?, ?, ?) ON CONFLICT (channel)
DO UPDATE SET settings = excluded.settings, updated_by = excluded.updated_by, updated_at = excluded.updated_at
"""


def channel(conn: sqlite3.Connection, channel_id: str) -> Channel:
    """What a channel chose; the defaults when it never did."""
    row = conn.execute("SELECT * FROM channels WHERE channel = ?", (channel_id,)).fetchone()
    return _channel(row) if row else Channel(channel_id)


def save_settings(
    conn: sqlite3.Connection, now: datetime, channel_id: str, settings: ChannelSettings, actor: str
) -> None:
    """Replace a channel's settings; what quiet hours hold there is looked at again."""
    stored = codec.dump_settings(settings)
    conn.execute(SAVE, (channel_id, stored, actor, to_int(now)))
    holds.recheck_quiet_hours(conn, channel_id, to_int(now))
    audit.append(conn, [AuditEntry(now, actor, "settings", channel_id, "", stored)])


def set_filters(conn: sqlite3.Connection, now: datetime, channel_id: str, filter_: str, actor: str) -> int:
    """Give every watch of a channel this filter. Returns how many had another."""
    watches = conn.execute(
        "UPDATE watches SET filter = ? WHERE channel = ? AND state <> 'ended' AND filter <> ? RETURNING id",
        (filter_, channel_id, filter_),
    ).fetchall()
    conn.execute("UPDATE subscriptions SET filter = ? WHERE channel = ? AND state = 'active'", (filter_, channel_id))
    for row in watches:
        enqueue.refresh(conn, now, row["id"])
    audit.append(conn, [AuditEntry(now, actor, "filter of all", channel_id, "", filter_)])
    return len(watches)


def say(conn: sqlite3.Connection, now: datetime, channel_id: str, facts: Mapping[str, Any]) -> None:
    """Enqueue a LINE: what somebody changed for all in a channel."""
    enqueue.enqueue_message(conn, now, PostKind.LINE, "line", channel_id, facts)


def channel_of_line(conn: sqlite3.Connection, line: int) -> str:
    """The channel of a LINE; empty where there is none."""
    row = conn.execute("SELECT channel FROM outbox WHERE id = ? AND kind = 'line'", (line,)).fetchone()
    return row["channel"] if row else ""


def take_line(conn: sqlite3.Connection, line: int) -> tuple[str, dict[str, Any]] | None:
    """Channel and facts of a LINE that is to be undone, once; None: it was, or is not there any more."""
    row = conn.execute(
        "UPDATE outbox SET event_id = 'line:undone' WHERE id = ? AND kind = 'line' AND event_id = 'line' "
        "RETURNING channel, payload",
        (line,),
    ).fetchone()
    return (row["channel"], codec.load_facts(row["payload"])) if row else None


def filters_of(conn: sqlite3.Connection, channel_id: str) -> dict[str, list[int]]:
    """The channel's live watches by what they tell."""
    filters: dict[str, list[int]] = {}
    for row in conn.execute("SELECT id, filter FROM watches WHERE channel = ? AND state <> 'ended'", (channel_id,)):
        filters.setdefault(row["filter"], []).append(row["id"])
    return filters


def restore_filters(
    conn: sqlite3.Connection, now: datetime, channel_id: str, filters: Mapping[str, Sequence[int]], actor: str
) -> None:
    """Give watches of the channel the filters of :func:`filters_of` back."""
    for filter_, ids in filters.items():
        conn.executemany(
            "UPDATE watches SET filter = ? WHERE id = ? AND channel = ?",
            [(filter_, each, channel_id) for each in ids],
        )
        for watch in ids:
            enqueue.refresh(conn, now, watch)
    audit.append(conn, [AuditEntry(now, actor, "filters restored", channel_id)])


def mute_channel(conn: sqlite3.Connection, now: datetime, channel_id: str, until: datetime | None, actor: str) -> None:
    """Post no news there until then; None ends it."""
    holds.recheck_cards(conn, now, channel_id)
    conn.execute(
        "INSERT INTO channels (channel, muted_until, muted_by) VALUES (?, ?, ?) ON CONFLICT (channel) "
        "DO UPDATE SET muted_until = excluded.muted_until, muted_by = excluded.muted_by",
        (channel_id, to_int(until), actor),
    )
    enqueue.refresh_newest(conn, now, channel_id)
    audit.append(conn, [AuditEntry(now, actor, "mute" if until else "unmute", channel_id, "", _iso(until))])


def mute_watches(  # noqa: PLR0917  the protocol's arguments
    conn: sqlite3.Connection, now: datetime, channel_id: str, keys: Sequence[str], until: datetime | None, actor: str
) -> list[str]:
    """The same for single orders. Returns the keys that are watched there."""
    holds.recheck_cards(conn, now, channel_id)
    muted = [
        key
        for key in keys
        if conn.execute(
            "UPDATE watches SET muted_until = ?, muted_by = ? WHERE key = ? AND channel = ? AND state <> 'ended'",
            (to_int(until), actor, key, channel_id),
        ).rowcount
    ]
    for key in muted:
        enqueue.refresh_order(conn, now, key)
    action = "mute" if until else "unmute"
    audit.append(conn, [AuditEntry(now, actor, action, channel_id, key, _iso(until)) for key in muted])
    return muted


def with_settings(conn: sqlite3.Connection) -> list[Channel]:
    """Every channel that chose something."""
    return [_channel(row) for row in conn.execute("SELECT * FROM channels WHERE settings <> ''")]


def put_daily_digest(
    conn: sqlite3.Connection, now: datetime, channel_id: str, day: str, digest: DailyDigest | None
) -> bool:
    """Mark the channel's digest of a local day as done and enqueue it, if there is one. False: it was done already."""
    marked = conn.execute(
        "UPDATE channels SET digest_day = ? WHERE channel = ? AND digest_day < ?", (day, channel_id, day)
    ).rowcount
    if marked and digest:
        enqueue.daily_digest(conn, now, day, channel_id, digest)
    return bool(marked)


def told_of_order(conn: sqlite3.Connection, key: str, channel_id: str, limit: int) -> list[DeliveryLogEntry]:
    """The newest ``limit`` pieces of an order's news, oldest first, and what became of each in the channel."""
    log = conn.execute(TOLD.format(where="n.key = ?"), (channel_id, key)).fetchall()
    return [_told(row) for row in log[-limit:]]


def happened_since(conn: sqlite3.Connection, channel_id: str, since: datetime) -> list[NewsEvent]:
    """The same without what it said: when, how loud and for whom, oldest first."""
    return [
        NewsEvent(to_time(at), Severity(level), rows.audience(audience), Filter(filter_))
        for at, level, audience, filter_ in conn.execute(HAPPENED, (channel_id, to_int(since)))
    ]


def told_since(conn: sqlite3.Connection, channel_id: str, since: datetime) -> list[DeliveryLogEntry]:
    """All news since then of the orders that the channel watches, oldest first."""
    where = "n.at >= ? AND n.key IN (SELECT key FROM watches WHERE channel = ? AND state <> 'ended')"
    return [_told(row) for row in conn.execute(TOLD.format(where=where), (channel_id, to_int(since), channel_id))]


def _channel(row: sqlite3.Row) -> Channel:
    return Channel(
        channel=row["channel"],
        settings=codec.load_settings(row["settings"]),
        muted_until=to_time(row["muted_until"]),
        muted_by=row["muted_by"],
        digest_day=row["digest_day"],
        updated_by=row["updated_by"],
        updated_at=to_time(row["updated_at"]),
    )


def _told(row: sqlite3.Row) -> DeliveryLogEntry:
    return DeliveryLogEntry(
        key=row["key"],
        event_id=row["event_id"],
        at=to_time(row["at"]),
        severity=Severity(row["severity"]),
        audience=rows.audience(row["audience"]),
        news=codec.load_news(row["payload"]),
        state=PostState(row["state"]) if row["state"] else None,
        sent_at=to_time(row["sent_at"]),
        error=row["error"] or "",
        in_batch=row["batch_id"] is not None,
        not_before=to_time(row["later"] or None),
    )


@cache
def _iso(when: datetime | None) -> str:
    return when.isoformat() if when else ""
