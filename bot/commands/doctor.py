"""`pandabot doctor`: what a bug report needs, in one Markdown text without secrets, ids, names or contents.

It changes nothing, and a bot may run meanwhile. A part that cannot be read is a sentence in its place.
"""

from __future__ import annotations

import platform
import re
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_origin

import aiohttp
from pydantic import SecretStr

from bot.database import reading
from bot.process.redaction import Redaction
from bot.process.server_clock import AGREES
from bot.process.version import VERSION
from storage import workers
from storage.errors import StorageError
from storage.postgres.clock import offset
from storage.sqlite import copies
from storage.sqlite.opening import open_to_read
from storage.sqlite.private import is_open_to_others

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from bot.settings import Settings
    from storage.connection import Connection

SECONDS = 3.0  # for each question to the running bot
LONGEST = 20_000  # characters of a part
LIBRARIES = (
    "slack-bolt",
    "slack-sdk",
    "httpx",
    "apscheduler",
    "sqlite-utils",
    "pydantic",
    "aiohttp",
    "babel",
    "psycopg",
)
HARMLESS = frozenset({"stall_rest"})  # settings that are free text, and cannot name a person, a team or a machine


async def report(settings: Settings, clock: Callable[[], datetime]) -> str:
    """Return the report. ``clock`` returns the present time, aware."""
    redaction, file, now = Redaction(settings.secrets()), settings.database_file, clock()
    parts = [
        ("The machine", _table(_machine())),
        ("Settings that differ from their defaults", _table(_settings(settings))),
        ("The database", _table(_server(settings, clock) if file is None else _database(file))),
        ("Copies", "They are made at the PostgreSQL server." if file is None else _table(_copies(settings.backups))),
        ("The running bot", await _running(settings)),
    ]
    made = f"Made at {now:%Y-%m-%d %H:%M} UTC. Please read it before you attach it to a report."
    body = "\n\n".join(f"## {title}\n\n{redaction.clean(text, LONGEST)}" for title, text in parts)
    return f"# pandabot doctor\n\n{made}\n\n{body}\n"


def _table(rows: Iterator[tuple[str, object]]) -> str:
    lines = [f"| {name} | {str(value).replace('|', '/')} |" for name, value in rows]
    return "\n".join(["| | |", "|---|---|", *lines]) if lines else "Nothing."


def _machine() -> Iterator[tuple[str, object]]:
    yield "pandabot", VERSION
    yield "Python", f"{platform.python_implementation()} {platform.python_version()} ({sys.platform})"
    yield "system", f"{platform.system()} {platform.release()} {platform.machine()}"
    yield "SQLite", sqlite3.sqlite_version
    versions = {re.sub(r"[-_.]+", "-", each.name).lower(): each.version for each in distributions()}
    for name in LIBRARIES:
        yield name, versions.get(name, "not installed")


def _settings(settings: Settings) -> Iterator[tuple[str, object]]:
    """The names of all settings that were given; values only where they are no secret and name nobody."""
    for name, declared in type(settings).model_fields.items():
        value = getattr(settings, name)
        if value is not None and value != declared.get_default(call_default_factory=True):
            is_choice = get_origin(declared.annotation) is Literal or name in HARMLESS
            yield name.upper(), value if is_choice else _shown(value)


def _shown(value: Any) -> object:
    """A number, a switch or a choice as it is; of free text, which may name somebody, only that it is given."""
    if isinstance(value, SecretStr):
        return f"given, {len(value.get_secret_value())} characters"
    if type(value) is str:  # no choice, as those of an enum are
        return f"given, {len(value.split(','))} entries" if "," in value else "given"
    return "given" if isinstance(value, Path) else value


