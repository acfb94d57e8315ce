"""The outbox: the posts of each channel in their order, each sent once. This module settles claimed posts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage import approval_posts, codec, enqueue, messages, orders
from storage.post import PostKind
from storage.rows import to_int
from storage.watch import WatchState

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from storage.connection import Connection
    from storage.post import Post
    from tracking.values import News, Severity


LIVE = "state IN ('pending', 'sending', 'uncertain')"
# No post is put off for longer than an hour. A post that waits for longer than this was stored by a version that
# believed any wait that Slack asked for, or before the clock was set back; it would keep its channel silent.
FARTHEST = timedelta(hours=2)

FAIL = "UPDATE outbox SET state = 'failed', fence = fence + 1, claimed_at = NULL, sent_at = ?, error = ? WHERE {which}"


def mark_sent(conn: Connection, now: datetime, post: Post, ts: str, channel: str = "") -> bool:
    """Record that Slack took a post under ``ts``. False: the fence was stale, and nothing changed.

    ``ts``: Slack's id of the message. ``channel``: the channel in which Slack put it, where the post names a person;
    empty: the post's channel.

    The ``ts`` of a CARD becomes its watch's ``card_ts`` and makes an OPENING watch ACTIVE, as a LIST does with its
    watches. A BATCH settles its members.
    """
    is_settled = _settle(conn, post, "state = 'sent', ts = ?, sent_at = ?, error = ''", ts, to_int(now))
    if is_settled and post.kind is not PostKind.REFRESH:  # a card can be edited where nothing can be posted
        messages.clear_refusals(conn, post.channel)
    if is_settled and post.kind is PostKind.CARD:
        conn.execute(
            "UPDATE watches SET card_ts = ?, state = CASE state WHEN 'opening' THEN 'active' ELSE state END "
            "WHERE id = ?",
            (ts, post.watch_id),
        )
    if is_settled and post.kind is PostKind.LIST:
        sql = "UPDATE watches SET state = 'active' WHERE id = ? AND state = 'opening'"
        conn.executemany(sql, [(watch_id,) for watch_id in post.opens])
    if is_settled:
        approval_posts.note_request(conn, now, post, channel or post.channel, ts)
    if is_settled and post.kind is PostKind.BATCH:
        conn.execute(
            "UPDATE outbox SET state = 'sent', ts = ?, sent_at = ?, error = '' WHERE batch_id = ?",
            (ts, to_int(now), post.id),
        )
    return is_settled


def mark_retry(conn: Connection, post: Post, not_before: datetime, error: str) -> bool:
    """Record that a post was certainly not sent: it is tried again from ``not_before``. False: the fence was stale."""
    return _settle(
        conn, post, "state = 'pending', claimed_at = NULL, not_before = ?, error = ?", to_int(not_before), error
    )


def mark_uncertain(conn: Connection, post: Post, not_before: datetime, error: str) -> bool:
    """Record that a post was perhaps sent; Slack is asked for it from ``not_before`` on. False: the fence was stale."""
    return _settle(conn, post, "state = 'uncertain', not_before = ?, error = ?", to_int(not_before), error)


def mark_reduced(conn: Connection, now: datetime, post: Post, remaining: News, severity: Severity) -> bool:
    """Replace the news of a NEWS post, part of which was told before, by the remaining news, due at once.

    False: the fence was stale.
    """
    changes = "state = 'pending', claimed_at = NULL, not_before = ?, error = 'told in part', payload = ?, severity = ?"
    return _settle(conn, post, changes, to_int(now), codec.dump_news(remaining), severity)


def mark_held(conn: Connection, post: Post, until: datetime, reason: str) -> bool:
    """Hold a post until then, for quiet hours or a mute; other posts may overtake it. False: the fence was stale."""
    return _settle(conn, post, "state = 'held', claimed_at = NULL, held_until = ?, error = ?", to_int(until), reason)


def mark_skipped(conn: Connection, now: datetime, post: Post, reason: str) -> bool:
    """Record that a post is never sent, with the reason. False: the fence was stale."""
    return _settle(conn, post, "state = 'skipped', sent_at = ?, error = ?", to_int(now), reason)


def mark_failed(conn: Connection, now: datetime, post: Post, error: str) -> bool:
    """Record that Slack refused a post for good. False: the fence was stale.

    Posts that depend on it are settled, too. Posts behind the card of a live watch, and the members of a BATCH, fail.
    Posts of a watch that ends with its first card, or with the LIST that opens it, are deleted.
    """
    is_settled = _settle(conn, post, "state = 'failed', claimed_at = NULL, sent_at = ?, error = ?", to_int(now), error)
    if is_settled and post.kind is PostKind.CARD and post.watch_id is not None:
        if post.watch_state is WatchState.OPENING:  # the watch ends with its first card
            drop_unsent(conn, [post.watch_id])
        else:
            _fail_unsent(conn, now, post, error)
    if is_settled and post.kind is PostKind.LIST:
        drop_unsent(conn, [id_ for id_ in post.opens if _is_opening(conn, id_)])
    if is_settled and post.kind is PostKind.BATCH:
        conn.execute(FAIL.format(which="batch_id = ?"), (to_int(now), error, post.id))
    return is_settled


def fail_member(conn: Connection, now: datetime, post: Post, error: str) -> None:
    """Fail one post of a BATCH, which still tells its other posts. A second call changes nothing."""
    conn.execute(f"{FAIL.format(which='id = ?')} AND state = 'batched'", (to_int(now), error, post.id))
    conn.execute("UPDATE outbox SET batch_id = NULL WHERE id = ? AND state = 'failed'", (post.id,))


def _is_opening(conn: Connection, watch_id: int) -> bool:
    sql = "SELECT 1 FROM watches WHERE id = ? AND state = 'opening'"
    return conn.execute(sql, (watch_id,)).fetchone() is not None


def mark_card_deleted(conn: Connection, now: datetime, post: Post) -> bool:
    """Record that the card of a post's watch was deleted in Slack. False: the fence was stale.

    News is tried again behind a new card; a refresh is skipped.
    """
    is_settled = _settle(conn, post, "state = 'pending', claimed_at = NULL, not_before = 0, error = 'card deleted'")
    if not is_settled:
        return False
    conn.execute("UPDATE watches SET card_ts = '' WHERE id = ?", (post.watch_id,))
    if post.kind is PostKind.REFRESH:  # somebody deleted the card on purpose: only news brings a new card
        conn.execute("UPDATE outbox SET state = 'skipped', sent_at = ? WHERE id = ?", (to_int(now), post.id))
    else:
        _card_before(conn, now, post)
    return True


def queue_card_before(conn: Connection, now: datetime, post: Post) -> bool:
    """Put the held card of a post's watch in front of the post, with its severity. False: the fence was stale."""
    is_settled = _settle(conn, post, "state = 'pending', claimed_at = NULL, not_before = 0")
    if is_settled:
        _card_before(conn, now, post)
    return is_settled


