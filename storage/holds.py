"""Holds: posts that wait while a watch is paused, a channel refuses, or quiet hours or a mute last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.outbox import LIVE
from storage.rows import to_int

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.connection import Connection
    from storage.watch import Watch

# Posts that belong to no watch. Nearly all of them were sent long ago, so the plus sign keeps SQLite from the index by
# watch, and it finds these posts by their state.
OF_CHANNEL = "+watch_id IS NULL AND channel = ?"
ANY_STATE = "state || ''"  # keeps SQLite from the index by state: the posts of one watch are found by the watch
HELD = "state IN ('held', 'failed', 'skipped') AND state = 'held'"  # begins with the exact condition of an index


def hold(conn: Connection, channel: str, watches: Sequence[Watch], reason: str) -> None:
    """Hold the posts of a channel's paused watches until they are resumed, and the channel's digests with them.

    A post that is being sent keeps its lease, since it may still reach Slack until the lease ends.
    """
    change = (
        "UPDATE outbox SET state = 'held', held_until = NULL, fence = fence + 1, error = ?, "
        "lease_until = CASE WHEN state IN ('sending', 'held') THEN lease_until END"
    )
    of_watch = f"{change} WHERE watch_id = ? AND ({LIVE} OR {ANY_STATE} = 'held')"
    conn.executemany(of_watch, [(reason, watch.id) for watch in watches])
    if watches:
        for which in (LIVE, HELD):
            conn.execute(f"{change} WHERE {OF_CHANNEL} AND {which}", (reason, channel))


def fail_undeliverable(conn: Connection, now: datetime, channel: str, reason: str) -> None:
    """Fail the posts of a channel that refuses for good, where no paused watch could release them later.

    Digests and lines wait while the channel has a paused watch. Posts of ended watches fail: nothing would resume them.
    """
    paused = "EXISTS (SELECT 1 FROM watches w WHERE w.channel = outbox.channel AND w.state = 'paused')"
    ended = "EXISTS (SELECT 1 FROM watches w WHERE w.id = outbox.watch_id AND w.state = 'ended')"
    change = "UPDATE outbox SET fence = fence + 1, lease_until = NULL, error = ?"
    conn.execute(
        f"{change}, state = 'held', held_until = NULL WHERE channel = ? AND {LIVE} AND +watch_id IS NULL AND {paused}",
        (reason, channel),
    )
    conn.execute(
        f"{change}, state = 'failed', sent_at = ? WHERE channel = ? AND {LIVE} AND (watch_id IS NULL OR {ended})",
        (reason, to_int(now), channel),
    )


def release(conn: Connection, channel: str, watches: Sequence[Watch]) -> None:
    """Release the posts of a channel's resumed watches, and the channel's digests with them.

    A post that was being sent when its watch was paused is looked up first, after the lease of its sender has ended:
    until then the post may still be on its way, would seem missing, and would be sent again.
    """
    change = (
        "UPDATE outbox SET state = CASE WHEN claimed_at IS NULL THEN 'pending' ELSE 'uncertain' END, "
        "not_before = COALESCE(lease_until, 0), attempts = 0"
    )
    of_watch = f"{change} WHERE watch_id = ? AND {ANY_STATE} = 'held'"
    conn.executemany(of_watch, [(watch.id,) for watch in watches])
    if watches:
        conn.execute(f"{change} WHERE {OF_CHANNEL} AND {HELD}", (channel,))


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
