"""Prunes old rows, and counts the present ones for the status."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.outbox import LIVE
from storage.post import NOTHING_TO_SAY, PostState
from storage.rows import to_int, to_time
from storage.watch import WatchState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from storage.connection import Connection
    from storage.engine import Gauge
    from storage.errors import StorageError

DAY = timedelta(days=1)
BEHIND = timedelta(minutes=1)
LATE = f"SELECT COUNT(DISTINCT channel) FROM outbox WHERE {LIVE} AND created_at < ?"
# The exact condition of the index of such rows, so that SQLite uses it.
STUCK = "state IN ('held', 'failed', 'skipped')"
# The card row and the refresh row of a watch stay, since they are revived.
POSTS = """
DELETE FROM outbox WHERE id IN
  (SELECT id FROM outbox WHERE {which} AND sent_at < ? AND event_id NOT IN ('card', 'refresh') LIMIT ?)
"""
# Cards and edits do not count: the person whose card was refused was told, and a refresh holds no news.
LOST = f"""
SELECT COUNT(*) FROM outbox
WHERE {STUCK} AND state = 'failed' AND kind NOT IN ('card', 'refresh', 'approval_edit') AND sent_at >= ? AND error <> ?
"""
# An order that is neither due nor stale was read as lately as its schedule asks. Of the other orders only those that
# have waited longest are read: in an outage all are due, and Prometheus asks several times a minute.
SNAPSHOT = """
SELECT MIN(read_at) FROM (SELECT o.read_at FROM schedule o WHERE {which} AND o.next_poll_at IS NOT NULL
  AND EXISTS (SELECT 1 FROM watches w WHERE w.key = o.key AND w.state <> 'ended') ORDER BY o.{by} LIMIT 200) AS oldest
"""
UNCLEAR = "FROM writes WHERE state IN ('begun', 'unclear') AND state = 'unclear'"
WAITING = "SELECT COUNT(*) FROM approvals WHERE state = 'waiting' AND until > ?"
NEWS = """
SELECT id FROM news WHERE at < ? AND NOT EXISTS (SELECT 1 FROM outbox p
  WHERE p.key = news.key AND p.event_id = news.event_id AND p.state NOT IN ('sent', 'skipped', 'failed')) LIMIT ?
