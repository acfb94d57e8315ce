"""Orders are leased once, recorded once, and never lose what was known about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from support.store_harness import (
    LEASE,
    MINUTE,
    NODE,
    NOW,
    ORDER,
    ORDERS_CHANNEL,
    OTHER,
    PARCEL,
    baseline,
    changed,
    order_of,
    scan,
)

from pandapon.shipment import Milestone, Parcel
from storage.poll import Failed, Unchanged
from storage.watch import NewWatch, WatchState
from tracking.values import Filter

if TYPE_CHECKING:
    from support.store_harness import StoreHarness

    from storage.poll import PollResult


async def test_a_stored_order_comes_back_as_it_was(harness: StoreHarness) -> None:
    """Ids, Chinese text and microseconds survive the round trip."""
    order = order_of(seller="详情 {}", sub_order_ids=("254228563492088079", "0001"))
    await harness.store.orders.add(NOW, baseline(order=order, milestone=Milestone.DELIVERED, final_at=NOW + MINUTE))
    known = (await harness.store.orders.load([ORDER]))[ORDER]
    assert (known.order, known.milestone, known.moved_at, known.final_at) == (
        order,
        Milestone.DELIVERED,
        NOW,
        NOW + MINUTE,
    )
    assert known.shipment.parcels == (replace(PARCEL, nodes=(NODE,)),)
    assert [node.identity for node in known.shipment.nodes] == [NODE.identity]
    assert (known.read_at, known.stale_since, known.version) == (NOW, None, 1)


async def test_the_first_reading_wins(harness: StoreHarness) -> None:
    """Two people who ask for an unknown order at once store it once."""
    await harness.order()
    late = baseline(nodes=(scan("another"),), fingerprint=b"late")
    assert not await harness.store.orders.add(NOW, late)
    assert [node.identity for node in (await harness.store.orders.load([ORDER]))[ORDER].shipment.nodes] == [
        NODE.identity
    ]


async def test_unknown_orders_are_absent(harness: StoreHarness) -> None:
    """Loading many keys gives only those that are stored."""
    await harness.order()
    keys = [f"1688:{10**15 + n}" for n in range(1200)]
    assert list(await harness.store.orders.load([*keys, ORDER])) == [ORDER]


async def test_an_order_nobody_watches_is_never_due(harness: StoreHarness) -> None:
    """A look stores nothing to poll."""
    await harness.order()
    assert await harness.store.orders.claim_due(NOW + timedelta(days=365), 10, LEASE) == []
    assert await harness.store.orders.mark_due([ORDER], NOW) == 0


async def test_an_order_is_due_from_its_first_watch_on(harness: StoreHarness) -> None:
    """The watch itself makes it due, before its card is posted."""
    await harness.opening()
    due = await harness.due()
    assert (due.milestone, due.has_parcels, due.polls, due.fails) == ("in_transit", True, 1, 0)
    assert due.created_at == NOW


async def test_a_lease_keeps_others_out_until_it_ends(harness: StoreHarness) -> None:
    """The same order is given to one worker at a time; a crash costs one lease."""
    await harness.opening()
    first = await harness.due()
    assert await harness.store.orders.claim_due(NOW + LEASE - MINUTE, 10, LEASE) == []
    again = await harness.due(now=NOW + LEASE)
    assert again.fence > first.fence


async def test_the_longest_overdue_go_first(harness: StoreHarness) -> None:
    """With less room than due orders the oldest are taken."""
    keys = [f"1688:{10**18 + n}" for n in range(5)]
    for key in keys:
        await harness.opening(key)
    leased = {due.key: due.fence for due in await harness.store.orders.claim_due(NOW, 10, LEASE)}
    late = [Unchanged(key, leased[key], NOW - n * MINUTE) for n, key in enumerate(keys)]
    await harness.store.orders.record(NOW, late)
    assert {due.key for due in await harness.store.orders.claim_due(NOW, 2, LEASE)} == set(keys[3:])


async def test_an_unchanged_reading_schedules_and_nothing_else(harness: StoreHarness) -> None:
    """It counts as a good reading of the order as it stands."""
    await harness.opening()
    due = await harness.due()
    before = (await harness.store.orders.load([ORDER]))[ORDER]
    recorded = await harness.store.orders.record(NOW + MINUTE, [Unchanged(ORDER, due.fence, NOW + 5 * MINUTE)])
    after = (await harness.store.orders.load([ORDER]))[ORDER]
    assert (recorded.applied, recorded.stale, recorded.posts) == (1, 0, 0)
    assert (after.read_at, after.next_poll_at) == (NOW + MINUTE, NOW + 5 * MINUTE)
    assert replace(after, read_at=NOW, next_poll_at=before.next_poll_at, fence=before.fence) == before


async def test_a_changed_reading_adds_and_edits_but_never_deletes(harness: StoreHarness) -> None:
    """Parcels and nodes that a reply leaves out stay; those it names are brought up to date."""
    await harness.opening()
    due = await harness.due()
    filled = scan(NODE.identity, place="杭州转运中心")
    second = Parcel("SF1400000000019", "顺丰速运")
    order = order_of(seller="")
    result = changed(
        ORDER, due.fence, "moved", nodes=(filled,), parcels=(second,), order=order, milestone=Milestone.ARRIVED
    )
    await harness.store.orders.record(NOW, [result])
    known = (await harness.store.orders.load([ORDER]))[ORDER]
    assert {parcel.waybill for parcel in known.shipment.parcels} == {PARCEL.waybill, second.waybill}
    assert known.shipment.nodes == (filled,)
    assert (known.order, known.milestone, known.version) == (order, Milestone.ARRIVED, 2)


async def test_failures_keep_the_state_and_say_since_when(harness: StoreHarness) -> None:
    """The first failure marks the order stale; later ones keep that time; a good reading clears it."""
    await harness.opening()
    before = (await harness.store.orders.load([ORDER]))[ORDER]
    for minutes in range(3):
        at = NOW + 10 * minutes * MINUTE
        due = await harness.due(now=at)
        assert due.fails == minutes
        await harness.store.orders.record(at, [Failed(ORDER, due.fence, at + MINUTE, "TransportError")])
        known = (await harness.store.orders.load([ORDER]))[ORDER]
        assert (known.stale_since, known.read_at) == (NOW, NOW)
        assert (known.order, known.milestone, known.shipment) == (before.order, before.milestone, before.shipment)
    due = await harness.due(now=NOW + 60 * MINUTE)
    await harness.store.orders.record(NOW + 60 * MINUTE, [Unchanged(ORDER, due.fence, None)])
    assert (await harness.store.orders.load([ORDER]))[ORDER].stale_since is None


async def test_a_changed_reading_clears_the_failures_too(harness: StoreHarness) -> None:
    """After it the order is fresh and counts its failures from nought."""
    await harness.opening()
    due = await harness.due()
    await harness.store.orders.record(NOW, [Failed(ORDER, due.fence, NOW, "ServerError")])
    due = await harness.due()
    await harness.store.orders.record(NOW, [changed(ORDER, due.fence, "moved", next_poll_at=NOW)])
    assert (await harness.store.orders.load([ORDER]))[ORDER].stale_since is None
    due = await harness.due()
    assert (due.fails, due.polls) == (0, 2)


async def test_one_lease_gives_one_result(harness: StoreHarness) -> None:
    """The second result of a lease, of whatever kind, is dropped whole: no state, no nodes, no news."""
    await harness.active()
    due = await harness.due()
    await harness.store.orders.record(NOW, [Unchanged(ORDER, due.fence, NOW + MINUTE)])
    before = (await harness.store.orders.load([ORDER]))[ORDER]
    late: list[PollResult] = [
        Unchanged(ORDER, due.fence, NOW),
        Failed(ORDER, due.fence, NOW, "TransportError"),
        changed(ORDER, due.fence, "late", nodes=(scan("late"),)),
    ]
    recorded = await harness.store.orders.record(NOW + MINUTE, late)
    assert (recorded.applied, recorded.stale, recorded.posts) == (0, 3, 0)
    assert (await harness.store.orders.load([ORDER]))[ORDER] == before
    assert await harness.claim() == []


async def test_two_results_of_one_lease_in_a_batch(harness: StoreHarness) -> None:
    """The first of them counts, and is told once."""
    await harness.active()
    due = await harness.due()
    results: list[PollResult] = [
        changed(ORDER, due.fence, event, nodes=(NODE, scan(event))) for event in ("first", "second")
    ]
    recorded = await harness.store.orders.record(NOW, results)
    assert (recorded.applied, recorded.stale) == (1, 1)
    known = (await harness.store.orders.load([ORDER]))[ORDER]
    assert {node.identity for node in known.shipment.nodes} == {NODE.identity, "first"}
    assert [post.event_id for post in await harness.claim()] == ["first"]


async def test_a_lease_that_ran_out_gives_no_result(harness: StoreHarness) -> None:
    """The worker that was too slow cannot overwrite the one that took over."""
    await harness.opening()
    slow = await harness.due()
    quick = await harness.due(now=NOW + LEASE)
    recorded = await harness.store.orders.record(
        NOW + LEASE, [Failed(ORDER, slow.fence, NOW, "late"), Unchanged(ORDER, quick.fence, NOW + 9 * MINUTE)]
    )
    assert (recorded.applied, recorded.stale) == (1, 1)
    known = (await harness.store.orders.load([ORDER]))[ORDER]
    assert (known.stale_since, known.next_poll_at) == (None, NOW + 9 * MINUTE)


async def test_a_batch_holds_results_of_every_kind(harness: StoreHarness) -> None:
    """One transaction writes good, changed, failed and stale results of different orders."""
    keys = [f"taobao:{10**18 + n}" for n in range(4)]
    for key in keys:
        await harness.active(key)
    fences = {due.key: due.fence for due in await harness.store.orders.claim_due(NOW, 10, LEASE)}
    later = NOW + 9 * MINUTE
    recorded = await harness.store.orders.record(
        NOW,
        [
            Unchanged(keys[0], fences[keys[0]], later),
            Failed(keys[1], fences[keys[1]], later, "ServerError"),
            changed(keys[2], fences[keys[2]], "moved", next_poll_at=later),
            changed(keys[3], fences[keys[3]] - 1, "stale", next_poll_at=later),
        ],
    )
    assert (recorded.applied, recorded.stale, recorded.posts) == (3, 1, 2)
    schedule = {key: known.next_poll_at for key, known in (await harness.store.orders.load(keys)).items()}
    assert schedule == dict.fromkeys(keys[:3], later) | {keys[3]: NOW + LEASE}


async def test_a_hint_brings_the_next_poll_forward(harness: StoreHarness) -> None:
    """A push makes the order due now, never later than it was, and the reading on its way is dropped."""
    await harness.opening()
    due = await harness.due()
    assert await harness.store.orders.mark_due([ORDER, OTHER], NOW + MINUTE) == 1
    assert await harness.store.orders.mark_due([ORDER], NOW + 60 * MINUTE) == 1
    recorded = await harness.store.orders.record(NOW, [Unchanged(ORDER, due.fence, NOW + 60 * MINUTE)])
    assert recorded.stale == 1
    assert [order.key for order in await harness.store.orders.claim_due(NOW + MINUTE, 10, LEASE)] == [ORDER]


async def test_an_order_without_a_next_poll_is_archived(harness: StoreHarness) -> None:
    """Its watch ends with that reason, its card says so once, and a new watch brings it back."""
    watch = await harness.active()
    due = await harness.due()
    await harness.store.orders.record(NOW, [Unchanged(ORDER, due.fence, None)])
    ended = await harness.store.watches.get(watch.id)
    assert ended is not None
    assert (ended.state, ended.reason) == (WatchState.ENDED, "archived")
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} refresh"]
    assert await harness.store.orders.mark_due([ORDER], NOW) == 0
    await harness.opening()
    assert (await harness.due()).key == ORDER


async def test_orders_are_found_by_waybill_and_by_id(harness: StoreHarness) -> None:
    """The same id may exist on both platforms; the same number may hang on two orders."""
    twin = "taobao:" + ORDER.partition(":")[2]
    await harness.order(ORDER)
    await harness.order(twin)
    assert await harness.store.orders.with_id("2542285634920880794") == [ORDER, twin]
    assert await harness.store.orders.with_waybill(PARCEL.waybill) == [ORDER, twin]
    assert await harness.store.orders.with_waybill("2542285634920880794") == []
    assert await harness.store.orders.with_id("254228563492088079") == []


async def test_a_watch_of_a_second_channel_does_not_disturb_the_schedule(harness: StoreHarness) -> None:
    """An order that is polled already keeps its time and its lease."""
    await harness.opening()
    due = await harness.due()
    await harness.store.watches.open(NOW, [NewWatch(ORDER, "C0CLAIMS", Filter.ALL, "U0WEI")])
    recorded = await harness.store.orders.record(NOW, [Unchanged(ORDER, due.fence, NOW + 9 * MINUTE)])
    assert recorded.applied == 1
    assert {watch.channel for watch in await harness.store.watches.of_orders([ORDER])} == {ORDERS_CHANNEL, "C0CLAIMS"}


async def test_a_number_is_found_however_it_is_spelt(harness: StoreHarness) -> None:
    """Stored and asked for in any width, case and grouping; JD's box stands behind a number that finds it."""
    jd = Parcel("JDX012345678901-1-1-", logistics_id="LP01")
    await harness.store.orders.add(NOW, baseline(parcels=(PARCEL, jd)))
    for spelling in (
        "yt8801234567890",
        "ＹＴ８８０１２３４５６７８９０",
        "YT 8801-2345 67890",
        "JDX012345678901",
        "jdx012345678901-1-1-",
    ):
        assert await harness.store.orders.with_waybill(spelling) == [ORDER]
        assert await harness.store.inbox.orders_named([spelling]) == [ORDER]
    for other in ("YT880123456789", "自提", "", "-"):
        assert await harness.store.orders.with_waybill(other) == []
        assert await harness.store.inbox.orders_named([other]) == []
    assert {parcel.logistics_id for parcel in (await harness.store.orders.load([ORDER]))[ORDER].shipment.parcels} == {
        "",
        "LP01",
    }


async def test_the_orders_at_a_milestone(harness: StoreHarness) -> None:
    """Those that are still read, newest first, and those whose state is final; never more than asked for."""
    store, third = harness.store, "1688:2542285634920880796"
    await harness.active()
    await harness.opening(OTHER)
    await store.orders.add(NOW + MINUTE, baseline(third))  # nobody watches it
    moving = {Milestone.IN_TRANSIT, Milestone.ARRIVED}
    assert await store.orders.at_milestones(moving, 10) == [ORDER, OTHER]
    assert await store.orders.at_milestones(moving, 1) == [ORDER]
    assert await store.orders.at_milestones({Milestone.LOST}, 10) == []
    assert await store.orders.at_milestones((), 10) == []
    over = "taobao:4300000000000000077"
    await store.orders.add(NOW + MINUTE, baseline(over, milestone=Milestone.LOST, final_at=NOW))
    assert await store.orders.at_milestones({Milestone.LOST, *moving}, 10) == [over, ORDER, OTHER]
