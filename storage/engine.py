"""What the store needs of a database engine: transactions off the event loop, and how the database is doing."""

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
    """A figure that only this engine has. Its name ends in its unit: ``_seconds``, ``_bytes``."""

    meaning: str  # a sentence
    values: Mapping[str, float]  # by the value of the label; one value under "" where there is no label
    label: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """How the engine is doing."""

    version: str  # the engine's name and version
    trouble: StorageError | None = None  # why nothing can be written; reads still work
    wal_bytes: int = 0  # of the write-ahead log that lies beside the file; 0 where a server keeps it
    disk_free: int | None = None  # bytes left on the disk of the file; None: unknown
    gauges: Mapping[str, Gauge] = field(default_factory=dict)  # further figures for /metrics, by name


class Engine(Protocol):
    """A database. Each call of ``run`` or ``read`` is one transaction."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes may work on the database at the same time."""
        ...

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction: all of it is done or nothing. Raises StorageError for the engine's errors."""
        ...

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` that only reads, on one state of the database. Raises StorageError."""
        ...

    async def try_again(self, now: datetime) -> None:
        """If writing had failed for a reason that a person mends, such as a full disk, find out whether it works."""
        ...

    async def condition(self, *, counts: bool = True) -> Condition:
        """Return how the engine is doing, with its further figures if ``counts``. Raises StorageError."""
        ...

    async def clock_offset(self, clock: Callable[[], datetime]) -> float:
        """Return how many seconds ``clock`` is ahead of the database's; 0 for a file. Raises StorageError."""
        ...

    async def tidy_log(self) -> bool:
        """Cut off a write-ahead log that has outgrown its limit. False: another program's reading prevents it."""
        ...

    async def close(self) -> None:
        """Finish the waiting transactions and close the connections. A second call does nothing."""
        ...
