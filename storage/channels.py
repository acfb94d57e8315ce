"""Channels: their settings, filters, mutes, public lines, and the day of their last digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import audit, codec, enqueue, holds, messages
from storage.audit import AuditEntry
from storage.channel import Channel
from storage.rows import to_int, to_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from storage.connection import Connection, Row
    from tracking.channel_settings import ChannelSettings
    from tracking.daily_digest import DailyDigest
    from tracking.messages import ChannelChange

SAVE = """
INSERT INTO channels (channel, settings, updated_by, updated_at) VALUES (?, ?, ?, ?) ON CONFLICT (channel)
DO UPDATE SET settings = excluded.settings, updated_by = excluded.updated_by, updated_at = excluded.updated_at
"""


def channel(conn: Connection, channel_id: str) -> Channel:
    """Return a channel's choices: the defaults for one that never chose."""
    row = conn.execute("SELECT * FROM channels WHERE channel = ?", (channel_id,)).fetchone()
    return _channel(row) if row else Channel(channel_id)


def save_settings(conn: Connection, now: datetime, channel_id: str, settings: ChannelSettings, actor: str) -> None:
    """Replace a channel's settings. Posts held there by quiet hours are checked again."""
    stored = codec.dump_settings(settings)
    conn.execute(SAVE, (channel_id, stored, actor, to_int(now)))
    holds.recheck_quiet_hours(conn, channel_id, to_int(now))
    audit.append(conn, [AuditEntry(now, actor, "settings", channel_id, "", stored)])


def set_filters(conn: Connection, now: datetime, channel_id: str, filter_: str, actor: str) -> int:
    """Set the filter of every live watch and subscription of a channel. Returns how many watches had another filter."""
    watches = conn.execute(
        "UPDATE watches SET filter = ? WHERE channel = ? AND state <> 'ended' AND filter <> ? RETURNING id",
        (filter_, channel_id, filter_),
    ).fetchall()
    conn.execute("UPDATE subscriptions SET filter = ? WHERE channel = ? AND state = 'active'", (filter_, channel_id))
    for row in watches:
        enqueue.refresh(conn, now, row["id"])
    audit.append(conn, [AuditEntry(now, actor, "filter of all", channel_id, "", filter_)])
    return len(watches)


def say(conn: Connection, now: datetime, channel_id: str, change: ChannelChange) -> None:
    """Enqueue a LINE, which tells a channel of a change that somebody made for all in it."""
    messages.line(conn, now, channel_id, change)


def channel_of_line(conn: Connection, line: int) -> str:
    """Return the channel of a LINE, given by its id; empty: there is no such line."""
    row = conn.execute("SELECT channel FROM outbox WHERE id = ? AND kind = 'line'", (line,)).fetchone()
    return row["channel"] if row else ""


def take_line(conn: Connection, line: int) -> tuple[str, ChannelChange] | None:
    """Mark a LINE as undone. Returns its channel and change; None: it was undone before, or does not exist any more.

    Raises ValueError for a line that another version stored and this one cannot read.
    """
    row = conn.execute(
        "UPDATE outbox SET event_id = 'line:undone' WHERE id = ? AND kind = 'line' AND event_id = 'line' "
        "RETURNING channel, payload",
        (line,),
    ).fetchone()
    return (row["channel"], codec.load_change(row["payload"])) if row else None


def filters_of(conn: Connection, channel_id: str) -> dict[str, list[int]]:
    """Return the ids of a channel's live watches by their filter."""
    filters: dict[str, list[int]] = {}
    for row in conn.execute("SELECT id, filter FROM watches WHERE channel = ? AND state <> 'ended'", (channel_id,)):
        filters.setdefault(row["filter"], []).append(row["id"])
    return filters


def restore_filters(
    conn: Connection, now: datetime, channel_id: str, filters: Mapping[str, Sequence[int]], actor: str
) -> None:
    """Restore the filters that :func:`filters_of` returned."""
    for filter_, ids in filters.items():
        conn.executemany(
            "UPDATE watches SET filter = ? WHERE id = ? AND channel = ?",
            [(filter_, watch, channel_id) for watch in ids],
        )
        for watch in ids:
            enqueue.refresh(conn, now, watch)
    audit.append(conn, [AuditEntry(now, actor, "filters restored", channel_id)])


def mute_channel(conn: Connection, now: datetime, channel_id: str, until: datetime | None, actor: str) -> None:
    """Mute a channel until then (aware); None ends the mute."""
    holds.recheck_cards(conn, now, channel_id)
    conn.execute(
        "INSERT INTO channels (channel, muted_until, muted_by) VALUES (?, ?, ?) ON CONFLICT (channel) "
        "DO UPDATE SET muted_until = excluded.muted_until, muted_by = excluded.muted_by",
        (channel_id, to_int(until), actor),
    )
    enqueue.refresh_newest(conn, now, channel_id)
    audit.append(conn, [AuditEntry(now, actor, "mute" if until else "unmute", channel_id, "", _iso(until))])


def mute_watches(
    conn: Connection, now: datetime, channel_id: str, keys: Sequence[str], *, until: datetime | None, actor: str
) -> list[str]:
    """Mute these orders in a channel until then (aware); None ends the mute. Returns the keys watched there."""
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


def with_settings(conn: Connection) -> list[Channel]:
    """Return every channel whose settings somebody saved."""
    return [_channel(row) for row in conn.execute("SELECT * FROM channels WHERE settings <> ''")]


def put_daily_digest(conn: Connection, now: datetime, channel_id: str, day: str, digest: DailyDigest | None) -> bool:
    """Mark the channel's digest of a local day (ISO) as made, and enqueue it. False: it was made before.

    ``digest`` None: there is nothing to tell of that day.
    """
    marked = conn.execute(
        "UPDATE channels SET digest_day = ? WHERE channel = ? AND digest_day < ?", (day, channel_id, day)
    ).rowcount
    if marked and digest:
        enqueue.daily_digest(conn, now, day, channel_id, digest)
    return bool(marked)


def _channel(row: Row) -> Channel:
    return Channel(
        channel=row["channel"],
        settings=codec.load_settings(row["settings"]),
        muted_until=to_time(row["muted_until"]),
        muted_by=row["muted_by"],
        digest_day=row["digest_day"],
        updated_by=row["updated_by"],
        updated_at=to_time(row["updated_at"]),
    )


def _iso(when: datetime | None) -> str:
    return when.isoformat() if when else ""
