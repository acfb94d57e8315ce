"""A pgbouncer in transaction mode before the tests' PostgreSQL: each transaction may get another session."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from support import postgres

from storage.postgres.database import PostgresEngine, PostgresServer
from storage.store import Store

if TYPE_CHECKING:
    from benchmarks.postgres_server import PrivateServer

PORT = 6432  # only a part of its socket's name: it listens on no address
SESSIONS = 3  # for each database: fewer than the bot's connections, so that these share them
CONFIGURATION = """
[databases]
* = host={server}
[pgbouncer]
listen_addr =
listen_port = {port}
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 200
logfile = {folder}/log
pidfile = {folder}/pid
"""


class Pooler:
    """A pooler that runs until the test process ends."""

    def __init__(self, program: str, server: PrivateServer) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pandabot-pgbouncer-"))
        text = CONFIGURATION.format(server=server.folder, folder=self.folder, port=PORT, sessions=SESSIONS)
        (self.folder / "ini").write_text(text, encoding="ascii")
        (self.folder / "users").write_text('"pandabot" ""\n', encoding="ascii")
        if server.user:
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, server.user)
        self._process = subprocess.Popen(  # noqa: S603  the program of the system's package
            [program, "-q", str(self.folder / "ini")], user=server.user or None, stderr=subprocess.DEVNULL
        )
        self._wait()

    def url_of(self, database: str) -> str:
        """The address of one of the server's databases, through the pooler."""
        return f"postgresql://pandabot@/{database}?host={self.folder}&port={PORT}"

    def remove(self) -> None:
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url_of("postgres"), prepare_threshold=None).close()
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return


@cache
def _started() -> Pooler | None:
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        return None
    made = Pooler(program, postgres.server())
    atexit.register(made.remove)
    return made


def pooler() -> Pooler:
    """The test process's pooler. Skips the test, or fails it where ``REQUIRE_POSTGRES`` is set, without one."""
    started = _started()
    if started is None:
        missing = "pgbouncer is not installed: the tests through it are skipped"
        if os.environ.get(postgres.REQUIRED):
            pytest.fail(missing)
        pytest.skip(missing)
    return started


async def open_pooled(path: Path) -> Store:
    """Open a store as ``open_postgres`` does, but through the pooler. An opener for StoreHarness."""
    server = PostgresServer(pooler().url_of("postgres"), behind_pooler=True)
    engine = PostgresEngine(server, postgres.schema_of(path))
    try:
        await engine.open()
    except BaseException:
        await engine.close()
        raise
    return Store(engine)


def new_database(path: Path) -> str:
    """Create an empty database that stands for a file of this path. Returns its URL through the pooler."""
    postgres.new_database(path)
    return pooler().url_of(postgres.schema_of(path))
