"""The steps from the time when SQLite was the only engine. The connection defines the function ``normal_number``."""

from __future__ import annotations

FIRST_TABLES = """
CREATE TABLE orders (
  key TEXT PRIMARY KEY, platform TEXT NOT NULL, order_id TEXT NOT NULL,
  fence INTEGER NOT NULL DEFAULT 0, version INTEGER NOT NULL DEFAULT 1,
  fingerprint BLOB NOT NULL, milestone TEXT, detail TEXT NOT NULL, sub_orders TEXT NOT NULL,
  moved_at INTEGER, final_at INTEGER, has_parcels INTEGER NOT NULL DEFAULT 0,
  polls INTEGER NOT NULL DEFAULT 1, fails INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
  read_at INTEGER, stale_since INTEGER, next_poll_at INTEGER, created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX orders_due ON orders (next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX orders_id ON orders (order_id);
CREATE TABLE parcels (
  key TEXT NOT NULL REFERENCES orders (key) ON DELETE CASCADE, waybill TEXT NOT NULL,
  carrier TEXT NOT NULL, status_code TEXT NOT NULL, status_milestone TEXT, milestone TEXT,
  PRIMARY KEY (key, waybill)
) STRICT, WITHOUT ROWID;
CREATE INDEX parcels_waybill ON parcels (waybill);
CREATE TABLE nodes (
  key TEXT NOT NULL REFERENCES orders (key) ON DELETE CASCADE, identity TEXT NOT NULL, content TEXT NOT NULL,
  waybill TEXT NOT NULL, at INTEGER, raw_time TEXT NOT NULL, time_basis TEXT NOT NULL, text TEXT NOT NULL,
  code TEXT NOT NULL, place TEXT NOT NULL, milestone TEXT, sequence INTEGER NOT NULL, seen_at INTEGER NOT NULL,
  PRIMARY KEY (key, identity)
) STRICT, WITHOUT ROWID;
CREATE TABLE watches (
  id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL REFERENCES orders (key), channel TEXT NOT NULL,
  filter TEXT NOT NULL, state TEXT NOT NULL, created_by TEXT NOT NULL, created_at INTEGER NOT NULL,
  card_ts TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX watches_live ON watches (key, channel) WHERE state <> 'ended';
CREATE INDEX watches_channel ON watches (channel, id) WHERE state <> 'ended';
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT, position INTEGER NOT NULL, watch_id INTEGER REFERENCES watches (id),
  what TEXT NOT NULL, kind TEXT NOT NULL, channel TEXT NOT NULL, key TEXT NOT NULL, payload TEXT NOT NULL,
  level TEXT NOT NULL DEFAULT '', state TEXT NOT NULL, fence INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0, not_before INTEGER NOT NULL DEFAULT 0, lease_until INTEGER,
  token TEXT NOT NULL, created_at INTEGER NOT NULL, claimed_at INTEGER, sent_at INTEGER,
  ts TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '', UNIQUE (watch_id, what)
) STRICT;
CREATE INDEX outbox_live ON outbox (channel, (kind = 'refresh'), position)
  WHERE state IN ('pending', 'sending', 'uncertain');
CREATE INDEX outbox_sending ON outbox (channel) WHERE state = 'sending';
CREATE INDEX outbox_position ON outbox (position);
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE state = 'sent';
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  channel TEXT NOT NULL, key TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_key ON audit (key, at);
CREATE TABLE deliveries (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
"""

DELIVERY = """
CREATE TABLE channels (
  channel TEXT PRIMARY KEY, settings TEXT NOT NULL DEFAULT '', muted_until INTEGER, muted_by TEXT NOT NULL DEFAULT '',
  digest_day TEXT NOT NULL DEFAULT '', updated_by TEXT NOT NULL DEFAULT '', updated_at INTEGER
) STRICT;
CREATE TABLE news (
  id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL REFERENCES orders (key) ON DELETE CASCADE,
  what TEXT NOT NULL, at INTEGER NOT NULL, level TEXT NOT NULL, audience TEXT NOT NULL, payload TEXT NOT NULL,
  UNIQUE (key, what)
) STRICT;
CREATE INDEX news_at ON news (at);
ALTER TABLE watches ADD COLUMN muted_until INTEGER;
ALTER TABLE watches ADD COLUMN muted_by TEXT NOT NULL DEFAULT '';
ALTER TABLE watches ADD COLUMN subscription INTEGER;
ALTER TABLE orders ADD COLUMN doubtful_since INTEGER;
ALTER TABLE orders ADD COLUMN leased INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN held_until INTEGER;
ALTER TABLE outbox ADD COLUMN folded_into INTEGER;
CREATE INDEX outbox_held ON outbox (held_until) WHERE state = 'held' AND held_until IS NOT NULL;
CREATE INDEX outbox_folded ON outbox (folded_into) WHERE folded_into IS NOT NULL;
CREATE TABLE subscriptions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, status TEXT NOT NULL, filter TEXT NOT NULL,
  state TEXT NOT NULL, created_by TEXT NOT NULL, created_at INTEGER NOT NULL, scanned_at INTEGER, ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX subscriptions_live ON subscriptions (channel, status) WHERE state = 'active';
CREATE TABLE alarms (
  id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL REFERENCES orders (key) ON DELETE CASCADE,
  what TEXT NOT NULL, leg TEXT NOT NULL, facts TEXT NOT NULL, state TEXT NOT NULL, raised_at INTEGER NOT NULL,
  snoozed_until INTEGER, assignee TEXT NOT NULL DEFAULT '', actor TEXT NOT NULL DEFAULT '', acted_at INTEGER,
  cleared_at INTEGER, UNIQUE (key, what)
) STRICT;
CREATE UNIQUE INDEX alarms_live ON alarms (key) WHERE state <> 'cleared';
ALTER TABLE orders ADD COLUMN stall_at INTEGER;
CREATE INDEX watches_order ON watches (key, channel);
CREATE INDEX watches_subscription ON watches (subscription) WHERE subscription IS NOT NULL;
CREATE INDEX outbox_leased ON outbox (lease_until) WHERE state = 'sending';
CREATE INDEX outbox_news ON outbox (key, what);
CREATE INDEX orders_stall ON orders (stall_at) WHERE stall_at IS NOT NULL;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
"""

