"""What enters the outbox: cards, refreshes, news for every watch it is for, digests, notices to people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from storage import codec, rows, sqlite
from storage.post import ANY_POSTS, DETAIL_OF, Post, PostKind, PostState
from storage.rows import to_int
from storage.sqlite import RANDOM_TOKEN
from tracking.values import Filter

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from storage.post import BatchRule
    from tracking.daily_digest import DailyDigest
    from tracking.values import NewsToPost, Severity

NEXT = "(SELECT COALESCE(MAX(position), 0) + 1 FROM outbox)"
DAY = 86_400_000_000  # microseconds
WATCH_IN_AUDIENCE = (
    f"w.filter IN ({', '.join('?' * len(Filter))})"  # the watch's filter is in the audience: see _filters
)
NEWS_TOKEN = sqlite.POST_TOKEN.format(channel="w.channel", key="w.key", event_id="?")
CARD_TOKEN = sqlite.POST_TOKEN.format(channel="w.channel", key="w.key", event_id="'card:' || w.id")
DIGEST_TOKEN = sqlite.POST_TOKEN.format(channel=":channel", key="''", event_id=":seed")
LOG = """
INSERT INTO news (key, event_id, at, severity, audience, payload) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (key, event_id) DO NOTHING
"""
# The token is derived, not random: news that is found again after a backup was restored can still be looked up in the
# channel. While the order is unconfirmed (restored, and not long ago) each post is looked up before it is sent. A
# paused watch's news waits with it: the channel will be told when it can be posted to again.
NEWS = f"""
INSERT INTO outbox (position, watch_id, event_id, kind, channel, key, payload, severity, state, error, token,
  created_at, claimed_at)
SELECT {NEXT}, w.id, ?, 'news', w.channel, w.key, '', ?,
  CASE WHEN w.state = 'paused' THEN 'held' WHEN o.unconfirmed_since IS NULL THEN 'pending' ELSE 'uncertain' END,
  CASE WHEN w.state = 'paused' THEN w.reason ELSE '' END, {NEWS_TOKEN}, ?, o.unconfirmed_since
FROM watches w JOIN orders o ON o.key = w.key
WHERE w.key = ? AND w.state <> 'ended' AND {WATCH_IN_AUDIENCE}
ON CONFLICT (watch_id, event_id) DO NOTHING
"""
# A watch that joined without a card gets one with its first news, so that there is a thread to tell it in.
FIRST_CARD = f"""
INSERT INTO outbox (position, watch_id, event_id, kind, channel, key, payload, state, token, created_at, claimed_at)
SELECT {NEXT}, w.id, 'card', 'card', w.channel, w.key, '',
  CASE WHEN w.state = 'paused' THEN 'held' WHEN o.unconfirmed_since IS NULL THEN 'pending' ELSE 'uncertain' END,
  {CARD_TOKEN}, ?, o.unconfirmed_since FROM watches w JOIN orders o ON o.key = w.key
WHERE w.key = ? AND w.state IN ('active', 'paused') AND w.card_ts = '' AND {WATCH_IN_AUDIENCE}
ON CONFLICT (watch_id, event_id) DO UPDATE SET state = excluded.state, fence = outbox.fence + 1,
  position = excluded.position, attempts = 0, not_before = 0, lease_until = NULL, claimed_at = excluded.claimed_at,
  error = '', token = excluded.token, severity = ''
  WHERE outbox.state IN ('sent', 'failed', 'skipped')
"""
# A card that may be on its way is left alone: it will be this watch's card, a second one would stay in the channel.
# One that may have been posted before it was given up is looked up first, under the token it may stand there with.
CARD = f"""
INSERT INTO outbox (position, watch_id, event_id, kind, channel, key, payload, state, token, created_at)
SELECT {NEXT}, id, 'card', 'card', channel, key, '', 'pending', {RANDOM_TOKEN}, ? FROM watches WHERE id = ?
ON CONFLICT (watch_id, event_id) DO UPDATE SET
  state = CASE WHEN outbox.state <> 'sent' AND outbox.claimed_at IS NOT NULL THEN 'uncertain' ELSE 'pending' END,
  token = CASE WHEN outbox.state <> 'sent' AND outbox.claimed_at IS NOT NULL THEN outbox.token ELSE excluded.token END,
  claimed_at = CASE WHEN outbox.state <> 'sent' THEN outbox.claimed_at END,
  fence = outbox.fence + 1, position = excluded.position, attempts = 0, not_before = 0, lease_until = NULL, error = '',
  severity = '' WHERE outbox.state NOT IN ('sending', 'uncertain')
