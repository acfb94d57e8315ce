"""The outbox: what is to be said, in order per channel, each thing once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from storage import codec, enqueue, orders, rows
from storage.post import Post, PostKind, PostState
from storage.rows import to_int, to_time
from storage.watch import WatchState

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from tracking.values import News, Severity


LIVE = "state IN ('pending', 'sending', 'uncertain')"
# Nobody is made to wait longer than an hour. What waits beyond this was stored by a version that believed any number,
# or before the clock was set back; either would keep its channel silent.
FARTHEST = timedelta(hours=2)

FAIL = "UPDATE outbox SET state = 'failed', fence = fence + 1, claimed_at = NULL, sent_at = ?, error = ? WHERE {which}"
# Every channel with something to say, without touching each of its rows.
CHANNELS = f"""
WITH RECURSIVE waiting (channel) AS (
  SELECT MIN(channel) FROM outbox WHERE {LIVE}
  UNION ALL SELECT (SELECT MIN(channel) FROM outbox WHERE {LIVE} AND channel > waiting.channel)
  FROM waiting WHERE waiting.channel IS NOT NULL
) SELECT channel FROM waiting WHERE channel IS NOT NULL
"""
BUSY = "SELECT 1 FROM outbox WHERE state = 'sending' AND channel = ?"
# Cards are brought up to date when there is nothing to tell: a reader waits for news, nobody waits for a card.
QUEUE = f"SELECT * FROM outbox WHERE channel = ? AND {LIVE} AND (kind = 'refresh') = ? ORDER BY position, id"
END_HOLDS = "UPDATE outbox SET state = 'pending' WHERE state = 'held' AND held_until IS NOT NULL AND held_until <= ?"
LEASE_OVER = """
UPDATE outbox SET state = 'uncertain', fence = fence + 1, not_before = ?, lease_until = NULL
WHERE state = 'sending' AND lease_until <= ?
"""
# A digest names the order in whose thread it belongs, by whatever watch that order has now.
POST_CONTEXT = """
SELECT w.id AS watch_id, w.card_ts, w.state, c.settings, n.payload,
  CASE WHEN w.muted_until > :now THEN w.muted_by WHEN c.muted_until > :now THEN c.muted_by ELSE '' END AS muted_by,
  CASE WHEN w.muted_until > COALESCE(c.muted_until, 0) THEN w.muted_until ELSE c.muted_until END AS muted_until,
  (SELECT COUNT(*) FROM (SELECT 1 FROM watches x WHERE x.channel = p.channel AND x.state <> 'ended' LIMIT 100)
    AS few) AS watched,
  EXISTS (SELECT 1 FROM outbox k WHERE k.watch_id = p.watch_id AND k.event_id = 'card' AND k.state = 'held')
    AS card_held,
  (SELECT at FROM facts WHERE name = 'restored' AND at >= p.claimed_at) AS restored_at
FROM outbox p LEFT JOIN watches w ON w.id = COALESCE(p.watch_id,
  (SELECT x.id FROM watches x WHERE x.key = p.key AND x.channel = p.channel AND x.state <> 'ended'))
