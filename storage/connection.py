"""The operations' view of a database: a connection within a transaction, the same for every engine.

The SQL of the operations is the same for all engines. The differences are in :class:`Connection`, and in three
functions that each engine defines for its SQL: ``random_token()``, ``next_position()`` of the outbox, and
``post_token(channel, key, event_id)``, which always gives the same token for the same arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager


class Row(Protocol):
    """A row. Its values are read by column name or by position, and it can be unpacked."""

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
        """Return the remaining rows."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A connection within a transaction. Parameters are ``?`` in order, or ``:name``."""

    @property
    def for_update(self) -> str:
        """The clause by which a SELECT locks its rows against changes.

        Other transactions may still insert rows that refer to the locked ones. On an engine that runs one transaction
        at a time the clause is empty.
        """
        ...

    @property
    def skip_locked(self) -> str:
        """The same clause, passing over rows that another transaction has locked."""
        ...

    def hold(self, *names: str) -> None:
        """Take locks by these names until the end of the transaction, waiting for transactions that hold them."""
        ...

    def orders_are_due(self) -> None:
        """Note that this transaction makes orders due at once, so that its end wakes another process."""
        ...

    def among(self, texts: Sequence[str]) -> tuple[str, list[Any]]:
        """Return a condition, to be written behind a column's name, that it is one of these texts; and its values."""
        ...

    def execute(self, sql: str, parameters: Any = ..., /) -> Cursor:
        """Run one statement."""
        ...

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        """Run one statement for each of several sets of values; ``rowcount`` counts the rows of all of them."""
        ...

    def tuples(self, sql: str, parameters: Any = ..., /) -> Cursor:
        """Run one statement. Its rows are plain tuples, which are made faster than rows with names."""
        ...

    def wiping(self) -> AbstractContextManager[None]:
        """Overwrite the rows that the block deletes or replaces in the file, as far as the engine can."""
        ...
