"""Applies the steps to a schema of PostgreSQL, and stores the list of applied steps in its table ``migrations``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

from storage.errors import NewerSchemaError, RefusedError, StorageError
from storage.migrations.steps import NAMES, STEPS
from storage.postgres.connection import PostgresConnection
from storage.postgres.errors import ADDRESS

if TYPE_CHECKING:
    import psycopg

    from storage.connection import Connection

# An arbitrary number: processes that start at the same time take this lock, and migrate one after the other.
LOCK = 0x70616E6461626F74
OLDEST = 140000  # server_version_num
LIST = """
CREATE TABLE IF NOT EXISTS migrations (
  name TEXT COLLATE "C" PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
)
"""


def prepare(raw: psycopg.Connection[Any], schema: str = "") -> str:
    """Make or migrate the tables of a schema, in the caller's transaction. Returns the server's version.

    Raises NewerSchemaError if a newer version made the tables, and RefusedError for a standby or an old server.
    """
    version, number, is_standby = _one(
        raw, "SELECT current_setting('server_version'), current_setting('server_version_num')::int, pg_is_in_recovery()"
    )
    if number < OLDEST:
        raise RefusedError(f"PostgreSQL {version} is too old: 14 or newer is needed.")
    if is_standby:
        raise RefusedError(f"The PostgreSQL server is a standby, which only reads. Name the primary in {ADDRESS}.")
    wait_for_turn(PostgresConnection(raw), LOCK)
    if schema:
        raw.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
    if not _one(raw, "SELECT to_regclass('migrations') IS NOT NULL")[0]:
        _check_empty(raw)
        raw.execute(LIST)
    applied = {name for (name,) in raw.execute("SELECT name FROM migrations").fetchall()}
    if applied - NAMES:
        raise NewerSchemaError("The database was written by a newer version of pandabot. Update pandabot.")
    for step in STEPS:
        if step.name not in applied:
            for statement in step.for_postgres():
                raw.execute(statement)
            if step.convert:
                step.convert(PostgresConnection(raw))
            raw.execute("INSERT INTO migrations (name) VALUES (%s)", (step.name,))
    return str(version).split()[0]


def wait_for_turn(conn: Connection, lock: int) -> None:
    """Take a lock until the end of the transaction, so that processes make their tables one after the other.

    The role's ``statement_timeout`` is lifted for the transaction, since it may be too short for a table of millions of
    rows. The ``lock_timeout`` is lifted only while this waits for the lock, since another process may be making such a
    table.
    """
    conn.execute("SET LOCAL statement_timeout = 0")
    limit = conn.execute("SELECT current_setting('lock_timeout')").fetchone()[0]
    conn.execute("SET LOCAL lock_timeout = 0")
    conn.execute("SELECT pg_advisory_xact_lock(?)", (lock,))
    conn.execute("SELECT set_config('lock_timeout', ?, TRUE)", (limit,))


def _check_empty(raw: psycopg.Connection[Any]) -> None:
    """Raise StorageError if the schema has tables of another program."""
    foreign = raw.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() "
        "AND tablename IN ('orders', 'watches', 'outbox', 'news', 'alarms')"
    ).fetchall()
    if foreign:
        raise StorageError(
            "The PostgreSQL database has tables of another program. Give pandabot a database of its own."
        )


def _one(raw: psycopg.Connection[Any], query: str) -> Any:
    return raw.execute(query).fetchone()
