"""Which workspaces a run of `pandabot restored` has still to reach: until then their bots do not start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.facts import SHARED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from storage.connection import Connection

NAME = "restoring:{}"


def begin(conn: Connection, ids: Iterable[str], at: datetime, now: datetime) -> None:
    """Note that these workspaces have to be marked as of a moment."""
    for id_ in ids:
        SHARED.put(conn, NAME.format(id_), at.isoformat(), now)


def done(conn: Connection, id_: str) -> None:
    """Note that a workspace was marked."""
    SHARED.drop(conn, NAME.format(id_))


def pending(conn: Connection, id_: str) -> str:
    """Return the moment as of which a workspace has still to be marked, as an ISO time; empty: it has not."""
    found = SHARED.get(conn, NAME.format(id_))
    return found.value if found else ""
