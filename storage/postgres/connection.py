"""A connection to PostgreSQL, as the operations see it."""

from __future__ import annotations

import re
from contextlib import nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from psycopg.rows import tuple_row

from storage.postgres.bulk import combined
from storage.postgres.wakes import QUEUED, Wake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager

    import psycopg

# A parameter in order, for one value or a whole array, or a parameter by name. (A cast has two colons.)
PLACE = re.compile(r"\?(?P<array>::text\[\])?|(?<![:\w]):(?P<name>[a-z_]+)")


class Row(tuple[Any, ...]):
    """A row. Its values are read by position or by column name, and it can be unpacked."""

    __slots__ = ()
    places: dict[str, int]

    def __getitem__(self, column: Any) -> Any:
        """Return the value of a column, given by its name or its position."""
        return tuple.__getitem__(self, self.places[column] if column.__class__ is str else column)


@lru_cache(maxsize=1000)
def _row_type(names: tuple[str, ...]) -> type[Row]:
    places = {name: place for place, name in reversed(tuple(enumerate(names)))}  # of equal names the first counts
    return type("Row", (Row,), {"__slots__": (), "places": places})


def named_row(cursor: psycopg.Cursor[Any]) -> Callable[[Iterable[Any]], Row]:
    """Return a row maker for :class:`Row`: the row factory that psycopg calls for each result."""
    return _row_type(tuple(column.name for column in cursor.description or ()))


@lru_cache(maxsize=2000)
def with_psycopg_parameters(sql: str) -> str:
    """Return the statement with psycopg's parameters (``%s``, ``%(name)s``) instead of ``?`` and ``:name``."""
    return PLACE.sub(_psycopg_parameter, sql.replace("%", "%%"))


def _psycopg_parameter(place: re.Match[str]) -> str:
    """The parameter in psycopg's form. Arrays are sent in binary, which psycopg makes several times as fast as text."""
    if place["name"]:
        return f"%({place['name']})s"
    return f"%b{place['array']}" if place["array"] else "%s"


class PostgresConnection:
    """Gives the operations a psycopg connection as a :class:`storage.connection.Connection`."""

    for_update, skip_locked = "FOR NO KEY UPDATE", "FOR NO KEY UPDATE SKIP LOCKED"

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw
        self.wakes: set[Wake] = set()  # the work that this transaction leaves for other processes

    def hold(self, *names: str) -> None:
        """Take locks by these names, within this schema, until the end of the transaction.

        They are taken in the order of the names, so that two transactions do not wait for each other.
        """
        lock = "pg_advisory_xact_lock(hashtextextended(current_schema() || ':' || name, 0))"
        self.raw.execute(f"SELECT {lock} FROM unnest(%s::text[]) AS names (name)", (sorted(set(names)),))

    def among(self, texts: Sequence[str]) -> tuple[str, list[Any]]:
        """See :class:`storage.connection.Connection`. The SQL is always the same, so the server prepares it once."""
        return "= ANY (?::text[])", [list(texts)]

    def execute(self, sql: str, parameters: Any = (), /) -> psycopg.Cursor[Any]:
        """Run one statement."""
        cursor = self.raw.cursor(row_factory=named_row).execute(with_psycopg_parameters(sql), parameters)
        self._note(sql, cursor)
        return cursor

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> psycopg.Cursor[Any]:
        """Run one statement for each of several sets of values, in one round trip."""
        cursor, rows = self.raw.cursor(), list(parameters)
        if at_once := combined(sql, rows):
            cursor.execute(*at_once)
        else:
            cursor.executemany(with_psycopg_parameters(sql), rows)
        self._note(sql, cursor)
        return cursor

    def orders_are_due(self) -> None:
        """Note that orders are due at once, so that the commit wakes another process."""
        self.wakes.add(Wake.DUE)

    def _note(self, sql: str, cursor: psycopg.Cursor[Any]) -> None:
        """Note that posts were queued, recognised by the statement: a dozen operations queue posts."""
        if cursor.rowcount > 0 and sql.lstrip().startswith(QUEUED):
            self.wakes.add(Wake.POSTS)

    def tuples(self, sql: str, parameters: Any = (), /) -> psycopg.Cursor[Any]:
        """Run one statement whose rows are plain tuples."""
        return self.raw.cursor(row_factory=tuple_row).execute(with_psycopg_parameters(sql), parameters)

    def wiping(self) -> AbstractContextManager[None]:
        """Do nothing: deleted rows stay in the server's files until its vacuum overwrites them."""
        return nullcontext()