"""
# One refresh row a watch, ever: a new wish revives it. The fence sees to it that an older claim does not settle it.
REFRESH = f"""
INSERT INTO outbox (position, watch_id, event_id, kind, channel, key, payload, state, token, created_at)
SELECT {NEXT}, id, 'refresh', 'refresh', channel, key, '', 'pending', {RANDOM_TOKEN}, ? FROM watches
WHERE {{where}} AND state IN ('active', 'opening') AND (card_ts <> '' OR state = 'opening')
ON CONFLICT (watch_id, event_id) DO UPDATE SET state = 'pending', fence = outbox.fence + 1,
  position = excluded.position, attempts = 0, not_before = 0, lease_until = NULL, claimed_at = NULL, error = ''
"""
MESSAGE = f"""
INSERT INTO outbox (position, watch_id, event_id, kind, channel, key, payload, severity, state, token, created_at)
VALUES ({NEXT}, NULL, ?, ?, ?, '', ?, '', 'pending', {RANDOM_TOKEN}, ?)
"""
REFUSAL = "refused:"  # the names of such facts: channel, reason and owner follow
TOLD_OWNER = "INSERT INTO facts (name, value, at) VALUES (?, '', ?) ON CONFLICT (name) DO NOTHING"
# A restored database does not know whether its last day's digest was posted. Like news, it is looked up under the
# token that it was posted with; two days are more than a local day can last.
DAILY_DIGEST = f"""
INSERT INTO outbox (position, watch_id, event_id, kind, channel, key, payload, severity, state, token, created_at,
  claimed_at)
SELECT {NEXT}, NULL, :event_id, 'daily_digest', :channel, '', :payload, '',
  CASE WHEN then_ IS NULL THEN 'pending' ELSE 'uncertain' END, {DIGEST_TOKEN}, :now, then_
FROM (SELECT MAX(CAST(value AS BIGINT)) AS then_ FROM facts
  WHERE name = 'restored' AND at > :now - 2 * {DAY}) AS restored
"""
# All live states are named as well: that is how SQLite knows that the index of live rows will do.
BATCHABLE = """
SELECT p.id, p.watch_id, p.severity FROM outbox p JOIN watches w ON w.id = p.watch_id
WHERE p.channel = ? AND p.state IN ('pending', 'sending', 'uncertain') AND p.state = 'pending' AND p.kind = 'news'
  AND p.not_before <= ? AND w.state = 'active' AND w.card_ts <> ''
  AND COALESCE(w.muted_until, 0) <= ? AND (NOT ? OR p.held_until IS NOT NULL) ORDER BY p.position, p.id LIMIT ?
"""
SEEN = 50  # cards
AHEAD = 10  # times as many rows are looked at as fit into one message: not all of them may have to go into it
# A digest names its order when it belongs into that order's thread; one of many orders lists the posts that it tells.
BATCH = f"""
INSERT INTO outbox (position, event_id, kind, channel, key, payload, severity, state, fence, attempts, lease_until,
  token, created_at, claimed_at)
