"""Opens watches with their cards, and ends, restores, pauses and resumes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import audit, enqueue, holds, messages, openers, orders, outbox, watch_queries
from storage.audit import AuditEntry
from storage.ending import end
from storage.locks import lock_orders, lock_orders_of_watches
from storage.post import PostKind, Unreadable
from storage.rows import to_int
from storage.watch import Opened, Watch, WatchState
from tracking.messages import WatchesPaused, WatchList

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from storage.connection import Connection
    from storage.post import Post
    from storage.watch import NewWatch

AT_ONCE = 100  # watches that are resumed in one transaction, since nobody else can write to a SQLite file meanwhile
FEW = 3  # up to so many watches opened at once get a card each; more cards would fill the channel


def open_watches(conn: Connection, now: datetime, wishes: Sequence[NewWatch]) -> list[Opened]:
    """Open a watch for each wish, in the same order. The orders must be stored.

    A new watch is OPENING, and its CARD is enqueued; more than :data:`FEW` new watches of a channel share one LIST
    instead. A watch that exists already takes over a filter that was named (never a default), is resumed if it was
    paused, and belongs to this person from now on, not to its subscription.
    """
    lock_orders(conn, [wish.key for wish in wishes])
    opened = [_open(conn, now, wish) for wish in wishes]
    new = [result.watch for result in opened if result.created]
    for channel in dict.fromkeys(watch.channel for watch in new):
        _tell_of(conn, now, channel, [watch for watch in new if watch.channel == channel])
    return opened


def end_watches(conn: Connection, now: datetime, channel: str, keys: Sequence[str], actor: str) -> list[Watch]:
    """End the live watches of these orders in this channel and drop their unsent posts. Returns the ended watches."""
    lock_orders(conn, keys)
    return _end_each(conn, now, [watch for key in keys if (watch := watch_queries.live(conn, key, channel))], actor)


def end_by_id(conn: Connection, now: datetime, ids: Sequence[int], actor: str) -> list[Watch]:
    """End the live watches among these ids, like :func:`end_watches`. Returns the ended watches."""
    _lock(conn, ids)
    watches = [watch for watch_id in ids if (watch := watch_queries.get(conn, watch_id))]
    return _end_each(conn, now, [watch for watch in watches if watch.state is not WatchState.ENDED], actor)


def _end_each(conn: Connection, now: datetime, watches: Sequence[Watch], actor: str) -> list[Watch]:
    for watch in watches:
        end(conn, now, "id = ?", (watch.id,))
        _audit(conn, now, actor, "unwatch", watch)
    return _again(conn, watches)


def restore_watches(
    conn: Connection, now: datetime, ids: Sequence[int], actor: str, ended_at: datetime | None = None
) -> list[Watch]:
    """Undo :func:`end_watches`. Returns the restored watches.

    ``ended_at``: only watches that ended at exactly this time; None: at any time. A watch that the bot ended with a
    reason stays ended, and so does a watch whose order has another live watch in the channel.
    """
    _lock(conn, ids)
    restored = []
    for watch_id in ids:
        enqueue.hold_cards(conn, "id = ?", [watch_id])
        watch = watch_queries.get(conn, watch_id)
        if watch is None or watch.state is not WatchState.ENDED or watch.reason:
            continue
        is_other_end = ended_at is not None and watch.ended_at != ended_at
        if not is_other_end and watch_queries.live(conn, watch.key, watch.channel) is None:
            restored.append(_restore(conn, now, watch, actor))
    return _again(conn, restored)


def mark_failed(conn: Connection, now: datetime, post: Post, error: str) -> bool:
    """Record that Slack refused a post for good. Returns False when the fence was stale.

    The watch of a refused first CARD, and the watches of a refused LIST, end with the error as their reason. Pausing
    other watches is left to the caller. A LIST that could not be read is rebuilt and tried again instead.
    """
    is_unread = post.kind is PostKind.LIST and isinstance(post.content, Unreadable)
    if is_unread and openers.rebuild(conn, now, post.id, post.fence):
        return outbox.mark_retry(conn, post, now, error)
    _lock(conn, post.opens)
    is_settled = outbox.mark_failed(conn, now, post, error)
    if is_settled and post.kind in {PostKind.CARD, PostKind.LIST}:
        for watch_id in post.opens:
            end(conn, now, "id = ? AND state = 'opening'", (watch_id,), error)
    return is_settled


def resume_watch(conn: Connection, now: datetime, watch_id: int, actor: str) -> Watch | None:
    """Make a paused watch active again, release its posts and refresh its card. None: the watch is not paused."""
    _lock(conn, [watch_id])
    watch = watch_queries.get(conn, watch_id)
    if watch is None or watch.state is not WatchState.PAUSED:
        return None
    [resumed] = _resume(conn, now, watch.channel, [watch], actor)
    return resumed


def _resume(conn: Connection, now: datetime, channel: str, paused: Sequence[Watch], actor: str) -> list[Watch]:
    for watch in paused:
        _set_state(conn, watch, WatchState.ACTIVE)  # only active watches are paused, even without a card
        enqueue.refresh(conn, now, watch.id)
        _audit(conn, now, actor, "resume", watch)
    holds.release(conn, channel, paused)
    orders.mark_due(conn, [watch.key for watch in paused], now)
    if actor != "slack":
        messages.clear_refusals(conn, channel)
    return _again(conn, paused)


def pause_channel(conn: Connection, now: datetime, channel: str, reason: str) -> list[Watch]:
    """Pause every active watch of a channel with Slack's reason and hold their posts. Returns the paused watches.

    Posts of ended watches fail; digests wait with the paused watches, if there are any. Each owner gets one notice for
    each reason, until the channel takes a post again or a person resumes it.
    """
    lock_orders_of_watches(conn, "channel = ? AND state = 'active'", (channel,))
    paused = watch_queries.select(conn, "w.channel = ? AND w.state = 'active' ORDER BY w.id", (channel,))
    for watch in paused:
        conn.execute("UPDATE watches SET state = 'paused', reason = ? WHERE id = ?", (reason, watch.id))
        _audit(conn, now, "slack", "pause", watch, detail=reason)
    holds.hold(conn, channel, paused, reason)
    holds.fail_undeliverable(conn, now, channel, reason)
    _tell_owners(conn, now, paused, channel, reason)
    return _again(conn, paused)


def resume_some(
    conn: Connection, now: datetime, channel: str, actor: str, after: int, *, reason: str = ""
) -> list[Watch]:
    """Resume a channel's next paused watches, :data:`AT_ONCE` at most, in the order of their ids. Returns them.

    ``after``: only watches with higher ids. ``reason``: only watches that were paused for it; empty: for any reason.
    """
    which, facts = ("AND reason = ?", [reason]) if reason else ("", [])
    sql = f"SELECT id FROM watches WHERE channel = ? AND state = 'paused' {which} AND id > ? ORDER BY id LIMIT ?"
    ids = [row["id"] for row in conn.execute(sql, (channel, *facts, after, AT_ONCE))]
    _lock(conn, ids)
    paused = [watch for id_ in ids if (watch := watch_queries.get(conn, id_)) and watch.state is WatchState.PAUSED]
    if ids and not paused:  # another transaction resumed or ended them before they were locked
        return resume_some(conn, now, channel, actor, ids[-1], reason=reason)
    return _resume(conn, now, channel, paused, actor) if paused else []


def _tell_of(conn: Connection, now: datetime, channel: str, new: Sequence[Watch]) -> None:
    """Tell a channel of its new watches: enqueue a card for each, or one list of all."""
    if len(new) > FEW:
        messages.watch_list(conn, now, channel, WatchList(new[0].created_by, tuple(watch.id for watch in new)))
        return
    for watch in new:
        enqueue.card(conn, now, watch.id)


def _open(conn: Connection, now: datetime, wish: NewWatch) -> Opened:
    present = watch_queries.live(conn, wish.key, wish.channel)
    if present is not None:
        return _open_again(conn, now, wish, present)
    filter_ = wish.filter or wish.default
    row = conn.execute(
        "INSERT INTO watches (key, channel, filter, state, created_by, created_at) VALUES (?, ?, ?, 'opening', ?, ?) "
        "RETURNING id",
        (wish.key, wish.channel, filter_, wish.created_by, to_int(now)),
    ).fetchone()
    watch = _must(conn, row["id"])
    if _is_unscheduled(conn, wish.key):
        orders.mark_due(conn, [wish.key], now)
    _audit(conn, now, wish.created_by, "watch", watch, detail=filter_)
    return Opened(watch, created=True)


def _open_again(conn: Connection, now: datetime, wish: NewWatch, present: Watch) -> Opened:
    """Apply a wish to the watch that exists already: see :func:`open_watches`."""
    conn.execute(
        "UPDATE watches SET subscription = NULL, created_by = ? WHERE id = ? AND subscription IS NOT NULL",
        (wish.created_by, present.id),
    )
    changed = wish.filter is not None and present.filter != wish.filter
    if changed:
        conn.execute("UPDATE watches SET filter = ? WHERE id = ?", (wish.filter, present.id))
        enqueue.refresh(conn, now, present.id)
        _audit(conn, now, wish.created_by, "filter", present, detail=wish.filter or "")
    if present.state is WatchState.PAUSED:
        resume_watch(conn, now, present.id, wish.created_by)
    return Opened(_must(conn, present.id), created=False, filter_changed=changed)


def _restore(conn: Connection, now: datetime, watch: Watch, actor: str) -> Watch:
    _set_state(conn, watch, WatchState.ACTIVE if watch.card_ts else WatchState.OPENING)
    if watch.card_ts:
        enqueue.refresh(conn, now, watch.id)
    else:
        enqueue.card(conn, now, watch.id)
    orders.mark_due(conn, [watch.key], now)
    _audit(conn, now, actor, "restore", watch)
    return watch


def _lock(conn: Connection, ids: Sequence[int]) -> None:
    """Lock the orders of these watches."""
    if ids:
        lock_orders_of_watches(conn, f"id IN ({', '.join('?' * len(ids))})", ids)


def _set_state(conn: Connection, watch: Watch, state: WatchState) -> None:
    conn.execute("UPDATE watches SET state = ?, reason = '', ended_at = NULL WHERE id = ?", (state.value, watch.id))


def _tell_owners(conn: Connection, now: datetime, paused: Sequence[Watch], channel: str, reason: str) -> None:
    """Send each owner one notice, however many of their watches were paused."""
    for owner in sorted({watch.created_by for watch in paused}):
        keys = [watch.key for watch in paused if watch.created_by == owner]
        messages.refused(conn, now, owner, WatchesPaused(channel, reason, len(keys)))


def _is_unscheduled(conn: Connection, key: str) -> bool:
    row = conn.execute("SELECT next_poll_at FROM schedule WHERE key = ?", (key,)).fetchone()
    return row["next_poll_at"] is None


def _must(conn: Connection, watch_id: int) -> Watch:
    watch = watch_queries.get(conn, watch_id)
    assert watch is not None
    return watch


def _again(conn: Connection, watches: Iterable[Watch]) -> list[Watch]:
    return [_must(conn, watch.id) for watch in watches]


def _audit(conn: Connection, now: datetime, actor: str, action: str, watch: Watch, *, detail: str = "") -> None:
    audit.append(conn, [AuditEntry(now, actor, action, watch.channel, watch.key, detail)])
