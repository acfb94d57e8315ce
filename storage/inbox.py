"""Messages that PandaPon pushed: kept before they are acknowledged, each once, until somebody has looked at them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.records import Hint
from storage.values import to_int, to_time

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

MICROSECOND = timedelta(microseconds=1)
REPEATED = timedelta(seconds=10)  # the same message again within this is the sender's repeat, later it is an event
PUT = """
INSERT INTO inbox (dedup, kind, ids, body, received_at) VALUES (?, ?, ?, '', ?) ON CONFLICT (dedup)
DO UPDATE SET handled_at = NULL, outcome = '', received_at = excluded.received_at
WHERE handled_at IS NOT NULL AND received_at < excluded.received_at - ?
"""
# A sub-order is found by the text of its order's list: there are few orders with the same digits in it.
CONCERNED = """
SELECT key FROM orders WHERE order_id = :id UNION SELECT key FROM parcels WHERE waybill = :id
UNION SELECT key FROM orders WHERE sub_orders <> '[]' AND platform = 'taobao' AND sub_orders LIKE :quoted
"""


def put(conn: sqlite3.Connection, hint: Hint) -> bool:
    """See storage.protocol.Store.inbox_put."""
    row = (hint.dedup, hint.kind, json.dumps(hint.ids), to_int(hint.received_at), int(REPEATED / MICROSECOND))
    return conn.execute(PUT, row).rowcount == 1


def waiting(conn: sqlite3.Connection, limit: int) -> list[Hint]:
    """See storage.protocol.Store.inbox_waiting."""
    rows = conn.execute("SELECT * FROM inbox WHERE handled_at IS NULL ORDER BY id LIMIT ?", (limit,))
    return [
        Hint(
            dedup=row["dedup"],
            kind=row["kind"],
            ids=tuple(json.loads(row["ids"])),
            received_at=to_time(row["received_at"]),
        )
        for row in rows
    ]


def concerned(conn: sqlite3.Connection, ids: Sequence[str]) -> list[str]:
    """See storage.protocol.Store."""
    keys: dict[str, None] = {}
    for one in ids:
        keys |= dict.fromkeys(row[0] for row in conn.execute(CONCERNED, {"id": one, "quoted": f'%"{one}"%'}))
    return list(keys)


def done(conn: sqlite3.Connection, now: datetime, outcomes: Sequence[tuple[str, str]]) -> None:
    """See storage.protocol.Store.inbox_done."""
    conn.executemany(
        "UPDATE inbox SET handled_at = ?, outcome = ? WHERE dedup = ?",
        [(to_int(now), outcome, dedup) for dedup, outcome in outcomes],
    )


def counts(conn: sqlite3.Connection, since: datetime) -> tuple[dict[str, int], datetime | None]:
    """See storage.protocol.Store.inbox_counts."""
    rows = conn.execute(
        "SELECT outcome, COUNT(*), MAX(received_at) FROM inbox WHERE received_at >= ? GROUP BY outcome",
        (to_int(since),),
    ).fetchall()
    last = max((row[2] for row in rows), default=None)
    return {row[0]: row[1] for row in rows}, to_time(last)
