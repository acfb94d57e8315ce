"""The workspaces that a run of `pandabot restored` has still to mark. Until then their bots do not start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.facts import SHARED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from storage.connection import Connection

NAME = "restoring:{}"


def begin(conn: Connection, ids: Iterable[str], at: datetime, now: datetime) -> None:
    """Record that these workspaces have to be marked as unconfirmed since ``at``."""
    for id_ in ids:
        SHARED.put(conn, NAME.format(id_), at.isoformat(), now)


def done(conn: Connection, id_: str) -> None:
    """Record that a workspace was marked."""
    SHARED.drop(conn, NAME.format(id_))


def pending(conn: Connection, id_: str) -> str:
    """Return the time since which a workspace has still to be marked (ISO); empty: it does not have to be."""
    fact = SHARED.get(conn, NAME.format(id_))
    return fact.value if fact else ""
