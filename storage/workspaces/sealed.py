"""The operations that the tables with sealed texts share: each has one row for an installation, found by its id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.connection import Connection

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class SealedTable(Generic[Record]):
    """The rows of one table. ``record``: turns a row into a record."""

    table: str
    record: Callable[[Any], Record]

    def get(self, conn: Connection, id_: str) -> Record | None:
        """Return the record of an installation, even of a revoked one; None: there is none."""
        row = conn.execute(f"SELECT * FROM {self.table} WHERE id = ?", (id_,)).fetchone()
        return self.record(row) if row else None

    def listed(self, conn: Connection) -> list[Record]:
        """Return all records, also of revoked installations, sorted by the installation's id."""
        return [self.record(row) for row in conn.execute(f"SELECT * FROM {self.table} ORDER BY id")]

    def replace(self, conn: Connection, id_: str, former: str, sealed: str) -> bool:
        """Replace the sealed text ``former`` by another one. False: the stored text has changed meanwhile."""
        sql = f"UPDATE {self.table} SET sealed = ? WHERE id = ? AND sealed = ?"
        return conn.execute(sql, (sealed, id_, former)).rowcount > 0
