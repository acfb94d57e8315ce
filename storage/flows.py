"""What open forms and answers with buttons were made from, under opaque ids, for a day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage import codec
from storage.rows import to_int
from tracking.flows import Flow

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

KEEP = timedelta(days=1)  # a form or an answer that is older has to be opened anew


def put(conn: sqlite3.Connection, now: datetime, flow: Flow) -> None:
    """Keep what a form was made from, and forget those of yesterday."""
    kind, content = codec.dump_flow(flow.content)
    conn.execute("DELETE FROM flows WHERE at < ?", (to_int(now - KEEP),))
    conn.execute(
        "INSERT INTO flows (id, kind, owner, channel, content, at) VALUES (?, ?, ?, ?, ?, ?)",
        (flow.id, kind, flow.owner, flow.channel, content, to_int(now)),
    )


def get(conn: sqlite3.Connection, now: datetime, flow_id: str) -> Flow | None:
    """Return what a form was made from; None for an unknown, expired or unreadable one."""
    row = conn.execute("SELECT * FROM flows WHERE id = ? AND at >= ?", (flow_id, to_int(now - KEEP))).fetchone()
    content = codec.load_flow(row["kind"], row["content"]) if row else None
    return Flow(row["id"], row["owner"], row["channel"], content) if content else None
