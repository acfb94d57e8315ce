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
    orders = conn.execute("SELECT COUNT(*), MAX(read_at), COUNT(stale_since) FROM orders").fetchone()
    due = conn.execute(
        "SELECT COUNT(*), MIN(next_poll_at) FROM orders WHERE next_poll_at IS NOT NULL AND next_poll_at <= ?",
        (to_int(now),),
    ).fetchone()
    watches = conn.execute(
        "SELECT COUNT(*), COALESCE(SUM(state = 'paused'), 0) FROM watches WHERE state <> 'ended'"
    ).fetchone()
    states = conn.execute("SELECT state, COUNT(*) FROM outbox GROUP BY state").fetchall()
    oldest = conn.execute(f"SELECT MIN(created_at) FROM outbox WHERE {LIVE}").fetchone()[0]
    sent = conn.execute("SELECT MAX(sent_at) FROM outbox WHERE state = 'sent'").fetchone()[0]
    return Health(
        orders=orders[0],
        watches=watches[0],
        paused=watches[1],
        due=due[0],
        oldest_due=to_time(due[1]),
        outbox={PostState(state): count for state, count in states},
        oldest_post=to_time(oldest),
        last_read_at=to_time(orders[1]),
        last_sent_at=to_time(sent),
        stale_orders=orders[2],
        sqlite_version=sqlite3.sqlite_version,
    )
