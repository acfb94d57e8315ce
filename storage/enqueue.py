"""Enqueues posts: cards, refreshes, news for each watch in its audience, daily digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage import codec, rows
from storage.post import ANY_POSTS, DETAIL_OF, Post, PostKind, PostState
from storage.rows import to_int
from tracking.values import Filter, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from storage.connection import Connection
    from storage.post import BatchRule
    from tracking.daily_digest import DailyDigest
    from tracking.values import NewsToPost

DAY = 86_400_000_000  # microseconds
# The condition that the watch's filter is in the audience; its values come from :func:`_filters`.
WATCH_IN_AUDIENCE = f"w.filter IN ({', '.join('?' * len(Filter))})"
LOG = """
INSERT INTO news (key, event_id, at, severity, audience, payload) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (key, event_id) DO NOTHING
"""
# The token is derived, not random: news that is found again after a restore has the same token, so it can be looked up
# in the channel. While the order is unconfirmed after a restore, each post is looked up before it is sent. The news of
# a paused watch is held until the watch is resumed.
NEWS = f"""
INSERT INTO outbox (position, watch_id, event_id, kind, channel, key, payload, severity, state, error, token,
  created_at, claimed_at)
SELECT next_position(), w.id, ?, 'news', w.channel, w.key, '', ?,
  CASE WHEN w.state = 'paused' THEN 'held' WHEN o.unconfirmed_since IS NULL THEN 'pending' ELSE 'uncertain' END,
  CASE WHEN w.state = 'paused' THEN w.reason ELSE '' END, post_token(w.channel, w.key, ?), ?, o.unconfirmed_since
FROM watches w JOIN orders o ON o.key = w.key
WHERE w.key = ? AND w.state <> 'ended' AND {WATCH_IN_AUDIENCE}
ON CONFLICT (watch_id, event_id) DO NOTHING
"""
# A watch that was opened without a card gets its card before its first news, which needs a thread. The card's payload
# names that news: the card shows the news, so the reply is not shown in the channel as well.
FIRST_CARD = f"""
INSERT INTO outbox (position, watch_id, event_id, kind, channel, key, payload, state, token, created_at, claimed_at)
SELECT next_position(), w.id, 'card', 'card', w.channel, w.key, ?,
  CASE WHEN w.state = 'paused' THEN 'held' WHEN o.unconfirmed_since IS NULL THEN 'pending' ELSE 'uncertain' END,
  post_token(w.channel, w.key, 'card:' || w.id), ?, o.unconfirmed_since FROM watches w JOIN orders o ON o.key = w.key
WHERE w.key = ? AND w.state <> 'ended' AND w.card_ts = '' AND {WATCH_IN_AUDIENCE}
ON CONFLICT (watch_id, event_id) DO UPDATE SET state = excluded.state, fence = outbox.fence + 1,
  position = excluded.position, attempts = 0, not_before = 0, lease_until = NULL, claimed_at = excluded.claimed_at,
  error = '', token = excluded.token, severity = '', payload = excluded.payload
  WHERE outbox.state IN ('sent', 'failed', 'skipped')
"""
# A card that may be on its way is left alone: it becomes this watch's card, and a second card would stay in the
# channel. A card that was given up but may have been posted is looked up first, by its old token.
CARD = """
INSERT INTO outbox (position, watch_id, event_id, kind, channel, key, payload, state, token, created_at)
SELECT next_position(), id, 'card', 'card', channel, key, '', 'pending', random_token(), ? FROM watches WHERE id = ?
ON CONFLICT (watch_id, event_id) DO UPDATE SET
  state = CASE WHEN outbox.state <> 'sent' AND outbox.claimed_at IS NOT NULL THEN 'uncertain' ELSE 'pending' END,
  token = CASE WHEN outbox.state <> 'sent' AND outbox.claimed_at IS NOT NULL THEN outbox.token ELSE excluded.token END,
  claimed_at = CASE WHEN outbox.state <> 'sent' THEN outbox.claimed_at END,
  fence = outbox.fence + 1, position = excluded.position, attempts = 0, not_before = 0, lease_until = NULL, error = '',
  severity = '' WHERE outbox.state NOT IN ('sending', 'uncertain')
"""
HAS_CARD_ROW = "EXISTS (SELECT 1 FROM outbox k WHERE k.watch_id = watches.id AND k.event_id = 'card')"
# A watch has one refresh row, which each request revives. The raised fence keeps an older claim from settling the row.
REFRESH = f"""
INSERT INTO outbox (position, watch_id, event_id, kind, channel, key, payload, state, token, created_at)
SELECT next_position(), id, 'refresh', 'refresh', channel, key, '', 'pending', random_token(), ? FROM watches
WHERE {{where}} AND state IN ('active', 'opening') AND (card_ts <> '' OR (state = 'opening' AND {HAS_CARD_ROW}))
ON CONFLICT (watch_id, event_id) DO UPDATE SET state = 'pending', fence = outbox.fence + 1,
  position = excluded.position, attempts = 0, not_before = 0, lease_until = NULL, claimed_at = NULL, error = ''
"""
# A restored database does not know whether the digest of its last day was posted. So for two days after a restore,
# which is longer than any local day, a digest is looked up by its derived token before it is sent.
DAILY_DIGEST = f"""
INSERT INTO outbox (position, watch_id, event_id, kind, channel, key, payload, severity, state, token, created_at,
  claimed_at)
SELECT next_position(), NULL, :event_id, 'daily_digest', :channel, '', :payload, '',
  CASE WHEN then_ IS NULL THEN 'pending' ELSE 'uncertain' END, post_token(:channel, '', :seed), :now, then_
