"""Watches: opened with their card, ended, brought back, paused with a reason; never lost in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import audit, enqueue, holds, orders, outbox, rows
from storage.audit import AuditEntry
from storage.ending import end
from storage.post import PostKind
from storage.rows import to_int
from storage.watch import Opened, Watch, WatchState

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from storage.post import Post
    from storage.watch import NewWatch

SELECT = """
SELECT w.*, o.milestone, o.reason AS order_reason, o.order_json, o.read_at, o.stale_since
FROM watches w JOIN orders o ON o.key = w.key WHERE
"""


def open_watches(conn: sqlite3.Connection, now: datetime, wishes: Sequence[NewWatch]) -> list[Opened]:
    """Store watches as OPENING with their CARD rows; the orders must be stored.

    A standing watch takes over a filter that was named, never a default, and is no longer its subscription's.
    """
    return [_open(conn, now, wish) for wish in wishes]


def end_watches(conn: sqlite3.Connection, now: datetime, channel: str, keys: Sequence[str], actor: str) -> list[Watch]:
    """End the live watches of these orders in this channel, drop their unsent posts, return those ended."""
    ended = [watch for key in keys if (watch := _live(conn, key, channel))]
    for watch in ended:
        end(conn, now, "id = ?", (watch.id,))
        _audit(conn, now, actor, "unwatch", watch)
    return _again(conn, ended)


def restore_watches(conn: sqlite3.Connection, now: datetime, ids: Sequence[int], actor: str) -> list[Watch]:
    """Undo :func:`end_watches`; a watch whose order was watched anew meanwhile stays ended."""
    restored = []
    for watch_id in ids:
        watch = get(conn, watch_id)
        if watch is None or watch.state is not WatchState.ENDED or watch.reason:
            continue
        if _live(conn, watch.key, watch.channel) is None:
            restored.append(_restore(conn, now, watch, actor))
    return _again(conn, restored)


def mark_failed(conn: sqlite3.Connection, now: datetime, post: Post, error: str) -> bool:
    """Permanently refused. A CARD's watch ends with the reason; another row's watch is left to the caller.

    A watch that never opened ends, and its order is polled no more for it.
    """
    done = outbox.mark_failed(conn, now, post, error)
    if done and post.kind is PostKind.CARD:
        end(conn, now, "id = ? AND state = 'opening'", (post.watch_id,), error)
    return done


def resume_watch(conn: sqlite3.Connection, now: datetime, watch_id: int, actor: str) -> Watch | None:
    """Make a paused watch active again and refresh its card."""
    watch = get(conn, watch_id)
    if watch is None or watch.state is not WatchState.PAUSED:
        return None
    _set_state(conn, watch, WatchState.ACTIVE)  # only active ones are paused, even if their card is still to come
    holds.release(conn, watch)
    enqueue.refresh(conn, now, watch.id)
    orders.mark_due(conn, [watch.key], now)
    if actor != "slack":
        enqueue.clear_refusals(conn, watch.channel)
    _audit(conn, now, actor, "resume", watch)
    return get(conn, watch_id)


def pause_channel(conn: sqlite3.Connection, now: datetime, channel: str, reason: str) -> list[Watch]:
    """Pause every active watch of a channel with a reason and hold their posts; returns those it paused.

    Posts of watches that have ended are given up; digests wait with the paused watches, if there are any. Each
    owner gets one notice a reason until the channel takes a post, or a person has resumed it.
    """
    paused = _select(conn, "w.channel = ? AND w.state = 'active' ORDER BY w.id", (channel,))
    for watch in paused:
        conn.execute("UPDATE watches SET state = 'paused', reason = ? WHERE id = ?", (reason, watch.id))
        holds.hold(conn, watch, reason)
        _audit(conn, now, "slack", "pause", watch, reason)
    holds.fail_undeliverable(conn, now, channel, reason)
    _tell_owners(conn, now, paused, channel, reason)
    return _again(conn, paused)


def resume_channel(conn: sqlite3.Connection, now: datetime, channel: str, actor: str) -> list[Watch]:
    """Resume every paused watch of a channel. Returns them."""
    paused = _select(conn, "w.channel = ? AND w.state = 'paused' ORDER BY w.id", (channel,))
    return [watch for one in paused if (watch := resume_watch(conn, now, one.id, actor))]


def watched_channels(conn: sqlite3.Connection) -> list[str]:
    """Channels with live watches, the one with the newest watch first."""
    sql = "SELECT channel FROM watches WHERE state <> 'ended' GROUP BY channel ORDER BY MAX(id) DESC"
    return [channel for (channel,) in conn.execute(sql)]


def paused_channels(conn: sqlite3.Connection) -> dict[str, str]:
    """Channels with paused watches, and Slack's reason."""
    sql = "SELECT channel, MAX(reason) FROM watches WHERE state = 'paused' GROUP BY channel"
    return dict(conn.execute(sql).fetchall())


def get(conn: sqlite3.Connection, watch_id: int) -> Watch | None:
    """One watch by id."""
    return next(iter(_select(conn, "w.id = ?", (watch_id,))), None)


