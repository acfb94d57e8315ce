"""Holds: posts that wait while a watch is paused, a channel refuses, or quiet hours or a mute last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.outbox import LIVE
from storage.rows import to_int

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection
    from storage.watch import Watch


def hold(conn: Connection, watch: Watch, reason: str) -> None:
    """Hold a paused watch's posts until it is resumed, and its channel's digests with them."""
    conn.execute(
        "UPDATE outbox SET state = 'held', held_until = NULL, fence = fence + 1, lease_until = NULL, error = ? "
        f"WHERE (watch_id = ? OR (watch_id IS NULL AND channel = ?)) AND ({LIVE} OR state = 'held')",
        (reason, watch.id, watch.channel),
    )


def fail_undeliverable(conn: Connection, now: datetime, channel: str, reason: str) -> None:
    """Fail the posts of a channel that refuses for good, where no paused watch could release them later.

    Digests and lines wait while the channel has a paused watch. Posts of ended watches fail: nothing would resume them.
    """
    paused = "EXISTS (SELECT 1 FROM watches w WHERE w.channel = outbox.channel AND w.state = 'paused')"
    ended = "EXISTS (SELECT 1 FROM watches w WHERE w.id = outbox.watch_id AND w.state = 'ended')"
    change = "UPDATE outbox SET fence = fence + 1, lease_until = NULL, error = ?"
    conn.execute(
        f"{change}, state = 'held', held_until = NULL WHERE channel = ? AND {LIVE} AND watch_id IS NULL AND {paused}",
        (reason, channel),
    )
    conn.execute(
        f"{change}, state = 'failed', sent_at = ? WHERE channel = ? AND {LIVE} AND (watch_id IS NULL OR {ended})",
        (reason, to_int(now), channel),
    )


def release(conn: Connection, watch: Watch) -> None:
    """Release a resumed watch's posts. A post that was being sent when its watch was paused is looked up first."""
    conn.execute(
        "UPDATE outbox SET state = CASE WHEN claimed_at IS NULL THEN 'pending' ELSE 'uncertain' END, not_before = 0, "
        "attempts = 0 WHERE (watch_id = ? OR (watch_id IS NULL AND channel = ?)) AND state = 'held'",
        (watch.id, watch.channel),
    )


def recheck_quiet_hours(conn: Connection, channel: str, at: int) -> None:
    """End the holds of a channel whose settings changed: its next claim asks the quiet hours again.

    ``at``: now, in microseconds since 1970.
    """
    conn.execute(
        "UPDATE outbox SET held_until = ? WHERE state = 'held' AND held_until IS NOT NULL AND channel = ?",
        (at, channel),
    )


def recheck_cards(conn: Connection, now: datetime, channel: str) -> None:
    """End the holds of a channel's cards after a mute changed: the next claim asks the mute again."""
    conn.execute(
        "UPDATE outbox SET held_until = ? "
        "WHERE state = 'held' AND held_until IS NOT NULL AND channel = ? AND kind = 'card'",
        (to_int(now), channel),
    )
