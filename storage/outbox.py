"""The outbox: what is to be said, in order per channel, each thing once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.records import Post, PostKind, PostState, WatchState
from storage.values import to_int, to_time

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator
    from datetime import datetime, timedelta

    from storage.records import Changed, Watch

LIVE = "state IN ('pending', 'sending', 'uncertain')"
NEXT = "(SELECT COALESCE(MAX(position), 0) + 1 FROM outbox)"

NEWS = f"""
INSERT INTO outbox (position, watch_id, what, kind, channel, key, payload, level, state, token, created_at)
SELECT {NEXT}, id, ?, 'news', channel, key, ?, ?, 'pending', lower(hex(randomblob(16))), ? FROM watches
WHERE key = ? AND state IN ('active', 'opening') AND filter IN ({{filters}})
ON CONFLICT (watch_id, what) DO NOTHING
"""
CARD = f"""
INSERT INTO outbox (position, watch_id, what, kind, channel, key, payload, state, token, created_at)
SELECT {NEXT}, id, 'card', 'card', channel, key, '', 'pending', lower(hex(randomblob(16))), ? FROM watches WHERE id = ?
ON CONFLICT (watch_id, what) DO UPDATE SET state = 'pending', fence = fence + 1, position = excluded.position,
  attempts = 0, not_before = 0, lease_until = NULL, claimed_at = NULL, error = '', token = excluded.token
"""
# One refresh row a watch, ever: a new wish revives it. The fence sees to it that an older claim does not settle it.
REFRESH = f"""
INSERT INTO outbox (position, watch_id, what, kind, channel, key, payload, state, token, created_at)
SELECT {NEXT}, id, 'refresh', 'refresh', channel, key, '', 'pending', lower(hex(randomblob(16))), ? FROM watches
WHERE {{where}} AND state IN ('active', 'opening')
ON CONFLICT (watch_id, what) DO UPDATE SET state = 'pending', fence = fence + 1, position = excluded.position,
  attempts = 0, not_before = 0, lease_until = NULL, claimed_at = NULL, error = ''
"""
# Every channel with something to say, without touching each of its rows.
CHANNELS = f"""
WITH RECURSIVE waiting (channel) AS (
  SELECT MIN(channel) FROM outbox WHERE {LIVE}
  UNION ALL SELECT (SELECT MIN(channel) FROM outbox WHERE {LIVE} AND channel > waiting.channel)
  FROM waiting WHERE waiting.channel IS NOT NULL
) SELECT channel FROM waiting WHERE channel IS NOT NULL
"""
QUEUE = f"SELECT * FROM outbox WHERE channel = ? AND {LIVE} ORDER BY position, id"


def announce(conn: sqlite3.Connection, at: int, result: Changed) -> int:
    """Fan a reading's announcement out to the watches it is for, and refresh their cards. Returns rows touched."""
    posts = 0
    if (told := result.announcement) is not None and told.audience:
        filters = sorted(told.audience)
        sql = NEWS.format(filters=", ".join("?" * len(filters)))
        posts += conn.execute(sql, (told.what, told.payload, told.level, at, result.key, *filters)).rowcount
    if result.refresh_cards:
        posts += conn.execute(REFRESH.format(where="key = ?"), (at, result.key)).rowcount
    return posts


def enqueue_card(conn: sqlite3.Connection, now: datetime, watch_id: int) -> None:
    """Ask for the watch's parent card."""
    conn.execute(CARD, (to_int(now), watch_id))


def enqueue_refresh(conn: sqlite3.Connection, now: datetime, watch_id: int) -> None:
    """Ask for the watch's card to be brought up to date."""
    conn.execute(REFRESH.format(where="id = ?"), (to_int(now), watch_id))


def claim_posts(
    conn: sqlite3.Connection, now: datetime, limit: int, lease: timedelta, busy: Collection[str]
) -> list[Post]:
    """See storage.protocol.Store."""
    conn.execute(
        "UPDATE outbox SET state = 'uncertain', fence = fence + 1, not_before = ?, lease_until = NULL "
        f"WHERE {LIVE} AND state = 'sending' AND lease_until <= ?",
        (to_int(now), to_int(now)),
    )
    claimed: list[Post] = []
    for (channel,) in conn.execute(CHANNELS).fetchall():
        if len(claimed) >= limit:
            break
        if channel not in busy and (row := _head(conn, channel, to_int(now))) is not None:
            claimed.append(_claim(conn, row, now, lease))
    return claimed


def mark_sent(conn: sqlite3.Connection, now: datetime, post: Post, ts: str) -> bool:
    """See storage.protocol.Store."""
    done = _settle(conn, post, "state = 'sent', ts = ?, sent_at = ?, error = ''", ts, to_int(now))
    if done and post.kind is PostKind.CARD:
        conn.execute(
            "UPDATE watches SET card_ts = ?, state = CASE state WHEN 'opening' THEN 'active' ELSE state END "
            "WHERE id = ?",
            (ts, post.watch_id),
        )
    return done