LEFT JOIN channels c ON c.channel = p.channel
LEFT JOIN news n ON n.key = p.key AND n.event_id = p.event_id WHERE p.id = :id
"""
# LIVE is said as well, word for word: that is how SQLite knows that the index of live rows will do.
BEHIND = f"""
SELECT COUNT(*) FROM outbox
WHERE channel = ? AND {LIVE} AND state = 'pending' AND kind = 'news' AND not_before <= ?
"""


def claim_posts(
    conn: sqlite3.Connection, now: datetime, limit: int, lease: timedelta, busy: Collection[str]
) -> list[Post]:
    """Mark as SENDING and return the oldest live row of each channel not in ``busy``, if its time has come.

    A row that is UNCERTAIN is returned with that state (and stays in it): look before sending. Rows of watches
    that have ended are dropped instead of returned.
    """
    at = to_int(now)
    conn.execute(END_HOLDS, (at,))
    conn.execute(LEASE_OVER, (at, at))
    claimed: list[Post] = []
    for (channel,) in conn.execute(CHANNELS).fetchall():
        if len(claimed) >= limit:
            break
        if channel not in busy and (row := _head(conn, channel, at)) is not None:
            claimed.append(_claim(conn, row, now, lease))
    return claimed


def mark_sent(conn: sqlite3.Connection, now: datetime, post: Post, ts: str) -> bool:
    """Sent. A CARD's ts becomes the watch's ``card_ts`` and makes it ACTIVE. False: the fence was stale."""
    done = _settle(conn, post, "state = 'sent', ts = ?, sent_at = ?, error = ''", ts, to_int(now))
    if done and post.kind is not PostKind.REFRESH:  # a card can be edited where nothing can be posted
        enqueue.clear_refusals(conn, post.channel)
    if done and post.kind is PostKind.CARD:
        conn.execute(
            "UPDATE watches SET card_ts = ?, state = CASE state WHEN 'opening' THEN 'active' ELSE state END "
            "WHERE id = ?",
            (ts, post.watch_id),
        )
    if done and post.kind is PostKind.BATCH:
        conn.execute(
            "UPDATE outbox SET state = 'sent', ts = ?, sent_at = ?, error = '' WHERE batch_id = ?",
            (ts, to_int(now), post.id),
        )
    return done


def mark_retry(conn: sqlite3.Connection, now: datetime, post: Post, not_before: datetime, error: str) -> bool:
    """Definitely not sent; try again then."""
    del now
    return _settle(
        conn, post, "state = 'pending', claimed_at = NULL, not_before = ?, error = ?", to_int(not_before), error
    )


def mark_uncertain(conn: sqlite3.Connection, now: datetime, post: Post, not_before: datetime, error: str) -> bool:
    """Perhaps sent: look it up from ``not_before`` on."""
    del now
    return _settle(conn, post, "state = 'uncertain', not_before = ?, error = ?", to_int(not_before), error)


def mark_reduced(conn: sqlite3.Connection, now: datetime, post: Post, remaining: News, severity: Severity) -> bool:
    """Part of a NEWS was told before: what remains goes at once, as loud as this."""
    changes = "state = 'pending', claimed_at = NULL, not_before = ?, error = 'told in part', payload = ?, severity = ?"
    return _settle(conn, post, changes, to_int(now), codec.dump_news(remaining), severity)


def mark_held(conn: sqlite3.Connection, post: Post, until: datetime, reason: str) -> bool:
    """Not before then: quiet hours. Others of the channel may overtake it."""
    return _settle(conn, post, "state = 'held', claimed_at = NULL, held_until = ?, error = ?", to_int(until), reason)


def mark_skipped(conn: sqlite3.Connection, now: datetime, post: Post, reason: str) -> bool:
    """Not to be said at all, for this reason."""
    return _settle(conn, post, "state = 'skipped', sent_at = ?, error = ?", to_int(now), reason)


def mark_failed(conn: sqlite3.Connection, now: datetime, post: Post, error: str) -> bool:
    """Permanently refused; what waited for it fails with it."""
    done = _settle(conn, post, "state = 'failed', claimed_at = NULL, sent_at = ?, error = ?", to_int(now), error)
    if done and post.kind is PostKind.CARD and post.watch_id is not None:
        if post.watch_state is WatchState.OPENING:  # the watch ends with it, and its news is nobody's
            drop_unsent(conn, [post.watch_id])
        else:
            _fail_unsent(conn, now, post, error)
    if done and post.kind is PostKind.BATCH:
        conn.execute(FAIL.format(which="batch_id = ?"), (to_int(now), error, post.id))
    return done


def mark_card_deleted(conn: sqlite3.Connection, now: datetime, post: Post) -> bool:
    """The watch's card was deleted in Slack: news gets a new one first, a refresh is dropped."""
    lost = _settle(conn, post, "state = 'pending', claimed_at = NULL, not_before = 0, error = 'card deleted'")
    if not lost:
        return False
    conn.execute("UPDATE watches SET card_ts = '' WHERE id = ?", (post.watch_id,))
    if post.kind is PostKind.REFRESH:  # whoever deleted the card did not want it; the next news brings a new one
        conn.execute("UPDATE outbox SET state = 'skipped', sent_at = ? WHERE id = ?", (to_int(now), post.id))
    else:
        _card_before(conn, now, post)
    return True