def of_channel(conn: sqlite3.Connection, channel: str, offset: int, limit: int) -> tuple[list[Watch], int]:
    """The channel's live watches, newest first, and how many there are in all."""
    found = _select(
        conn, "w.channel = ? AND w.state <> 'ended' ORDER BY w.id DESC LIMIT ? OFFSET ?", (channel, limit, offset)
    )
    total = conn.execute("SELECT COUNT(*) FROM watches WHERE channel = ? AND state <> 'ended'", (channel,)).fetchone()[
        0
    ]
    return found, total


def of_orders(conn: sqlite3.Connection, keys: Sequence[str]) -> list[Watch]:
    """The live watches of these orders, in every channel."""
    return [watch for key in keys for watch in _select(conn, "w.key = ? AND w.state <> 'ended' ORDER BY w.id", (key,))]


def _open(conn: sqlite3.Connection, now: datetime, wish: NewWatch) -> Opened:
    standing = _live(conn, wish.key, wish.channel)
    if standing is not None:
        return _stands_already(conn, now, wish, standing)
    filter_ = wish.filter or wish.default
    made = conn.execute(
        "INSERT INTO watches (key, channel, filter, state, created_by, created_at) VALUES (?, ?, ?, 'opening', ?, ?) "
        "RETURNING id",
        (wish.key, wish.channel, filter_, wish.created_by, to_int(now)),
    ).fetchone()
    watch = _must(conn, made["id"])
    enqueue.card(conn, now, watch.id)
    if _is_unscheduled(conn, wish.key):
        orders.mark_due(conn, [wish.key], now)
    _audit(conn, now, wish.created_by, "watch", watch, filter_)
    return Opened(watch, created=True)


def _stands_already(conn: sqlite3.Connection, now: datetime, wish: NewWatch, standing: Watch) -> Opened:
    """A filter that was named is taken over, a paused watch comes back, one of `watch all` is the person's now."""
    conn.execute(
        "UPDATE watches SET subscription = NULL, created_by = ? WHERE id = ? AND subscription IS NOT NULL",
        (wish.created_by, standing.id),
    )
    changed = wish.filter is not None and standing.filter != wish.filter
    if changed:
        conn.execute("UPDATE watches SET filter = ? WHERE id = ?", (wish.filter, standing.id))
        enqueue.refresh(conn, now, standing.id)
        _audit(conn, now, wish.created_by, "filter", standing, wish.filter or "")
    if standing.state is WatchState.PAUSED:
        resume_watch(conn, now, standing.id, wish.created_by)
    return Opened(_must(conn, standing.id), created=False, filter_changed=changed)


def _restore(conn: sqlite3.Connection, now: datetime, watch: Watch, actor: str) -> Watch:
    _set_state(conn, watch, WatchState.ACTIVE if watch.card_ts else WatchState.OPENING)
    if watch.card_ts:
        enqueue.refresh(conn, now, watch.id)
    else:
        enqueue.card(conn, now, watch.id)
    orders.mark_due(conn, [watch.key], now)
    _audit(conn, now, actor, "restore", watch)
    return watch


def _set_state(conn: sqlite3.Connection, watch: Watch, state: WatchState) -> None:
    conn.execute("UPDATE watches SET state = ?, reason = '', ended_at = NULL WHERE id = ?", (state.value, watch.id))


def _tell_owners(conn: sqlite3.Connection, now: datetime, paused: Sequence[Watch], channel: str, reason: str) -> None:
    """Each owner once, however many of their watches the channel held, and however often it is tried again."""
    for owner in sorted({watch.created_by for watch in paused}):
        keys = [watch.key for watch in paused if watch.created_by == owner]
        notice = {"paused": channel, "reason": reason, "orders": len(keys), "key": keys[0]}
        enqueue.refused(conn, now, channel, reason, owner, notice)


def _is_unscheduled(conn: sqlite3.Connection, key: str) -> bool:
    row = conn.execute("SELECT next_poll_at FROM orders WHERE key = ?", (key,)).fetchone()
    return row["next_poll_at"] is None


def _live(conn: sqlite3.Connection, key: str, channel: str) -> Watch | None:
    return next(iter(_select(conn, "w.key = ? AND w.channel = ? AND w.state <> 'ended'", (key, channel))), None)


def _must(conn: sqlite3.Connection, watch_id: int) -> Watch:
    watch = get(conn, watch_id)
    assert watch is not None
    return watch


def _again(conn: sqlite3.Connection, watches: Iterable[Watch]) -> list[Watch]:
    return [_must(conn, watch.id) for watch in watches]


def _select(conn: sqlite3.Connection, where: str, facts: Sequence[object]) -> list[Watch]:
    return [rows.watch(row) for row in conn.execute(SELECT + where, facts)]


def _audit(  # noqa: PLR0917  one argument a column
    conn: sqlite3.Connection, now: datetime, actor: str, action: str, watch: Watch, detail: str = ""
) -> None:
    audit.append(conn, [AuditEntry(now, actor, action, watch.channel, watch.key, detail)])
