"""The processes that work on the database. Each renews its row now and then, and deletes the row when it stops."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.errors import BusyFileError
from storage.rows import to_int, to_time

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from storage.connection import Connection

AT_WORK = timedelta(minutes=1)  # a process that was not seen for longer has died
FORGOTTEN = timedelta(days=1)  # after it the other processes delete the row of a process that died
SEEN = """
INSERT INTO {table} (id, roles, version, seen_at) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
  roles = excluded.roles, version = excluded.version, seen_at = excluded.seen_at
"""


@dataclass(frozen=True, slots=True)
class Worker:
    """A process. ``roles``: the names of its roles, separated by commas."""

    id: str
    roles: str
    version: str
    seen_at: datetime  # aware


@dataclass(frozen=True, slots=True)
class WorkerTable:
    """The processes of one table."""

    table: str

    def seen(self, conn: Connection, worker: Worker) -> None:
        """Record that a process is at work, and delete the rows of processes that died long ago."""
        conn.execute(SEEN.format(table=self.table), (worker.id, worker.roles, worker.version, to_int(worker.seen_at)))
        conn.execute(f"DELETE FROM {self.table} WHERE seen_at < ?", (to_int(worker.seen_at - FORGOTTEN),))

    def left(self, conn: Connection, id_: str) -> None:
        """Record that a process has stopped."""
        conn.execute(f"DELETE FROM {self.table} WHERE id = ?", (id_,))

    def at_work(self, conn: Connection, now: datetime) -> list[Worker]:
        """Return the processes that were seen in the last minute, sorted by their roles."""
        sql = f"SELECT id, roles, version, seen_at FROM {self.table} WHERE seen_at > ? ORDER BY roles, id"
        rows = conn.execute(sql, (to_int(now - AT_WORK),)).fetchall()
        return [Worker(row["id"], row["roles"], row["version"], to_time(row["seen_at"])) for row in rows]


OWN, SHARED = WorkerTable("workers"), WorkerTable("host_workers")


def by_role(workers: Iterable[Worker]) -> dict[str, int]:
    """Count the processes in each role. Pure."""
    return dict(sorted(Counter(role for worker in workers for role in worker.roles.split(",")).items()))


def require_none(conn: Connection, now: datetime, table: WorkerTable = OWN) -> None:
    """Raise BusyFileError, which names the process seen last, while any process works on the database."""
    if workers := table.at_work(conn, now):
        newest = max(workers, key=lambda worker: worker.seen_at)
        seconds = max(0, round((now - newest.seen_at).total_seconds()))
        raise BusyFileError(
            f"A process of the bot ({newest.id}: {newest.roles}) was at work {seconds} s ago. "
            "Stop every process that works on that database, and wait for a minute after one that was killed."
        )
