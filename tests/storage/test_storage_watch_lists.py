"""Lists of watched orders: by what needs a person, each order once, whatever channels watch it."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from support.store_harness import CLAIMS_CHANNEL, NOW, ORDERS_CHANNEL, baseline

from pandapon.courier import Reason
from pandapon.shipment import Milestone, Parcel
from storage import codec
from storage.alarm import Alarm
from storage.watch import NewWatch, WatchedOrder, WatchedOrders
from tracking.attention import OVER_FOR, Group, group_of, is_over
from tracking.renumber import retire
from tracking.values import Filter, Leg, News, NewsToPost, Severity, Stall

if TYPE_CHECKING:
    from support.store_harness import StoreHarness

M = Milestone
EVERY = (None, *Milestone)


def key(n: int) -> str:
    return f"1688:{254228563492000000 + n}"


async def watched(harness: StoreHarness, n: int, milestone: Milestone | None, *channels: str, **fields: object) -> None:
    """Store an order at this milestone and watch it in these channels."""
    assert await harness.store.orders.add(NOW, baseline(key(n), milestone=milestone, **fields))
    wishes = [NewWatch(key(n), channel, Filter.ALL, "U0MEI") for channel in channels or (ORDERS_CHANNEL,)]
    await harness.store.watches.open(NOW, wishes)


async def alarmed(harness: StoreHarness, n: int) -> None:
    """Raise an alarm of the order."""
    order = baseline(key(n)).decision.shipment.ref
    stall = Stall(Leg.DOMESTIC, NOW - timedelta(days=4), timedelta(days=3))
    news = NewsToPost(f"stall:{n}", News(order, None, stall=stall), Severity.PROBLEM, frozenset(Filter))
    assert await harness.store.alarms.open(NOW, Alarm(key(n), f"stall:{n}", stall), news, None)


def numbers(page: WatchedOrders) -> list[int]:
    return [int(order.watch.key[5:]) - 254228563492000000 for order in page.orders]


@pytest.mark.parametrize("alarm", [False, True], ids=["quiet", "alarmed"])
async def test_the_statement_and_the_rule_agree(harness: StoreHarness, *, alarm: bool) -> None:
    """For every milestone; a statement cannot call the rule."""
    for n, milestone in enumerate(EVERY):
        await watched(harness, n, milestone)
        if alarm:
            await alarmed(harness, n)
    page = await harness.store.watches.listed([ORDERS_CHANNEL], 0, 99)
    groups = {order.watch.milestone: order.group for order in page.orders}
    assert groups == {milestone: group_of(milestone, is_pressing=alarm) for milestone in EVERY}
    assert [order.group for order in page.orders] == [
        group for group in Group for _n in range(page.counts.get(group, 0))
    ]
    for group in Group:
        alone = await harness.store.watches.listed([ORDERS_CHANNEL], 0, 99, group=group)
        assert {order.group for order in alone.orders} <= {group}
        assert len(alone.orders) == page.counts.get(group, 0)


async def test_a_paused_watch_needs_attention(harness: StoreHarness) -> None:
    """Wherever the order is, and in whichever of the channels."""
    for n, milestone in enumerate((M.IN_TRANSIT, M.DELIVERED)):
        await watched(harness, n, milestone, ORDERS_CHANNEL, CLAIMS_CHANNEL)
    while posts := await harness.claim():
        for post in posts:
            await harness.store.outbox.mark_sent(NOW, post, "1772416800.000100")
    await harness.store.watches.pause_channel(NOW, CLAIMS_CHANNEL, "is_archived")
    there = await harness.store.watches.listed([CLAIMS_CHANNEL, ORDERS_CHANNEL], 0, 9)
    assert [(order.group, len(order.watches)) for order in there.orders] == [(Group.ATTENTION, 2)] * 2
    here = await harness.store.watches.listed([ORDERS_CHANNEL], 0, 9)
    assert dict(here.counts) == {Group.ON_THE_WAY: 1, Group.DELIVERED: 1}


async def test_what_its_buyer_cancelled_needs_nobody_and_is_over_at_once(harness: StoreHarness) -> None:
    """By the statement and the rule alike; an alarm of it stands."""
    for n, reason in enumerate((None, Reason.BY_BUYER, Reason.BY_BUYER)):
        await watched(harness, n, M.CANCELLED, reason=reason, final_at=NOW)
    await alarmed(harness, 2)
    page = await harness.store.watches.listed([ORDERS_CHANNEL], 0, 9)
    groups = [Group.ATTENTION, group_of(M.CANCELLED, Reason.BY_BUYER), Group.ATTENTION]
    assert {int(order.watch.key[5:]) - 254228563492000000: order.group for order in page.orders} == dict(
        enumerate(groups)
    )
    assert groups[1] is not Group.ATTENTION
    assert is_over(M.CANCELLED, NOW, NOW, Reason.BY_BUYER)
    page = await harness.store.watches.listed([ORDERS_CHANNEL], 0, 9, over_since=NOW - OVER_FOR)
    assert sorted(numbers(page)) == [0, 2]


async def test_an_order_in_two_channels_is_one_order(harness: StoreHarness) -> None:
    """With both watches, the newest first; of channels that were not asked for nothing is told."""
    await watched(harness, 1, M.IN_TRANSIT, ORDERS_CHANNEL, CLAIMS_CHANNEL, "C0OTHER")
    page = await harness.store.watches.listed([ORDERS_CHANNEL, CLAIMS_CHANNEL], 0, 9)
    [order] = page.orders
    assert [watch.channel for watch in order.watches] == [CLAIMS_CHANNEL, ORDERS_CHANNEL]
    assert dict(page.counts) == {Group.ON_THE_WAY: 1}
    assert await harness.store.watches.listed([], 0, 9) == WatchedOrders((), {})
    assert (await harness.store.watches.listed(["C0NOWHERE"], 0, 9)).total == 0


async def test_what_has_been_over_for_days_is_left_out(harness: StoreHarness) -> None:
    """The statement and the rule agree: what was lost or came back needs somebody for longer, an alarm as it stands."""
    ends, ages = (M.DELIVERED, M.CANCELLED, M.LOST, M.RETURNED), (2, 3, 13, 14)
    stories = list(itertools.product(ends, ages))
    for n, (milestone, age) in enumerate(stories):
        await watched(harness, n, milestone, final_at=NOW - timedelta(days=age))
    listed = [n for n, (end, age) in enumerate(stories) if not is_over(end, NOW - timedelta(days=age), NOW)]
    assert listed == [0, 4, 8, 9, 10, 12, 13, 14]
    page = await harness.store.watches.listed([ORDERS_CHANNEL], 0, 99, over_since=NOW - OVER_FOR)
    assert (sorted(numbers(page)), page.total) == (listed, 8)
    await alarmed(harness, 3)
    page = await harness.store.watches.listed([ORDERS_CHANNEL], 0, 99, over_since=NOW - OVER_FOR)
    assert sorted(numbers(page)) == sorted([3, *listed])
    assert (await harness.store.watches.listed([ORDERS_CHANNEL], 0, 99)).total == 16


async def test_pages(harness: StoreHarness) -> None:
    """They follow each other without a gap, problems first, each group with the newest watch first."""
    for n in range(25):
        await watched(harness, n, M.EXCEPTION if n % 10 == 3 else M.DELIVERED if n < 5 else M.IN_TRANSIT)
    pages = [await harness.store.watches.listed([ORDERS_CHANNEL], start, 10) for start in (0, 10, 20, 30)]
    assert [len(page.orders) for page in pages] == [10, 10, 5, 0]
    moving = [n for n in range(24, 4, -1) if n % 10 != 3]
    assert [n for page in pages for n in numbers(page)] == [23, 13, 3, *moving, 4, 2, 1, 0]
    assert all(page.total == 25 for page in pages)


async def test_a_channel_is_read_through_from_the_newest(harness: StoreHarness) -> None:
    """Page by page without a gap, each order with its group, and without those that have been over for days."""
    for n in range(25):
        ended = {"final_at": NOW - timedelta(days=4)} if n % 5 == 0 else {}
        await watched(harness, n, M.DELIVERED if n % 5 == 0 else M.LOST if n % 5 == 1 else M.IN_TRANSIT, **ended)
    await watched(harness, 99, M.IN_TRANSIT, CLAIMS_CHANNEL)
    before, orders = 2**63 - 1, list[WatchedOrder]()
    while page := await harness.store.watches.newest_first(ORDERS_CHANNEL, before, 7, NOW - OVER_FOR):
        orders += page
        before = page[-1].watch.id
    assert numbers(WatchedOrders(tuple(orders), {})) == [n for n in range(24, 0, -1) if n % 5]
    assert {order.group for order in orders} == {Group.ATTENTION, Group.ON_THE_WAY}
    assert sum(order.group is Group.ATTENTION for order in orders) == 5


async def test_parcels_are_counted_as_they_are_shown(harness: StoreHarness) -> None:
    """A number that was replaced by another is no parcel, nor is one that the order no longer names."""
    parcels = (
        Parcel("SF1", milestone=M.DELIVERED),
        Parcel("SF2", milestone=M.IN_TRANSIT),
        retire(Parcel("SF3", milestone=M.DELIVERED), "SF1"),
        Parcel("SF4", status_code="NO_LONGER_NAMED"),
    )
    await watched(harness, 1, M.IN_TRANSIT, parcels=parcels)
    await watched(harness, 2, M.PAID, parcels=(), nodes=())
    page = await harness.store.watches.listed([ORDERS_CHANNEL], 0, 9)
    assert [(order.delivered, order.parcels) for order in page.orders] == [(0, 0), (1, 2)]


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ({"milestone": "in_transit", "alarm": "", "reason": ""}, (M.IN_TRANSIT, None, None)),
        ({"milestone": None, "alarm": "not_paid"}, (None, Leg.NOT_PAID, None)),
        ({"milestone": "exception", "reason": "damaged"}, (M.EXCEPTION, None, Reason.DAMAGED)),
        ({"milestone": "beamed_up", "alarm": "nap", "reason": ["x"]}, (None, None, None)),
    ],
    ids=["no alarm", "unpaid", "reason", "of another version"],
)
def test_a_digest_of_another_version_is_read(stored: dict[str, object], read: tuple[object, ...]) -> None:
    """As version 1.2.0 wrote it, with empty texts, and with words that nobody knows yet."""
    entry = {"key": key(1), "title": "x", "news": 2, "status": "success", **stored}
    text = json.dumps({"day": "2026-03-02", "moved": [entry], "troubled": [], "watched": 3, "later": 1})
    digest = codec.load_digest(text)
    [moved] = digest.moved
    assert (moved.milestone, moved.alarm, moved.reason) == read
    assert (moved.title, moved.items, moved.card_ts, digest.watched) == ("x", 1, "", 3)
    assert codec.load_digest(codec.dump_digest(digest)) == digest


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"day": 1, "moved": 7}', '{"moved": [1]}'])
def test_what_is_no_digest_is_refused(text: str) -> None:
    """With an error that keeps no other post from being claimed."""
    with pytest.raises(ValueError):  # noqa: PT011  any ValueError is caught where posts are claimed
        codec.load_digest(text)
