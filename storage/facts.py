"""Facts: a text and a time by a name. Each bot has a table of them, and all workspaces share another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from storage.rows import to_int, to_time

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection

PUT = """
INSERT INTO {table} (name, value, at) VALUES (?, ?, ?)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at
"""


class Fact(NamedTuple):
    """A fact. ``at``: aware."""

    value: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FactTable:
    """The facts of one table."""

    table: str

    def put(self, conn: Connection, name: str, value: str, at: datetime) -> None:
        """Store a fact, which replaces the former fact of that name."""
        conn.execute(PUT.format(table=self.table), (name, value, to_int(at)))

    def get(self, conn: Connection, name: str) -> Fact | None:
        """Return the fact of this name; None: there is none."""
        row = conn.execute(f"SELECT value, at FROM {self.table} WHERE name = ?", (name,)).fetchone()
        return Fact(row["value"], to_time(int(row["at"]))) if row else None

    def drop(self, conn: Connection, name: str) -> bool:
        """Delete the fact of this name. False: there was none."""
        return conn.execute(f"DELETE FROM {self.table} WHERE name = ?", (name,)).rowcount == 1


OWN, SHARED = FactTable("facts"), FactTable("host_facts")
