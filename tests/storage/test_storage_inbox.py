"""Pushed messages about orders that are none of ours: counted, few kept, and not for long."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from support.store_harness import MINUTE, NOW, ORDER, StoreHarness

from storage.inbox import MOST_UNKNOWN, Outcome, PushMessage

if TYPE_CHECKING:
    from datetime import datetime

DAY = timedelta(days=1)


async def push(harness: StoreHarness, names: range, outcome: Outcome, at: datetime = NOW) -> None:
    """So many different messages, looked at."""
    for number in names:
        assert await harness.store.inbox.put(PushMessage(f"{outcome} {number}", "CLOSE", (str(number),), at))
    await harness.store.inbox.done(at, [(f"{outcome} {number}", outcome) for number in names])


async def rows(harness: StoreHarness) -> int:
    return await harness.store.engine.run(lambda conn: int(conn.execute("SELECT COUNT(*) FROM inbox").fetchone()[0]))


async def test_a_flood_about_unknown_orders_is_counted_and_not_kept(harness: StoreHarness) -> None:
    """4,000 different messages leave no 4,000 rows; those about our orders stay."""
    await harness.active(ORDER)
    await push(harness, range(50), Outcome.LOOKED_AT)
    for start in range(0, 4000, 100):
        await push(harness, range(start, start + 100), Outcome.UNKNOWN_ORDER, NOW + MINUTE)
    assert await rows(harness) == MOST_UNKNOWN + 50
    counts, last = await harness.store.inbox.counts(NOW - DAY)
    assert counts == {Outcome.LOOKED_AT: 50, Outcome.UNKNOWN_ORDER: 4000}
    assert last == NOW + MINUTE


async def test_the_count_of_a_day_is_not_carried_on(harness: StoreHarness) -> None:
    """What was dropped yesterday is not counted today."""
    await push(harness, range(MOST_UNKNOWN + 300), Outcome.UNKNOWN_ORDER)
    later = NOW + 2 * DAY
    await push(harness, range(9000, 9010), Outcome.UNKNOWN_ORDER, later)
    counts, _last = await harness.store.inbox.counts(later - DAY)
    assert counts == {Outcome.UNKNOWN_ORDER: 20}


async def test_they_live_a_day(harness: StoreHarness) -> None:
    """Then they are forgotten, some at a time; what is about our orders is kept as long as everything."""
    await push(harness, range(10), Outcome.LOOKED_AT)
    await push(harness, range(10), Outcome.UNKNOWN_ORDER)
    await push(harness, range(10, 15), Outcome.UNKNOWN_ORDER, NOW + DAY)
    before = NOW + MINUTE
    assert [await harness.store.inbox.prune_unknown(before, 6) for _ in range(3)] == [6, 4, 0]
    assert await rows(harness) == 15
