"""Channels: their settings, public lines, and the day of their last digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import audit, codec, enqueue, holds, messages
from storage.audit import AuditEntry
from storage.channel import Channel
from storage.rows import to_int, to_time

if TYPE_CHECKING:
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
    """Return a channel's settings and mute; the defaults for a channel without any."""
    row = conn.execute("SELECT * FROM channels WHERE channel = ?", (channel_id,)).fetchone()
    return _channel(row) if row else Channel(channel_id)


def save_settings(conn: Connection, now: datetime, channel_id: str, settings: ChannelSettings, actor: str) -> None:
    """Replace a channel's settings. Posts that quiet hours or a mute hold there are checked again."""
    stored = codec.dump_settings(settings)
    conn.execute(SAVE, (channel_id, stored, actor, to_int(now)))
    holds.recheck_quiet_hours(conn, channel_id, to_int(now))
    audit.append(conn, [AuditEntry(now, actor, "settings", channel_id, "", stored)])


def say(conn: Connection, now: datetime, channel_id: str, change: ChannelChange) -> None:
    """Enqueue a LINE, which tells a channel of a change that somebody made for everybody in it."""
    messages.line(conn, now, channel_id, change)


def channel_of_line(conn: Connection, line: int) -> str:
    """Return the channel of a LINE, given by its id; empty: there is no such line."""
    row = conn.execute("SELECT channel FROM outbox WHERE id = ? AND kind = 'line'", (line,)).fetchone()
    return row["channel"] if row else ""


def take_line(conn: Connection, line: int) -> tuple[str, ChannelChange] | None:
    """Mark a LINE as undone. Returns its channel and change; None: it was undone before, or no longer exists.

    Raises ValueError for a line of another version that this version cannot read.
    """
    row = conn.execute(
        "UPDATE outbox SET event_id = 'line:undone' WHERE id = ? AND kind = 'line' AND event_id = 'line' "
        "RETURNING channel, payload",
        (line,),
    ).fetchone()
    return (row["channel"], codec.load_change(row["payload"])) if row else None


def release_line(conn: Connection, line: int) -> None:
    """Take back the mark of :func:`take_line`, so that the LINE can be undone later: nothing of it was undone."""
    conn.execute("UPDATE outbox SET event_id = 'line' WHERE id = ? AND event_id = 'line:undone'", (line,))


def with_settings(conn: Connection) -> list[Channel]:
    """Return every channel whose settings somebody saved."""
    return [_channel(row) for row in conn.execute("SELECT * FROM channels WHERE settings <> ''")]


def put_daily_digest(conn: Connection, now: datetime, channel_id: str, day: str, digest: DailyDigest | None) -> bool:
    """Mark the channel's digest of a local day (ISO) as made, and enqueue it. False: it was made before.

    ``digest`` None: there is nothing to tell about that day.
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
