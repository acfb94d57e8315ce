"""Claims: the sender leases the oldest post of each channel, with everything needed to post it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage import codec, lanes, openers, rows
from storage.ending import end
from storage.orders import UNREADABLE
from storage.outbox import FAIL, LIVE, drop_unsent
from storage.post import Post, PostKind, PostState
from storage.rows import to_int, to_time
from storage.watch import WatchState
from tracking.messages import ApprovalMessage

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from storage.connection import Connection, Row
    from storage.lanes import Lane
    from storage.pace import Pace

# How many channels' lanes are locked at a time. At first SPARE more than may get a post now, since some posts may have
# to wait; then more, AT_ONCE at most, and never all, since another process passes over locked lanes.
SPARE, AT_ONCE = 10, 200
# While a release rolls out, processes of the former version meet rows of the new one, and leave them to it for a while.
FOR_NEWER, PASSED_OVER = timedelta(minutes=10), timedelta(seconds=5)
PUT_BACK = """
UPDATE outbox SET state = ?, claimed_at = ?, not_before = ?, error = ?, fence = fence + 1, lease_until = NULL
WHERE id = ?
"""
FIRST = f"SELECT MIN(channel) FROM outbox WHERE {LIVE}"
# The lane of every channel with a live post, found without touching each of its rows.
CHANNELS = f"""
WITH RECURSIVE waiting (channel) AS (
  SELECT MIN(channel) FROM outbox WHERE {LIVE}
  UNION ALL SELECT (SELECT MIN(channel) FROM outbox WHERE {LIVE} AND channel > waiting.channel)
  FROM waiting WHERE waiting.channel IS NOT NULL
) SELECT
  (SELECT kind = 'refresh' FROM outbox WHERE channel = waiting.channel AND {LIVE} ORDER BY (kind = 'refresh') LIMIT 1),
  COALESCE(lanes.full_at, {lanes.NEVER}), waiting.channel, COALESCE(lanes.paused_until, 0)
FROM waiting LEFT JOIN lanes ON lanes.channel = waiting.channel WHERE waiting.channel IS NOT NULL
"""
BUSY = "SELECT 1 FROM outbox WHERE state = 'sending' AND channel = ?"
HEAD = f"SELECT * FROM outbox WHERE channel = ? AND {LIVE} AND (kind = 'refresh') = ? ORDER BY position, id LIMIT 1"
# A refresh waits until no channel has another post that could go: readers wait for news, and nobody waits for a card's
# new look. A card that is not known to be posted yet cannot be refreshed.
REFRESH = f"""
SELECT * FROM outbox p WHERE channel = ? AND {LIVE} AND (kind = 'refresh') = ? AND not_before <= ?
  AND NOT EXISTS (SELECT 1 FROM watches w WHERE w.id = p.watch_id AND w.state = 'opening')
ORDER BY position, id LIMIT 1
"""
END_HOLDS = "UPDATE outbox SET state = 'pending' WHERE state = 'held' AND held_until IS NOT NULL AND held_until <= ?"
LEASE_OVER = "SELECT id, channel FROM outbox WHERE state = 'sending' AND lease_until <= ?"
DOUBT = """
UPDATE outbox SET state = 'uncertain', fence = fence + 1, not_before = ?, lease_until = NULL
WHERE id = ? AND state = 'sending' AND lease_until <= ?
"""
# A batch for an order's thread names the order, not a watch: the order's present watch is joined in.
POST_CONTEXT = """
SELECT w.id AS watch_id, w.card_ts, w.state, c.settings, n.payload,
  CASE WHEN w.muted_until > :now THEN w.muted_by WHEN c.muted_until > :now THEN c.muted_by ELSE '' END AS muted_by,
  CASE WHEN w.muted_until > COALESCE(c.muted_until, 0) THEN w.muted_until ELSE c.muted_until END AS muted_until,
  (SELECT COUNT(*) FROM (SELECT 1 FROM watches x WHERE x.channel = p.channel AND x.state <> 'ended' LIMIT 100)
    AS few) AS watched,
  EXISTS (SELECT 1 FROM outbox k WHERE k.watch_id = p.watch_id AND k.event_id = 'card' AND k.state = 'held')
    AS card_held,
  EXISTS (SELECT 1 FROM outbox k WHERE k.watch_id = p.watch_id AND k.event_id = 'card' AND k.payload = p.event_id)
    AS told_by_card,
  (SELECT at FROM facts WHERE name = 'restored' AND at >= p.claimed_at) AS restored_at
