"""Adds lanes and turns.

A lane is a row for each channel that gets posts: a claim locks the row, and its times are the channel's pace. The row
with an empty channel is the workspace's. A turn is a lock by name for an act that must not overlap.
"""

from __future__ import annotations

from storage.migrations.step import Step

STEP = Step(
    "0019_lanes",
    sqlite="""
CREATE TABLE lanes (
  channel TEXT PRIMARY KEY, full_at INTEGER NOT NULL DEFAULT 0, paused_until INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE turns (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
""",
    postgres="""
CREATE TABLE lanes (
  channel TEXT COLLATE "C" PRIMARY KEY, full_at BIGINT NOT NULL DEFAULT 0, paused_until BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE TABLE turns (
  name TEXT COLLATE "C" PRIMARY KEY, holder TEXT COLLATE "C" NOT NULL, until BIGINT NOT NULL
);
""",
)
