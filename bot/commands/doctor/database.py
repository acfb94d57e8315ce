"""The parts about a database: a SQLite file with its copies, or tables on a PostgreSQL server.

They hold sizes, versions and numbers of rows. Nothing of a row is read but its state, to be counted.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

from bot.process.server_clock import AGREES
from storage.errors import StorageError
from storage.postgres.clock import offset
from storage.sqlite import copies, pragmas
from storage.sqlite.opening import open_to_read
from storage.sqlite.private import is_open_to_others

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from storage.connection import Connection
    from storage.workers import WorkerTable

SERVER = "SELECT current_setting('server_version'), pg_database_size(current_database())"
TABLES = """
SELECT relname, n_live_tup, n_dead_tup FROM pg_stat_user_tables WHERE schemaname = current_schema() ORDER BY relname
"""


def of_file(path: Path) -> Iterator[tuple[str, object]]:
    """Yield the report's rows about a SQLite file, each a name and a value."""
    for end in ("", "-wal"):
        file = path.with_name(path.name + end)
        yield file.name, f"{file.stat().st_size:,} bytes" if file.exists() else "does not exist"
    if not path.exists():
        return
    yield "others may read it", "yes" if is_open_to_others(path) else "no"
    try:
        with closing(open_to_read(path)) as conn:
            yield "quick check", "; ".join(pragmas.quick_check(conn, 5))
            for table in pragmas.tables(conn):
                yield f"rows of {table}", conn.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]  # noqa: S608  a name from the schema
            yield "last migration", conn.execute("SELECT MAX(name) FROM _sqlite_migrations").fetchone()[0]
            yield from states(conn)
    except sqlite3.Error as error:
        yield "cannot be read further", error


def of_copies(folder: Path) -> Iterator[tuple[str, object]]:
    """Yield how many copies a file has, and how old the newest is."""
    try:
        existing = copies.backups(folder)
    except StorageError as error:
        yield "cannot be read", error.__cause__.__class__.__name__  # its words name the folder
        return
    yield "number", len(existing)
    if existing:
        yield "newest", f"{copies.taken_at(existing[0]):%Y-%m-%d %H:%M} UTC"


def of_server(conn: Connection, workers: WorkerTable, clock: Callable[[], datetime]) -> Iterator[tuple[str, object]]:
    """Yield the report's rows about a server. Its name and address are left out: they may name the team."""
    version, size = conn.execute(SERVER).fetchone()
    yield "PostgreSQL", version
    yield "size", f"{size:,} bytes"
    for table, live, dead in conn.execute(TABLES):
        yield f"rows of {table}", f"about {live}, and {dead} dead ones"
    yield "processes seen in the last minute", _at_work(conn, workers, clock())
    yield "this machine's clock", _difference(conn, clock)


def of_schema(conn: Connection) -> Iterator[tuple[str, object]]:
    """Yield the report's rows about one bot's tables on a server."""
    yield "last migration", conn.execute("SELECT MAX(name) FROM migrations").fetchone()[0]
    yield from states(conn)


def states(conn: Connection) -> Iterator[tuple[str, object]]:
    """Yield the numbers of posts, writes and watches by state."""
    for table in ("outbox", "writes", "watches"):
        counted = conn.execute(f"SELECT state, COUNT(*) FROM {table} GROUP BY state")  # noqa: S608  constants
        yield f"{table} by state", ", ".join(f"{state} {count}" for state, count in counted) or "none"


def _at_work(conn: Connection, workers: WorkerTable, now: datetime) -> str:
    """Return how many processes have which roles and version, without their names, which begin with the machine's."""
    counted = Counter((worker.roles, worker.version) for worker in workers.at_work(conn, now))
    return "; ".join(f"{count} × {roles} ({version})" for (roles, version), count in counted.items()) or "none"


def _difference(conn: Connection, clock: Callable[[], datetime]) -> str:
    """Return how far this machine's clock is from the server's, with a warning if that is too far."""
    seconds = offset(conn, clock)
    words = f"{abs(seconds):.3f} s {'ahead of' if seconds > 0 else 'behind'} the server's"
    warning = f"more than {AGREES:g} s: set it by NTP, as leases and due times are read by other machines"
    return f"**{words}, {warning}**" if abs(seconds) > AGREES else words
