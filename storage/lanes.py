"""Lanes: the pace of each channel and of the workspace, shared by all processes, and a lock for claims.

The pace is a token bucket that is stored as one time, ``full_at``: when the bucket is full again. Each post moves that
time on by one token's interval. (This is the generic cell rate algorithm, with its "theoretical arrival time".)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.locks import chunks
from storage.pace import SECOND
from storage.rows import to_int

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.connection import Connection
    from storage.pace import Pace, Rate

SKEW = 10 * SECOND  # the clocks of two machines are no further apart, unless one of them is wrong
WORKSPACE = ""  # the lane of all channels together
NEVER = 0  # the full_at of a channel that has no lane yet
ADD = "INSERT INTO lanes (channel, full_at) VALUES (?, ?) ON CONFLICT (channel) DO NOTHING"
SPEND = "UPDATE lanes SET full_at = ? WHERE channel = ?"
PAUSE = """
INSERT INTO lanes (channel, paused_until, full_at) VALUES (?, ?, ?) ON CONFLICT (channel) DO UPDATE SET
  paused_until = CASE WHEN lanes.paused_until > excluded.paused_until THEN lanes.paused_until
    ELSE excluded.paused_until END,
  full_at = CASE WHEN lanes.full_at > excluded.full_at THEN lanes.full_at ELSE excluded.full_at END
"""


class Lane(NamedTuple):
    """A channel's lane. Lanes sort in the order of their turns: by ``full_at``, lanes with only refreshes last.

    Times are microseconds since 1970.
    """

    only_refreshes: bool
    full_at: int
    channel: str
    paused_until: int


def pause(conn: Connection, channel: str, until: datetime, pace: Pace) -> None:
    """Pause a channel until then, as Slack asked, and begin with a single message after it. A longer pause stays."""
    burst_after = (pace.channel.burst - 1) * pace.channel.interval
    conn.execute(PAUSE, (channel, to_int(until), to_int(until) + burst_after))


def hold_workspace(conn: Connection, pace: Pace, at: int) -> int:
    """Lock the workspace's lane until the end of the transaction. Returns how many posts may go now."""
    conn.execute(ADD, (WORKSPACE, at))
    sql = f"SELECT full_at, paused_until FROM lanes WHERE channel = ? {conn.for_update}"
    row = conn.execute(sql, (WORKSPACE,)).fetchone()
    return (
        0
        if row["paused_until"] > at
        else pace.workspace.tokens(full_at(row["full_at"], row["paused_until"], pace.workspace, at), at)
    )


def is_ready(lane: Lane, pace: Pace | None, at: int) -> bool:
    """Whether the channel may get a post now. ``pace`` None: only pauses count. ``at``: microseconds since 1970."""
    if lane.paused_until > at or pace is None:
        return lane.paused_until <= at
    latest = at + (pace.channel.burst - 1) * pace.channel.interval
    return full_at(lane.full_at, lane.paused_until, pace.channel, at) <= latest


def hold_ready(conn: Connection, among_lanes: Sequence[Lane], pace: Pace | None, at: int) -> list[str]:
    """Lock the lanes that no other transaction has locked. Returns the channels that may still get a post, in order.

    ``pace`` None: only pauses count. The caller must read the channels' posts in a later statement, which sees the
    changes of the transaction that held the lock before.
    """
    if new := sorted(lane.channel for lane in among_lanes if lane.full_at == NEVER):
        conn.executemany(ADD, [(channel, at) for channel in new])
    ready: set[str] = set()
    for among, values in chunks(conn, [lane.channel for lane in among_lanes]):
        sql = f"SELECT FALSE, full_at, channel, paused_until FROM lanes WHERE channel {among} ORDER BY channel"
        held = (Lane(*row) for row in conn.tuples(f"{sql} {conn.skip_locked}", values))
        ready |= {lane.channel for lane in held if is_ready(lane, pace, at)}
    return [lane.channel for lane in among_lanes if lane.channel in ready]


def spend(conn: Connection, channels: Sequence[str], pace: Pace, at: int) -> None:
    """Take a token of each of these channels, whose lanes the caller has locked, and as many of the workspace."""
    conn.executemany(SPEND, _spent(conn, channels, pace.channel, at, 1))
    conn.executemany(SPEND, _spent(conn, [WORKSPACE], pace.workspace, at, len(channels)))


def full_at(stored: int, paused_until: int, rate: Rate, at: int) -> int:
    """Return when a bucket is full again; ``at`` (now) if the stored time lies further ahead than an empty bucket's.

    A clock that was ahead wrote such a time, which would hold back the posts of all processes.
    """
    empty = max(at, paused_until) + rate.burst * rate.interval
    return stored if stored <= empty + SKEW else at


def _spent(conn: Connection, channels: Sequence[str], rate: Rate, at: int, tokens: int) -> list[tuple[int, str]]:
    """Return pairs of the time when a channel's bucket is full again after so many more tokens, and the channel."""
    return [
        (max(full_at(stored, paused_until, rate, at), at) + tokens * rate.interval, channel)
        for among, values in chunks(conn, channels)
        for channel, stored, paused_until in conn.tuples(
            f"SELECT channel, full_at, paused_until FROM lanes WHERE channel {among}", values
        )
    ]
