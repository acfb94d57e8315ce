"""Makes the tables that all workspaces share, in a database's default schema, and finds the schemas of workspaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.migrations import shared
from storage.postgres.migrate import wait_for_turn
from storage.workspaces.schemas import id_of, is_id

if TYPE_CHECKING:
    from storage.connection import Connection

# An arbitrary number: processes that start at the same time take this lock, and make the tables one after the other.
LOCK = 0x776F726B73706163
# The schemas of workspaces in which a bot was started once.
SCHEMAS = r"""
SELECT n.nspname AS name FROM pg_namespace n
WHERE n.nspname LIKE 'team\_%'
AND EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'migrations')
ORDER BY n.nspname COLLATE "C"
"""


def prepare(conn: Connection) -> None:
    """Make the missing tables, in the caller's transaction."""
    wait_for_turn(conn, LOCK)
    for statement in shared.statements(shared.POSTGRES):
        conn.execute(statement)


def is_there(conn: Connection) -> bool:
    """Whether the database has the tables."""
    return bool(conn.execute("SELECT to_regclass('installations') IS NOT NULL AS found").fetchone()["found"])


def schemas(conn: Connection) -> list[str]:
    """Return the schemas in which a workspace has tables, also of a workspace that was removed without its data."""
    names = [row["name"] for row in conn.execute(SCHEMAS)]
    return [name for name in names if is_id(id_of(name))]
