"""Adds the facts that processes share: which of them are at work, and the values that one of them learnt for all."""

from __future__ import annotations

from storage.migrations.step import Step

STEP = Step(
    "0027_processes",
    sqlite="""
CREATE TABLE workers (
  id TEXT PRIMARY KEY, roles TEXT NOT NULL, version TEXT NOT NULL, seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE learned (name TEXT PRIMARY KEY, version INTEGER NOT NULL, value BLOB NOT NULL) STRICT;
""",
    postgres="""
CREATE TABLE workers (
  id TEXT COLLATE "C" PRIMARY KEY, roles TEXT COLLATE "C" NOT NULL, version TEXT COLLATE "C" NOT NULL,
  seen_at BIGINT NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE learned (name TEXT COLLATE "C" PRIMARY KEY, version BIGINT NOT NULL, value BYTEA NOT NULL);
""",
)
