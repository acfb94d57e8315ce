"""Batches: several NEWS posts of a channel become one message."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage import codec, rows
from storage.post import ANY_POSTS, DETAIL_OF, Post, PostKind, PostState
from storage.rows import to_int
from tracking.values import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from storage.connection import Connection
    from storage.post import BatchRule

# All live states are named as well, so that SQLite uses the index of live rows.
BATCHABLE = """
SELECT p.id, p.watch_id, p.severity FROM outbox p JOIN watches w ON w.id = p.watch_id
WHERE p.channel = ? AND p.state IN ('pending', 'sending', 'uncertain') AND p.state = 'pending' AND p.kind = 'news'
  AND p.not_before <= ? AND w.state = 'active' AND w.card_ts <> ''
  AND COALESCE(w.muted_until, 0) <= ? AND (NOT ? OR p.held_until IS NOT NULL) ORDER BY p.position, p.id LIMIT ?
"""
SEVERITIES = frozenset(Severity)  # news with a severity that only a newer version knows is not batched
AHEAD = 10  # so many times as many rows are examined as fit into one message, since not all may belong into it
# The ``key`` of a batch for an order's thread is that order's; the payload of a batch of many orders lists its posts.
BATCH = """
INSERT INTO outbox (position, event_id, kind, channel, key, payload, severity, state, fence, attempts, lease_until,
  token, created_at, claimed_at)
SELECT position, 'batch:' || id, 'batch', channel, ?, ?, ?, 'sending', 1, 1, ?, random_token(), ?, ? FROM outbox
WHERE id = ?
RETURNING id, token
"""
DETAIL = f"""
INSERT INTO outbox (position, event_id, kind, channel, key, payload, severity, state, token, created_at)
SELECT next_position(), '{DETAIL_OF}' || id, 'batch', channel, key, '', '', 'pending', random_token(), ? FROM outbox
WHERE id = ?
RETURNING id
"""


def batch(
    conn: Connection, now: datetime, head: Post, limit: int, lease: timedelta, *, rule: BatchRule = ANY_POSTS
) -> Post | None:
    """Put a claimed NEWS post and up to ``limit - 1`` posts that wait behind it into one BATCH, claimed in its place.

    A post that quiet hours held is batched only with other held posts; news whose card is not posted yet is left out. A
    BATCH of many orders lists the orders with news of a severity in ``rule.shown``; the news itself goes into the
    orders' threads, as one BATCH for each order, behind all waiting posts. A BATCH of a single order goes into its
    thread.

    None: there was no other post for the batch, or the fence was stale.
    """
    if not _is_claimed(conn, head):
        return None
    at = to_int(now)
    sql = f"{BATCHABLE} {conn.for_update} OF p" if conn.for_update else BATCHABLE
    waiting_rows = conn.execute(sql, (head.channel, at, at, head.was_held, AHEAD * limit)).fetchall()
    allowed = rule.severities
    may_go = [row for row in waiting_rows if row["severity"] in (SEVERITIES if allowed is None else allowed)]
    if len(may_go) + 1 < rule.fewest or not head.thread_ts:
        return None
    waiting = [_Waiting(head.id, head.watch_id, head.severity)]
    waiting += [_Waiting(row["id"], row["watch_id"], rows.severity(row["severity"])) for row in may_go]
    loud = {post.watch: post.severity for post in waiting if rule.shown is None or post.severity in rule.shown}
    ours = [post.id for post in waiting if post.watch == head.watch_id][:limit]
    if set(loud) <= {head.watch_id}:
        if len(ours) <= 1:
            return None
        of_order = _make(conn, now, head, lease, key=head.key, severity=loud.get(head.watch_id))
        _put_into_batch(conn, of_order.id, ours)
        return of_order
    listed = [post for post in waiting if post.watch in loud][:limit]
    of_channel = _make(conn, now, head, lease, members=codec.dump_members([post.id for post in listed]))
    for watch in dict.fromkeys([*(post.watch for post in listed), head.watch_id]):
        _put_into_thread(conn, at, [post.id for post in listed if post.watch == watch] or ours)
    return of_channel


def _is_claimed(conn: Connection, post: Post) -> bool:
    """Lock a post that is being sent. Returns whether its claim still holds: another process may have taken it."""
    sql = f"SELECT 1 FROM outbox WHERE id = ? AND fence = ? AND state = 'sending' {conn.for_update}"
    return conn.execute(sql, (post.id, post.fence)).fetchone() is not None


class _Waiting(NamedTuple):
    id: int
    watch: int | None
    severity: Severity | None


def _make(
    conn: Connection,
    now: datetime,
    head: Post,
    lease: timedelta,
    *,
    key: str = "",
    members: str = "",
    severity: Severity | None = None,
) -> Post:
    """Insert a BATCH row, claimed in the place of its first post.

    ``key``: the order whose thread gets the batch; empty: the channel gets it, and ``members`` lists its posts.
    """
    at = to_int(now)
    row = conn.execute(BATCH, (key, members, severity or "", to_int(now + lease), at, at, head.id)).fetchone()
    return Post(
        id=row["id"],
        fence=1,
        kind=PostKind.BATCH,
        channel=head.channel,
        watch_id=head.watch_id if key else None,
        key=key,
        content=None,
        attempts=0,
        state=PostState.SENDING,
        token=row["token"],
        created_at=now,
        claimed_at=now,
        thread_ts=head.thread_ts if key else "",
        settings=head.settings,
        severity=severity,
        watched=head.watched,
    )


def _put_into_thread(conn: Connection, at: int, ids: Sequence[int]) -> None:
    """Enqueue a BATCH of these posts for their order's thread, behind all waiting posts."""
    row = conn.execute(DETAIL, (at, ids[0])).fetchone()
    _put_into_batch(conn, row["id"], ids)


def _put_into_batch(conn: Connection, batch_id: int, ids: Sequence[int]) -> None:
    conn.executemany(
        "UPDATE outbox SET state = 'batched', batch_id = ?, fence = fence + 1, lease_until = NULL WHERE id = ?",
        [(batch_id, post_id) for post_id in ids],
    )