"""
FORGET_TOLD = (
    POSTS.format(which="state = 'sent'"),
    POSTS.format(which=f"{STUCK} AND state <> 'held'"),
    f"DELETE FROM news WHERE id IN ({NEWS})",
)
FORGET_OTHERS = (
    "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE handled_at IS NOT NULL AND received_at < ? LIMIT ?)",
    "DELETE FROM alarms WHERE id IN (SELECT id FROM alarms WHERE cleared_at < ? LIMIT ?)",
    "DELETE FROM lanes WHERE channel IN (SELECT channel FROM lanes WHERE full_at < ? LIMIT ?)",
    "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE at < ? LIMIT ?)",
    "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ? LIMIT ?)",
    "DELETE FROM approvals WHERE id IN (SELECT id FROM approvals WHERE until < ? AND state <> 'waiting' LIMIT ?)",
    "DELETE FROM journeys WHERE (key, waybill) IN (SELECT key, waybill FROM journeys WHERE ended_at < ? LIMIT ?)",
)


@dataclass(frozen=True, slots=True)
class Health:
    """Figures for ``/panda status``, ``/readyz`` and ``/metrics``. Times are aware."""

    orders: int  # stored orders
    watches: int  # live watches, paused ones included
    paused: int  # paused watches
    due: int  # orders that are due
    oldest_due: datetime | None  # since when the longest overdue order is due; None: no order is due
    outbox: dict[PostState, int] = field(default_factory=dict)  # unsent posts by state: waiting, held, failed
    oldest_post: datetime | None = None  # when the oldest waiting post was created
    lanes_behind: int = 0  # channels with a post that has waited for longer than BEHIND
    last_sent_at: datetime | None = None
    lost: int = 0  # news, digests and notices that Slack refused for good in the last day
    stale_orders: int = 0  # orders whose last reading failed
    alarms: int = 0  # alarms that are not cleared, whatever people did about them
    oldest_snapshot: datetime | None = None  # oldest read_at of watched orders that are due or stale
    writes_unclear: int = 0
    oldest_unclear_write: datetime | None = None  # when it was sent
    approvals_waiting: int = 0
    # Processes at work, by role; empty on SQLite.
    workers: Mapping[str, int] = field(default_factory=dict, compare=False)
    engine_version: str = ""
    trouble: StorageError | None = None  # why nothing can be written while reads still work; None: writes work
    wal_bytes: int = field(default=0, compare=False)  # size of the write-ahead log
    disk_free: int | None = field(default=None, compare=False)  # bytes left on the disk of the file; None: unknown
    gauges: Mapping[str, Gauge] = field(default_factory=dict, compare=False)  # the engine's further figures by name


@dataclass(frozen=True, slots=True)
class Watched:
    """The number of watched orders, and of channels that watch them."""

    orders: int = 0
    channels: int = 0


def watched(conn: Connection) -> Watched:
    """Count the orders and channels of all live watches. It reads every watch, so it is for people, not for jobs."""
    query = "SELECT COUNT(DISTINCT key), COUNT(DISTINCT channel) FROM watches WHERE state <> 'ended'"
    return Watched(*conn.execute(query).fetchone())


def prune(conn: Connection, before: datetime, limit: int, *, told_before: datetime | None = None) -> int:
    """Delete rows from before ``before``: alarms, push messages, delivery ids, audits, journeys, news, settled posts.

    ``told_before``: news and posts from before then are deleted; None: they are kept as long as the others. At most
    ``limit`` rows of each kind are deleted at once. Returns the number of deleted rows; 0: there are no more.
    """
    told = sum(conn.execute(sql, (to_int(told_before or before), limit)).rowcount for sql in FORGET_TOLD)
    return told + sum(conn.execute(sql, (to_int(before), limit)).rowcount for sql in FORGET_OTHERS)


def health(conn: Connection, now: datetime) -> Health:
    """Count the rows behind :class:`Health`; the caller adds the figures of the file and the disk."""

    def figure(sql: str, *facts: object) -> int:
        return int(conn.execute(sql, facts).fetchone()[0] or 0)

    watches = dict(conn.execute("SELECT state, COUNT(*) FROM watches WHERE state <> 'ended' GROUP BY state").fetchall())
    due = "FROM schedule WHERE next_poll_at IS NOT NULL AND next_poll_at <= ?"
    waiting = f"SELECT state, COUNT(*) FROM outbox WHERE {LIVE} GROUP BY state"
    stuck = f"SELECT state, COUNT(*) FROM outbox WHERE {STUCK} AND state <> 'skipped' GROUP BY state"
    snapshots = (
        (SNAPSHOT.format(which="o.stale_since IS NOT NULL", by="stale_since"),),
        (SNAPSHOT.format(which="o.next_poll_at <= ?", by="next_poll_at"), to_int(now)),
    )
    return Health(
        orders=figure("SELECT COUNT(*) FROM orders"),
        watches=sum(watches.values()),
        paused=watches.get(WatchState.PAUSED, 0),
        due=figure(f"SELECT COUNT(*) {due}", to_int(now)),
        oldest_due=to_time(figure(f"SELECT MIN(next_poll_at) {due}", to_int(now)) or None),
        outbox={PostState(state): count for sql in (waiting, stuck) for state, count in conn.execute(sql)},
        oldest_post=to_time(figure(f"SELECT MIN(created_at) FROM outbox WHERE {LIVE}") or None),
        lanes_behind=figure(LATE, to_int(now - BEHIND)),
        last_sent_at=to_time(figure("SELECT MAX(sent_at) FROM outbox WHERE state = 'sent'") or None),
        lost=figure(LOST, to_int(now - DAY), NOTHING_TO_SAY),
        stale_orders=figure("SELECT COUNT(*) FROM schedule WHERE stale_since IS NOT NULL"),
        alarms=figure("SELECT COUNT(*) FROM alarms WHERE state <> 'cleared'"),
        oldest_snapshot=to_time(min(filter(None, (figure(sql, *facts) for sql, *facts in snapshots)), default=None)),
        writes_unclear=figure(f"SELECT COUNT(*) {UNCLEAR}"),
        oldest_unclear_write=to_time(figure(f"SELECT MIN(begun_at) {UNCLEAR}") or None),
        approvals_waiting=figure(WAITING, to_int(now)),
    )
