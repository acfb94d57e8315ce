"""The contents of open forms and of answers with buttons, under opaque ids: for a day, or while they wait."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage import codec
from storage.rows import to_int, to_time
from tracking.flows import Flow

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection, Row
    from tracking.flows import FlowContent

KEEP = timedelta(days=1)  # an older form or answer has to be opened again


def put(conn: Connection, now: datetime, flow: Flow) -> None:
    """Store a flow, and forget the flows of yesterday."""
    kind, content = codec.dump_flow(flow.content)
    forget(conn, now)
    conn.execute(
        "INSERT INTO flows (id, kind, owner, channel, content, step, revision, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (flow.id, kind, flow.owner, flow.channel, content, flow.step, flow.revision, to_int(now)),
    )


def forget(conn: Connection, now: datetime) -> int:
    """Delete flows older than :data:`KEEP` that wait for nobody, with all typed input. Returns their number."""
    sql = "DELETE FROM flows WHERE at < ? AND keep_until < ?"
    with conn.wiping():
        return conn.execute(sql, (to_int(now - KEEP), to_int(now))).rowcount


def close(conn: Connection, flow_id: str, owner: str) -> None:
    """Delete the flow of a form that its owner closed, unless it waits for somebody."""
    with conn.wiping():
        conn.execute("DELETE FROM flows WHERE id = ? AND owner = ? AND keep_until = 0", (flow_id, owner))


def advance(conn: Connection, now: datetime, flow: Flow, step: str, content: FlowContent) -> Flow | None:
    """Replace the content of a flow. Returns its next revision; None: another act changed the flow before.

    ``flow``: as the act saw it. The day for which the flow is kept begins anew.
    """
    kind, stored = codec.dump_flow(content)
    with conn.wiping():
        row = conn.execute(
            "UPDATE flows SET kind = ?, content = ?, step = ?, revision = revision + 1, at = ?"
            " WHERE id = ? AND revision = ? RETURNING *",
            (kind, stored, step, to_int(now), flow.id, flow.revision),
        ).fetchone()
    return _flow(row) if row else None


def get(conn: Connection, now: datetime, flow_id: str) -> Flow | None:
    """Return a flow; None: it is unknown, expired or unreadable."""
    sql = "SELECT * FROM flows WHERE id = ? AND (at >= ? OR keep_until >= ?)"
    row = conn.execute(sql, (flow_id, to_int(now - KEEP), to_int(now))).fetchone()
    return _flow(row) if row else None


def keep(conn: Connection, flow_id: str, until: datetime) -> None:
    """Keep a flow until then at least, since it waits for somebody. It replaces a former such time."""
    conn.execute("UPDATE flows SET keep_until = ? WHERE id = ?", (to_int(until), flow_id))


def _flow(row: Row) -> Flow | None:
    content = codec.load_flow(row["kind"], row["content"])
    if content is None:
        return None
    until = to_time(row["keep_until"]) if row["keep_until"] else None
    return Flow(row["id"], row["owner"], row["channel"], content, row["step"], row["revision"], until)
