"""The tables that all workspaces share, in a SQLite file on their way from one server to another.

No process works on such a file, and each move makes a new one. So a new column needs a step here only if files of an
earlier version lack it.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from storage.errors import NewerSchemaError, UnusableFileError
from storage.migrations import shared
from storage.sqlite import private, room
from storage.sqlite.connection import SqliteConnection
from storage.sqlite.errors import translated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from storage.tables import Table

BUSY_SECONDS = 5.0


def open_file(path: Path) -> SqliteConnection:
    """Open a file to write, and make its missing tables. Raises StorageError."""
    with translated(path):
        conn = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS, factory=SqliteConnection)
    try:
        with translated(path):
            _check_owner(conn, path)
            private.close_to_others(private.family(path))
            conn.set_up(room.WAL_LIMIT)
            for statement in shared.statements(shared.SQLITE):
                conn.execute(statement)
    except BaseException:
        conn.close()
        raise
    return conn


def check_known(tables: Mapping[str, Table]) -> None:
    """Raise NewerSchemaError if the shared tables, of either engine, have columns that this version does not know."""
    for table in tables.values():
        if set(table.columns) - _columns(table.name):
            raise NewerSchemaError(
                "The tables that all workspaces share were written by a newer version of pandabot. Update pandabot."
            )


def _columns(table: str) -> set[str]:
    with closing(sqlite3.connect(":memory:")) as conn:
        conn.executescript(shared.SQLITE)
        return {name for _place, name, *_rest in conn.execute(f"PRAGMA table_info({table})")}


def _check_owner(conn: sqlite3.Connection, path: Path) -> None:
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    names = {name for (name,) in conn.execute(tables)}
    if names and "installations" not in names:
        raise UnusableFileError(f"The database {path} holds no installation of pandabot.")
