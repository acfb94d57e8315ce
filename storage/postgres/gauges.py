"""Gauges of the server that warn early: the oldest transaction, dead rows, the database's size, and deadlocks.

On an installation of many workspaces, the dead rows of a table are those of all workspaces together.

The server shows other users' transactions only to members of ``pg_monitor``; without that right only the bot's own
transactions count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.engine import Gauge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from storage.connection import Connection

TABLE = "table"
MEANINGS = {
    "database_oldest_transaction_seconds": "Age of the oldest transaction whose snapshot keeps dead rows.",
    "database_dead_rows": "Dead rows that are not vacuumed yet, by table.",
    "database_bytes": "Size of the database on the server.",
    "database_deadlocks": "Deadlocks since the server's statistics began.",
}
# A transaction without a snapshot keeps no dead rows.
OLDEST = """
SELECT COALESCE(MAX(EXTRACT(EPOCH FROM clock_timestamp() - xact_start)), 0) FROM pg_stat_activity
WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()
"""
DEAD = """
SELECT relname, SUM(n_dead_tup) FROM pg_stat_user_tables WHERE schemaname = current_schema() {or_others}
GROUP BY relname ORDER BY relname
"""
OF_WORKSPACES = r"OR schemaname LIKE 'team\_%'"
SIZE = "SELECT pg_database_size(current_database())"
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def gauges(conn: Connection) -> Mapping[str, Gauge]:
    """Return the gauges by name, with the dead rows of this schema."""
    return dict(_gauges(conn, DEAD.format(or_others="")))


def gauges_of_all(conn: Connection) -> Mapping[str, Gauge]:
    """Return the gauges by name, with the dead rows of the shared tables and of all workspaces."""
    return dict(_gauges(conn, DEAD.format(or_others=OF_WORKSPACES)))


def _gauges(conn: Connection, dead_rows: str) -> Iterator[tuple[str, Gauge]]:
    def figure(sql: str) -> dict[str, float]:
        return {"": float(conn.execute(sql).fetchone()[0] or 0)}

    dead = {str(name): float(count) for name, count in conn.execute(dead_rows)}
    values = (figure(OLDEST), dead, figure(SIZE), figure(DEADLOCKS))
    for (name, meaning), value in zip(MEANINGS.items(), values, strict=True):
        yield name, Gauge(meaning, value, "" if "" in value else TABLE)