FROM outbox p LEFT JOIN watches w ON w.id = COALESCE(p.watch_id,
  (SELECT x.id FROM watches x WHERE x.key = p.key AND x.channel = p.channel AND x.state <> 'ended'))
LEFT JOIN channels c ON c.channel = p.channel
LEFT JOIN news n ON n.key = p.key AND n.event_id = p.event_id WHERE p.id = :id
"""
# LIVE is repeated word for word, so that SQLite uses the index of live rows.
BEHIND = f"""
SELECT COUNT(*) FROM outbox
WHERE channel = ? AND {LIVE} AND state = 'pending' AND kind = 'news' AND not_before <= ?
"""


def claim_posts(
    conn: Connection,
    now: datetime,
    limit: int,
    lease: timedelta,
    busy: Collection[str],
    *,
    pace: Pace | None = None,
    worker: str = "",
) -> list[Post]:
    """Claim the oldest live post of each channel that is not in ``busy``, if its time has come: ``limit`` at most.

    The channels that got the fewest posts lately come first.

    A claimed post is SENDING; an UNCERTAIN post stays UNCERTAIN, and has to be looked up before it is sent. Posts of
    watches that a person ended are deleted instead. A claim ends after ``lease``, and its post is UNCERTAIN then. The
    claims of ``busy`` channels stay: their senders are at work, and only the clock was set forward or the machine
    slept. ``pace``: Slack's limits; None: no limits. Channels for which another process is claiming are passed over.
    ``worker``: the name of the process.
    """
    at = to_int(now)
    conn.execute(END_HOLDS, (at,))
    leases = sorted(conn.tuples(LEASE_OVER, (at,)).fetchall())  # every process takes these rows in one order
    conn.executemany(DOUBT, [(at, id_, at) for id_, channel in leases if channel not in busy])
    if conn.execute(FIRST).fetchone()[0] is None:
        return []
    if pace:
        limit = min(limit, lanes.hold_workspace(conn, pace, at))
    heads = _heads(conn, _in_turn(conn, busy, pace, at), limit, pace, at) if limit > 0 else []
    claimed = [post for row in heads if (post := _claim(conn, row, now, lease, worker)) is not None]
    if claimed and pace:
        lanes.spend(conn, [post.channel for post in claimed], pace, at)
    return claimed


def _in_turn(conn: Connection, busy: Collection[str], pace: Pace | None, at: int) -> list[Lane]:
    """Return the lanes of the channels that may get a post now, those that got the fewest posts lately first.

    In alphabetical order, a few busy channels at the front would take every token of the workspace.
    """
    waiting = (lanes.Lane(*row) for row in conn.tuples(CHANNELS))
    return sorted(lane for lane in waiting if lane.channel not in busy and lanes.is_ready(lane, pace, at))


def _heads(conn: Connection, waiting: Sequence[Lane], limit: int, pace: Pace | None, at: int) -> list[Row]:
    """Lock the first lanes, and return the rows that go out next: refreshes only if no other row could go."""
    heads: list[Row] = []
    without: list[str] = []
    start, step = 0, limit + SPARE
    while start < len(waiting) and len(heads) < limit:
        ready = lanes.hold_ready(conn, waiting[start : start + step], pace, at)
        start, step = start + step, min(2 * step, AT_ONCE)
        for channel in ready:
            if len(heads) < limit and not conn.execute(BUSY, (channel,)).fetchone():
                if (head := _head(conn, channel, at)) is not None:
                    heads.append(head)
                else:
                    without.append(channel)
    for channel in without:
        if len(heads) < limit and (head := _refresh(conn, channel, at)) is not None:
            heads.append(head)
    return heads


def batch_members(conn: Connection, batch_id: int) -> list[Post]:
    """Return the posts in a BATCH, oldest first."""
    listed = conn.execute("SELECT payload FROM outbox WHERE id = ?", (batch_id,)).fetchone()
    where, facts = "batch_id = ?", [batch_id]
    if listed is not None and listed["payload"]:
        facts = codec.load_members(listed["payload"])
        where = f"id IN ({', '.join('?' * len(facts))})"
    members = conn.execute(f"SELECT * FROM outbox WHERE {where} ORDER BY position, id", facts).fetchall()
    return [_post(conn, row, row["created_at"], PostState.BATCHED) for row in members]


def _head(conn: Connection, channel: str, now: int) -> Row | None:
    """The channel's oldest live row that is no refresh, if its time has come."""
    head: Row | None = conn.execute(f"{HEAD} {conn.for_update}", (channel, False)).fetchone()
    if head is None or head["not_before"] > now:
        return None
    return _head(conn, channel, now) if _is_dropped(conn, head) else head


