"""Jobs that one process at a time runs: a job's row falls due, and the process that takes it holds a lease."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.rows import to_int

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection

SKEW = timedelta(minutes=5)  # the clocks of two machines are no further apart, or one of them is wrong
TAKE = """
INSERT INTO jobs (name, due_at, lease_until, fence, worker) VALUES (:name, :now, :until, 1, :worker)
ON CONFLICT (name) DO UPDATE SET lease_until = excluded.lease_until, fence = jobs.fence + 1, worker = excluded.worker
  WHERE (jobs.due_at <= :due OR jobs.due_at > :farthest) AND (jobs.lease_until <= :now OR jobs.lease_until > :latest)
RETURNING fence
"""


def take(
    conn: Connection,
    now: datetime,
    name: str,
    *,
    worker: str,
    until: datetime,
    due: datetime,
    farthest: datetime | None = None,
) -> int | None:
    """Take a job that is due by ``due`` and that no process runs. Returns the lease's fence; None: it cannot be taken.

    ``until``: when another process may take the job, unless this one extends or ends its lease before. ``farthest``:
    the latest time at which the job can be due after a run; None: any time. A row that is due later, or leased for
    longer than ``until``, was written by a clock that was ahead, so the job is taken all the same.
    """
    facts = {
        "name": name,
        "worker": worker,
        "now": to_int(now),
        "until": to_int(until),
        "due": to_int(due),
        "farthest": to_int(farthest + SKEW) if farthest else sys.maxsize,
        "latest": to_int(until + SKEW),
    }
    row = conn.execute(TAKE, facts).fetchone()
    return int(row[0]) if row else None


def extend(conn: Connection, name: str, fence: int, until: datetime) -> bool:
    """Extend a lease. False: another process has taken the job since, so nothing was extended."""
    sql = "UPDATE jobs SET lease_until = ? WHERE name = ? AND fence = ?"
    return conn.execute(sql, (to_int(until), name, fence)).rowcount == 1


def finish(conn: Connection, name: str, fence: int, due_at: datetime) -> bool:
    """End a lease; the job is due again at ``due_at``. False: another process has taken the job since."""
    sql = "UPDATE jobs SET due_at = ?, lease_until = 0 WHERE name = ? AND fence = ?"
    return conn.execute(sql, (to_int(due_at), name, fence)).rowcount == 1


def hurry(conn: Connection, now: datetime, name: str) -> None:
    """Make a job due now, if its next run lies ahead. A run under way finds the new work by itself."""
    conn.execute("UPDATE jobs SET due_at = ? WHERE name = ? AND due_at > ?", (to_int(now), name, to_int(now)))