INBOX = """
CREATE TABLE inbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT, dedup TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, ids TEXT NOT NULL,
  body TEXT NOT NULL, received_at INTEGER NOT NULL, handled_at INTEGER, outcome TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX inbox_waiting ON inbox (id) WHERE handled_at IS NULL;
CREATE INDEX inbox_received ON inbox (received_at);
"""

# Drops the time of the last complete reading of an order list: after a start the list is read again anyway.
SCANS = """
ALTER TABLE subscriptions DROP COLUMN scanned_at;
"""

# Indexes for the figures of the status and for pruning: the tables may hold millions of rows.
HEALTH = """
CREATE INDEX outbox_stuck ON outbox (state) WHERE state IN ('held', 'failed', 'skipped');
CREATE INDEX orders_stale ON orders (stale_since) WHERE stale_since IS NOT NULL;
CREATE INDEX watches_state ON watches (state) WHERE state <> 'ended';
"""

# An index for messages about unknown orders, which are often counted and deleted.
UNKNOWN_PUSHES = """
CREATE INDEX inbox_unknown ON inbox (received_at) WHERE outcome = 'unknown order';
"""

# People's names, and reminders: the person, the alarm, the channel and the time.
REACH = """
CREATE TABLE people (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE reminders (
  alarm INTEGER NOT NULL REFERENCES alarms (id) ON DELETE CASCADE, person TEXT NOT NULL, channel TEXT NOT NULL,
  at INTEGER, PRIMARY KEY (alarm, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX reminders_due ON reminders (at) WHERE at IS NOT NULL;
INSERT INTO reminders (alarm, person, channel, at)
  SELECT a.id, a.actor, COALESCE((SELECT w.channel FROM watches w WHERE w.key = a.key AND w.state <> 'ended'), ''),
    a.snoozed_until FROM alarms a WHERE a.state = 'snoozed' AND a.snoozed_until IS NOT NULL AND a.actor <> '';
"""

# A parcel's normalised number, by which it is found, and the platform's id, which matches it with a consignment.
TRACKING_NUMBERS = """
ALTER TABLE parcels ADD COLUMN number TEXT NOT NULL DEFAULT '';
ALTER TABLE parcels ADD COLUMN logistics_id TEXT NOT NULL DEFAULT '';
CREATE INDEX parcels_number ON parcels (number);
DROP INDEX parcels_waybill;
UPDATE parcels SET number = normal_number(waybill);
"""

# Renames columns and values to the code's terms. The token of a daily digest is still derived from its event's former
# name (see ``enqueue``).
VOCABULARY = """
ALTER TABLE outbox RENAME COLUMN what TO event_id;
ALTER TABLE outbox RENAME COLUMN level TO severity;
ALTER TABLE outbox RENAME COLUMN folded_into TO batch_id;
ALTER TABLE news RENAME COLUMN what TO event_id;
ALTER TABLE news RENAME COLUMN level TO severity;
ALTER TABLE alarms RENAME COLUMN what TO event_id;
ALTER TABLE orders RENAME COLUMN detail TO order_json;
ALTER TABLE orders RENAME COLUMN doubtful_since TO unconfirmed_since;
DROP INDEX outbox_folded;
CREATE INDEX outbox_batch ON outbox (batch_id) WHERE batch_id IS NOT NULL;
UPDATE outbox SET state = 'batched' WHERE state = 'folded';
UPDATE outbox SET event_id = 'batch:' || substr(event_id, 8) WHERE kind = 'digest' AND event_id LIKE 'digest:%';
UPDATE outbox SET kind = 'batch' WHERE kind = 'digest';
UPDATE outbox SET kind = 'daily_digest', event_id = 'daily_digest:' || substr(event_id, 9) WHERE kind = 'summary';
"""

