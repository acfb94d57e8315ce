"""Journeys and expected dates in a real database: kept across a restart, replaced, limited and pruned."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from support.store_harness import NOW, ORDER, OTHER, changed

from pandapon.shipment import Milestone
from tracking.journeys import Journey
from tracking.values import Basis, Expected

if TYPE_CHECKING:
    from support.store_harness import StoreHarness

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JOURNEY = Journey(
    ORDER,
    "YT8801234567890",
    "YTO",
    "杭州",
    {Milestone.PAID: NOW - 90 * HOUR, Milestone.PICKED_UP: NOW - 70 * HOUR, Milestone.ARRIVED: NOW - 9 * HOUR},
    NOW - HOUR,
)
EXPECTED = Expected(NOW + DAY, NOW + 3 * DAY, 50 * HOUR, NOW - DAY, Basis.LANE, 34, "YT8801234567890", "YTO", "杭州")


async def test_a_journey_is_stored_with_the_reading_that_ends_it_and_survives_a_restart(harness: StoreHarness) -> None:
    await harness.order()
    await harness.tell("signed", journeys=(JOURNEY,))
    store = await harness.restart()
    assert await store.journeys.newest(NOW, 10) == [JOURNEY]


async def test_a_reading_whose_lease_was_lost_stores_no_journey(harness: StoreHarness) -> None:
    await harness.order()
    recorded = await harness.store.orders.record(NOW, [changed(ORDER, 99, "late", journeys=(JOURNEY,))])
    assert (recorded.applied, recorded.stale) == (0, 1)
    assert await harness.store.journeys.newest(NOW, 10) == []


async def test_the_same_parcel_again_replaces_its_journey(harness: StoreHarness) -> None:
    await harness.order()
    corrected = replace(JOURNEY, ended_at=NOW - 2 * HOUR, lane="")
    await harness.store.journeys.add([JOURNEY])
    await harness.store.journeys.add([corrected])
    assert await harness.store.journeys.newest(NOW, 10) == [corrected]


async def test_the_newest_are_read_first_and_no_more_than_asked_for(harness: StoreHarness) -> None:
    await harness.order()
    many = [replace(JOURNEY, waybill=f"w{n}", ended_at=NOW - n * HOUR) for n in range(-1, 6)]
    await harness.store.journeys.add(many)
    read = await harness.store.journeys.newest(NOW, 3)
    assert [each.waybill for each in read] == ["w0", "w1", "w2"], "one that ends in the future is no journey"


async def test_old_journeys_are_pruned_and_new_ones_stay(harness: StoreHarness) -> None:
    await harness.order()
    old = replace(JOURNEY, waybill="old", ended_at=NOW - 61 * DAY)
    await harness.store.journeys.add([JOURNEY, old])
    while await harness.store.upkeep.prune(NOW - 60 * DAY, 100):
        pass
    assert await harness.store.journeys.newest(NOW, 10) == [JOURNEY]


async def test_an_earlier_versions_orders_are_gathered_once(harness: StoreHarness) -> None:
    """Those that ended lately; afterwards the mark keeps every later start from looking again."""
    for key, ended_at in ((ORDER, NOW), (OTHER, NOW - 61 * DAY)):
        await harness.order(key)
        fence = (await harness.store.orders.load([key]))[key].fence
        await harness.store.orders.record(NOW, [changed(key, fence, "end", final_at=ended_at)])
    assert await harness.store.journeys.ungathered(NOW - 60 * DAY, 10) == [ORDER]
    await harness.store.journeys.mark_gathered(NOW)
    await harness.store.journeys.mark_gathered(NOW + DAY)
    store = await harness.restart()
    assert await store.journeys.ungathered(NOW - 60 * DAY, 10) is None


async def test_the_expected_range_and_its_lateness_are_stored_with_the_order(harness: StoreHarness) -> None:
    await harness.active()
    fence = (await harness.store.orders.load([ORDER]))[ORDER].fence
    await harness.store.orders.record(NOW, [changed(ORDER, fence, "on its way", expected=EXPECTED)])
    store = await harness.restart()
    stored = (await store.orders.load([ORDER]))[ORDER]
    assert (stored.expected, stored.was_late) == (EXPECTED, False)
    assert stored.snapshot().expected == EXPECTED
    due = await harness.due(ORDER, NOW + HOUR)
    assert due.late_at == EXPECTED.late_at
    late = changed(ORDER, due.fence, "late", expected=EXPECTED, was_late=True)
    assert (await store.orders.record(NOW, [late])).applied == 1
    stored = (await store.orders.load([ORDER]))[ORDER]
    assert (stored.expected, stored.was_late) == (EXPECTED, True)
    assert (await harness.due(ORDER, NOW + HOUR)).late_at is None, "told once"


async def test_a_range_that_this_version_cannot_read_spoils_nothing(harness: StoreHarness) -> None:
    await harness.order()
    await harness.store.engine.run(lambda conn: conn.execute("UPDATE orders SET expected = ?", ('{"first": 7}',)))
    assert (await harness.store.orders.load([ORDER]))[ORDER].expected is None
