"""A private PostgreSQL server for the tests: in a temporary folder, for one test process, with no rights elsewhere."""

from __future__ import annotations

import atexit
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.rows import dict_row

from storage.postgres.connection import in_psycopgs_words
from storage.postgres.database import PostgresEngine, PostgresServer
from storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

REQUIRED = "REQUIRE_POSTGRES"  # set where the tests must not be skipped
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
CONFIGURATION = """
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 300
deadlock_timeout = 100ms
"""


class TestServer:
    """A server that runs until the test process ends."""

    __test__ = False

    def __init__(self, programs: Path, configuration: str = CONFIGURATION) -> None:
        self._programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="pandabot-postgres-"))
        self.user = _unprivileged()
        if self.user:
            shutil.chown(self.folder, self.user)
        self._run("initdb", "-D", str(self.data), "-U", "pandabot", "-A", "trust", "-E", "UTF8", "--no-sync")
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(f"{configuration}\nunix_socket_directories = '{self.folder}'\n")
        self.start()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """The address of a database on this server."""
        return f"postgresql://pandabot@/{database}?host={self.folder}"

    def start(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "-t", "60", "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(  # noqa: S603  its programs are those of the system's package
            [str(self._programs / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            user=self.user or None,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
        )


def _unprivileged() -> str:
    """The user to run the server as: it refuses to run as root. Empty: as we are."""
    if os.geteuid():
        return ""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest version's; None: it is not installed."""
    places = sorted(place for pattern in PLACES for place in Path("/").glob(pattern.removeprefix("/")))
    if found := shutil.which("initdb"):
        places.append(Path(found).resolve().parent)
    return next((place for place in reversed(places) if (place / "initdb").exists()), None)


@cache
def _started() -> TestServer | None:
    found = programs()
    if found is None:
        return None
    server = TestServer(found)
    atexit.register(server.remove)
    return server


def server() -> TestServer:
    """The test process's server. Skips the test, or fails it where ``REQUIRE_POSTGRES`` is set, without one."""
    started = _started()
    if started is None:
        missing = "PostgreSQL is not installed: the tests on it are skipped"
        if os.environ.get(REQUIRED):
            pytest.fail(missing)
        pytest.skip(missing)
    return started


def new_database(path: Path) -> str:
    """The address of a new, empty database that stands for a file of this path."""
    name = schema_of(path)
    with psycopg.connect(server().url, autocommit=True) as conn:
        conn.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        conn.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    return server().url_of(name)


def schema_of(path: Path) -> str:
    """The schema that stands for a database file of this path."""
    return f"t_{hashlib.sha256(str(path).encode()).hexdigest()[:20]}"


async def open_postgres(path: Path) -> Store:
    """A store in a schema of the test process's server, which stands for the file: another opener of the harness."""
    engine = PostgresEngine(PostgresServer(server().url), schema_of(path))
    try:
        await engine.open()
    except BaseException:
        await engine.close()
        raise
    return Store(engine)


@contextmanager
def session(path: Path) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the test's own to the schema that stands for a file. What it changes is rolled back."""
    with closing(psycopg.connect(server().url)) as conn:
        conn.execute("SELECT set_config('search_path', %s, false)", (schema_of(path),))
        yield conn
        conn.rollback()  # closing alone would let the server find out later


def rows(path: Path, sql: str, facts: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Read rows, as dicts, of the schema that stands for a file, with a connection of its own."""
    with session(path) as conn:
        return conn.cursor(row_factory=dict_row).execute(in_psycopgs_words(sql), facts).fetchall()
