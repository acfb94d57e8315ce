"""The journal of a move of many workspaces, by which a second run carries on where the first one stopped.

Each workspace is moved in a transaction of its own, and the shared tables are moved last. While a move is under way,
the shared tables of both databases say so, and no process starts on either. Moved tables are marked with the move's id.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage import moved
from storage.errors import MovedError
from storage.facts import SHARED

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection
    from storage.forms import Form

MOVING, ARRIVING, ARRIVED = "moving", "arriving", "arrived"


@dataclass(frozen=True, slots=True)
class Moving:
    """A move that is under way. ``destination``: the address without a password, as people are shown it."""

    id: str
    destination: str
    at: datetime  # when it began; aware


def under_way(conn: Connection) -> Moving | None:
    """Return the move that the shared tables of its source record; None: there is none."""
    fact = SHARED.get(conn, MOVING)
    if fact is None:
        return None
    id_, _, destination = fact.value.partition(" ")
    return Moving(id_, destination, fact.at)


def begin(conn: Connection, destination: str, now: datetime) -> Moving:
    """Record in the source's shared tables that a move begins. Returns it, or a move to there that is under way.

    Raises MovedError if the rows were moved already, or are being moved to another database.
    """
    require_none_elsewhere(conn, destination)
    if (present := under_way(conn)) is not None:
        return present
    begun = Moving(uuid.uuid4().hex, destination, now)
    SHARED.put(conn, MOVING, f"{begun.id} {destination}", now)
    return begun


def require_none_elsewhere(conn: Connection, destination: str) -> None:
    """Raise MovedError if the rows were moved already, or are being moved to another database."""
    moved.check(conn, SHARED)
    present = under_way(conn)
    if present is not None and present.destination != destination:
        raise MovedError(_unfinished(present))


def expect(conn: Connection, id_: str, now: datetime) -> None:
    """Record in the target's shared tables that a move to there is under way."""
    SHARED.put(conn, ARRIVING, id_, now)


def arrive(conn: Connection, form: Form, id_: str, now: datetime) -> None:
    """Mark copied tables with the move's id, in the transaction that copies them."""
    form.facts.put(conn, ARRIVED, id_, now)
    if form.is_shared:
        SHARED.drop(conn, ARRIVING)


def end(conn: Connection, destination: str, now: datetime) -> None:
    """Record in the source's shared tables that all rows were moved."""
    moved.mark(conn, destination, now, SHARED)
    SHARED.drop(conn, MOVING)


def give_up(conn: Connection) -> bool:
    """Let processes start on the source again. False: no move was recorded."""
    was_moved, was_moving = moved.unmark(conn, SHARED), SHARED.drop(conn, MOVING)
    return was_moved or was_moving


def check(conn: Connection) -> None:
    """Raise MovedError, which says what to do, if the installation was or is being moved: no process may start."""
    moved.check(conn, SHARED)
    if (present := under_way(conn)) is not None:
        raise MovedError(_unfinished(present))
    require_arrived(conn)


def require_arrived(conn: Connection) -> None:
    """Raise MovedError while a move to this database is not finished."""
    if (expected := SHARED.get(conn, ARRIVING)) is not None:
        raise MovedError(
            f"A move to this database was begun on {expected.at:%Y-%m-%d at %H:%M} UTC and is not finished. Run the "
            "same `pandabot migrate` again, which carries on; or empty this database."
        )


def _unfinished(present: Moving) -> str:
    return (
        f"A move to {present.destination} was begun on {present.at:%Y-%m-%d at %H:%M} UTC and is not finished. Run the "
        "same `pandabot migrate` again, which carries on. To give it up, empty the database there and run `pandabot "
        f"restored --at {present.at:%Y-%m-%dT%H:%M:%SZ}` here."
    )