def _database(path: Path) -> Iterator[tuple[str, object]]:
    """Sizes, versions and numbers of rows: no row is read."""
    for end in ("", "-wal"):
        file = path.with_name(path.name + end)
        yield file.name, f"{file.stat().st_size:,} bytes" if file.exists() else "does not exist"
    if not path.exists():
        return
    yield "others may read it", "yes" if is_open_to_others(path) else "no"
    try:
        with closing(open_to_read(path)) as conn:
            yield "quick check", "; ".join(str(row[0]) for row in conn.execute("PRAGMA quick_check(5)"))
            names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            for (table,) in conn.execute(names).fetchall():
                yield f"rows of {table}", conn.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]  # noqa: S608  a name from the schema
            yield "last migration", conn.execute("SELECT MAX(name) FROM _sqlite_migrations").fetchone()[0]
            yield from _states(conn)
    except sqlite3.Error as error:
        yield "cannot be read further", error


def _workers(conn: Connection, now: datetime) -> str:
    """How many processes have which roles and version, without their names: these begin with their machine's."""
    counted = Counter((worker.roles, worker.version) for worker in workers.OWN.at_work(conn, now))
    return "; ".join(f"{count} × {roles} ({version})" for (roles, version), count in counted.items()) or "none"


def _clock(conn: Connection, clock: Callable[[], datetime]) -> str:
    """How far the clock is from the server's, and a warning where that is too far."""
    found = offset(conn, clock)
    words = f"{abs(found):.3f} s {'ahead of' if found > 0 else 'behind'} the server's"
    warning = f"more than {AGREES:g} s: set it by NTP, as leases and due times are read by other machines"
    return f"**{words}, {warning}**" if abs(found) > AGREES else words


def _server(settings: Settings, clock: Callable[[], datetime]) -> Iterator[tuple[str, object]]:
    """Versions and sizes, and about how many rows each table has: no row is read but those that are counted by state.

    The server's name and address are left out: they name the team.
    """
    try:
        with reading(settings) as conn:
            server = "SELECT current_setting('server_version'), pg_database_size(current_database())"
            version, size = conn.execute(server).fetchone()
            yield "PostgreSQL", version
            yield "size", f"{size:,} bytes"
            tables = (
                "SELECT relname, n_live_tup, n_dead_tup FROM pg_stat_user_tables WHERE schemaname = current_schema()"
            )
            for table, live, dead in conn.execute(f"{tables} ORDER BY relname"):
                yield f"rows of {table}", f"about {live}, and {dead} dead ones"
            yield "last migration", conn.execute("SELECT MAX(name) FROM migrations").fetchone()[0]
            yield "processes seen in the last minute", _workers(conn, clock())
            yield "this machine's clock", _clock(conn, clock)
            yield from _states(conn)
    except StorageError as error:
        yield "cannot be read further", error


def _states(conn: Connection) -> Iterator[tuple[str, object]]:
    for table in ("outbox", "writes", "watches"):
        counted = conn.execute(f"SELECT state, COUNT(*) FROM {table} GROUP BY state")  # noqa: S608  constants
        yield f"{table} by state", ", ".join(f"{state} {count}" for state, count in counted) or "none"


def _copies(folder: Path) -> Iterator[tuple[str, object]]:
    try:
        found = copies.backups(folder)
    except StorageError as error:
        yield "cannot be read", error.__cause__.__class__.__name__  # its words name the folder
        return
    yield "number", len(found)
    if found:
        yield "newest", f"{copies.taken_at(found[0]):%Y-%m-%d %H:%M} UTC"


async def _running(settings: Settings) -> str:
    """The answers of ``/readyz`` and ``/metrics`` of a bot that runs here."""
    host = "127.0.0.1" if settings.http_host in {"0.0.0.0", "::"} else settings.http_host  # noqa: S104  where it listens
    base = f"http://{host}:{settings.http_port}"
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as session:
            texts = []
            for path in ("/readyz", "/metrics"):
                async with session.get(base + path) as answer:
                    lines = (await answer.text()).splitlines()
                    texts.append("\n".join(line for line in lines if not line.startswith("#")))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return f"No bot answers at {base}: {type(error).__name__}."
    return "```\n" + "\n\n".join(texts) + "\n```"
