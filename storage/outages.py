"""The processes' shared knowledge of a source that is down, or that asked for a pause."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from storage.rows import to_int, to_time
from tracking.circuit_breaker import Outage

if TYPE_CHECKING:
    from storage.connection import Connection

GET = "SELECT down_since, waits, closed_until, error, fence FROM {table} WHERE name = ?"
PUT = """
INSERT INTO {table} (name, down_since, waits, closed_until, error, fence)
VALUES (:name, :down_since, :waits, :closed_until, :error, 1) ON CONFLICT (name) DO UPDATE SET
  down_since = excluded.down_since, waits = excluded.waits, closed_until = excluded.closed_until,
  error = excluded.error, fence = {table}.fence + 1
  WHERE {table}.fence = :fence
RETURNING fence
"""


@dataclass(frozen=True, slots=True)
class KnownOutage:
    """The stored knowledge of a source. ``fence`` grows with each change; 0: nothing is stored."""

    outage: Outage = field(default_factory=Outage)
    error: str = ""  # the error with which the outage began, a sentence
    fence: int = 0


@dataclass(frozen=True, slots=True)
class OutageTable:
    """The outages of one table, by the names of their sources."""

    table: str

    def get(self, conn: Connection, name: str) -> KnownOutage:
        """Return the stored knowledge of a source."""
        row = conn.execute(GET.format(table=self.table), (name,)).fetchone()
        if row is None:
            return KnownOutage()
        outage = Outage(to_time(row["down_since"]), row["waits"], to_time(row["closed_until"]))
        return KnownOutage(outage, row["error"], row["fence"])

    def put(self, conn: Connection, name: str, outage: Outage, error: str, fence: int) -> int | None:
        """Store what a process found, if the stored fence is still ``fence``. Returns the new fence; None: it was not.

        ``error``: the error with which an outage began, a sentence.
        """
        facts = {
            "name": name,
            "down_since": to_int(outage.down_since),
            "waits": outage.waits,
            "closed_until": to_int(outage.closed_until),
            "error": error,
            "fence": fence,
        }
        row = conn.execute(PUT.format(table=self.table), facts).fetchone()
        return int(row[0]) if row else None


OWN = OutageTable("outages")  # of the account of a database
