"""Turns a function that takes a connection into an async method that runs it in a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

from pandapon import spans

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

    ``await store.watches.get(7)`` runs ``get(connection, 7)`` in a transaction of its own. Every operation raises
    StorageError for failures of the database engine, besides the errors of its function.
    """

    def __init__(self, work: Callable[Concatenate[Connection, P], T], *, only_reads: bool = False) -> None:
        """``only_reads``: the operation reads one state of the database, and works even if nothing can be written."""
        self.work, self._only_reads = work, only_reads
        self.name = work.__name__
        self.__doc__ = work.__doc__

    def __set_name__(self, owner: type[Aggregate], name: str) -> None:
        self.name = f"{owner.__name__.lower()}.{name}"

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
            done = transaction(lambda conn: self.work(conn, *args, **kwargs))
            return _traced(self.name, done) if spans.is_on() else done

        return call


async def _traced(operation: str, transaction: Coroutine[Any, Any, T]) -> T:
    """Await a transaction inside a span of its caller's trace; the time in the queue counts."""
    with spans.inner("storage", operation=operation):
        return await transaction
