"""From a function over a connection to an async method: one transaction in the database thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Coroutine

    from storage.database import DatabaseThread

P = ParamSpec("P")
T = TypeVar("T")


class Aggregate:
    """Some operations of one database."""

    def __init__(self, thread: DatabaseThread) -> None:
        self.thread = thread


class Operation(Generic[P, T]):
    """Stands in an aggregate's class for the function that does the work, whose docstring explains it.

    ``store.watches.get(7)`` is ``get(connection, 7)`` in a transaction of its own: all of it or nothing. Raises
    StorageError for the engine's failures.
    """

    def __init__(self, work: Callable[Concatenate[sqlite3.Connection, P], T], *, only_reads: bool = False) -> None:
        """``only_reads``: done also where nothing can be written."""
        self.work, self._only_reads = work, only_reads
        self.__doc__ = work.__doc__

    @overload
    def __get__(self, aggregate: None, owner: type[Aggregate]) -> Self: ...
    @overload
    def __get__(self, aggregate: Aggregate, owner: type[Aggregate]) -> Callable[P, Coroutine[Any, Any, T]]: ...

    def __get__(
        self, aggregate: Aggregate | None, owner: type[Aggregate]
    ) -> Self | Callable[P, Coroutine[Any, Any, T]]:
        if aggregate is None:
            return self
        transaction = aggregate.thread.read if self._only_reads else aggregate.thread.run

        def call(*args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]:
            return transaction(lambda conn: self.work(conn, *args, **kwargs))

        return call
