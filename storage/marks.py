"""Marks: the time at which something was last done, by a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.rows import to_int, to_time

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection

SET = "INSERT INTO facts (name, value, at) VALUES (?, '', ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at"


def set_mark(conn: Connection, name: str, at: datetime) -> None:
    """Record when the thing of this name was done."""
    conn.execute(SET, (f"mark:{name}", to_int(at)))


def mark(conn: Connection, name: str) -> datetime | None:
    """Return when the thing of this name was last done (aware); None: never."""
    row = conn.execute("SELECT at FROM facts WHERE name = ?", (f"mark:{name}",)).fetchone()
    return to_time(row["at"]) if row else None
