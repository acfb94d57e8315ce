"""Opens the database that the settings name: a SQLite file, which one process holds, or a PostgreSQL server."""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.jobs.backups import Backups
from bot.process.leader import leading
from bot.settings.storage_url import shown
from storage.errors import StorageError
from storage.sqlite.backup import open_or_restore, open_present
from storage.sqlite.database import thread_of
from storage.sqlite.errors import translated
from storage.sqlite.opening import open_to_read
from storage.store import Store

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Callable, Iterator
    from datetime import datetime

    from bot.settings import Settings
    from storage.connection import Connection
    from storage.postgres.listen import Listener
    from storage.postgres.wakes import Wake

NO_DRIVER = (
    "STORAGE_URL names a PostgreSQL server, and pandabot[postgres], its driver, is not installed; "
    "`make extras` adds it."
)
ON_SERVER = "The data are on the PostgreSQL server of STORAGE_URL"


@dataclass(frozen=True, slots=True)
class OpenDatabase:
    """The store, and the backups that copy and check its file; None on PostgreSQL, whose operator does both."""

    store: Store
    backups: Backups | None


async def open_to_run(
    settings: Settings, clock: Callable[[], datetime], passing: Callable[[str], None]
) -> OpenDatabase:
    """Open the database for a bot, with its tables made or migrated. A damaged file is restored. Raises StorageError.

    ``passing``: see :func:`storage.sqlite.backup.restore`.
    """
    file = settings.database_file
    if file is None:
        return OpenDatabase(await _open_server(settings), None)
    store, restored = await open_or_restore(file, settings.backups, clock(), passing)
    backups = Backups(thread_of(store.engine), settings.backups, clock, restored, settings.backup_bytes)
    return OpenDatabase(store, backups)


def listener_of(settings: Settings, wake: Callable[[Wake], None]) -> Listener | None:
    """Return the listener for other processes' notices of work; None on SQLite, and where notices are off.

    ``wake`` gets the kind of each notice.
    """
    if settings.database_file is not None:
        return None
    from bot import postgres  # noqa: PLC0415  an extra, which is installed where a server's store is open

    def hear(kind: Wake, schema: str | None) -> None:
        if not schema:  # a single bot's tables are in the default schema
            wake(kind)

    return postgres.listener(settings, hear)


async def open_to_look(settings: Settings) -> Store:
    """Open the database for a command, with its tables made or migrated. Nothing is restored. Raises StorageError."""
    file = settings.database_file
    return await (_open_server(settings) if file is None else open_present(file, settings.backups))


@asynccontextmanager
async def holding(settings: Settings, *, standby: bool, stop: asyncio.Event) -> AsyncIterator[bool]:
    """Hold a SQLite file for the length of the block, as ``leading`` does; a PostgreSQL server needs no lock.

    Raises NotLeaderError and StorageError.
    """
    if (file := settings.database_file) is not None:
        async with leading(file, standby=standby, stop=stop) as leads:
            yield leads
    elif standby:
        raise StorageError(f"{ON_SERVER}, so there is no standby: start as many processes as you like, without it.")
    else:
        yield True


@contextmanager
def reading(settings: Settings) -> Iterator[Connection]:
    """Open the database for a command that only reads, whether or not a bot runs on it. Raises StorageError."""
    if (file := settings.database_file) is None:
        with needs_driver():
            from bot import postgres  # noqa: PLC0415  an extra
        with postgres.reading(settings) as conn:
            yield conn
        return
    if not file.exists():
        raise StorageError(f"There is no database at {file} yet.")
    with translated(file), closing(open_to_read(file)) as conn:
        conn.row_factory = sqlite3.Row
        yield conn


def name_of(settings: Settings) -> str:
    """Return how people are shown the database: the path of its file, or the server without user and password."""
    if settings.storage_url is None or settings.database_file is not None:
        return str(settings.database_file)
    return shown(settings.storage_url.get_secret_value())


async def _open_server(settings: Settings) -> Store:
    with needs_driver():
        from bot import postgres  # noqa: PLC0415  an extra
    return Store(await postgres.open_engine(settings))


@contextmanager
def needs_driver() -> Iterator[None]:
    """Raise StorageError with :data:`NO_DRIVER` when the import of the driver, which is an extra, fails."""
    try:
        yield
    except ImportError:
        raise StorageError(NO_DRIVER) from None
