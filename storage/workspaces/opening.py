"""Opens the shared tables and the schemas of workspaces, on the connections of one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.postgres.database import PostgresEngine
from storage.store import Store
from storage.workspaces.directory import Directory

if TYPE_CHECKING:
    from storage.connection import Connection
    from storage.postgres.database import PostgresServer

LOCK = 0x776F726B73706163  # an arbitrary number: processes that start at the same time make the tables one by one
# Text sorts and compares by its bytes, as everywhere; times are microseconds since 1970. What a later version needs
# stands at the end and only adds, as processes of the version before go on working with the tables.
TABLES = """
CREATE TABLE IF NOT EXISTS installations (
  id TEXT COLLATE "C" PRIMARY KEY, enterprise_id TEXT COLLATE "C" NOT NULL, team_id TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL, sealed TEXT COLLATE "C" NOT NULL, installed_at BIGINT NOT NULL, revoked_at BIGINT,
  revision BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS accounts (
  id TEXT COLLATE "C" PRIMARY KEY, sealed TEXT COLLATE "C" NOT NULL, rate_per_second DOUBLE PRECISION,
  connected_at BIGINT NOT NULL, connected_by TEXT COLLATE "C" NOT NULL, revision BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS account_paces (
  name TEXT COLLATE "C" PRIMARY KEY, full_at BIGINT NOT NULL DEFAULT 0, paused_until BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE TABLE IF NOT EXISTS account_outages (
  name TEXT COLLATE "C" PRIMARY KEY, down_since BIGINT, waits BIGINT NOT NULL, closed_until BIGINT,
  error TEXT COLLATE "C" NOT NULL, fence BIGINT NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS host_workers (
  id TEXT COLLATE "C" PRIMARY KEY, roles TEXT COLLATE "C" NOT NULL, version TEXT COLLATE "C" NOT NULL,
  seen_at BIGINT NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS oauth_states (hash TEXT COLLATE "C" PRIMARY KEY, expires_at BIGINT NOT NULL);
ALTER TABLE installations ADD COLUMN IF NOT EXISTS token_revision BIGINT NOT NULL DEFAULT 0;
ALTER TABLE installations ADD COLUMN IF NOT EXISTS renewing_until BIGINT;
"""


async def open_directory(server: PostgresServer) -> Directory:
    """Open the shared tables, which are made where they are missing. Raises StorageError."""
    engine = PostgresEngine(server, owns_server=False)
    await engine.run(_make_tables)
    return Directory(engine)


async def open_schema(server: PostgresServer, schema: str) -> Store:
    """Open the store of one workspace: its transactions see the tables of this schema alone. Raises StorageError."""
    engine = PostgresEngine(server, schema, owns_server=False)
    await engine.open()
    return Store(engine)


async def drop_schema(server: PostgresServer, schema: str) -> None:
    """Delete all data of one workspace. Raises StorageError."""
    engine = PostgresEngine(server, owns_server=False)
    await engine.run(lambda conn: conn.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE').rowcount)


def _make_tables(conn: Connection) -> None:
    conn.execute("SELECT pg_advisory_xact_lock(?)", (LOCK,))
    for statement in filter(str.strip, TABLES.split(";\n")):
        conn.execute(statement)
