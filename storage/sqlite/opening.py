"""Opens the file of a SQLite database: checks it before anything is written, makes it private, and migrates it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from sqlite_utils import Database

from storage.errors import CorruptFileError, NewerSchemaError, UnusableFileError
from storage.migrations.steps import NAMES
from storage.sqlite import migrate, pragmas, private, room
from storage.sqlite.connection import SqliteConnection, all_or_nothing
from storage.sqlite.errors import translated

if TYPE_CHECKING:
    from pathlib import Path

    from storage.connection import Connection

OLDEST = (3, 37, 0)  # the first version with STRICT tables
BUSY_MS = 5000


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

    A step may rebuild a table that other tables refer to, so foreign keys are checked at the end, not meanwhile.
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
    """Make the folder, and the file with rights for its owner only. Raises UnusableFileError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(private.open_or_create(path, path.parent))
    except OSError as error:
        raise UnusableFileError(f"The database {path} cannot be opened for writing: {error.strerror}.") from None


def _check_before_opening(path: Path) -> bool:
    """Check a file beside which a killed process left its log, before SQLite writes that log into the file.

    The log must not get into a damaged file, or into a file of a newer version or another program. False: there is no
    log, and nothing was checked.
    """
    if not path.with_name(f"{path.name}-wal").exists():
        return False
    with translated(path), closing(open_to_read(path)) as conn:
        _check(conn, path)
        check_owner(conn, path)
    return True


def open_to_read(path: Path, *, is_still: bool = False) -> SqliteConnection:
    """Open a connection that changes nothing, not even the log of a killed process. Raises sqlite3.Error.

    ``is_still``: no process has the file open, so a file without a log is read without making a log.
    """
    alone = "&immutable=1" if is_still and not path.with_name(f"{path.name}-wal").exists() else ""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{alone}", uri=True, factory=SqliteConnection)


def _check(conn: sqlite3.Connection, path: Path) -> None:
    if pragmas.complaint(conn):
        raise CorruptFileError(
            f"The database {path} is damaged. It was left as it is: move it aside and restore a backup."
        )


def check_owner(conn: sqlite3.Connection, path: Path) -> None:
    """Check that this version may write to the file. Raises NewerSchemaError and UnusableFileError.

    It is called before any setting is made: even a change of the journal mode would change another program's file.
    """
    applied = migrate.applied(conn)
    if applied - NAMES:
        raise NewerSchemaError(f"The database {path} was written by a newer version of pandabot. Update pandabot.")
    if not applied and any(not name.startswith(("_", "sqlite_")) for name in Database(conn).table_names()):
        raise UnusableFileError(f"The database {path} belongs to another program. Choose another DATABASE_PATH.")
