"""What Slack refuses: owners are told once, and processes tell each other; neither knows of the other's facts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from support.store_harness import MEI, NOW

from storage import messages
from tracking.messages import WatchesPaused

if TYPE_CHECKING:
    from support.store_harness import StoreHarness

    from storage.connection import Connection

PAUSED = WatchesPaused("C1", "not_in_channel", 1)
SINCE = timedelta(minutes=3)


async def test_an_owner_is_told_once_however_often_processes_listen(harness: StoreHarness) -> None:
    """What they hear is what other processes said, and nothing else; what those said long ago is forgotten."""
    for minutes in (0, 4, 8):
        now = NOW + timedelta(minutes=minutes)
        await harness.store.engine.run(lambda conn, now=now: messages.refused(conn, now, MEI, PAUSED))  # type: ignore[misc]  # mypy knows no defaults in lambdas
        await harness.store.refusals.record(now, "other", {"C2": "odd"})
        assert await harness.store.refusals.of_others(now - SINCE, "ours") == {"C2": "odd"}
        assert await harness.store.refusals.of_others(now - SINCE, "other") == {}
    assert harness.value("SELECT COUNT(*) FROM outbox WHERE kind = 'notice'") == 1
    assert await harness.store.refusals.of_others(NOW + timedelta(hours=1), "ours") == {}
    assert [row["name"] for row in harness.rows("SELECT name FROM facts")] == [f"refused:C1:not_in_channel:{MEI}"]


async def test_what_the_version_before_said_is_forgotten(harness: StoreHarness) -> None:
    """It stood among what owners were told."""

    def former(conn: Connection) -> None:
        conn.execute("INSERT INTO facts (name, value, at) VALUES ('refused:worker-1', 'C2 odd', 1)")
        messages.refused(conn, NOW, MEI, PAUSED)

    await harness.store.engine.run(former)
    assert await harness.store.refusals.of_others(NOW - SINCE, "ours") == {}
    assert [row["name"] for row in harness.rows("SELECT name FROM facts")] == [f"refused:C1:not_in_channel:{MEI}"]
