"""Adds the knowledge of PandaPon's outages and pauses, so that all processes hold back, also after a restart."""

from __future__ import annotations

from storage.migrations.step import Step

STEP = Step(
    "0026_outages",
    sqlite="""
CREATE TABLE outages (
  name TEXT PRIMARY KEY, down_since INTEGER, waits INTEGER NOT NULL, closed_until INTEGER, error TEXT NOT NULL,
  fence INTEGER NOT NULL
) STRICT, WITHOUT ROWID
""",
    postgres="""
CREATE TABLE outages (
  name TEXT COLLATE "C" PRIMARY KEY, down_since BIGINT, waits BIGINT NOT NULL, closed_until BIGINT,
  error TEXT COLLATE "C" NOT NULL, fence BIGINT NOT NULL
) WITH (fillfactor = 50)
""",
)
