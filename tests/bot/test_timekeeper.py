"""The clock is set back while work is under way: times of the old clock that come late are noticed too."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.migrated import open_copy
from support.store_harness import MINUTE, NOW, ORDER, StoreHarness, changed

from bot.jobs import timekeeper
from bot.jobs.timekeeper import Timekeeper
from storage.rows import to_time

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

LONGEST = timedelta(hours=1)


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[StoreHarness]:
    opened = StoreHarness(tmp_path / "data" / "bot.db", open_copy)
    await opened.open()
    yield opened
    await opened.close()


@pytest.mark.parametrize("back", [timedelta(hours=3), timedelta(days=730)], ids=str)
async def test_what_was_under_way_is_moved_too(
    harness: StoreHarness, back: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reading and a failed post, both begun before the step and recorded after it: neither waits for the old time."""
    monkeypatch.setattr(timekeeper, "CHECKED_AFTER", (0.0, 0.05))
    now = NOW
    keeper = Timekeeper(harness.store, lambda: now, LONGEST, [])
    await harness.active(ORDER)
    await harness.tell("first", next_poll_at=NOW)
    await keeper.tick()
    post, due = await harness.claim_one(), await harness.due()
    now = NOW - back
    assert await keeper.tick() < timedelta()
    await harness.store.outbox.mark_retry(post, NOW + MINUTE, "ratelimited")
    await harness.store.orders.record(NOW, [changed(ORDER, due.fence, "second", next_poll_at=NOW + MINUTE)])
    assert due_times(harness, post.id) == (NOW + MINUTE, NOW + MINUTE)
    while keeper._checks:
        await keeper.tick()
    assert due_times(harness, post.id) == (now, now)


def due_times(harness: StoreHarness, post: int) -> tuple[datetime | None, datetime | None]:
    """When the post is tried again, and when the order is read again."""
    return (
        to_time(harness.value("SELECT not_before FROM outbox WHERE id = ?", post)),
        to_time(harness.value("SELECT next_poll_at FROM schedule WHERE key = ?", ORDER)),
    )
