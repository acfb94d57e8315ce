"""A database that refuses transitions, and states of new rows, that ``storage.transitions`` does not list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.post import PostState
from storage.store import Store
from storage.transitions import REVIVED, TRANSITIONS

if TYPE_CHECKING:
    import sqlite3

    from storage.store import Store

SETTLED = (PostState.SENT, PostState.SKIPPED, PostState.FAILED)


async def guard(store: Store) -> None:
    """Make every transition fail that the table does not have."""
    await store.thread.run(_guard)


def _guard(conn: sqlite3.Connection) -> None:
    allowed = ", ".join(f"'{before}>{after}'" for before, afters in TRANSITIONS.items() for after in afters)
    settled = ", ".join(f"'{state}'" for state in SETTLED)
    revived = ", ".join(f"'{kind}'" for kind in REVIVED)
    conn.execute("DROP TRIGGER IF EXISTS guard_states")
    refused = (
        f"OLD.state || '>' || NEW.state NOT IN ({allowed}) "
        f"OR (OLD.state IN ({settled}) AND OLD.kind NOT IN ({revived})) OR NEW.fence < OLD.fence"
    )
    when, fail = f"OLD.state <> NEW.state AND ({refused})", "RAISE(ABORT, 'a post went to a state that cannot follow')"
    conn.execute(f"CREATE TRIGGER guard_states AFTER UPDATE OF state ON outbox WHEN {when} BEGIN SELECT {fail}; END")