def queue_card_before(conn: sqlite3.Connection, now: datetime, post: Post) -> bool:
    """This news may go, but its watch's card is held: the card goes before it, as something of the same level."""
    waits = _settle(conn, post, "state = 'pending', claimed_at = NULL, not_before = 0")
    if waits:
        _card_before(conn, now, post)
    return waits


def _card_before(conn: sqlite3.Connection, now: datetime, post: Post) -> None:
    """Ask for the card of a post's watch in front of it, and as loud as it: whatever lets one pass lets the other."""
    if post.watch_id is not None:
        enqueue.card(conn, now, post.watch_id)
        conn.execute(
            "UPDATE outbox SET position = (SELECT position - 1 FROM outbox WHERE id = ?), severity = ?, "
            "held_until = NULL WHERE watch_id = ? AND event_id = 'card'",
            (post.id, post.severity or "", post.watch_id),
        )


def _fail_unsent(conn: sqlite3.Connection, now: datetime, card: Post, error: str) -> None:
    """What was to be told under a card that Slack refused fails with it, and its history says why."""
    waits = "state IN ('pending', 'held')"
    conn.execute(FAIL.format(which=f"watch_id = ? AND {waits}"), (to_int(now), error, card.watch_id))
    digests = f"SELECT id FROM outbox WHERE channel = ? AND key = ? AND kind = 'batch' AND {waits}"
    for (digest,) in conn.execute(digests, (card.channel, card.key)).fetchall():
        conn.execute(FAIL.format(which="id = ? OR batch_id = ?"), (to_int(now), error, digest, digest))


def drop_unsent(conn: sqlite3.Connection, watch_ids: Collection[int]) -> None:
    """Forget what was not said yet; what may be on its way is left to finish."""
    conn.executemany(
        "DELETE FROM outbox WHERE watch_id = ? AND state IN ('pending', 'held')",
        [(watch_id,) for watch_id in watch_ids],
    )


def recover_after_crash(conn: sqlite3.Connection, now: datetime) -> int:
    """At the start of the only process: leased orders and posts are due at once, and a SENDING row is UNCERTAIN.

    Returns how many posts those were.
    """
    orders.release_leases(conn, now)
    heal = f"UPDATE outbox SET not_before = ? WHERE {LIVE} AND not_before > ?"
    conn.execute(heal, (to_int(now), to_int(now + FARTHEST)))
    return conn.execute(
        "UPDATE outbox SET state = 'uncertain', fence = fence + 1, not_before = ?, lease_until = NULL "
        f"WHERE {LIVE} AND lease_until IS NOT NULL",  # being sent, or being looked for: nobody does either any more
        (to_int(now),),
    ).rowcount


def batched(conn: sqlite3.Connection, digest: int) -> list[Post]:
    """The posts inside a digest, oldest first."""
    listed = conn.execute("SELECT payload FROM outbox WHERE id = ?", (digest,)).fetchone()
    where, facts = "batch_id = ?", [digest]
    if listed is not None and listed["payload"]:
        facts = json.loads(listed["payload"])
        where = f"id IN ({', '.join('?' * len(facts))})"
    members = conn.execute(f"SELECT * FROM outbox WHERE {where} ORDER BY position, id", facts).fetchall()
    return [_post(conn, row, row["created_at"], PostState.BATCHED) for row in members]


