"""What may be forgotten, and figures about all that is kept."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.outbox import LIVE
from storage.post import NOTHING_TO_SAY, PostState
from storage.rows import to_int, to_time

if TYPE_CHECKING:
    from datetime import datetime

    from storage.errors import StorageError

DAY = timedelta(days=1)
STUCK = "state IN ('held', 'failed', 'skipped')"  # said as the index of such rows says it
# A watch has one card and one refresh, ever: they stay.
POSTS = """
DELETE FROM outbox WHERE id IN
  (SELECT id FROM outbox WHERE {which} AND sent_at < ? AND event_id NOT IN ('card', 'refresh') LIMIT ?)
"""
# A refused card was answered to whoever asked for it, and a refused refresh says nothing new.
LOST = f"""
SELECT COUNT(*) FROM outbox
WHERE {STUCK} AND state = 'failed' AND kind NOT IN ('card', 'refresh') AND sent_at >= ? AND error <> ?
"""
NEWS = """
SELECT id FROM news WHERE at < ? AND NOT EXISTS (SELECT 1 FROM outbox p
  WHERE p.key = news.key AND p.event_id = news.event_id AND p.state NOT IN ('sent', 'skipped', 'failed')) LIMIT ?
"""
FORGET = (
    POSTS.format(which="state = 'sent'"),
    POSTS.format(which=f"{STUCK} AND state <> 'held'"),
    f"DELETE FROM news WHERE id IN ({NEWS})",
    "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE handled_at IS NOT NULL AND received_at < ? LIMIT ?)",
    "DELETE FROM alarms WHERE id IN (SELECT id FROM alarms WHERE cleared_at < ? LIMIT ?)",
    "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE at < ? LIMIT ?)",
    "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ? LIMIT ?)",
)


@dataclass(frozen=True, slots=True)
class Health:
    """Figures for ``/panda status``, ``/readyz`` and ``/metrics``."""

    orders: int
    watches: int
    paused: int
    due: int
    oldest_due: datetime | None
    outbox: dict[PostState, int] = field(default_factory=dict)  # what was not said: waiting, held, failed
    oldest_post: datetime | None = None
    last_sent_at: datetime | None = None
    lost: int = 0  # news, digests and notices of the last day that Slack refused for good
    stale_orders: int = 0
    alarms: int = 0  # that stand, whatever was done about them
    sqlite_version: str = ""
    trouble: StorageError | None = None  # why nothing can be written; reading goes on
    wal_bytes: int = field(default=0, compare=False)  # of the write-ahead log
    disk_free: int | None = field(default=None, compare=False)  # bytes left on its disk; None: not to be told


def prune(conn: sqlite3.Connection, before: datetime, limit: int) -> int:
    """Delete sent posts, their news, seen events and audit entries older than this, so many of each at most.

    Returns rows deleted: 0 when nothing is left to do.
    """
    return sum(conn.execute(sql, (to_int(before), limit)).rowcount for sql in FORGET)


def health(conn: sqlite3.Connection, now: datetime) -> Health:
    """Figures."""

    def one(sql: str, *facts: object) -> int:
        return int(conn.execute(sql, facts).fetchone()[0] or 0)

    watches = dict(conn.execute("SELECT state, COUNT(*) FROM watches WHERE state <> 'ended' GROUP BY state").fetchall())
    due = "FROM orders WHERE next_poll_at IS NOT NULL AND next_poll_at <= ?"
    waiting = f"SELECT state, COUNT(*) FROM outbox WHERE {LIVE} GROUP BY state"
    stuck = f"SELECT state, COUNT(*) FROM outbox WHERE {STUCK} AND state <> 'skipped' GROUP BY state"
    return Health(
        orders=one("SELECT COUNT(*) FROM orders"),
        watches=sum(watches.values()),
        paused=watches.get("paused", 0),
        due=one(f"SELECT COUNT(*) {due}", to_int(now)),
        oldest_due=to_time(one(f"SELECT MIN(next_poll_at) {due}", to_int(now)) or None),
        outbox={PostState(state): count for sql in (waiting, stuck) for state, count in conn.execute(sql)},
        oldest_post=to_time(one(f"SELECT MIN(created_at) FROM outbox WHERE {LIVE}") or None),
        last_sent_at=to_time(one("SELECT MAX(sent_at) FROM outbox WHERE state = 'sent'") or None),
        lost=one(LOST, to_int(now - DAY), NOTHING_TO_SAY),
        stale_orders=one("SELECT COUNT(*) FROM orders WHERE stale_since IS NOT NULL"),
        alarms=one("SELECT COUNT(*) FROM alarms WHERE state <> 'cleared'"),
        sqlite_version=sqlite3.sqlite_version,
    )
