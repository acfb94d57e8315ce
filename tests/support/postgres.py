"""A private PostgreSQL server for the tests: in a temporary folder, for one test process, with no rights elsewhere."""

from __future__ import annotations

import atexit
import hashlib
import os
from contextlib import closing, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.rows import dict_row

from benchmarks.postgres_server import PrivateServer, programs
from storage.postgres.connection import with_psycopg_parameters
from storage.postgres.database import PostgresEngine, PostgresServer
from storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

REQUIRED = "REQUIRE_POSTGRES"  # set where the tests must not be skipped
# No data of a test has to survive a crash of the machine.
CONFIGURATION = """
fsync = off
synchronous_commit = off
full_page_writes = off
deadlock_timeout = 100ms
"""


@cache
def _started() -> PrivateServer | None:
    paths = programs()
    if paths is None:
        return None
    server = PrivateServer(paths, CONFIGURATION)
    atexit.register(server.remove)
    return server


def server() -> PrivateServer:
    """The test process's server. Skips the test, or fails it where ``REQUIRE_POSTGRES`` is set, without one."""
    started = _started()
    if started is None:
        missing = "PostgreSQL is not installed: the tests on it are skipped"
        if os.environ.get(REQUIRED):
            pytest.fail(missing)
        pytest.skip(missing)
    return started


def new_database(path: Path, encoding: str = "") -> str:
    """Create an empty database that stands for a file of this path. Returns its URL. ``encoding``: if not UTF-8."""
    name = schema_of(path)
    with psycopg.connect(server().url, autocommit=True) as conn:
        conn.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        form = f" ENCODING '{encoding}' LOCALE 'C'" if encoding else ""
        conn.execute(f"CREATE DATABASE {name} TEMPLATE template0{form}")
    return server().url_of(name)


def schema_of(path: Path) -> str:
    """The schema that stands for a database file of this path."""
    return f"t_{hashlib.sha256(str(path).encode()).hexdigest()[:20]}"


async def open_postgres(path: Path) -> Store:
    """Open a store in a schema that stands for a file of this path. An opener for StoreHarness."""
    engine = PostgresEngine(PostgresServer(server().url), schema_of(path))
    try:
        await engine.open()
    except BaseException:
        await engine.close()
        raise
    return Store(engine)


@contextmanager
def session(path: Path) -> Iterator[psycopg.Connection[Any]]:
    """Connect to the schema that stands for a file, beside the store. All changes are rolled back at the end."""
    with closing(psycopg.connect(server().url)) as conn:
        conn.execute("SELECT set_config('search_path', %s, false)", (schema_of(path),))
        yield conn
        conn.rollback()  # the locks go now: after a mere close the server would release them later


def rows(path: Path, sql: str, facts: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Read rows as dicts from the schema that stands for a file, beside the store."""
    with session(path) as conn:
        return conn.cursor(row_factory=dict_row).execute(with_psycopg_parameters(sql), facts).fetchall()
