"""Databases of both engines by their URLs, their contents, and `pandabot migrate` between them."""

from __future__ import annotations

import subprocess
import sys
import uuid
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
from support import in_process, postgres
from support.old_database import VERSIONS, migration_of, unpack
from support.patience import PATIENCE

from benchmarks.kill import inherited
from bot.settings.storage_url import file_of
from storage.postgres.database import PostgresEngine, PostgresServer
from storage.postgres.end import PostgresEnd
from storage.sqlite.connection import all_or_nothing
from storage.sqlite.opening import open_file
from storage.sqlite.pragmas import BEGIN_TO_WRITE
from storage.sqlite.transfer import SqliteEnd
from storage.store import Store, open_store

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
    "PANDAPON_BASE_URL": "http://127.0.0.1:1",
    "PANDAPON_ACCESS_KEY": "key",
    "PANDAPON_ACCESS_SECRET": "secret",
    "PANDAPON_USER_ID": "1",
}
PASSWORD = "s3cret-word"
VERSION = next(version for version in VERSIONS if migration_of(version) == 8)  # its database holds every state


def new_database(template: str = "") -> str:
    """Create a database on the test process's server, empty or a copy of the one at ``template``. Returns its URL."""
    name = f"moved_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres.server().url, autocommit=True) as conn:
        copied = f" TEMPLATE {psycopg.conninfo.conninfo_to_dict(template)['dbname']}" if template else ""
        conn.execute(f"CREATE DATABASE {name}{copied}".encode())
    return f"postgresql://pandabot:{PASSWORD}@/{name}?host={postgres.server().folder}"


async def open_at(url: str) -> Store:
    """Open the store at a URL."""
    if file := file_of(url):
        return await open_store(file)
    engine = PostgresEngine(PostgresServer(url))
    await engine.open()
    return Store(engine)


def contents(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every table's rows in a fixed order; an empty dict where there is no database of the bot."""
    if file := file_of(url):
        if not file.exists():
            return {}
        with closing(open_file(file)) as conn:
            return _rows(SqliteEnd(conn))
    with psycopg.connect(url) as raw:
        return _rows(PostgresEnd(raw))


def _rows(end: SqliteEnd | PostgresEnd) -> dict[str, list[tuple[Any, ...]]]:
    return {
        name: sorted((row for batch in end.read(table) for row in batch), key=repr)
        for name, table in end.tables().items()
    }


def eventful(path: Path) -> str:
    """Make a file with rows in every table: those that an earlier version left, and made-up ones. Returns its URL."""
    unpack(path, VERSION)
    with closing(open_file(path)) as conn:
        all_or_nothing(conn, lambda _conn: _fill(conn), BEGIN_TO_WRITE)
    return f"sqlite:///{path}"


def _fill(conn: sqlite3.Connection) -> None:
    tables = conn.execute(r"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\_%' ESCAPE '\'")
    for (name,) in tables.fetchall():
        if name.startswith("sqlite_") or conn.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0]:  # noqa: S608  its own
            continue
        columns = conn.execute(f"PRAGMA table_info({name})").fetchall()
        parents = {row["from"]: row for row in conn.execute(f"PRAGMA foreign_key_list({name})")}
        for number in range(3):
            row = [_value(conn, column, parents.get(column["name"]), number) for column in columns]
            conn.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608  its own


def _value(conn: sqlite3.Connection, column: Any, parent: Any, number: int) -> Any:
    if parent is not None:
        sql = f"SELECT {parent['to']} FROM {parent['table']} ORDER BY 1 LIMIT 1 OFFSET {number}"  # noqa: S608  its own
        return conn.execute(sql).fetchone()[0]
    return {"INTEGER": number + 1, "BLOB": bytes([0, number])}.get(column["type"], f"裙 '\\\t\n{number}")


def migrate(folder: Path, source: str, target: str) -> tuple[int, str]:
    """Run the command here."""
    given = SETTINGS | {"DATABASE_PATH": str(folder / "bot.db")}
    return in_process.command(folder, "migrate", "--from", source, "--to", target, environment=given)


def killed(folder: Path, source: str, target: str, kill_at: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, which dies at a named point."""
    environment = {**inherited(), "PYTHONPATH": ":".join(sys.path), "PANDABOT_KILL_AT": kill_at}
    return subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "bot", "migrate", "--from", source, "--to", target],
        env=environment | SETTINGS | {"DATABASE_PATH": str(folder / "bot.db")},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
