"""What the operations see of a database: a connection within a transaction, whichever engine is behind it.

The SQL of the operations is the same for all engines. What differs stands in :class:`Connection` and in three functions
that each engine defines for its SQL: ``random_token()``, ``next_position()`` of the outbox and ``post_token(channel,
key, event_id)``, which is always the same for the same three.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager


class Row(Protocol):
    """A row, by the names of its columns or their places; it can be unpacked."""

    def __getitem__(self, column: str | int, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...


class Cursor(Protocol):
    """The outcome of a statement."""

    @property
    def rowcount(self) -> int:
        """The number of rows that were written."""
        ...

    def fetchone(self) -> Any:
        """Return the next row; None: there is none."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A connection within a transaction. Places for values are ``?`` in order, or ``:name``."""

    @property
    def for_update(self) -> str:
        """The words that make a SELECT lock its rows, references to them excepted; empty where nothing runs beside."""
        ...

    @property
    def skip_locked(self) -> str:
        """The same, where rows that another transaction has locked are passed over."""
        ...

    def hold(self, *names: str) -> None:
        """Wait until no other transaction holds these names, and hold them until the end of this one."""
        ...

    def orders_are_due(self) -> None:
        """Say that this transaction makes orders due at once, so that another process is woken when it has ended."""
        ...

    def among(self, texts: Sequence[str]) -> tuple[str, list[Any]]:
        """Return the condition that a column, named before it, is one of these texts; and the values for its places."""
        ...

    def execute(self, sql: str, parameters: Any = ..., /) -> Cursor:
        """Run one statement."""
        ...

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        """Run one statement for each of several sets of values; ``rowcount`` counts the rows of all."""
        ...

    def tuples(self, sql: str, parameters: Any = ..., /) -> Cursor:
        """Run one statement whose rows are plain tuples, which are made faster than rows with names."""
        ...

    def wiping(self) -> AbstractContextManager[None]:
        """Leave nothing of the rows that the block deletes or replaces in the file, as far as the engine can."""
        ...
