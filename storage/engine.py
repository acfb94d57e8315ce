"""The interface of a database engine: transactions off the event loop, and the database's condition."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from storage.connection import Connection
    from storage.errors import StorageError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Gauge:
    """A metric that only this engine has. Its name ends in its unit: ``_seconds``, ``_bytes``."""

    meaning: str  # a sentence
    values: Mapping[str, float]  # by the value of the label; one value under "" if there is no label
    label: str = ""  # its name; empty: there is no label


@dataclass(frozen=True, slots=True)
class Condition:
    """The condition of the engine."""

    version: str  # the engine's name and version
    trouble: StorageError | None = None  # why nothing can be written while reads still work; None: writes work
    wal_bytes: int = 0  # size of the write-ahead log beside the file; 0: a server keeps it
    disk_free: int | None = None  # bytes left on the disk of the file; None: unknown
    gauges: Mapping[str, Gauge] = field(default_factory=dict)  # further figures for /metrics, by name


class Engine(Protocol):
    """A database. Each call of ``run`` or ``read`` is one transaction."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes may work on the database at the same time."""
        ...

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction, rolled back if it raises. Raises StorageError for the engine's errors."""
        ...

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` that only reads, on one state of the database. Raises StorageError."""
        ...

    async def try_again(self, now: datetime) -> None:
        """Try to write, if writing had failed for a reason that a person has to mend, such as a full disk."""
        ...

    async def condition(self, *, counts: bool = True) -> Condition:
        """Return the engine's condition, with its gauges if ``counts``. Raises StorageError."""
        ...

    async def clock_offset(self, clock: Callable[[], datetime]) -> float:
        """Return how many seconds ``clock`` is ahead of the server's clock; 0 for a file. Raises StorageError."""
        ...

    async def tidy_log(self) -> bool:
        """Truncate a write-ahead log that has outgrown its limit. False: another program that reads prevents it."""
        ...

    async def close(self) -> None:
        """Finish the waiting transactions and close the connections. A second call does nothing."""
        ...
