"""What the tables of sealed texts have in common: a row for an installation, found and sealed anew by its id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.connection import Connection

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class SealedTable(Generic[Record]):
    """The rows of one table. ``record``: makes a record of a row."""

    table: str
    record: Callable[[Any], Record]

    def get(self, conn: Connection, id_: str) -> Record | None:
        """Return the record of an installation, also of a revoked one; None: there is none."""
        row = conn.execute(f"SELECT * FROM {self.table} WHERE id = ?", (id_,)).fetchone()
        return self.record(row) if row else None

    def listed(self, conn: Connection) -> list[Record]:
        """Return all records, those of revoked installations too, by the installation's id."""
        return [self.record(row) for row in conn.execute(f"SELECT * FROM {self.table} ORDER BY id")]

    def replace(self, conn: Connection, id_: str, former: str, sealed: str) -> bool:
        """Put another sealed text in the place of the former one. False: it has changed meanwhile."""
        sql = f"UPDATE {self.table} SET sealed = ? WHERE id = ? AND sealed = ?"
        return conn.execute(sql, (sealed, id_, former)).rowcount > 0
