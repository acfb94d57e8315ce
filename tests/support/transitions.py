"""Makes a database refuse changes of state, and states of new rows, that ``storage.transitions`` does not list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.post import PostState
from storage.sqlite.database import DatabaseThread
from storage.transitions import REVIVED, TRANSITIONS

if TYPE_CHECKING:
    from storage.connection import Connection
    from storage.store import Store

TOLD = "a post went to a state that cannot follow"
SETTLED = (PostState.SENT, PostState.SKIPPED, PostState.FAILED)


async def guard(store: Store) -> None:
    """Let every change of state fail that ``storage.transitions`` does not list."""
    is_sqlite = isinstance(store.engine, DatabaseThread)
    await store.engine.run(_guard_sqlite if is_sqlite else _guard_postgres)


def _refused() -> str:
    allowed = ", ".join(f"'{before}>{after}'" for before, afters in TRANSITIONS.items() for after in afters)
    settled = ", ".join(f"'{state}'" for state in SETTLED)
    revived = ", ".join(f"'{kind}'" for kind in REVIVED)
    return (
        "OLD.state <> NEW.state AND ("
        f"OLD.state || '>' || NEW.state NOT IN ({allowed}) "
        f"OR (OLD.state IN ({settled}) AND OLD.kind NOT IN ({revived})) OR NEW.fence < OLD.fence)"
    )


def _guard_sqlite(conn: Connection) -> None:
    conn.execute("DROP TRIGGER IF EXISTS guard_states")
    conn.execute(
        f"CREATE TRIGGER guard_states AFTER UPDATE OF state ON outbox WHEN {_refused()} "
        f"BEGIN SELECT RAISE(ABORT, '{TOLD}'); END"
    )


def _guard_postgres(conn: Connection) -> None:
    conn.execute(
        "CREATE OR REPLACE FUNCTION refuse_state() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$BEGIN RAISE EXCEPTION '{TOLD}'; END$$"
    )
    conn.execute("DROP TRIGGER IF EXISTS guard_states ON outbox")
    conn.execute(
        f"CREATE TRIGGER guard_states AFTER UPDATE OF state ON outbox FOR EACH ROW WHEN ({_refused()}) "
        "EXECUTE FUNCTION refuse_state()"
    )
