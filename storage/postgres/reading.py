"""One connection that only reads, for commands beside a running bot."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from storage.errors import StorageError
from storage.postgres.connecting import connect
from storage.postgres.connection import PostgresConnection
from storage.postgres.errors import translated

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def open_to_read(url: str) -> Iterator[PostgresConnection]:
    """Open a connection in a transaction that only reads, on one state of the database. Raises StorageError."""
    with translated(), connect(url) as raw:
        raw.read_only, raw.isolation_level = True, psycopg.IsolationLevel.REPEATABLE_READ
        if not raw.execute("SELECT to_regclass('migrations') IS NOT NULL").fetchone()[0]:  # type: ignore[index]  # one row
            raise StorageError("The PostgreSQL database has no tables of pandabot yet: `pandabot run` makes them.")
        yield PostgresConnection(raw)