def _card_before(conn: Connection, now: datetime, post: Post) -> None:
    """Enqueue the card in front of the post, with the post's severity: quiet hours and mutes treat both alike."""
    if post.watch_id is not None:
        enqueue.card(conn, now, post.watch_id)
        conn.execute(
            "UPDATE outbox SET position = (SELECT position - 1 FROM outbox WHERE id = ?), severity = ?, payload = ?, "
            "held_until = NULL WHERE watch_id = ? AND event_id = 'card'",
            (post.id, post.severity or "", post.event_id, post.watch_id),
        )


def _fail_unsent(conn: Connection, now: datetime, card: Post, error: str) -> None:
    """Fail the unsent posts of a card's watch with the card's error."""
    waits = "state IN ('pending', 'held')"
    conn.execute(FAIL.format(which=f"watch_id = ? AND {waits}"), (to_int(now), error, card.watch_id))
    batches = f"SELECT id FROM outbox WHERE channel = ? AND key = ? AND kind = 'batch' AND {waits}"
    for (batch_id,) in conn.execute(batches, (card.channel, card.key)).fetchall():
        conn.execute(FAIL.format(which="id = ? OR batch_id = ?"), (to_int(now), error, batch_id, batch_id))


def drop_unsent(conn: Connection, watch_ids: Collection[int]) -> None:
    """Delete the pending and held posts of these watches; posts that may be on their way are left to finish."""
    conn.executemany(
        "DELETE FROM outbox WHERE watch_id = ? AND state IN ('pending', 'held')",
        [(watch_id,) for watch_id in watch_ids],
    )


def recover_after_crash(conn: Connection, now: datetime, worker: str | None = None) -> int:
    """Void the leases of a process that died, at the start of the next one. Returns the number of its leased posts.

    ``worker``: the name that both processes bear; leases of other processes stay. None: all leases, where no other
    process runs. Leased orders and posts are due at once, and a SENDING post becomes UNCERTAIN: nobody knows whether
    it was sent.
    """
    orders.release_leases(conn, now, worker)
    for column in ("full_at", "paused_until"):
        conn.execute(f"UPDATE lanes SET {column} = 0 WHERE {column} > ?", (to_int(now + FARTHEST),))
    heal = f"UPDATE outbox SET not_before = ? WHERE {LIVE} AND not_before > ?"
    conn.execute(heal, (to_int(now), to_int(now + FARTHEST)))
    whose, names = ("", []) if worker is None else (" AND worker = ?", [worker])
    return conn.execute(
        "UPDATE outbox SET state = 'uncertain', fence = fence + 1, not_before = ?, lease_until = NULL "
        f"WHERE {LIVE} AND lease_until IS NOT NULL{whose}",  # sent or looked up by the process that died
        (to_int(now), *names),
    ).rowcount


def _settle(conn: Connection, post: Post, changes: str, *facts: object) -> bool:
    """Change a claimed row. False: the row was claimed again or revived since, which raised its fence."""
    sql = f"UPDATE outbox SET fence = fence + 1, lease_until = NULL, {changes} WHERE id = ? AND fence = ?"
    return conn.execute(sql, (*facts, post.id, post.fence)).rowcount == 1
