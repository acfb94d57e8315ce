"""Repairs a database that lacks its last minutes, after a restore of a copy or a failover to a stale standby.

Nobody knows which posts were sent in the missing time. So every post is looked up in its channel before it is sent, and
every order is read afresh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.facts import OWN
from storage.rows import to_int

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection

UNCONFIRM = (
    "UPDATE orders SET unconfirmed_since = :then WHERE unconfirmed_since IS NULL OR unconfirmed_since > :then",
    (
        "UPDATE schedule SET fingerprint = :nothing, fence = fence + 1, "
        "next_poll_at = CASE WHEN next_poll_at IS NULL THEN next_poll_at ELSE :now END"
    ),
    (
        "UPDATE outbox SET state = 'uncertain', fence = fence + 1, lease_until = NULL, not_before = :now, "
        "claimed_at = COALESCE(claimed_at, created_at) "
        "WHERE state IN ('pending', 'sending') OR (state = 'held' AND held_until IS NOT NULL)"
    ),
    # A paused watch's posts are looked up when it is resumed.
    "UPDATE outbox SET claimed_at = COALESCE(claimed_at, created_at) WHERE state = 'held'",
)
RESTORED = "restored"  # the fact with the newest moment that the database held


def unconfirm(conn: Connection, then: datetime, now: datetime) -> None:
    """Mark every post as perhaps sent since ``then``, the newest moment that the database holds."""
    facts = {"then": to_int(then), "now": to_int(now), "nothing": b""}
    for statement in UNCONFIRM:
        conn.execute(statement, facts)
    OWN.put(conn, RESTORED, str(to_int(then)), now)


def unconfirm_once(conn: Connection, then: datetime, now: datetime) -> datetime | None:
    """Call :func:`unconfirm`, unless it was last done for that moment: then return when. None: it was done now."""
    done = unconfirmed_at(conn, then)
    if done is None:
        unconfirm(conn, then, now)
    return done


def unconfirmed_at(conn: Connection, then: datetime) -> datetime | None:
    """Return when :func:`unconfirm` was last done (aware); None: never, or the last time for another moment."""
    fact = OWN.get(conn, RESTORED)
    return fact.at if fact is not None and fact.value == str(to_int(then)) else None
