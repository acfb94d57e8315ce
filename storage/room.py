"""How much room the database takes and has: its write-ahead log, the disk, and whether it can be written at all."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from storage import sqlite
from storage.errors import CorruptFileError, DiskFullError, StorageError, UnusableFileError
from storage.rows import to_int

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime
    from pathlib import Path

WAL_LIMIT = 4 * 1024 * 1024  # bytes; as much as is written between two of SQLite's own checkpoints
NEEDED = 1024 * 1024  # bytes of disk without which the next batch may not be recorded
LASTS = (DiskFullError, UnusableFileError, CorruptFileError)  # what a person has to mend; a lock passes

TRIED = 128 * 1024  # bytes; a mark fits where a batch of readings does not
TRY = """
INSERT INTO facts (name, value, at) VALUES ('room', ?, ?)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at
"""


def wal_size(path: Path) -> int:
    """Bytes of the write-ahead log; 0 when there is none."""
    try:
        return os.stat(f"{path}-wal").st_size  # noqa: PTH116  called on the database's thread for each status
    except OSError:
        return 0


def free(path: Path) -> int | None:
    """Bytes left on the disk for this user; None when that cannot be told."""
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return None


def try_to_write(conn: sqlite3.Connection, now: datetime) -> None:
    """As much as a batch may need; :func:`tidy_up` takes it away. Raises sqlite3.Error."""
    conn.execute(TRY, ("0" * TRIED, to_int(now)))


def tidy_up(conn: sqlite3.Connection) -> None:
    """The room is there."""
    conn.execute("DELETE FROM facts WHERE name = 'room'")


def truncate(conn: sqlite3.Connection, path: Path) -> bool:
    """Write a log that has outgrown its limit into the database and cut it off. False: somebody still reads the old.

    While another program reads, SQLite keeps what that one sees and appends: the log grows until it ends. Nobody waits
    for it here.
    """
    return wal_size(path) <= WAL_LIMIT or sqlite.truncate_wal(conn)


def lack_of_room(path: Path) -> StorageError | None:
    """What a full disk will say at the next write."""
    left = free(path)
    return DiskFullError("The disk is full.") if left is not None and left < NEEDED else None
