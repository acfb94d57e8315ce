"""Marks: the time at which something was last done, by a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.facts import OWN

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection


def set_mark(conn: Connection, name: str, at: datetime) -> None:
    """Record when the thing of this name was done."""
    OWN.put(conn, f"mark:{name}", "", at)


def mark(conn: Connection, name: str) -> datetime | None:
    """Return when the thing of this name was last done (aware); None: never."""
    fact = OWN.get(conn, f"mark:{name}")
    return fact.at if fact else None
