"""The SQLite engine: one connection and its thread, where every use of the connection is a transaction."""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import sqlite3
import threading
from collections import deque
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from sqlite_utils import Database

from storage.engine import Condition
from storage.errors import CorruptFileError, NewerSchemaError, StorageError, UnusableFileError
from storage.migrations.steps import NAMES
from storage.sqlite import migrate, pragmas, private, room
from storage.sqlite.connection import SqliteConnection
from storage.sqlite.errors import translated

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from storage.connection import Connection
    from storage.engine import Engine

T = TypeVar("T")

OLDEST = (3, 37, 0)  # STRICT tables
BUSY_MS = 5000


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[], object]
    is_short: bool  # a transaction, which a long job may run between two of its steps
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

    is_shared = False  # the file's lock sees to that

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False  # used on the event loop only
        self._conn: SqliteConnection | None = None  # this and the next are used on the thread only
        self._put_off: deque[_Job] = deque()
        self.path: Path | None = None
        self.trouble: StorageError | None = None  # why nothing can be written; cleared when a large write succeeds
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

    async def condition(self) -> Condition:
        """Return the version of SQLite, and the sizes of the file's log and of the disk."""
        assert self.path is not None
        return Condition(
            version=f"SQLite {sqlite3.sqlite_version}",
            trouble=self.trouble or room.lack_of_room(self.path),
            wal_bytes=room.wal_size(self.path),
            disk_free=room.free(self.path),
        )

    async def clock_offset(self, clock: Callable[[], datetime]) -> float:  # noqa: ARG002  a server has one of its own
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
            else:  # another long job or the end: after this one
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


def all_or_nothing(conn: SqliteConnection, work: Callable[[Connection], T], begin: str) -> T:
    """Run ``work`` in a transaction that ``begin`` begins."""
    conn.execute(begin)
    try:
        result = work(conn)
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise
    return result


def thread_of(engine: Engine) -> DatabaseThread:
    """Return the engine as SQLite's, for the commands and jobs of a file. Raises StorageError for another engine."""
    if not isinstance(engine, DatabaseThread):
        raise StorageError("Only a SQLite database has a file to copy and to check.")
    return engine


def open_file(path: Path) -> SqliteConnection:
    """Open and migrate the file on the calling thread. Raises StorageError."""
    if sqlite3.sqlite_version_info < OLDEST:
        raise UnusableFileError(f"SQLite {sqlite3.sqlite_version} is too old: 3.37 or newer is needed.")
    _prepare_file(path)
    is_checked = _check_before_opening(path)
    conn = sqlite3.connect(
        path, isolation_level=None, check_same_thread=True, timeout=BUSY_MS / 1000, factory=SqliteConnection
    )
    try:
        with translated(path):
            if not is_checked:
                _check(conn, path)
            check_owner(conn, path)
            if migrate.is_behind(conn):
                room.check_for_copy(conn, path)
            private.close_to_others(private.family(path))
            conn.set_up(room.WAL_LIMIT)
            _migrate(conn)
            room.compact(conn, path)
    except BaseException:
        conn.close()
        raise
    return conn


def _migrate(conn: SqliteConnection) -> None:
    """Apply every missing step in one transaction: if the process dies, the tables stay as they were.

    A step may make a table anew that others refer to, so their references are checked at the end, not meanwhile.
    """
    if not migrate.is_behind(conn):
        return

    def apply(_conn: Connection) -> None:
        migrate.apply(conn)
        if wrong := conn.execute("PRAGMA foreign_key_check").fetchone():
            raise UnusableFileError(f"The database cannot be updated: a row of {wrong[0]} belongs to nothing.")

    conn.execute("PRAGMA foreign_keys=OFF")
    all_or_nothing(conn, apply, pragmas.BEGIN_TO_WRITE)
    conn.execute("PRAGMA foreign_keys=ON")


def _prepare_file(path: Path) -> None:
    """Make the folder, and the file with rights for its owner alone. Raises UnusableFileError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, private.MODE))
    except OSError as error:
        raise UnusableFileError(f"The database {path} cannot be opened for writing: {error.strerror}.") from None


def _check_before_opening(path: Path) -> bool:
    """Check a file beside which a killed process left its log, before that log is written into the file.

    The log must not get into a damaged file, nor into that of a newer version or another program. Returns whether there
    was a log.
    """
    if not path.with_name(f"{path.name}-wal").exists():
        return False
    with translated(path), closing(open_to_read(path)) as conn:
        _check(conn, path)
        check_owner(conn, path)
    return True


def open_to_read(path: Path) -> SqliteConnection:
    """Open a connection that changes nothing, not even the log of a killed process. Raises sqlite3.Error."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, factory=SqliteConnection)


def _check(conn: sqlite3.Connection, path: Path) -> None:
    if pragmas.complaint(conn):
        raise CorruptFileError(
            f"The database {path} is damaged. It was left as it is: move it aside and restore a backup."
        )


def check_owner(conn: sqlite3.Connection, path: Path) -> None:
    """Check that this version may write to the file. Raises NewerSchemaError and UnusableFileError.

    The check precedes every setting: even another journal mode would change another program's file.
    """
    applied = migrate.applied(conn)
    if applied - NAMES:
        raise NewerSchemaError(f"The database {path} was written by a newer version of pandabot. Update pandabot.")
    if not applied and any(not name.startswith(("_", "sqlite_")) for name in Database(conn).table_names()):
        raise UnusableFileError(f"The database {path} belongs to another program. Choose another DATABASE_PATH.")