SELECT position, 'batch:' || id, 'batch', channel, ?, ?, ?, 'sending', 1, 1, ?, {RANDOM_TOKEN}, ?, ? FROM outbox
WHERE id = ? AND fence = ? AND state = 'sending'
RETURNING id, token
"""
DETAIL = f"""
INSERT INTO outbox (position, event_id, kind, channel, key, payload, severity, state, token, created_at)
SELECT {NEXT}, '{DETAIL_OF}' || id, 'batch', channel, key, '', '', 'pending', {RANDOM_TOKEN}, ? FROM outbox
WHERE id = ?
RETURNING id
"""


def announce(conn: sqlite3.Connection, at: int, told: Sequence[tuple[str, NewsToPost]]) -> int:
    """Log the news of these orders and fan it out to the watches it is for. Returns rows touched."""
    if not told:
        return 0
    log = [(key, each.event_id, at, each.severity, _audience(each), codec.dump_news(each.news)) for key, each in told]
    conn.executemany(LOG, log)
    posts = [(each.event_id, each.severity, each.event_id, at, key, *_filters(each)) for key, each in told]
    return conn.executemany(NEWS, posts).rowcount


def first_cards(conn: sqlite3.Connection, at: int, key: str, told: NewsToPost) -> None:
    """Watches that joined without a card get one before the first news that is for them."""
    conn.execute(FIRST_CARD, (at, key, *_filters(told)))


def tell(conn: sqlite3.Connection, at: int, key: str, told: NewsToPost) -> None:
    """Log a piece of news and enqueue it for each watch in its audience, after its card."""
    first_cards(conn, at, key, told)
    announce(conn, at, [(key, told)])


def _audience(told: NewsToPost) -> str:
    return json.dumps(sorted(told.audience))


def _filters(told: NewsToPost) -> list[str]:
    """The audience for WATCH_IN_AUDIENCE, which has a place for every filter that there is."""
    return [*told.audience, *[""] * (len(Filter) - len(told.audience))]


def card(conn: sqlite3.Connection, now: datetime, watch_id: int) -> None:
    """Ask for the watch's parent card."""
    conn.execute(CARD, (to_int(now), watch_id))


def refresh(conn: sqlite3.Connection, now: datetime, watch_id: int) -> None:
    """Ask for the watch's card to be brought up to date."""
    conn.execute(REFRESH.format(where="id = ?"), (to_int(now), watch_id))


def refresh_order(conn: sqlite3.Connection, now: datetime, key: str) -> int:
    """Ask for every card of an order to be brought up to date. Returns how many."""
    return refresh_orders(conn, to_int(now), [key])


def refresh_newest(conn: sqlite3.Connection, now: datetime, channel: str) -> None:
    """The same for the cards of a channel that people still see: thousands would keep Slack busy for hours."""
    newest = "id IN (SELECT id FROM watches WHERE channel = ? AND state = 'active' AND card_ts <> '' ORDER BY id DESC "
    conn.execute(REFRESH.format(where=f"{newest} LIMIT {SEEN})"), (to_int(now), channel))


def refresh_orders(conn: sqlite3.Connection, at: int, keys: Sequence[str]) -> int:
    """The same for several orders."""
    return conn.executemany(REFRESH.format(where="key = ?"), [(at, key) for key in keys]).rowcount if keys else 0


def enqueue_message(  # noqa: PLR0917  one argument a column
    conn: sqlite3.Connection, now: datetime, kind: PostKind, event_id: str, channel: str, facts: Mapping[str, Any]
) -> None:
    """Ask for a message that belongs to no watch: a notice to a person."""
    conn.execute(MESSAGE, (event_id, kind.value, channel, codec.dump_facts(facts), to_int(now)))


def refused(  # noqa: PLR0917  what the notice is about
    conn: sqlite3.Connection, now: datetime, channel: str, reason: str, owner: str, facts: Mapping[str, Any]
) -> None:
    """Tell an owner that a channel refuses posts, unless they were told and it has not taken one since."""
    if conn.execute(TOLD_OWNER, (f"{REFUSAL}{channel}:{reason}:{owner}", to_int(now))).rowcount:
        enqueue_message(conn, now, PostKind.NOTICE, f"paused:{channel}", owner, facts)


def clear_refusals(conn: sqlite3.Connection, channel: str) -> None:
    """A channel took a post, or a person wants it tried again: when it refuses the next one, owners are told anew."""
    conn.execute("DELETE FROM facts WHERE name > ? AND name < ?", (f"{REFUSAL}{channel}:", f"{REFUSAL}{channel};"))


