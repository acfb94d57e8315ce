"""People who are away, and the delegates who decide about approvals in their place."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from storage import writes
from storage.rows import to_int, to_time
from tracking.approvals import Absence
from tracking.changes.approval import ApprovalStep, Step
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection

SET = """
INSERT INTO absences (person, delegate, until) VALUES (?, ?, ?)
ON CONFLICT (person) DO UPDATE SET delegate = excluded.delegate, until = excluded.until
"""


def current(conn: Connection, now: datetime) -> list[Absence]:
    """Return the absences of the people who are away now."""
    rows = conn.execute("SELECT * FROM absences WHERE until IS NULL OR until > ? ORDER BY person", (to_int(now),))
    return [Absence(row["person"], row["delegate"], to_time(row["until"])) for row in rows]


def set_away(conn: Connection, now: datetime, absence: Absence) -> None:
    """Record that a person is away. It replaces the person's former absence."""
    conn.execute(SET, (absence.person, absence.delegate, to_int(absence.until)))
    _record(conn, now, absence.person, Step.AWAY, absence.delegate)


def set_back(conn: Connection, now: datetime, person: str) -> bool:
    """Record that a person is back. False: the person was not away."""
    was_away = bool(conn.execute("DELETE FROM absences WHERE person = ?", (person,)).rowcount)
    if was_away:
        _record(conn, now, person, Step.BACK)
    return was_away


def _record(conn: Connection, now: datetime, person: str, step: Step, delegate: str = "") -> None:
    id_ = secrets.token_urlsafe(18)
    change = ApprovalStep(0, step, reason=delegate)
    writes.begin(
        conn,
        Write(id_, f"approval:{id_}", f"approval.{step}", person, "", now, WriteState.DONE, change, settled_at=now),
    )
