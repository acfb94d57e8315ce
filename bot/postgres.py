"""The PostgreSQL server that the settings name. Importing this needs the extra ``pandabot[postgres]``."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage.postgres.database import PostgresEngine, PostgresServer
from storage.postgres.listen import Listener
from storage.postgres.reading import open_to_read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.settings import Shared
    from storage.connection import Connection
    from storage.postgres.wakes import Wake


def server_of(settings: Shared) -> PostgresServer:
    """Return the server of the settings. Its connections are not yet opened."""
    is_pooled = settings.storage_pooler == "on"
    return PostgresServer(
        url_of(settings),
        behind_pooler=is_pooled,
        connections=settings.storage_connections,
        notifies=settings.storage_notify == "on",
    )


async def open_engine(settings: Shared) -> PostgresEngine:
    """Connect, and make or migrate the tables. Raises StorageError; then all connections are closed."""
    engine = PostgresEngine(server_of(settings))
    try:
        await engine.open()
    except BaseException:
        await engine.close()
        raise
    return engine


def listener(settings: Shared, wake: Callable[[Wake, str | None], None]) -> Listener | None:
    """Return the listener for other processes' notices; None where it is off, or a pooler would not pass them on.

    ``wake``: see :class:`storage.postgres.listen.Listener`.
    """
    if settings.storage_notify == "off" or settings.storage_pooler == "on":
        return None
    return Listener(url_of(settings), wake)


@contextmanager
def reading(settings: Shared) -> Iterator[Connection]:
    """Open one connection for a command that only reads. Raises StorageError."""
    with open_to_read(url_of(settings)) as conn:
        yield conn


def url_of(settings: Shared) -> str:
    """Return the server's address with its password, for the driver alone."""
    assert settings.storage_url is not None
    return settings.storage_url.get_secret_value()
