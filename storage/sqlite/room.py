"""The disk space of the database: the size of its write-ahead log, the free disk, and whether writing works."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from typing import TYPE_CHECKING

from storage.errors import CorruptFileError, DiskFullError, StorageError, UnusableFileError
from storage.facts import OWN
from storage.sqlite import pragmas

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from storage.connection import Connection

MB = 1_000_000  # bytes
WAL_LIMIT = 4 * 1024 * 1024  # bytes; as much as SQLite writes between two of its own checkpoints
NEEDED = 1024 * 1024  # bytes; with less free disk the next batch may not be recorded
LASTS = (DiskFullError, UnusableFileError, CorruptFileError)  # a person has to mend these; a busy file frees itself

TRIED = 128 * 1024  # bytes; as much as a batch of readings needs, since a small write may fit on a full disk
ROOM = "room"  # the fact that is written to try


def wal_size(path: Path) -> int:
    """Return the bytes of the write-ahead log; 0: there is none."""
    try:
        return os.stat(f"{path}-wal").st_size  # noqa: PTH116  called on the database's thread for each status
    except OSError:
        return 0


def free(path: Path) -> int | None:
    """Return the bytes left on the disk for this user; None: unknown."""
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return None


def check_for_copy(conn: sqlite3.Connection, path: Path) -> None:
    """Check that a second copy of the database fits on its disk. Raises DiskFullError."""
    needed, left = pragmas.size(conn), free(path)
    if left is not None and left < needed:
        raise DiskFullError(
            f"This version makes tables of the database {path} anew, for which {needed / MB:,.0f} MB must be free on "
            f"its disk; {left / MB:,.0f} MB are. Make room and start again: nothing was changed."
        )


def compact(conn: sqlite3.Connection, path: Path) -> None:
    """Shrink a file that is mostly empty, as after tables were rebuilt.

    If that fails, because of a full disk or another program that reads the file, the next start tries it again. A
    process that dies meanwhile leaves the file as it was.
    """
    if pragmas.is_mostly_empty(conn):
        with contextlib.suppress(sqlite3.OperationalError):
            conn.execute("VACUUM")
            truncate(conn, path)


def try_to_write(conn: Connection, now: datetime) -> None:
    """Write as much as a batch may need; :func:`tidy_up` deletes it again. Raises sqlite3.Error."""
    OWN.put(conn, ROOM, "0" * TRIED, now)


def tidy_up(conn: Connection) -> None:
    """Delete the row that :func:`try_to_write` wrote."""
    OWN.drop(conn, ROOM)


def truncate(conn: sqlite3.Connection, path: Path) -> bool:
    """Truncate a log that has outgrown its limit, after writing it into the database. False: another program reads it.

    While another program reads, SQLite keeps the state which that program sees, and the log grows. The function does
    not wait for that program.
    """
    return wal_size(path) <= WAL_LIMIT or pragmas.truncate_wal(conn)


def lack_of_room(path: Path) -> StorageError | None:
    """Return the error that the next write on this disk may meet; None: there is room."""
    left = free(path)
    return DiskFullError("The disk is full.") if left is not None and left < NEEDED else None
