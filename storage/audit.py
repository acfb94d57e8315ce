"""Who did what, what Slack delivered already, and what may be forgotten; figures about it all."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from storage.outbox import LIVE
from storage.records import Health, PostState
from storage.values import to_int, to_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.records import AuditEntry


OVER = "('sent', 'skipped', 'failed')"
FORGET_NEWS = f"""
DELETE FROM news WHERE at < ? AND NOT EXISTS
  (SELECT 1 FROM outbox p WHERE p.key = news.key AND p.what = news.what AND p.state NOT IN {OVER})
"""


def append(conn: sqlite3.Connection, entries: Sequence[AuditEntry]) -> None:
    """See storage.protocol.Store.audit."""
    conn.executemany(
        "INSERT INTO audit (at, actor, action, channel, key, detail) VALUES (?, ?, ?, ?, ?, ?)",
        [(to_int(e.at), e.actor, e.action, e.channel, e.key, e.detail) for e in entries],
    )


def first_seen(conn: sqlite3.Connection, event_id: str, now: datetime) -> bool:
    """See storage.protocol.Store."""
    sql = "INSERT OR IGNORE INTO deliveries (id, at) VALUES (?, ?)"
    return conn.execute(sql, (event_id, to_int(now))).rowcount == 1


def prune(conn: sqlite3.Connection, before: datetime) -> int:
    """See storage.protocol.Store."""
    at = (to_int(before),)
    return sum(
        conn.execute(sql, at).rowcount
        for sql in (
            f"DELETE FROM outbox WHERE state IN {OVER} AND sent_at < ? AND what NOT IN ('card', 'refresh')",
            FORGET_NEWS,
            "DELETE FROM inbox WHERE handled_at IS NOT NULL AND received_at < ?",
            "DELETE FROM alarms WHERE cleared_at < ?",
            "DELETE FROM deliveries WHERE at < ?",
            "DELETE FROM audit WHERE at < ?",
        )
    )


def health(conn: sqlite3.Connection, now: datetime) -> Health:
    """See storage.protocol.Store."""

    def one(sql: str, *facts: object) -> int:
        return int(conn.execute(sql, facts).fetchone()[0] or 0)

    watches = dict(conn.execute("SELECT state, COUNT(*) FROM watches WHERE state <> 'ended' GROUP BY state").fetchall())
    due = "FROM orders WHERE next_poll_at IS NOT NULL AND next_poll_at <= ?"
    waiting = f"SELECT state, COUNT(*) FROM outbox WHERE {LIVE} GROUP BY state"
    stuck = "SELECT state, COUNT(*) FROM outbox WHERE state IN ('held', 'failed') GROUP BY state"
    return Health(
        orders=one("SELECT COUNT(*) FROM orders"),
        watches=sum(watches.values()),
        paused=watches.get("paused", 0),
        due=one(f"SELECT COUNT(*) {due}", to_int(now)),
        oldest_due=to_time(one(f"SELECT MIN(next_poll_at) {due}", to_int(now)) or None),
        outbox={PostState(state): count for sql in (waiting, stuck) for state, count in conn.execute(sql)},
        oldest_post=to_time(one(f"SELECT MIN(created_at) FROM outbox WHERE {LIVE}") or None),
        last_sent_at=to_time(one("SELECT MAX(sent_at) FROM outbox WHERE state = 'sent'") or None),
        stale_orders=one("SELECT COUNT(*) FROM orders WHERE stale_since IS NOT NULL"),
        sqlite_version=sqlite3.sqlite_version,
    )
