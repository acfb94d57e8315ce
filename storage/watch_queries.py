"""Reads watches, each with the facts of its order that lists show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import rows
from storage.rows import to_int

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.connection import Connection
    from storage.watch import Watch

SELECT = """
SELECT w.*, o.milestone, o.reason AS order_reason, o.pick_up_by, o.order_json, s.read_at, s.stale_since,
  o.refund_needs_buyer, o.refunds
FROM watches w JOIN orders o ON o.key = w.key JOIN schedule s ON s.key = w.key WHERE
"""


def watched_channels(conn: Connection) -> list[str]:
    """Return the channels with live watches, the channel with the newest watch first."""
    sql = "SELECT channel FROM watches WHERE state <> 'ended' GROUP BY channel ORDER BY MAX(id) DESC"
    return [channel for (channel,) in conn.execute(sql)]


def paused_channels(conn: Connection) -> list[tuple[str, str]]:
    """Return the pairs of channel and Slack's reason for which watches are paused, each pair once."""
    sql = "SELECT DISTINCT channel, reason FROM watches WHERE state = 'paused' ORDER BY channel, reason"
    return [(channel, reason) for channel, reason in conn.execute(sql)]


def get(conn: Connection, watch_id: int) -> Watch | None:
    """Return the watch with this id, live or ended; None: there is none."""
    return next(iter(select(conn, "w.id = ?", (watch_id,))), None)


def of_channel(conn: Connection, channel: str, offset: int, limit: int) -> tuple[list[Watch], int]:
    """Return a page of the channel's live watches, newest first, and the number of all of them."""
    page = select(
        conn, "w.channel = ? AND w.state <> 'ended' ORDER BY w.id DESC LIMIT ? OFFSET ?", (channel, limit, offset)
    )
    counted = conn.execute("SELECT COUNT(*) FROM watches WHERE channel = ? AND state <> 'ended'", (channel,))
    return page, counted.fetchone()[0]


def of_orders(conn: Connection, keys: Sequence[str]) -> list[Watch]:
    """Return the live watches of these orders in every channel, order by order."""
    return [watch for key in keys for watch in select(conn, "w.key = ? AND w.state <> 'ended' ORDER BY w.id", (key,))]


def muted_in(conn: Connection, channel: str, now: datetime) -> list[Watch]:
    """Return a channel's live watches with a mute of their own, the one whose mute ends last at the end."""
    muted = "w.channel = ? AND w.state <> 'ended' AND w.muted_until > ? ORDER BY w.muted_until, w.id"
    return select(conn, muted, (channel, to_int(now)))


def never_in(conn: Connection, channel: str, keys: Sequence[str]) -> list[str]:
    """Return the keys of the orders that this channel has never watched. A watch that ended counts, too."""
    sql = "SELECT 1 FROM watches WHERE key = ? AND channel = ? LIMIT 1"
    return [key for key in keys if conn.execute(sql, (key, channel)).fetchone() is None]


def live(conn: Connection, key: str, channel: str) -> Watch | None:
    """Return the live watch of an order in a channel; None: there is none."""
    return next(iter(select(conn, "w.key = ? AND w.channel = ? AND w.state <> 'ended'", (key, channel))), None)


def select(conn: Connection, where: str, facts: Sequence[object]) -> list[Watch]:
    """Return the watches (alias ``w``) that match an SQL condition. ``facts``: its values."""
    return [rows.watch(row) for row in conn.execute(SELECT + where, facts)]