# Why an order is at a problem or an end, for lists, which load no entries. The rereading by newer rules fills it.
REASON = """
ALTER TABLE orders ADD COLUMN reason TEXT NOT NULL DEFAULT '';
"""

# The language and time zone that each person set in Slack, so that answers are in that language after a restart, too.
READERS = """
ALTER TABLE people ADD COLUMN locale TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN time_zone TEXT NOT NULL DEFAULT '';
"""

# When an order is expected, whether it was told as late, and the journeys from which these times are learnt.
EXPECTED = """
ALTER TABLE orders ADD COLUMN expected TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN late_at INTEGER;
ALTER TABLE orders ADD COLUMN was_late INTEGER NOT NULL DEFAULT 0;
CREATE TABLE journeys (
  key TEXT NOT NULL REFERENCES orders (key) ON DELETE CASCADE, waybill TEXT NOT NULL, carrier TEXT NOT NULL,
  lane TEXT NOT NULL, paid_at INTEGER, picked_up_at INTEGER, in_transit_at INTEGER, arrived_at INTEGER,
  out_for_delivery_at INTEGER, ended_at INTEGER NOT NULL, PRIMARY KEY (key, waybill)
) STRICT, WITHOUT ROWID;
CREATE INDEX journeys_ended ON journeys (ended_at);
"""

# The records of calls that change the account, and the contents of open forms.
WRITES = """
CREATE TABLE writes (
  id TEXT PRIMARY KEY, dedup_key TEXT NOT NULL UNIQUE, operation TEXT NOT NULL, target TEXT NOT NULL,
  change_json TEXT NOT NULL, actor TEXT NOT NULL, channel TEXT NOT NULL, amount_fen INTEGER, state TEXT NOT NULL,
  request_id TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', begun_at INTEGER NOT NULL, settled_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX writes_begun ON writes (begun_at);
CREATE INDEX writes_open ON writes (target) WHERE state IN ('begun', 'unclear');
CREATE TABLE flows (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, owner TEXT NOT NULL, channel TEXT NOT NULL, content TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX flows_at ON flows (at);
"""

# Forms of several pages, and the results and approvals of writes.
FLOWS = """
ALTER TABLE flows ADD COLUMN step TEXT NOT NULL DEFAULT '';
ALTER TABLE flows ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE writes ADD COLUMN made TEXT NOT NULL DEFAULT '';
ALTER TABLE writes ADD COLUMN approved_by TEXT NOT NULL DEFAULT '';
CREATE INDEX writes_target ON writes (target, begun_at);
"""

# The deadline for a pick-up, for lists, which load no entries. The rereading by newer rules fills it.
PICK_UP_BY = """
ALTER TABLE orders ADD COLUMN pick_up_by INTEGER;
"""

# Each order's refunds, until when an open refund keeps it out of the archive, and whether one waits for the buyer.
REFUNDS = """
ALTER TABLE orders ADD COLUMN refunds TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN refund_open_until INTEGER;
ALTER TABLE orders ADD COLUMN refund_needs_buyer INTEGER NOT NULL DEFAULT 0;
CREATE INDEX orders_refunds ON orders (key) WHERE refunds <> '';
CREATE INDEX orders_refund_needs_buyer ON orders (created_at) WHERE refund_needs_buyer = 1;
"""

# Requests for approvals, their messages, people who are away, and forms that wait for a decision.
APPROVALS = """
CREATE TABLE approvals (
  id INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL, deed TEXT NOT NULL, asker TEXT NOT NULL,
  flow TEXT NOT NULL, channel TEXT NOT NULL, approvers TEXT NOT NULL, state TEXT NOT NULL, asked_at INTEGER NOT NULL,
  until INTEGER NOT NULL, reminded_at INTEGER, decided_at INTEGER, decided_by TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '', granted_to TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX approvals_target ON approvals (asker, target);
CREATE INDEX approvals_waiting ON approvals (asked_at) WHERE state = 'waiting';
CREATE TABLE approval_messages (
  approval INTEGER NOT NULL REFERENCES approvals (id) ON DELETE CASCADE, channel TEXT NOT NULL, ts TEXT NOT NULL,
  reader TEXT NOT NULL, PRIMARY KEY (approval, channel, ts)
) STRICT, WITHOUT ROWID;
CREATE TABLE absences (person TEXT PRIMARY KEY, delegate TEXT NOT NULL, until INTEGER) STRICT, WITHOUT ROWID;
CREATE INDEX writes_approved ON writes (begun_at) WHERE approved_by <> '';
ALTER TABLE flows ADD COLUMN keep_until INTEGER NOT NULL DEFAULT 0;
"""
