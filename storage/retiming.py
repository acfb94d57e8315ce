"""Adapts stored times to a clock that was set back: due times, holds and leases keep their remaining time.

Stored times are those of the wall clock, because people read them and they outlive the process. So when that clock is
set back, they are moved with it. A time that still lies further ahead than anything is ever put off was written while
the clock was ahead, and becomes due now.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage.holds import HELD
from storage.outbox import LIVE
from storage.rows import MICROSECOND, to_int, to_time

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection

POST_WAITS = timedelta(hours=1)  # no post is put off or leased for longer
STALL_WAITS = timedelta(days=90)  # the longest silence before an alarm, with its grace and rest days
MUTED, SNOOZED = timedelta(days=366), timedelta(days=2)  # the longest times that a person can choose
HELD_FOR = timedelta(days=2)  # quiet hours are shorter; a card may wait for the end of a mute
TURN_WAITS = timedelta(minutes=10)  # no turn is taken for longer
FURTHEST_EAST = timedelta(hours=14)  # the UTC offset where a new day begins first

# Times that lie ahead: moved with the clock, and due now if they still lie too far ahead.
AHEAD = (
    ("schedule", "next_poll_at", "next_poll_at IS NOT NULL", "longest"),
    ("lanes", "full_at", "TRUE", "post"),
    ("lanes", "paused_until", "TRUE", "post"),
    ("outbox", "not_before", LIVE, "post"),
    ("outbox", "lease_until", f"{LIVE} AND lease_until IS NOT NULL", "post"),
    ("outbox", "lease_until", f"{HELD} AND lease_until IS NOT NULL", "post"),  # of a post that a pause overtook
    ("outages", "closed_until", "closed_until IS NOT NULL", "post"),
    ("watches", "muted_until", "muted_until IS NOT NULL", "muted"),
    ("channels", "muted_until", "muted_until IS NOT NULL", "muted"),
    ("alarms", "snoozed_until", "state = 'snoozed'", "snoozed"),
    ("reminders", "at", "at IS NOT NULL", "snoozed"),
    ("turns", "until", "TRUE", "turn"),
    ("schedule", "stall_at", "key IN (SELECT key FROM alarms WHERE state = 'snoozed')", "snoozed"),
)
# Times of past events, which become now at the latest. An uncertain post is looked up around the time of its claim.
BEHIND = (
    ("schedule", "read_at", "read_at IS NOT NULL"),
    ("schedule", "stale_since", "stale_since IS NOT NULL"),
    ("orders", "final_at", "final_at IS NOT NULL"),
    ("orders", "created_at", "TRUE"),
    ("orders", "unconfirmed_since", "unconfirmed_since IS NOT NULL"),
    ("outbox", "created_at", LIVE),
    ("outbox", "claimed_at", f"{LIVE} AND claimed_at IS NOT NULL"),
    ("outbox", "claimed_at", f"{HELD} AND claimed_at IS NOT NULL"),
    ("outbox", "sent_at", "state = 'sent'"),
    ("inbox", "received_at", "TRUE"),
    ("news", "at", "TRUE"),
    ("writes", "begun_at", "state IN ('begun', 'unclear')"),
    ("facts", "at", "TRUE"),
    ("outages", "down_since", "down_since IS NOT NULL"),
)
# Quiet hours are checked again: they are hours of a day, and it may be another day now.
END_HOLDS = """
UPDATE outbox SET held_until = :now WHERE state = 'held' AND held_until IS NOT NULL AND held_until > :now
  AND (:by < 0 OR (kind = 'news' AND held_until > :now + :held))
"""
FAR_STALL = (
    "UPDATE schedule SET stall_at = :now WHERE stall_at IS NOT NULL AND stall_at > :now AND stall_at - :stall > :now"
)
# The mark of a digest for a day that has begun nowhere: the clock was ahead, and the mark would block later digests.
DIGESTS = "UPDATE channels SET digest_day = :today WHERE digest_day > :tomorrow"
LAST_SEEN = """
SELECT MAX(at) FROM (SELECT MAX(read_at) AS at FROM schedule
  UNION ALL SELECT MAX(sent_at) FROM outbox WHERE state = 'sent'
  UNION ALL SELECT MAX(claimed_at) FROM outbox WHERE state IN ('pending', 'sending', 'uncertain')
  UNION ALL SELECT MAX(at) FROM news UNION ALL SELECT MAX(at) FROM audit) AS seen
"""


def last_seen(conn: Connection) -> datetime | None:
    """Return the latest recorded time of an event (aware); None: the database is new."""
    latest: int | None = conn.execute(LAST_SEEN).fetchone()[0]
    return to_time(latest)


def retime(conn: Connection, now: datetime, by: timedelta, longest: timedelta) -> int:
    """Adapt all stored times to a clock that was set back to ``now``. Returns the number of changed rows.

    ``by``: how far the clock was moved, a negative time; zero: unknown. ``longest``: the longest time until an order's
    next reading. Times ahead are moved by ``by``; a time that still lies too far ahead becomes due now. Times of past
    events become now at the latest.
    """
    facts: dict[str, object] = {
        "now": to_int(now),
        "by": min(0, by // MICROSECOND),
        "longest": longest // MICROSECOND,
        "post": POST_WAITS // MICROSECOND,
        "stall": STALL_WAITS // MICROSECOND,
        "muted": MUTED // MICROSECOND,
        "snoozed": SNOOZED // MICROSECOND,
        "turn": TURN_WAITS // MICROSECOND,
        "held": HELD_FOR // MICROSECOND,
        "today": (now + FURTHEST_EAST).date().isoformat(),
        "tomorrow": (now + FURTHEST_EAST + timedelta(days=1)).date().isoformat(),
    }
    changed = 0
    for table, column, where, limit in AHEAD:
        moved = f"{column} + :by"
        is_ahead = f"{moved} > :now AND {moved} <= :now + :{limit}"
        changed += conn.execute(
            f"UPDATE {table} SET {column} = CASE WHEN {is_ahead} THEN {moved} ELSE :now END "
            f"WHERE {where} AND {column} > :now AND (:by < 0 OR {column} > :now + :{limit})",
            facts,
        ).rowcount
    for table, column, where in BEHIND:
        past = f"CASE WHEN {column} + :by < :now THEN {column} + :by ELSE :now END"
        changed += conn.execute(
            f"UPDATE {table} SET {column} = {past} WHERE {where} AND {column} > :now", facts
        ).rowcount
    return changed + sum(conn.execute(sql, facts).rowcount for sql in (END_HOLDS, FAR_STALL, DIGESTS))
