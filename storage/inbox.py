"""Messages that PandaPon pushed: kept before they are acknowledged, each once, until somebody has looked at them."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pandapon.tracking_numbers import normal
from storage.rows import to_int, to_time

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

UNKNOWN = "unknown order"  # the outcome of a message that names no order of ours
MOST_UNKNOWN = 1000  # of these are kept, a day at most
DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
REPEATED = timedelta(seconds=10)  # the same message again within this is the sender's repeat, later it is an event
PUT = """
INSERT INTO inbox (dedup, kind, ids, body, received_at) VALUES (?, ?, ?, '', ?) ON CONFLICT (dedup)
DO UPDATE SET handled_at = NULL, outcome = '', received_at = excluded.received_at
WHERE inbox.handled_at IS NOT NULL AND inbox.received_at < excluded.received_at - ?
"""
# Said as the index of such rows says it.
UNKNOWN_ROWS = f"SELECT id FROM inbox WHERE outcome = '{UNKNOWN}'"
EXCESS = f"DELETE FROM inbox WHERE id IN ({UNKNOWN_ROWS} ORDER BY received_at DESC LIMIT ? OFFSET ?)"
FORGET = f"DELETE FROM inbox WHERE id IN ({UNKNOWN_ROWS} AND received_at < ? LIMIT ?)"
DROPPED = "pushes dropped"  # how many since the moment that stands beside it, for a day
TALLY = """
INSERT INTO facts (name, value, at) VALUES (:name, :said, :now) ON CONFLICT (name) DO UPDATE SET
  value = CASE WHEN facts.at < :day_ago THEN excluded.value
    ELSE CAST(CAST(facts.value AS BIGINT) + :more AS TEXT) END,
  at = CASE WHEN facts.at < :day_ago THEN excluded.at ELSE facts.at END
"""
# A sub-order is found by the text of its order's list: there are few orders with the same digits in it.
CONCERNED = """
SELECT key FROM orders WHERE order_id = :id UNION SELECT key FROM parcels WHERE number = :number AND number <> ''
UNION SELECT key FROM orders WHERE sub_orders <> '[]' AND platform = 'taobao' AND sub_orders LIKE :quoted
"""


@dataclass(frozen=True, slots=True)
class PushMessage:
    """A message that PandaPon pushed. Nothing in it is taken for true: it says which order to look at.

    The rest of it, which may name people, is not kept.
    """

    dedup: str  # the same message again has the same
    kind: str
    ids: tuple[str, ...]
    received_at: datetime


def put(conn: sqlite3.Connection, message: PushMessage) -> bool:
    """Keep a pushed message; False when it is there already."""
    row = (
        message.dedup,
        message.kind,
        json.dumps(message.ids),
        to_int(message.received_at),
        int(REPEATED / MICROSECOND),
    )
    return conn.execute(PUT, row).rowcount == 1


def waiting(conn: sqlite3.Connection, limit: int) -> list[PushMessage]:
    """Messages that nobody has looked at, oldest first."""
    rows = conn.execute("SELECT * FROM inbox WHERE handled_at IS NULL ORDER BY id LIMIT ?", (limit,))
    return [
        PushMessage(
            dedup=row["dedup"],
            kind=row["kind"],
            ids=tuple(json.loads(row["ids"])),
            received_at=to_time(row["received_at"]),
        )
        for row in rows
    ]


def concerned(conn: sqlite3.Connection, ids: Sequence[str]) -> list[str]:
    """Stored orders with one of these numbers: their own, a sub-order's or a parcel's."""
    keys: dict[str, None] = {}
    for one in ids:
        keys |= dict.fromkeys(
            row[0] for row in conn.execute(CONCERNED, {"id": one, "number": normal(one), "quoted": f'%"{one}"%'})
        )
    return list(keys)


def done(conn: sqlite3.Connection, now: datetime, outcomes: Sequence[tuple[str, str]]) -> None:
    """What became of messages, by their dedup; their contents are forgotten."""
    conn.executemany(
        "UPDATE inbox SET handled_at = ?, outcome = ? WHERE dedup = ?",
        [(to_int(now), outcome, dedup) for dedup, outcome in outcomes],
    )
    if any(outcome == UNKNOWN for _dedup, outcome in outcomes):
        _keep_few(conn, now)


def counts(conn: sqlite3.Connection, since: datetime) -> tuple[dict[str, int], datetime | None]:
    """How many messages came since then, by outcome, and when the last one did.

    Those that were dropped for their number are counted too.
    """
    rows = conn.execute(
        "SELECT outcome, COUNT(*), MAX(received_at) FROM inbox WHERE received_at >= ? GROUP BY outcome",
        (to_int(since),),
    ).fetchall()
    rows += conn.execute(
        "SELECT ?, CAST(value AS BIGINT), at FROM facts WHERE name = ? AND at >= ?", (UNKNOWN, DROPPED, to_int(since))
    ).fetchall()
    found: dict[str, int] = {}
    for outcome, count, _last in rows:
        found[outcome] = found.get(outcome, 0) + count
    return found, to_time(max((row[2] for row in rows), default=None))


def prune_unknown(conn: sqlite3.Connection, before: datetime, limit: int) -> int:
    """Forget pushed messages about unknown orders that came before this, so many at most. Returns how many."""
    return conn.execute(FORGET, (to_int(before), limit)).rowcount


def _keep_few(conn: sqlite3.Connection, now: datetime) -> None:
    """However many different messages somebody sends about orders that are none of ours, few are kept."""
    dropped = conn.execute(EXCESS, (sys.maxsize, MOST_UNKNOWN)).rowcount
    if dropped:
        facts = {"name": DROPPED, "more": dropped, "said": str(dropped)}
        conn.execute(TALLY, facts | {"now": to_int(now), "day_ago": to_int(now - DAY)})