def mark_retry(conn: sqlite3.Connection, now: datetime, post: Post, not_before: datetime, error: str) -> bool:
    """See storage.protocol.Store."""
    del now
    return _settle(
        conn, post, "state = 'pending', claimed_at = NULL, not_before = ?, error = ?", to_int(not_before), error
    )


def mark_uncertain(conn: sqlite3.Connection, now: datetime, post: Post, not_before: datetime, error: str) -> bool:
    """See storage.protocol.Store."""
    del now
    return _settle(conn, post, "state = 'uncertain', not_before = ?, error = ?", to_int(not_before), error)


def mark_failed(conn: sqlite3.Connection, now: datetime, post: Post, error: str) -> bool:
    """See storage.protocol.Store."""
    done = _settle(conn, post, "state = 'failed', error = ?", error)
    if done and post.kind is PostKind.CARD:
        conn.execute(
            "UPDATE watches SET state = 'ended', reason = ?, ended_at = ? WHERE id = ? AND state = 'opening'",
            (error, to_int(now), post.watch_id),
        )
        drop_unsent(conn, [post.watch_id] if post.watch_id is not None else [])
    return done


def drop_unsent(conn: sqlite3.Connection, watch_ids: Collection[int]) -> None:
    """Forget what was not said yet; what may be on its way is left to finish."""
    conn.executemany(
        "DELETE FROM outbox WHERE watch_id = ? AND state IN ('pending', 'held')", [(one,) for one in watch_ids]
    )


def hold(conn: sqlite3.Connection, watch: Watch, reason: str) -> None:
    """Keep a paused watch's posts until it is resumed."""
    conn.execute(
        "UPDATE outbox SET state = 'held', fence = fence + 1, lease_until = NULL, error = ? "
        f"WHERE watch_id = ? AND {LIVE}",
        (reason, watch.id),
    )


def release(conn: sqlite3.Connection, watch_id: int) -> None:
    """Let a resumed watch's posts go."""
    conn.execute(
        "UPDATE outbox SET state = 'pending', not_before = 0, attempts = 0 WHERE watch_id = ? AND state = 'held'",
        (watch_id,),
    )


def rescue(conn: sqlite3.Connection, now: datetime) -> int:
    """See storage.protocol.Store."""
    return conn.execute(
        "UPDATE outbox SET state = 'uncertain', fence = fence + 1, not_before = ?, lease_until = NULL "
        f"WHERE {LIVE} AND state = 'sending'",
        (to_int(now),),
    ).rowcount


def _head(conn: sqlite3.Connection, channel: str, now: int) -> sqlite3.Row | None:
    """The channel's oldest live row, if its time has come. A refresh that must wait lets the others pass."""
    queue: Iterator[sqlite3.Row] = conn.execute(QUEUE, (channel,))
    for row in queue:
        if row["state"] == "sending":
            return None
        if row["not_before"] <= now:
            return row
        if row["kind"] != "refresh":
            return None
    return None


def _claim(conn: sqlite3.Connection, row: sqlite3.Row, now: datetime, lease: timedelta) -> Post:
    doubtful = row["state"] == "uncertain"
    conn.execute(
        "UPDATE outbox SET state = ?, fence = fence + 1, attempts = attempts + (state <> 'uncertain'), "
        "claimed_at = COALESCE(claimed_at, ?), lease_until = ?, "
        "not_before = CASE ? WHEN 'uncertain' THEN ? ELSE not_before END WHERE id = ?",
        (
            "uncertain" if doubtful else "sending",
            to_int(now),
            to_int(now + lease),
            row["state"],
            to_int(now + lease),
            row["id"],
        ),
    )
    watch = conn.execute("SELECT card_ts, state FROM watches WHERE id = ?", (row["watch_id"],)).fetchone()
    return Post(
        id=row["id"],
        fence=row["fence"] + 1,
        kind=PostKind(row["kind"]),
        channel=row["channel"],
        watch_id=row["watch_id"],
        key=row["key"],
        payload=row["payload"],
        attempts=row["attempts"],
        state=PostState.UNCERTAIN if doubtful else PostState.SENDING,
        token=row["token"],
        created_at=to_time(row["created_at"]),
        claimed_at=to_time(row["claimed_at"]) or now,
        thread_ts=watch["card_ts"] if watch else "",
        watch_state=WatchState(watch["state"]) if watch else None,
    )


def _settle(conn: sqlite3.Connection, post: Post, changes: str, *facts: object) -> bool:
    """Change a claimed row, unless somebody else has claimed or revived it since."""
    sql = f"UPDATE outbox SET fence = fence + 1, lease_until = NULL, {changes} WHERE id = ? AND fence = ?"
    return conn.execute(sql, (*facts, post.id, post.fence)).rowcount == 1
