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

# A place in order, for one value or a whole array, or one with a name; a cast has two colons.
PLACE = re.compile(r"\?(?P<array>::text\[\])?|(?<![:\w]):(?P<name>[a-z_]+)")


class Row(tuple[Any, ...]):
    """A row that gives its values by place and by column name, and can be unpacked."""

    __slots__ = ()
    places: dict[str, int]

    def __getitem__(self, column: Any) -> Any:
        """Return a value by the name of its column, or by its place."""
        return tuple.__getitem__(self, self.places[column] if column.__class__ is str else column)


@lru_cache(maxsize=1000)
def _row_type(names: tuple[str, ...]) -> type[Row]:
    places = {name: place for place, name in reversed(tuple(enumerate(names)))}  # of equal names the first counts
    return type("Row", (Row,), {"__slots__": (), "places": places})


def named_row(cursor: psycopg.Cursor[Any]) -> Callable[[Iterable[Any]], Row]:
    """Make rows of :class:`Row`: a row factory of psycopg."""
    return _row_type(tuple(column.name for column in cursor.description or ()))


@lru_cache(maxsize=2000)
def in_psycopgs_words(sql: str) -> str:
    """Return the statement with psycopg's places for values instead of ``?`` and ``:name``."""
    return PLACE.sub(_in_psycopgs_words, sql.replace("%", "%%"))


def _in_psycopgs_words(place: re.Match[str]) -> str:
    """Arrays go in their binary form, which psycopg makes several times as fast as their text."""
    if place["name"]:
        return f"%({place['name']})s"
    return f"%b{place['array']}" if place["array"] else "%s"


class PostgresConnection:
    """Gives the operations a psycopg connection as a :class:`storage.connection.Connection`."""

    for_update, skip_locked = "FOR NO KEY UPDATE", "FOR NO KEY UPDATE SKIP LOCKED"

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw
        self.wakes: set[Wake] = set()  # what this transaction leaves for others to do

    def hold(self, *names: str) -> None:
        """Wait until no other transaction of this schema holds a name, and hold them all until the end of this one.

        They are taken in the order of the names, so that two transactions do not wait for each other.
        """
        lock = "pg_advisory_xact_lock(hashtextextended(current_schema() || ':' || name, 0))"
        self.raw.execute(f"SELECT {lock} FROM unnest(%s::text[]) AS names (name)", (sorted(set(names)),))

    def among(self, texts: Sequence[str]) -> tuple[str, list[Any]]:
        """See :class:`storage.connection.Connection`. The text is always the same, so the server prepares it once."""
        return "= ANY (?::text[])", [list(texts)]

    def execute(self, sql: str, parameters: Any = (), /) -> psycopg.Cursor[Any]:
        """Run one statement."""
        cursor = self.raw.cursor(row_factory=named_row).execute(in_psycopgs_words(sql), parameters)
        self._note(sql, cursor)
        return cursor

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> psycopg.Cursor[Any]:
        """Run one statement for each of several sets of values, in one round trip."""
        cursor, rows = self.raw.cursor(), list(parameters)
        if at_once := combined(sql, rows):
            cursor.execute(*at_once)
        else:
            cursor.executemany(in_psycopgs_words(sql), rows)
        self._note(sql, cursor)
        return cursor

    def orders_are_due(self) -> None:
        """Note that orders are due."""
        self.wakes.add(Wake.DUE)

    def _note(self, sql: str, cursor: psycopg.Cursor[Any]) -> None:
        """Note that posts were queued. A dozen operations do it, and each by such a statement."""
        if cursor.rowcount > 0 and sql.lstrip().startswith(QUEUED):
            self.wakes.add(Wake.POSTS)

    def tuples(self, sql: str, parameters: Any = (), /) -> psycopg.Cursor[Any]:
        """Run one statement whose rows are plain tuples."""
        return self.raw.cursor(row_factory=tuple_row).execute(in_psycopgs_words(sql), parameters)

    def wiping(self) -> AbstractContextManager[None]:
        """Do nothing: who may read the server's files can read what its vacuum has not yet reached."""
        return nullcontext()
