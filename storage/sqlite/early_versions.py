"""Completes files of early versions, so that they have the tables and batches that today's code expects.

On 23 and 24 November 2026 the steps 0001, 0003 and 0006 were still edited, and 0008 once made a superfluous table. A
file that one of those commits made lists the step as applied, but lacks some of its columns and indexes: without
``orders.leased``, for example, no order can be claimed. Up to step 0007 a batch had no list of its posts, and no
batches for the orders' threads: a batch that waits in such a file would tell the number of an order's news, but never
the news.

Steps are no longer edited, and a test compares the tables of every released version, after migration, with new ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

STEP = "0018_early_versions"
INDEXES = {
    "outbox_live": "outbox (channel, (kind = 'refresh'), position)\n"
    "  WHERE state IN ('pending', 'sending', 'uncertain')",
    "outbox_sending": "outbox (channel) WHERE state = 'sending'",
    "outbox_position": "outbox (position)",
    "outbox_leased": "outbox (lease_until) WHERE state = 'sending'",
    "outbox_news": "outbox (key, event_id)",
    "outbox_stuck": "outbox (state) WHERE state IN ('held', 'failed', 'skipped')",
    "watches_order": "watches (key, channel)",
    "watches_subscription": "watches (subscription) WHERE subscription IS NOT NULL",
}
WITHOUT_LIST = """
SELECT id FROM outbox WHERE kind = 'batch' AND key = '' AND payload = ''
  AND state IN ('pending', 'sending', 'uncertain')
"""
LIST = """
UPDATE outbox SET payload = (SELECT json_group_array(p.id) FROM outbox p WHERE p.batch_id = outbox.id) WHERE id = ?
"""
OF_ORDERS = "SELECT key, MIN(id) FROM outbox WHERE batch_id = ? GROUP BY key ORDER BY MIN(id)"
IN_THREAD = """
INSERT INTO outbox (position, event_id, kind, channel, key, payload, state, token, created_at)
SELECT (SELECT MAX(position) FROM outbox) + 1, 'detail:' || id, 'batch', channel, key, '', 'pending',
  lower(hex(randomblob(16))), created_at
FROM outbox WHERE id = ?
"""
MOVE = "UPDATE outbox SET batch_id = ? WHERE batch_id = ? AND key = ?"


def mend(conn: sqlite3.Connection) -> None:
    """Add missing columns, indexes and batches, with the names as of step 0018. A complete file stays as it is."""
    _complete_tables(conn)
    for row in conn.execute(WITHOUT_LIST).fetchall():
        batch = row[0]
        conn.execute(LIST, (batch,))
        for key, first in conn.execute(OF_ORDERS, (batch,)).fetchall():
            thread = conn.execute(IN_THREAD, (first,)).lastrowid
            conn.execute(MOVE, (thread, batch, key))


def _complete_tables(conn: sqlite3.Connection) -> None:
    if "leased" not in {column[1] for column in conn.execute("PRAGMA table_info(orders)")}:
        conn.execute("ALTER TABLE orders ADD COLUMN leased INTEGER NOT NULL DEFAULT 0")
    rows = conn.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
    indexes = {row[0]: row[1] for row in rows}
    for name, index in INDEXES.items():
        statement = f"CREATE INDEX {name} ON {index}"
        if indexes.get(name) != statement:
            conn.execute(f"DROP INDEX IF EXISTS {name}")
            conn.execute(statement)
    conn.execute("DROP TABLE IF EXISTS former_settings")
