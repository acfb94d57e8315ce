"""The marker in a database whose rows were moved to another one, so that no bot works on the old rows by mistake."""

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
    """Record where the rows were moved. ``destination``: the address without a password, as people are shown it."""
    table.put(conn, NAME, destination, now)


def destination(conn: Connection, table: facts.FactTable = facts.OWN) -> str:
    """Return the address to which the rows were moved, without a password; empty: they were not moved."""
    fact = table.get(conn, NAME)
    return fact.value if fact else ""


def check(conn: Connection, table: facts.FactTable = facts.OWN) -> None:
    """Raise MovedError if the rows were moved. It says where they are now, and how to come back."""
    if (fact := table.get(conn, NAME)) is not None:
        raise MovedError(
            f"The data moved to {fact.value} on {fact.at:%Y-%m-%d at %H:%M} UTC. {_goes_on(fact.value, table)} "
            f"{BACK.format(at=fact.at)}"
        )


def unmark(conn: Connection, table: facts.FactTable = facts.OWN) -> bool:
    """Delete the marker. False: there was none."""
    return table.drop(conn, NAME)


def _goes_on(value: str, table: facts.FactTable) -> str:
    if table is facts.SHARED and value.startswith("sqlite:"):
        return f"`pandabot migrate --from {value} --to postgresql://…` takes them on to another server."
    return "Set STORAGE_URL to that database."
