"""A connection that only reads, for commands that run beside the bot."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg

from storage.errors import StorageError
from storage.forms import BOT, Form
from storage.postgres import shared
from storage.postgres.connecting import connect
from storage.postgres.connection import PostgresConnection
from storage.postgres.end import one
from storage.postgres.errors import translated

if TYPE_CHECKING:
    from collections.abc import Iterator

HAS_LIST = "SELECT to_regclass('migrations') IS NOT NULL"


@contextmanager
def open_to_read(url: str, schema: str = "", form: Form = BOT) -> Iterator[PostgresConnection]:
    """Open a connection in a transaction that only reads, on one state of the database. Raises StorageError.

    ``schema``: the only schema whose tables it sees; empty: the address's default. ``form``: of the tables there.
    """
    with translated(), connect(url) as raw:
        raw.read_only, raw.isolation_level = True, psycopg.IsolationLevel.REPEATABLE_READ
        if schema:
            raw.execute("SELECT set_config('search_path', %s, true)", (schema,))
        conn = PostgresConnection(raw)
        if not (shared.is_there(conn) if form.is_shared else one(raw, HAS_LIST)):
            raise StorageError("The PostgreSQL database has no tables of pandabot yet: `pandabot run` makes them.")
        yield conn
