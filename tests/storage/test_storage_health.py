"""The figures of the store that are worth an alert: old snapshots and writes in doubt."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from support.store_harness import LEASE, MINUTE, NOW, ORDER, OTHER

from storage.poll import Failed, Unchanged
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from support.store_harness import StoreHarness

HOUR = timedelta(hours=1)


async def test_a_leased_order_tells_since_when_it_was_due(harness: StoreHarness) -> None:
    """Each its own time; a lease that ran out makes it due when the lease ended."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    due = await harness.due(ORDER)
    await harness.store.orders.record(NOW, [Unchanged(ORDER, due.fence, NOW + 5 * MINUTE)])
    claimed = {each.key: each.due_at for each in await harness.store.orders.claim_due(NOW + HOUR, 10, LEASE)}
    assert claimed == {ORDER: NOW + 5 * MINUTE, OTHER: NOW + LEASE}


async def test_the_oldest_snapshot_is_that_of_a_watched_order_that_waits(harness: StoreHarness) -> None:
    """One that is read on time has none, nor one that nobody watches; a failed reading makes no snapshot."""
    await harness.active(ORDER)
    await harness.order(OTHER)
    due = await harness.due(ORDER)
    await harness.store.orders.record(NOW, [Unchanged(ORDER, due.fence, NOW + MINUTE)])
    assert (await harness.store.upkeep.health(NOW)).oldest_snapshot is None
    assert (await harness.store.upkeep.health(NOW + HOUR)).oldest_snapshot == NOW
    due = await harness.due(ORDER, NOW + HOUR)
    await harness.store.orders.record(NOW + HOUR, [Failed(ORDER, due.fence, NOW + 2 * HOUR, "ServerError")])
    health = await harness.store.upkeep.health(NOW + HOUR + MINUTE)
    assert (health.oldest_snapshot, health.stale_orders) == (NOW, 1)
    due = await harness.due(ORDER, NOW + 2 * HOUR)
    await harness.store.orders.record(NOW + 2 * HOUR, [Unchanged(ORDER, due.fence, NOW + 9 * HOUR)])
    assert (await harness.store.upkeep.health(NOW + 2 * HOUR)).oldest_snapshot is None


async def test_writes_in_doubt_are_counted_until_they_are_resolved(harness: StoreHarness) -> None:
    """The oldest says since when; one that is being sent is not in doubt yet."""
    for minutes, state in ((3, WriteState.UNCLEAR), (2, WriteState.UNCLEAR), (1, WriteState.BEGUN)):
        write = Write(f"w{minutes}", f"key {minutes}", "1688.cart.add", "U1", "C1", NOW - minutes * MINUTE)
        assert await harness.store.writes.begin(write) is None
        if state is WriteState.UNCLEAR:
            await harness.store.writes.settle(write.id, state, NOW)
    health = await harness.store.upkeep.health(NOW)
    assert (health.writes_unclear, health.oldest_unclear_write) == (2, NOW - 3 * MINUTE)
    await harness.store.writes.settle("w3", WriteState.FOUND_DONE, NOW)
    health = await harness.store.upkeep.health(NOW)
    assert (health.writes_unclear, health.oldest_unclear_write) == (1, NOW - 2 * MINUTE)
