"""The SQLite engine: one connection in one thread, where nearly every use of the connection is a transaction."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from storage.engine import Condition
from storage.errors import StorageError
from storage.sqlite import pragmas, room
from storage.sqlite.connection import all_or_nothing
from storage.sqlite.errors import translated
from storage.sqlite.opening import open_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from storage.connection import Connection
    from storage.engine import Engine
    from storage.sqlite.connection import SqliteConnection

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[], object]
    is_short: bool  # it is a transaction, which a long job may run between two of its steps
    outcome: Future[object] = field(default_factory=Future)

    def do(self) -> None:
        """Run the work and set its outcome, unless the caller has given up."""
        if not self.outcome.set_running_or_notify_cancel():
            return
        try:
            result = self.work()
        except BaseException as error:  # noqa: BLE001  the caller handles it
            self.outcome.set_exception(error)
        else:
            self.outcome.set_result(result)


class DatabaseThread:
    """Runs functions of the connection one after the other, off the event loop.

    There is one read-write connection in one thread: SQLite before 3.51.3 can corrupt a WAL file that two connections
    write or checkpoint at the same time, and a commit's fsync must not stall the loop.
    """

    is_shared = False  # the process's lock beside the file keeps other processes out

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False  # used on the event loop only
        self._conn: SqliteConnection | None = None  # this and _put_off are used on the thread only
        self._put_off: deque[_Job] = deque()
        self.path: Path | None = None
        self.trouble: StorageError | None = None  # why nothing can be written; None after a large write succeeded
        self._over = False

    async def open(self, path: Path) -> None:
        """Open and migrate the file. Raises StorageError."""
        await self._submit(partial(self._open, path))

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction: all of it is done or nothing. Raises StorageError for SQLite's errors."""
        if self._closed:
            raise StorageError("The database is closed.")
        return await self._submit(partial(self._transact, work))

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` that only reads, on one state of the file; it works on a full disk, too. Raises StorageError."""
        if self._closed:
            raise StorageError("The database is closed.")
        return await self._submit(partial(self._transact, work, pragmas.BEGIN_TO_READ))

    async def direct(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run long ``work`` outside a transaction, such as a copy or a check of the file. Raises StorageError.

        Between its steps it may call :meth:`run_pending`.
        """
        if self._closed:
            raise StorageError("The database is closed.")
        return await self._submit(partial(self._alone, work), is_short=False)

    async def try_again(self, now: datetime) -> None:
        """Write as much as a batch of readings needs, if writing had failed, and tell whether it works again."""
        if self.trouble is None:
            return
        with contextlib.suppress(*room.LASTS):
            await self.run(lambda conn: room.try_to_write(conn, now))
            await self.run(room.tidy_up)
            self.trouble = None

    async def condition(self, *, counts: bool = True) -> Condition:  # noqa: ARG002  a file has no gauges
        """Return the version of SQLite, and the sizes of the file's log and of the disk."""
        assert self.path is not None
        return Condition(
            version=f"SQLite {sqlite3.sqlite_version}",
            trouble=self.trouble or room.lack_of_room(self.path),
            wal_bytes=room.wal_size(self.path),
            disk_free=room.free(self.path),
        )

    async def clock_offset(self, clock: Callable[[], datetime]) -> float:  # noqa: ARG002  only a server has a clock
        """Return 0: the file is on this machine."""
        return 0.0

    async def tidy_log(self) -> bool:
        """Cut off a write-ahead log that has outgrown its limit. False: another program's reading prevents it."""
        path = self.path
        return path is None or await self.direct(lambda conn: room.truncate(conn, path))

    def run_pending(self) -> None:
        """Run the waiting transactions. Long work on the thread calls this between two of its steps."""
        while not self._jobs.empty():  # only this thread takes from the queue
            job = self._jobs.get()
            if job.is_short:
                job.do()
            else:  # another long job, or the closing, has to wait for the present job
                self._put_off.append(job)

    async def close(self) -> None:
        """Finish the waiting jobs and close the file. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        await self._submit(self._close, is_short=False)

    async def _submit(self, work: Callable[[], T], *, is_short: bool = True) -> T:
        """Queue work and await its result. If the caller is cancelled, work that has not begun is dropped."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="database", daemon=True)
            self._thread.start()
        job = _Job(work, is_short)
        self._jobs.put(job)
        try:
            return cast("T", await asyncio.shield(asyncio.wrap_future(job.outcome)))
        except asyncio.CancelledError:
            job.outcome.cancel()
            raise

    def _serve(self) -> None:
        """Run jobs on the thread until the database is closed."""
        while True:
            job = self._put_off.popleft() if self._put_off else self._jobs.get()
            job.do()
            if self._over:
                return

    def _open(self, path: Path) -> None:
        self._conn, self.path = open_file(path), path

    def _close(self) -> None:
        self._over = True
        if self._conn is not None:
            conn, self._conn = self._conn, None
            conn.close()

    def _alone(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._conn is None:
            raise StorageError("The database is not open.")
        with translated():
            return work(self._conn)

    def _transact(self, work: Callable[[Connection], T], begin: str = pragmas.BEGIN_TO_WRITE) -> T:
        if self._conn is None:
            raise StorageError("The database is not open.")
        try:
            with translated():
                return all_or_nothing(self._conn, work, begin)
        except room.LASTS as error:
            self.trouble = error
            raise


def thread_of(engine: Engine) -> DatabaseThread:
    """Return the engine as SQLite's, for the commands and jobs of a file. Raises StorageError for another engine."""
    if not isinstance(engine, DatabaseThread):
        raise StorageError("Only a SQLite database has a file to copy and to check.")
    return engine
