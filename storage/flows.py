"""What open forms and answers with buttons were made from, under opaque ids, for a day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage import codec, sqlite
from storage.rows import to_int
from tracking.flows import Flow

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from tracking.flows import FlowContent

KEEP = timedelta(days=1)  # a form or an answer that is older has to be opened anew


def put(conn: sqlite3.Connection, now: datetime, flow: Flow) -> None:
    """Keep what a form was made from, and forget those of yesterday."""
    kind, content = codec.dump_flow(flow.content)
    forget(conn, now)
    conn.execute(
        "INSERT INTO flows (id, kind, owner, channel, content, step, revision, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (flow.id, kind, flow.owner, flow.channel, content, flow.step, flow.revision, to_int(now)),
    )


def forget(conn: sqlite3.Connection, now: datetime) -> int:
    """Forget the forms and answers of yesterday, and what was typed into them. Returns how many."""
    with sqlite.wiping(conn):
        return conn.execute("DELETE FROM flows WHERE at < ?", (to_int(now - KEEP),)).rowcount


def close(conn: sqlite3.Connection, flow_id: str, owner: str) -> None:
    """Forget a form that its owner closed."""
    with sqlite.wiping(conn):
        conn.execute("DELETE FROM flows WHERE id = ? AND owner = ?", (flow_id, owner))


def advance(conn: sqlite3.Connection, now: datetime, flow: Flow, step: str, content: FlowContent) -> Flow | None:
    """Replace the content of a flow. Returns the next revision; None where another act was quicker.

    ``flow``: as the act saw it. The day for which it is kept begins anew.
    """
    kind, stored = codec.dump_flow(content)
    with sqlite.wiping(conn):
        row = conn.execute(
            "UPDATE flows SET kind = ?, content = ?, step = ?, revision = revision + 1, at = ?"
            " WHERE id = ? AND revision = ? RETURNING *",
            (kind, stored, step, to_int(now), flow.id, flow.revision),
        ).fetchone()
    return _flow(row) if row else None


def get(conn: sqlite3.Connection, now: datetime, flow_id: str) -> Flow | None:
    """Return what a form was made from; None for an unknown, expired or unreadable one."""
    row = conn.execute("SELECT * FROM flows WHERE id = ? AND at >= ?", (flow_id, to_int(now - KEEP))).fetchone()
    return _flow(row) if row else None


def _flow(row: sqlite3.Row) -> Flow | None:
    content = codec.load_flow(row["kind"], row["content"])
    return Flow(row["id"], row["owner"], row["channel"], content, row["step"], row["revision"]) if content else None
