"""Adds the holder of a lease, jobs that one process at a time runs, and the pace of requests to an account."""

from __future__ import annotations

from storage.migrations.step import Step

STEP = Step(
    "0024_roles",
    sqlite="""
ALTER TABLE schedule ADD COLUMN worker TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN worker TEXT NOT NULL DEFAULT '';
CREATE TABLE jobs (
  name TEXT PRIMARY KEY, due_at INTEGER NOT NULL, lease_until INTEGER NOT NULL DEFAULT 0,
  fence INTEGER NOT NULL DEFAULT 0, worker TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TABLE paces (
  name TEXT PRIMARY KEY, full_at INTEGER NOT NULL DEFAULT 0, paused_until INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
""",
    postgres="""
ALTER TABLE schedule ADD COLUMN worker TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN worker TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE TABLE jobs (
  name TEXT COLLATE "C" PRIMARY KEY, due_at BIGINT NOT NULL, lease_until BIGINT NOT NULL DEFAULT 0,
  fence BIGINT NOT NULL DEFAULT 0, worker TEXT COLLATE "C" NOT NULL DEFAULT ''
) WITH (fillfactor = 50);
CREATE TABLE paces (
  name TEXT COLLATE "C" PRIMARY KEY, full_at BIGINT NOT NULL DEFAULT 0, paused_until BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
""",
)