def daily_digest(conn: sqlite3.Connection, now: datetime, day: str, channel: str, digest: DailyDigest) -> None:
    """Ask for a channel's daily digest."""
    names = {"event_id": f"daily_digest:{day}", "seed": f"summary:{day}"}  # the seed of the first versions, for ever
    facts = {"channel": channel, "payload": codec.dump_digest(digest), "now": to_int(now)}
    conn.execute(DAILY_DIGEST, names | facts)


def batch(  # noqa: PLR0917  the protocol's arguments
    conn: sqlite3.Connection, now: datetime, head: Post, limit: int, lease: timedelta, rule: BatchRule = ANY_POSTS
) -> Post | None:
    """Put a claimed NEWS post and up to ``limit - 1`` that wait behind it into one BATCH, claimed in its place.

    After quiet hours only what they held is taken; news whose card is still to come waits for it. A BATCH of many
    orders names those with something that is ``rule.shown``; what it tells of each is put, as a BATCH of that
    order's thread, behind all that waits. One of a single order is that alone. None: there was nothing to batch
    it with, or the fence was stale.
    """
    at = to_int(now)
    waiting_rows = conn.execute(BATCHABLE, (head.channel, at, at, head.was_held, AHEAD * limit)).fetchall()
    allowed = rule.severities
    may_go = [row for row in waiting_rows if allowed is None or rows.severity(row["severity"]) in allowed]
    if len(may_go) + 1 < rule.fewest or not head.thread_ts:
        return None
    waiting = [_Waiting(head.id, head.watch_id, head.severity)]
    waiting += [_Waiting(row["id"], row["watch_id"], rows.severity(row["severity"])) for row in may_go]
    loud = {post.watch: post.severity for post in waiting if rule.shown is None or post.severity in rule.shown}
    ours = [post.id for post in waiting if post.watch == head.watch_id][:limit]
    if set(loud) <= {head.watch_id}:
        made = _make(conn, now, head, lease, head.key, "", loud.get(head.watch_id)) if len(ours) > 1 else None
        if made is not None:
            _put_into_batch(conn, made.id, ours)
        return made
    told = [post for post in waiting if post.watch in loud][:limit]
    made = _make(conn, now, head, lease, "", json.dumps([post.id for post in told]), None)
    if made is not None:
        for watch in dict.fromkeys([*(post.watch for post in told), head.watch_id]):
            _put_into_thread(conn, at, [post.id for post in told if post.watch == watch] or ours)
    return made


class _Waiting(NamedTuple):
    id: int
    watch: int | None
    severity: Severity | None


def _make(  # noqa: PLR0917  what a digest is made of
    conn: sqlite3.Connection,
    now: datetime,
    head: Post,
    lease: timedelta,
    key: str,
    members: str,
    severity: Severity | None,
) -> Post | None:
    """A digest, claimed in the place of the first post. ``key``: of the order in whose thread it goes, if it is one."""
    at = to_int(now)
    made = conn.execute(
        BATCH, (key, members, severity or "", to_int(now + lease), at, at, head.id, head.fence)
    ).fetchone()
    if made is None:
        return None
    return Post(
        id=made["id"],
        fence=1,
        kind=PostKind.BATCH,
        channel=head.channel,
        watch_id=head.watch_id if key else None,
        key=key,
        content=None,
        attempts=0,
        state=PostState.SENDING,
        token=made["token"],
        created_at=now,
        claimed_at=now,
        thread_ts=head.thread_ts if key else "",
        settings=head.settings,
        severity=severity,
        watched=head.watched,
    )


def _put_into_thread(conn: sqlite3.Connection, at: int, ids: Sequence[int]) -> None:
    """What a digest tells in a line goes, word for word and shown to nobody else, behind all that waits."""
    made = conn.execute(DETAIL, (at, ids[0])).fetchone()
    _put_into_batch(conn, made["id"], ids)


def _put_into_batch(conn: sqlite3.Connection, digest: int, ids: Sequence[int]) -> None:
    conn.executemany(
        "UPDATE outbox SET state = 'batched', batch_id = ?, fence = fence + 1, lease_until = NULL WHERE id = ?",
        [(digest, one) for one in ids],
    )
