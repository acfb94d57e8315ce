"""Turns a function of a connection into an async method: one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from storage.connection import Connection
    from storage.engine import Engine

P = ParamSpec("P")
T = TypeVar("T")


class Aggregate:
    """Base of the groups of operations of a database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine


class Operation(Generic[P, T]):
    """Makes a method of an aggregate from the function that does the work, with that function's docstring.

    ``await store.watches.get(7)`` runs ``get(connection, 7)`` in a transaction of its own: all of it or nothing.
    Every operation raises StorageError for the failures of the database engine, besides the errors of its function.
    """

    def __init__(self, work: Callable[Concatenate[Connection, P], T], *, only_reads: bool = False) -> None:
        """``only_reads``: the operation works where nothing can be written, too."""
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
        transaction = aggregate.engine.read if self._only_reads else aggregate.engine.run

        def call(*args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]:
            return transaction(lambda conn: self.work(conn, *args, **kwargs))

        return call
