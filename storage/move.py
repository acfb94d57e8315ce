"""Moves all rows of a database to another engine, and compares them there.

The tables and columns are read from the databases themselves, so a table that a later step adds is moved like any
other.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from storage import moved
from storage.errors import StorageError
from storage.tables import Tally, differences, parents_first

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime

    from storage.connection import Connection
    from storage.forms import Form
    from storage.tables import Table


class End(Protocol):
    """A transaction on one of the two databases of a move."""

    @property
    def form(self) -> Form:
        """The form of the tables: one bot's, or those that all workspaces share."""
        ...

    @property
    def conn(self) -> Connection:
        """The transaction's connection, for the portable statements."""
        ...

    def tables(self) -> dict[str, Table]:
        """Describe the tables of the form."""
        ...

    def read(self, table: Table) -> Iterator[list[tuple[Any, ...]]]:
        """Yield the rows in batches, with the columns in the table's order."""
        ...

    def write(self, table: Table, batches: Iterable[list[tuple[Any, ...]]]) -> None:
        """Insert rows, with the columns in the table's order."""
        ...

    def empty(self, table: Table) -> None:
        """Delete the rows that the migration steps inserted."""
        ...

    def without_indexes(self) -> AbstractContextManager[None]:
        """Drop the indexes and keys for the length of the block, where that makes writing faster."""
        ...

    def numbers(self, tables: Iterable[Table]) -> dict[str, int]:
        """Return the last row number that was given, by the name of each table that numbers its rows."""
        ...

    def continue_from(self, table: Table, last: int) -> None:
        """Number new rows after ``last`` and after every row of the table."""
        ...

    def analyze(self) -> None:
        """Collect statistics for the engine's planner."""
        ...

    def commit(self) -> None:
        """Commit the transaction."""
        ...


@dataclass(frozen=True, slots=True)
class MovedTable:
    """A table after the move: its rows are the same in both databases."""

    name: str
    rows: int
    checksum: str  # hexadecimal digits


@dataclass(frozen=True, slots=True)
class Move:
    """The result of a move: its tables, and the seconds that it took to write the rows and to compare them."""

    tables: list[MovedTable]
    nuls: int  # NUL characters that were left out, since PostgreSQL cannot store them
    in_doubt: int  # posts that were being sent: they are looked up in Slack before they are sent again
    writing_seconds: float
    comparing_seconds: float

    @property
    def rows(self) -> int:
        """The number of rows of all tables."""
        return sum(table.rows for table in self.tables)


def _ignore(_point: str) -> None:
    """The default for ``passing``."""


def copy_rows(source: End, target: End, now: datetime, passing: Callable[[str], None] = _ignore) -> Move:
    """Write the rows of the source into the empty tables of the target, and compare them. Commits nothing.

    As at a start after a crash, the target's leases are void. Raises StorageError if the databases have different
    tables, or if a row arrived differently. ``passing``: called with the name of each point of the work, for tests.
    """
    moved.check(source.conn, source.form.facts)
    theirs, ours = source.tables(), target.tables()
    if problems := differences(theirs, ours):
        raise StorageError(f"The tables of the two databases do not match: {'; '.join(problems[:5])}.")
    tables, began = parents_first(theirs), time.perf_counter()
    for table in reversed(tables):
        target.empty(table)
    passing("before_rows")
    read = {table.name: Tally(table.kinds) for table in tables}
    with target.without_indexes():
        for table in tables:
            target.write(table, read[table.name].counted(source.read(table)))
            passing("after_table")
    numbers = source.numbers(tables)
    for table in tables:
        if table.identity:
            target.continue_from(table, numbers[table.name])
    written = time.perf_counter()
    arrived = _compare(target, tables, read)
    compared = time.perf_counter()
    in_doubt = target.form.arrive(target.conn, now)
    target.analyze()
    passing("before_commit")
    return Move(arrived, sum(tally.nuls for tally in read.values()), in_doubt, written - began, compared - written)


def _compare(target: End, tables: list[Table], read: dict[str, Tally]) -> list[MovedTable]:
    compared = []
    for table in tables:
        expected, arrived = read[table.name], Tally(table.kinds)
        for _batch in arrived.counted(target.read(table)):
            pass
        if (expected.rows, expected.checksum) != (arrived.rows, arrived.checksum):
            raise StorageError(
                f"{expected.rows} rows of {table.name} were read and {arrived.rows} arrived, or their contents differ. "
                "Nothing was moved."
            )
        compared.append(MovedTable(table.name, arrived.rows, arrived.checksum))
    return compared
