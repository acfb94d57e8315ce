"""The replay's queries to the bot's database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.rows import to_time

if TYPE_CHECKING:
    from datetime import datetime

    from storage.connection import Connection
    from storage.store import Store

FOLDED = "SELECT COUNT(*) FROM outbox WHERE batch_id IS NOT NULL AND state = 'sent'"


async def folded_posts(store: Store) -> int:
    """Count the news that came in one message with others; a thread holds each of their scans all the same."""
    return int(await store.engine.run(lambda conn: conn.execute(FOLDED).fetchone()[0]))


def due_times(conn: Connection, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return when the next order is due, and when the next check for a stall is due, which follows a reading."""
    poll = conn.execute("SELECT MIN(next_poll_at) FROM schedule").fetchone()[0]
    at = int(now.timestamp() * 1e6)
    silence = conn.execute("SELECT MIN(stall_at) FROM schedule WHERE stall_at > ? OR read_at >= stall_at", (at,))
    return to_time(poll), to_time(silence.fetchone()[0])


def waits_to_be_sent(conn: Connection) -> bool:
    """Return whether Slack has not yet taken a post."""
    return (
        conn.execute("SELECT 1 FROM outbox WHERE state IN ('pending', 'sending', 'uncertain')").fetchone() is not None
    )


def open_alarms(conn: Connection) -> list[tuple[int, str, str]]:
    """Return row, name and order id of each alarm that nobody acted on."""
    alarms = conn.execute("SELECT id, event_id, key FROM alarms WHERE state = 'open'")
    return [(row["id"], row["key"] + row["event_id"], row["key"].partition(":")[2]) for row in alarms]
