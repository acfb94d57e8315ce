"""The marker in a database whose rows were moved to another one: no bot goes on with the old rows by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import facts
from storage.errors import MovedError

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection

NAME = "moved"
BACK = (
    "To go on here instead, and to give up what happened there since, stop the bot that works there and run "
    "`pandabot restored --at {at:%Y-%m-%dT%H:%M:%SZ}`."
)


def mark(conn: Connection, destination: str, now: datetime, table: facts.FactTable = facts.OWN) -> None:
    """Note where the rows went. ``destination``: the address as people are shown it, without a password."""
    table.put(conn, NAME, destination, now)


def destination(conn: Connection, table: facts.FactTable = facts.OWN) -> str:
    """Return where the rows went, as people are shown it; empty: they are here."""
    found = table.get(conn, NAME)
    return found.value if found else ""


def check(conn: Connection, table: facts.FactTable = facts.OWN) -> None:
    """Raise MovedError, which says where the rows went and how to come back, when they were moved."""
    if (found := table.get(conn, NAME)) is not None:
        raise MovedError(
            f"The data moved to {found.value} on {found.at:%Y-%m-%d at %H:%M} UTC. {_goes_on(found.value, table)} "
            f"{BACK.format(at=found.at)}"
        )


def unmark(conn: Connection, table: facts.FactTable = facts.OWN) -> bool:
    """Take the marker away. False: there was none."""
    return table.drop(conn, NAME)


def _goes_on(value: str, table: facts.FactTable) -> str:
    if table is facts.SHARED and value.startswith("sqlite:"):
        return f"`pandabot migrate --from {value} --to postgresql://…` takes them on to another server."
    return "Set STORAGE_URL to that database."