def _refresh(conn: Connection, channel: str, now: int) -> Row | None:
    head: Row | None = conn.execute(f"{REFRESH} {conn.for_update}", (channel, True, now)).fetchone()
    return _refresh(conn, channel, now) if head is not None and _is_dropped(conn, head) else head


def _is_dropped(conn: Connection, head: Row) -> bool:
    """Delete this row and the other unsent posts of its watch, if a person ended the watch. False: the row may go."""
    if head["state"] != PostState.PENDING or not _is_unwatched(conn, head["watch_id"]):
        return False
    drop_unsent(conn, [head["watch_id"]])
    return True


def _is_unwatched(conn: Connection, watch_id: int | None) -> bool:
    """Whether a person ended the post's watch. The posts of a watch that the bot ended, with a reason, still go out."""
    sql = "SELECT 1 FROM watches WHERE id = ? AND state = 'ended' AND reason = ''"
    return watch_id is not None and conn.execute(sql, (watch_id,)).fetchone() is not None


def _claim(conn: Connection, row: Row, now: datetime, lease: timedelta, worker: str) -> Post | None:
    """Lease a row. None: this version cannot read the row, which was put off, so that it does not block its channel."""
    state = PostState.UNCERTAIN if row["state"] == PostState.UNCERTAIN else PostState.SENDING
    conn.execute(
        "UPDATE outbox SET state = ?, fence = fence + 1, attempts = attempts + 1, "
        "claimed_at = COALESCE(claimed_at, ?), lease_until = ?, worker = ?, "
        "not_before = CASE ? WHEN 'uncertain' THEN ? ELSE not_before END WHERE id = ?",
        (
            state.value,
            to_int(now),
            to_int(now + lease),
            worker,
            row["state"],
            to_int(now + lease),
            row["id"],
        ),
    )
    try:
        return _post(conn, row, to_int(now), state, claimed=True)
    except UNREADABLE as error:
        _pass_over(conn, row, now, f"{type(error).__name__} in a claim")
        return None


def _pass_over(conn: Connection, row: Row, now: datetime, error: str) -> None:
    """Leave an unreadable row to processes of a newer version for a while; after that rebuild the row, or fail it."""
    is_newer = to_int(now - FOR_NEWER) < row["created_at"] <= to_int(now)
    if is_newer or openers.rebuild(conn, now, row["id"], row["fence"] + 1):
        facts = (row["state"], row["claimed_at"], to_int(now + PASSED_OVER), error, row["id"])
        conn.execute(PUT_BACK, facts)
    else:
        conn.execute(FAIL.format(which="id = ?"), (to_int(now), error, row["id"]))
        end(conn, now, "id = ? AND state = 'opening'", (row["watch_id"],), error)


def _post(conn: Connection, row: Row, now: int, state: PostState, *, claimed: bool = False) -> Post:
    context = conn.execute(POST_CONTEXT, {"id": row["id"], "now": now}).fetchone()
    kind = PostKind(row["kind"])
    content = rows.content(kind, row["payload"] or context["payload"] or "")
    return Post(
        id=row["id"],
        fence=row["fence"] + claimed,
        kind=kind,
        channel=row["channel"],
        watch_id=context["watch_id"],
        key=row["key"],
        content=content,
        attempts=row["attempts"],
        state=state,
        token=row["token"],
        created_at=to_time(row["created_at"]),
        claimed_at=to_time(row["claimed_at"]) or to_time(now),
        restored_at=to_time(context["restored_at"]),
        thread_ts=content.thread if isinstance(content, ApprovalMessage) else context["card_ts"] or "",
        watch_state=WatchState(context["state"]) if context["state"] else None,
        event_id=row["event_id"],
        severity=rows.severity(row["severity"]),
        settings=codec.load_settings(context["settings"] or ""),
        muted_by=context["muted_by"],
        muted_until=to_time(context["muted_until"]) if context["muted_by"] else None,
        told_by_card=bool(context["told_by_card"]),
        card_held=bool(context["card_held"]),
        was_held=row["held_until"] is not None,
        watched=context["watched"],
        behind=conn.execute(BEHIND, (row["channel"], now)).fetchone()[0] if claimed and kind is PostKind.NEWS else 0,
    )
