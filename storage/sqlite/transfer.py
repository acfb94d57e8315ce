"""A SQLite file as the source or target of a move between engines."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Any

from storage.errors import CorruptFileError, StorageError, UnusableFileError
from storage.forms import BOT, Form
from storage.sqlite import pragmas, private, shared
from storage.sqlite.backup import sync
from storage.sqlite.errors import translated
from storage.sqlite.opening import open_file, open_to_read
from storage.tables import Key, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from storage.sqlite.connection import SqliteConnection

KINDS = {"TEXT": "text", "INTEGER": "integer", "INT": "integer", "BLOB": "bytes", "REAL": "real"}
TABLES = r"""
SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_master
WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name NOT LIKE '\_%' ESCAPE '\'
"""
BATCH = 5_000  # rows


class SqliteEnd:
    """One transaction on a file, which locks the file against writers. Without :meth:`commit` nothing is changed."""

    def __init__(self, conn: SqliteConnection, form: Form = BOT) -> None:
        self.conn, self.form = conn, form
        conn.execute(pragmas.BEGIN_TO_WRITE)

    def tables(self) -> dict[str, Table]:
        """Describe the tables of the form."""
        listed = self.conn.execute(TABLES).fetchall()
        return {name: self._table(name, numbers=numbers) for name, numbers in listed if self.form.has(name)}

    def read(self, table: Table) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows in batches, with the columns in the table's order."""
        cursor = self.conn.tuples(f"SELECT {_names(table.columns)} FROM {_quoted(table.name)}")
        while batch := cursor.fetchmany(BATCH):
            yield batch

    def write(self, table: Table, batches: Iterable[list[tuple[Any, ...]]]) -> None:
        """Insert rows, with the columns in the table's order."""
        places = ", ".join("?" * len(table.columns))
        sql = f"INSERT INTO {_quoted(table.name)} ({_names(table.columns)}) VALUES ({places})"
        for batch in batches:
            self.conn.executemany(sql, batch)

    def empty(self, table: Table) -> None:
        """Delete the rows that the migration steps inserted."""
        self.conn.execute(f"DELETE FROM {_quoted(table.name)}")

    def without_indexes(self) -> AbstractContextManager[None]:
        """Do nothing: indexes cost SQLite little while rows are written."""
        return contextlib.nullcontext()

    def numbers(self, tables: Iterable[Table]) -> dict[str, int]:
        """Return the last row number that was given, by the name of each table that numbers its rows."""
        numbered = [table.name for table in tables if table.identity]
        given = dict(self.conn.execute("SELECT name, seq FROM sqlite_sequence").fetchall() if numbered else [])
        return {name: given.get(name, 0) for name in numbered}

    def continue_from(self, table: Table, last: int) -> None:
        """Number new rows after ``last`` and every row of the table. Positions follow the outbox by themselves."""
        largest = self.conn.execute(f"SELECT MAX({_quoted(table.identity)}) FROM {_quoted(table.name)}").fetchone()[0]
        self.conn.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
        numbers = (table.name, max(last, largest or 0))
        self.conn.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", numbers)

    def analyze(self) -> None:
        """Do nothing: SQLite plans by the text of the statements, not by statistics."""

    def commit(self) -> None:
        """Commit the transaction."""
        self.conn.execute("COMMIT")

    def _table(self, name: str, *, numbers: bool) -> Table:
        info = self.conn.execute(f"PRAGMA table_info({_quoted(name)})").fetchall()
        primary = tuple(row["name"] for row in sorted(info, key=lambda row: row["pk"]) if row["pk"])
        references = self.conn.execute(f"PRAGMA foreign_key_list({_quoted(name)})").fetchall()
        return Table(
            name,
            {row["name"]: KINDS.get(row["type"].upper(), row["type"]) for row in sorted(info, key=lambda r: r["name"])},
            frozenset([*self._keys(name), *([Key(primary)] if primary else [])]),
            frozenset(row["table"] for row in references),
            primary[0] if numbers else "",
        )

    def _keys(self, table: str) -> Iterator[Key]:
        for index in self.conn.execute(f"PRAGMA index_list({_quoted(table)})").fetchall():
            if index["unique"]:
                columns = self.conn.execute(f"PRAGMA index_info({_quoted(index['name'])})").fetchall()
                yield Key(tuple(column["name"] for column in columns), bool(index["partial"]))


def check_present(path: Path) -> None:
    """Raise UnusableFileError if the file is missing or empty: opening it would make a new database."""
    if not path.exists() or not path.stat().st_size:
        raise UnusableFileError(f"There is no database at {path}, or an empty one.")


@contextlib.contextmanager
def source_file(path: Path, form: Form = BOT) -> Iterator[SqliteEnd]:
    """Open a file to move its rows. Its tables are migrated first, as at any start. Raises StorageError."""
    check_present(path)
    with contextlib.closing(_opened(path, form)) as conn, translated(path):
        end = SqliteEnd(conn, form)
        if form.is_shared:
            shared.check_known(end.tables())
        yield end


def fact_of(path: Path, form: Form, name: str) -> str:
    """Return the text of a fact; empty: there is no such file or fact. Raises StorageError."""
    if not path.exists():
        return ""
    with translated(path), contextlib.closing(open_to_read(path)) as conn:
        conn.row_factory = sqlite3.Row
        has_facts = pragmas.has_tables(conn, form.facts.table)
        fact = form.facts.get(conn, name) if has_facts else None
    return fact.value if fact else ""


@contextlib.contextmanager
def new_file(path: Path, form: Form = BOT, *, is_rehearsal: bool = False) -> Iterator[SqliteEnd]:
    """Make a file with empty tables, which gets its name if the block ends without an error. Raises StorageError.

    If the process dies at any moment, there is no file of that name, or the complete file. ``is_rehearsal``: the file
    never gets its name.
    """
    if any(part.exists() for part in private.family(path)):
        raise UnusableFileError(f"There is a file {path} already. Move it away, or choose another name.")
    partial = path.with_name(f"{path.name}.moving")
    _remove(partial)  # left behind by a move that was killed
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        private.create(partial, path)
        with contextlib.closing(_opened(partial, form)) as conn, translated(partial):
            pragmas.do_not_sync(conn)  # the file is synchronised once, at the end
            yield SqliteEnd(conn, form)
            if not is_rehearsal:
                _check(conn, partial)
        if not is_rehearsal:
            sync(partial)
            partial.replace(path)
            sync(path.parent)
    except OSError as error:
        raise StorageError(f"The file {path} cannot be made: {error.strerror}.") from error
    finally:
        _remove(partial)


def _opened(path: Path, form: Form) -> SqliteConnection:
    return shared.open_file(path) if form.is_shared else open_file(path)


def _check(conn: SqliteConnection, partial: Path) -> None:
    pragmas.leave_wal_mode(conn)
    if problem := pragmas.complaint(conn):
        raise CorruptFileError(f"The new file {partial} is not sound: {problem}.")


def _remove(partial: Path) -> None:
    for part in private.family(partial):
        part.unlink(missing_ok=True)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _names(columns: Mapping[str, str]) -> str:
    return ", ".join(_quoted(name) for name in columns)