FROM (SELECT MAX(CAST(value AS BIGINT)) AS then_ FROM facts
  WHERE name = 'restored' AND at > :now - 2 * {DAY}) AS restored
"""
# All live states are named as well, so that SQLite uses the index of live rows.
BATCHABLE = """
SELECT p.id, p.watch_id, p.severity FROM outbox p JOIN watches w ON w.id = p.watch_id
WHERE p.channel = ? AND p.state IN ('pending', 'sending', 'uncertain') AND p.state = 'pending' AND p.kind = 'news'
  AND p.not_before <= ? AND w.state = 'active' AND w.card_ts <> ''
  AND COALESCE(w.muted_until, 0) <= ? AND (NOT ? OR p.held_until IS NOT NULL) ORDER BY p.position, p.id LIMIT ?
"""
SEVERITIES = frozenset(Severity)  # news with a severity that only a newer version knows is not batched
SEEN = 50  # cards of a channel that people still see
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


def announce(conn: Connection, at: int, to_post: Sequence[tuple[str, NewsToPost]]) -> int:
    """Log the news of these orders and enqueue it for each watch in its audience. Returns the number of new posts.

    ``at``: now, in microseconds since 1970. ``to_post``: pairs of order key and news.
    """
    if not to_post:
        return 0
    if conn.for_update and (parcels := _parcels(to_post)):
        conn.hold(*parcels)
    log = [
        (key, new.event_id, at, new.severity, codec.dump_audience(new.audience), codec.pack_news(new.news))
        for key, new in to_post
    ]
    conn.executemany(LOG, log)
    posts = [(new.event_id, new.severity, new.event_id, at, key, *_filters(new)) for key, new in to_post]
    return conn.executemany(NEWS, posts).rowcount


def _parcels(to_post: Sequence[tuple[str, NewsToPost]]) -> set[str]:
    """Return lock names for the parcels of these orders' news, to be held before a post gets its position.

    So the posts of orders with the same parcel are committed in the order of their positions, and the later post is
    recognised as telling the same as the earlier one.
    """
    told = [new.news for _key, new in to_post]
    numbers = {node.waybill for news in told for node in (*news.nodes, *news.edited)}
    numbers |= {step.waybill for news in told for step in news.steps}
    return {f"parcel:{number}" for number in numbers if number}


def first_cards(conn: Connection, at: int, key: str, news: NewsToPost) -> None:
    """Enqueue a card for each watch in the news' audience that has no card yet. ``at``: microseconds since 1970."""
    hold_cards(conn, "key = ? AND state <> 'ended' AND card_ts = ''", [key])
    conn.execute(FIRST_CARD, (news.event_id, at, key, *_filters(news)))


def tell(conn: Connection, at: int, key: str, news: NewsToPost) -> None:
    """Log a piece of news and enqueue it for each watch in its audience, behind the watch's card."""
    first_cards(conn, at, key, news)
    announce(conn, at, [(key, news)])


def _filters(news: NewsToPost) -> list[str]:
    """The values for WATCH_IN_AUDIENCE: the audience, filled up with empty texts to the number of all filters."""
    return [*news.audience, *[""] * (len(Filter) - len(news.audience))]


def hold_cards(conn: Connection, watches: str, facts: Sequence[object]) -> None:
    """Lock the card posts of these watches, before the caller asks whether a watch has its card.

    Otherwise a card that another transaction records as posted at that moment would seem missing and be posted again.
    ``watches``: an SQL condition; ``facts``: its values.
    """
    if conn.for_update:
        of_these = f"watch_id IN (SELECT id FROM watches WHERE {watches})"
        sql = f"SELECT id FROM outbox WHERE event_id = 'card' AND {of_these} ORDER BY id {conn.for_update}"
        conn.tuples(sql, facts).fetchall()


def card(conn: Connection, now: datetime, watch_id: int) -> None:
    """Enqueue the parent card of a watch."""
    conn.execute(CARD, (to_int(now), watch_id))


def refresh(conn: Connection, now: datetime, watch_id: int) -> None:
    """Enqueue a refresh of a watch's card."""
    conn.execute(REFRESH.format(where="id = ?"), (to_int(now), watch_id))


def refresh_order(conn: Connection, now: datetime, key: str) -> int:
    """Enqueue a refresh of every card of an order. Returns the number of cards."""
    return refresh_orders(conn, to_int(now), [key])


def refresh_newest(conn: Connection, now: datetime, channel: str) -> None:
    """Enqueue a refresh of a channel's newest cards only: to refresh thousands of cards would take Slack hours."""
    newest = "id IN (SELECT id FROM watches WHERE channel = ? AND state = 'active' AND card_ts <> '' ORDER BY id DESC "
    conn.execute(REFRESH.format(where=f"{newest} LIMIT {SEEN})"), (to_int(now), channel))


def refresh_orders(conn: Connection, at: int, keys: Sequence[str]) -> int:
    """Enqueue a refresh of every card of these orders. Returns the number of cards. ``at``: microseconds since 1970."""
    return conn.executemany(REFRESH.format(where="key = ?"), [(at, key) for key in keys]).rowcount if keys else 0


def daily_digest(conn: Connection, now: datetime, day: str, channel: str, digest: DailyDigest) -> None:
    """Enqueue a channel's daily digest of a local day (ISO)."""
    names = {"event_id": f"daily_digest:{day}", "seed": f"summary:{day}"}  # older tokens were derived from this seed
    facts = {"channel": channel, "payload": codec.dump_digest(digest), "now": to_int(now)}
    conn.execute(DAILY_DIGEST, names | facts)


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
