"""The inbox: messages that PandaPon pushed. Each is stored once, before it is acknowledged, until it is handled."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from pandapon.shipment import OrderRef, Platform
from pandapon.tracking_numbers import normal
from storage import codec
from storage.rows import to_int, to_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.connection import Connection


class Outcome(StrEnum):
    """The outcome of a message that was handled."""

    LOOKED_AT = "looked at"  # the orders that it names were made due
    UNKNOWN_ORDER = "unknown order"  # it names no stored order
    UNKNOWN_TYPE = "unknown type"  # its type is unknown; the orders that it names were made due all the same


MOST_UNKNOWN = 1000  # messages about unknown orders that are kept, for a day at most
DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
REPEATED = timedelta(seconds=10)  # within this time an equal message is a repetition, and later a new event
PUT = """
INSERT INTO inbox (dedup, kind, ids, body, received_at) VALUES (?, ?, ?, '', ?) ON CONFLICT (dedup)
DO UPDATE SET handled_at = NULL, outcome = '', received_at = excluded.received_at
WHERE inbox.handled_at IS NOT NULL AND inbox.received_at < excluded.received_at - ?
"""
# The exact condition of the index of such rows, so that SQLite uses it.
UNKNOWN_ROWS = f"SELECT id FROM inbox WHERE outcome = '{Outcome.UNKNOWN_ORDER}'"
EXCESS = f"DELETE FROM inbox WHERE id IN ({UNKNOWN_ROWS} ORDER BY received_at DESC LIMIT ? OFFSET ?)"
FORGET = f"DELETE FROM inbox WHERE id IN ({UNKNOWN_ROWS} AND received_at < ? LIMIT ?)"
DROPPED = "pushes dropped"  # the fact that counts the messages dropped since its time, for a day
TALLY = """
INSERT INTO facts (name, value, at) VALUES (:name, :said, :now) ON CONFLICT (name) DO UPDATE SET
  value = CASE WHEN facts.at < :day_ago THEN excluded.value
    ELSE CAST(CAST(facts.value AS BIGINT) + :more AS TEXT) END,
  at = CASE WHEN facts.at < :day_ago THEN excluded.at ELSE facts.at END
"""
# A sub-order or refund is found by its id within the JSON of the column: the quotes around it make the match exact.
CONCERNED = """
SELECT key FROM orders WHERE key IN (:alibaba, :taobao)
UNION SELECT key FROM parcels WHERE number = :number AND number <> ''
UNION SELECT key FROM orders WHERE sub_orders <> '[]' AND key LIKE 'taobao:%' AND sub_orders LIKE :quoted
UNION SELECT key FROM orders WHERE refunds <> '' AND refunds LIKE :refund
"""


@dataclass(frozen=True, slots=True)
class PushMessage:
    """A message that PandaPon pushed: only a hint which orders to read.

    The other contents of the message, which may name people, are not stored.
    """

    dedup: str  # equal for repetitions of the same message
    kind: str  # the type, in PandaPon's words
    ids: tuple[str, ...]  # ids of orders, sub-orders, parcels or refunds
    received_at: datetime  # aware


def put(conn: Connection, message: PushMessage) -> bool:
    """Store a pushed message. False: it is a repetition, and nothing was stored."""
    row = (
        message.dedup,
        message.kind,
        codec.dump_ids(message.ids),
        to_int(message.received_at),
        int(REPEATED / MICROSECOND),
    )
    return conn.execute(PUT, row).rowcount == 1


def waiting(conn: Connection, limit: int) -> list[PushMessage]:
    """Return up to ``limit`` messages that are not handled yet, oldest first."""
    rows = conn.execute("SELECT * FROM inbox WHERE handled_at IS NULL ORDER BY id LIMIT ?", (limit,))
    return [
        PushMessage(
            dedup=row["dedup"],
            kind=row["kind"],
            ids=codec.load_ids(row["ids"]),
            received_at=to_time(row["received_at"]),
        )
        for row in rows
    ]


def orders_named(conn: Connection, ids: Sequence[str]) -> list[str]:
    """Return the keys of stored orders that one of these ids names: as an order, a sub-order, a parcel or a refund."""
    keys: dict[str, None] = {}
    for id_ in ids:
        facts = {"number": normal(id_), "quoted": f'%"{id_}"%', "refund": f'%"refund_id":"{id_}"%'}
        facts |= {platform.name.lower(): OrderRef(platform, id_).key for platform in Platform}
        keys |= dict.fromkeys(key for (key,) in conn.execute(CONCERNED, facts))
    return list(keys)


def done(conn: Connection, now: datetime, outcomes: Sequence[tuple[str, Outcome]]) -> None:
    """Record the outcomes of messages, given as pairs of ``dedup`` and outcome."""
    conn.executemany(
        "UPDATE inbox SET handled_at = ?, outcome = ? WHERE dedup = ?",
        [(to_int(now), outcome, dedup) for dedup, outcome in outcomes],
    )
    if any(outcome is Outcome.UNKNOWN_ORDER for _dedup, outcome in outcomes):
        _keep_few(conn, now)


def counts(conn: Connection, since: datetime) -> tuple[dict[str, int], datetime | None]:
    """Return the number of messages since then by outcome, and the time of the last message; None: there is none.

    Messages that were dropped because there were too many are counted, too.
    """
    rows = conn.execute(
        "SELECT outcome, COUNT(*), MAX(received_at) FROM inbox WHERE received_at >= ? GROUP BY outcome",
        (to_int(since),),
    ).fetchall()
    rows += conn.execute(
        "SELECT ?, CAST(value AS BIGINT), at FROM facts WHERE name = ? AND at >= ?",
        (Outcome.UNKNOWN_ORDER, DROPPED, to_int(since)),
    ).fetchall()
    by_outcome: dict[str, int] = {}
    for outcome, count, _last in rows:
        by_outcome[outcome] = by_outcome.get(outcome, 0) + count
    return by_outcome, to_time(max((row[2] for row in rows), default=None))


def unknown_kinds(conn: Connection, since: datetime, limit: int) -> list[str]:
    """Return the unknown types of messages about stored orders since then, the most frequent type first."""
    query = (
        "SELECT kind FROM inbox WHERE received_at >= ? AND outcome = ? AND kind <> '' "
        "GROUP BY kind ORDER BY COUNT(*) DESC, kind LIMIT ?"
    )
    return [kind for (kind,) in conn.execute(query, (to_int(since), Outcome.UNKNOWN_TYPE, limit))]


def prune_unknown(conn: Connection, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` messages about unknown orders that came before ``before``. Returns their number."""
    return conn.execute(FORGET, (to_int(before), limit)).rowcount


def _keep_few(conn: Connection, now: datetime) -> None:
    """Delete the oldest messages about unknown orders beyond MOST_UNKNOWN, and count the deleted ones."""
    dropped = conn.execute(EXCESS, (sys.maxsize, MOST_UNKNOWN)).rowcount
    if dropped:
        facts = {"name": DROPPED, "more": dropped, "said": str(dropped)}
        conn.execute(TALLY, facts | {"now": to_int(now), "day_ago": to_int(now - DAY)})
