"""Journeys that ended, one row for each parcel. Expected dates are learnt from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.facts import OWN
from storage.rows import to_int, to_time
from tracking.journeys import STAGES, Journey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.connection import Connection

TIMES = tuple(f"{stage.value}_at" for stage in STAGES)
ADD = f"""
INSERT INTO journeys (key, waybill, carrier, lane, ended_at, {", ".join(TIMES)})
VALUES (?, ?, ?, ?, ?, {", ".join("?" * len(TIMES))})
ON CONFLICT (key, waybill) DO UPDATE SET carrier = excluded.carrier, lane = excluded.lane,
  ended_at = excluded.ended_at, {", ".join(f"{column} = excluded.{column}" for column in TIMES)}
"""
NEWEST = f"""
SELECT key, waybill, carrier, lane, ended_at, {", ".join(TIMES)} FROM journeys WHERE ended_at <= ?
ORDER BY ended_at DESC, key, waybill LIMIT ? OFFSET ?
"""
ENDED = "SELECT key FROM orders WHERE final_at IS NOT NULL AND final_at >= ? ORDER BY final_at DESC LIMIT ?"
GATHERED = "journeys gathered"  # the fact that journeys were gathered from the orders of an earlier version
MARK = "INSERT INTO facts (name, value, at) VALUES (?, '', ?) ON CONFLICT (name) DO NOTHING"


def add(conn: Connection, journeys: Sequence[Journey]) -> None:
    """Store journeys. A parcel's journey replaces its former one."""
    if journeys:
        conn.executemany(ADD, [_row(journey) for journey in journeys])


def newest(conn: Connection, now: datetime, limit: int, skip: int = 0) -> list[Journey]:
    """Return up to ``limit`` journeys that ended by now, the newest first, without the ``skip`` newest."""
    return [_journey(row) for row in conn.tuples(NEWEST, (to_int(now), limit, skip))]


def ungathered(conn: Connection, since: datetime, limit: int) -> list[str] | None:
    """Return the keys of up to ``limit`` orders of an earlier version that ended since then, the newest first.

    None: their journeys were gathered before.
    """
    if OWN.get(conn, GATHERED):
        return None
    return [key for (key,) in conn.execute(ENDED, (to_int(since), limit))]


def mark_gathered(conn: Connection, now: datetime) -> None:
    """Record that journeys were gathered from the orders of an earlier version."""
    conn.execute(MARK, (GATHERED, to_int(now)))


def _row(journey: Journey) -> tuple[object, ...]:
    times = (to_int(journey.reached.get(stage)) for stage in STAGES)
    return (journey.key, journey.waybill, journey.carrier, journey.lane, to_int(journey.ended_at), *times)


def _journey(row: tuple[Any, ...]) -> Journey:
    key, waybill, carrier, lane, ended_at, *times = row
    reached = {stage: to_time(at) for stage, at in zip(STAGES, times, strict=True) if at is not None}
    return Journey(key, waybill, carrier, lane, reached, to_time(ended_at))
