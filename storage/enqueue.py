"""Enqueues posts: cards, refreshes, news for each watch in its audience, daily digests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import codec
from storage.rows import to_int
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.connection import Connection
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
SEEN = 50  # cards of a channel that people still see


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