def _head(conn: sqlite3.Connection, channel: str, now: int) -> sqlite3.Row | None:
    """The channel's oldest live row, if its time has come; a refresh only when nothing else is there to go."""
    if conn.execute(BUSY, (channel,)).fetchone():
        return None
    for is_refresh in (False, True):
        queue: Iterator[sqlite3.Row] = conn.execute(QUEUE, (channel, is_refresh))
        for row in queue:
            if row["state"] == "pending" and _is_unwatched(conn, row["watch_id"]):
                drop_unsent(conn, [row["watch_id"]])
                return _head(conn, channel, now)
            if row["not_before"] <= now and not (is_refresh and _is_opening(conn, row["watch_id"])):
                return row
            if not is_refresh:
                break
    return None


def _is_unwatched(conn: sqlite3.Connection, watch_id: int | None) -> bool:
    """It was unwatched while the post was on its way. A watch that ended with a reason still says its last words."""
    sql = "SELECT 1 FROM watches WHERE id = ? AND state = 'ended' AND reason = ''"
    return watch_id is not None and conn.execute(sql, (watch_id,)).fetchone() is not None


def _is_opening(conn: sqlite3.Connection, watch_id: int) -> bool:
    """Its card is still to be posted, or being looked for: there is nothing to bring up to date yet."""
    sql = "SELECT 1 FROM watches WHERE id = ? AND state = 'opening'"
    return conn.execute(sql, (watch_id,)).fetchone() is not None


def _claim(conn: sqlite3.Connection, row: sqlite3.Row, now: datetime, lease: timedelta) -> Post:
    is_uncertain = row["state"] == "uncertain"
    conn.execute(
        "UPDATE outbox SET state = ?, fence = fence + 1, attempts = attempts + 1, "
        "claimed_at = COALESCE(claimed_at, ?), lease_until = ?, "
        "not_before = CASE ? WHEN 'uncertain' THEN ? ELSE not_before END WHERE id = ?",
        (
            "uncertain" if is_uncertain else "sending",
            to_int(now),
            to_int(now + lease),
            row["state"],
            to_int(now + lease),
            row["id"],
        ),
    )
    return _post(conn, row, to_int(now), PostState.UNCERTAIN if is_uncertain else PostState.SENDING, claimed=True)


def _post(conn: sqlite3.Connection, row: sqlite3.Row, now: int, state: PostState, *, claimed: bool = False) -> Post:
    around = conn.execute(POST_CONTEXT, {"id": row["id"], "now": now}).fetchone()
    kind = PostKind(row["kind"])
    return Post(
        id=row["id"],
        fence=row["fence"] + claimed,
        kind=kind,
        channel=row["channel"],
        watch_id=around["watch_id"],
        key=row["key"],
        content=rows.content(kind, row["payload"] or around["payload"] or ""),
        attempts=row["attempts"],
        state=state,
        token=row["token"],
        created_at=to_time(row["created_at"]),
        claimed_at=to_time(row["claimed_at"]) or to_time(now),
        restored_at=to_time(around["restored_at"]),
        thread_ts=around["card_ts"] or "",
        watch_state=WatchState(around["state"]) if around["state"] else None,
        event_id=row["event_id"],
        severity=rows.severity(row["severity"]),
        settings=codec.load_settings(around["settings"] or ""),
        muted_by=around["muted_by"],
        muted_until=to_time(around["muted_until"]) if around["muted_by"] else None,
        card_held=bool(around["card_held"]),
        was_held=row["held_until"] is not None,
        watched=around["watched"],
        behind=conn.execute(BEHIND, (row["channel"], now)).fetchone()[0] if claimed and kind is PostKind.NEWS else 0,
    )


def _settle(conn: sqlite3.Connection, post: Post, changes: str, *facts: object) -> bool:
    """Change a claimed row, unless somebody else has claimed or revived it since."""
    sql = f"UPDATE outbox SET fence = fence + 1, lease_until = NULL, {changes} WHERE id = ? AND fence = ?"
    return conn.execute(sql, (*facts, post.id, post.fence)).rowcount == 1
