"""The tables that all workspaces of an installation share, for each engine.

Statements of later versions are added at the end and only add columns or tables, since processes of the former version
still work with the tables. A SQLite file has the tables only on the way from one server to another, so it is always
new.
"""

from __future__ import annotations

# Text sorts and compares by its bytes, as everywhere; times are microseconds since 1970.
POSTGRES = """
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
CREATE TABLE IF NOT EXISTS host_facts (
  name TEXT COLLATE "C" PRIMARY KEY, value TEXT COLLATE "C" NOT NULL, at BIGINT NOT NULL
);
"""
SQLITE = """
CREATE TABLE IF NOT EXISTS installations (
  id TEXT PRIMARY KEY, enterprise_id TEXT NOT NULL, team_id TEXT NOT NULL, name TEXT NOT NULL, sealed TEXT NOT NULL,
  installed_at INTEGER NOT NULL, revoked_at INTEGER, revision INTEGER NOT NULL,
  token_revision INTEGER NOT NULL DEFAULT 0, renewing_until INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS accounts (
  id TEXT PRIMARY KEY, sealed TEXT NOT NULL, rate_per_second REAL, connected_at INTEGER NOT NULL,
  connected_by TEXT NOT NULL, revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS account_paces (
  name TEXT PRIMARY KEY, full_at INTEGER NOT NULL DEFAULT 0, paused_until INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS account_outages (
  name TEXT PRIMARY KEY, down_since INTEGER, waits INTEGER NOT NULL, closed_until INTEGER, error TEXT NOT NULL,
  fence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS host_workers (
  id TEXT PRIMARY KEY, roles TEXT NOT NULL, version TEXT NOT NULL, seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS oauth_states (hash TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS host_facts (
  name TEXT PRIMARY KEY, value TEXT NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""


def statements(text: str) -> list[str]:
    """Return the statements of :data:`POSTGRES` or :data:`SQLITE`."""
    return [statement for statement in text.split(";\n") if statement.strip()]
