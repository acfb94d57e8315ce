"""Moves the schedule of orders to a table of its own.

A claim, and a reading that brings nothing new, write only the schedule's short row, and not the order's row with the
order as PandaPon sent it. The columns with an order's platform and id are dropped, since its key holds both.
"""

from __future__ import annotations

from storage.migrations.step import Step

_SQLITE = """
CREATE TABLE schedule (
  key TEXT PRIMARY KEY REFERENCES orders (key) ON DELETE CASCADE, next_poll_at INTEGER,
  fence INTEGER NOT NULL DEFAULT 0, leased INTEGER NOT NULL DEFAULT 0, polls INTEGER NOT NULL DEFAULT 1,
  fails INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '', fingerprint BLOB NOT NULL, read_at INTEGER,
  stale_since INTEGER, stall_at INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO schedule
  SELECT key, next_poll_at, fence, leased, polls, fails, error, fingerprint, read_at, stale_since, stall_at
  FROM orders ORDER BY key;
CREATE INDEX schedule_due ON schedule (next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX schedule_stall ON schedule (stall_at) WHERE stall_at IS NOT NULL;
CREATE INDEX schedule_stale ON schedule (stale_since) WHERE stale_since IS NOT NULL;
CREATE TABLE orders_without_schedule (
  key TEXT PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, milestone TEXT, reason TEXT NOT NULL DEFAULT '',
  pick_up_by INTEGER, order_json TEXT NOT NULL, sub_orders TEXT NOT NULL, moved_at INTEGER, final_at INTEGER,
  has_parcels INTEGER NOT NULL DEFAULT 0, expected TEXT NOT NULL DEFAULT '', late_at INTEGER,
  was_late INTEGER NOT NULL DEFAULT 0, refunds TEXT NOT NULL DEFAULT '', refund_open_until INTEGER,
  refund_needs_buyer INTEGER NOT NULL DEFAULT 0, unconfirmed_since INTEGER, created_at INTEGER NOT NULL
) STRICT;
INSERT INTO orders_without_schedule
  SELECT key, version, milestone, reason, pick_up_by, order_json, sub_orders, moved_at, final_at, has_parcels,
    expected, late_at, was_late, refunds, refund_open_until, refund_needs_buyer, unconfirmed_since, created_at
  FROM orders ORDER BY rowid;
DROP TABLE orders;
ALTER TABLE orders_without_schedule RENAME TO orders;
CREATE INDEX orders_refunds ON orders (key) WHERE refunds <> '';
CREATE INDEX orders_refund_needs_buyer ON orders (created_at) WHERE refund_needs_buyer = 1
"""

_POSTGRES = """
CREATE TABLE schedule (
  key TEXT COLLATE "C" PRIMARY KEY REFERENCES orders (key) ON DELETE CASCADE, next_poll_at BIGINT,
  fence BIGINT NOT NULL DEFAULT 0, leased BIGINT NOT NULL DEFAULT 0, polls BIGINT NOT NULL DEFAULT 1,
  fails BIGINT NOT NULL DEFAULT 0, error TEXT COLLATE "C" NOT NULL DEFAULT '', fingerprint BYTEA NOT NULL,
  read_at BIGINT, stale_since BIGINT, stall_at BIGINT
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
INSERT INTO schedule
  SELECT key, next_poll_at, fence, leased, polls, fails, error, fingerprint, read_at, stale_since, stall_at
  FROM orders ORDER BY key;
CREATE INDEX schedule_due ON schedule (next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX schedule_stall ON schedule (stall_at) WHERE stall_at IS NOT NULL;
CREATE INDEX schedule_stale ON schedule (stale_since) WHERE stale_since IS NOT NULL;
ALTER TABLE orders DROP COLUMN platform, DROP COLUMN order_id, DROP COLUMN next_poll_at, DROP COLUMN fence,
  DROP COLUMN leased, DROP COLUMN polls, DROP COLUMN fails, DROP COLUMN error, DROP COLUMN fingerprint,
  DROP COLUMN read_at, DROP COLUMN stale_since, DROP COLUMN stall_at
"""

STEP = Step("0020_schedule", _SQLITE, _POSTGRES)
