"""Rebuilds a CARD or LIST whose row cannot be read: its contents follow from the watches that it opens.

Otherwise these watches would stay OPENING for ever, and their channel would hear nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import codec
from storage.messages import LIST_OF
from storage.post import PostKind
from storage.rows import to_int
from tracking.messages import WatchList

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection, Row

ROW = "SELECT fence, event_id, kind, severity, payload, created_at, claimed_at FROM outbox WHERE id = ?"
REPLACE = "UPDATE outbox SET kind = ?, severity = '', payload = ?, created_at = ?, claimed_at = ? WHERE id = ?"
# The watches that were opened at the same moment as the first watch of the list, and have no card of their own.
OPENED = """
SELECT w.id, w.created_by FROM watches w JOIN watches f ON f.channel = w.channel AND f.created_at = w.created_at
WHERE f.id = ? AND w.state = 'opening'
  AND NOT EXISTS (SELECT 1 FROM outbox k WHERE k.watch_id = w.id AND k.event_id = 'card') ORDER BY w.id
"""


def rebuild(conn: Connection, now: datetime, post_id: int, fence: int) -> bool:
    """Rebuild the row of a claimed CARD or LIST.

    False: the row is of another kind, the fence is stale, or the row holds exactly that already.
    """
    row = conn.execute(ROW, (post_id,)).fetchone()
    contents = _contents(conn, row["event_id"])
    if contents is None or row["fence"] != fence:
        return False
    kind, payload = contents
    created, claimed = (at and min(at, to_int(now)) for at in (row["created_at"], row["claimed_at"]))
    facts = (kind.value, payload, created, claimed)
    if _is_equal(row, facts):
        return False
    conn.execute(REPLACE, (*facts, post_id))
    return True


def _contents(conn: Connection, event_id: str) -> tuple[PostKind, str] | None:
    """The kind and payload of the post with this event id; None: it opens no watches."""
    if event_id == "card":
        return PostKind.CARD, ""
    first = event_id.removeprefix(LIST_OF)
    opened = conn.execute(OPENED, (int(first),)).fetchall() if first.isdigit() and first != event_id else []
    if not opened:
        return None
    listed = WatchList(opened[0]["created_by"], tuple(row["id"] for row in opened))
    return PostKind.LIST, codec.dump_watch_list(listed)


def _is_equal(row: Row, facts: tuple[str, str, int, int | None]) -> bool:
    return (row["kind"], row["payload"], row["created_at"], row["claimed_at"]) == facts and not row["severity"]
