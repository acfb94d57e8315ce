"""The two sets of tables that are moved as a whole: the tables of one bot, and those that all workspaces share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage import facts, outbox, workers

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from storage.connection import Connection


def _nothing_was_leased(_conn: Connection, _now: datetime) -> int:
    """The shared tables hold no posts."""
    return 0


@dataclass(frozen=True, slots=True)
class Form:
    """Tables that belong together. ``tables``: their names; empty: all tables of the file or schema."""

    facts: facts.FactTable  # the table in which a move is noted
    workers: workers.WorkerTable
    arrive: Callable[[Connection, datetime], int]  # voids the old processes' leases; returns the leased posts' number
    tables: frozenset[str] = frozenset()

    @property
    def is_shared(self) -> bool:
        """Whether these are the tables that all workspaces share."""
        return bool(self.tables)

    def has(self, table: str) -> bool:
        """Whether a table of this name belongs to the form."""
        return not self.tables or table in self.tables


BOT = Form(facts.OWN, workers.OWN, outbox.recover_after_crash)
# The shared facts are not moved, since they concern the database itself, such as that its rows were moved away.
SHARED = Form(
    facts.SHARED,
    workers.SHARED,
    _nothing_was_leased,
    frozenset({"installations", "accounts", "account_paces", "account_outages", "host_workers", "oauth_states"}),
)
