"""Refunds in the store: kept with their order, found by their id, and read back as an earlier version told them."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.store_harness import NOW, ORDER, baseline, changed, news_with_text
from support.tracking_cases import REF

from pandapon.shipment import Milestone
from storage import codec
from storage.inbox import Outcome, PushMessage
from tracking.attention import Group
from tracking.refunds import OPEN_FOR
from tracking.values import News, Refund, RefundStep

if TYPE_CHECKING:
    from datetime import datetime

    from support.store_harness import StoreHarness

    from storage.poll import DueOrder

DAY = timedelta(days=1)
OTHER = "1688:9999999999999999999"
AGREED = Refund("waitbuyersend", NOW, "衬衫\x1f\x1f0", "衬衫", "TQ2800000001", Decimal("20.50"), NOW + 7 * DAY, "原因")
ASKED = Refund("10", NOW, refund_id="2800000002", is_named=False)


async def stored(harness: StoreHarness, *refunds: Refund, key: str = ORDER) -> None:
    """A watched order with these refunds."""
    await harness.active(key, f"C{key[-4:]}")
    due = await leased(harness, key)
    await harness.store.orders.record(NOW, [changed(key, due.fence, "refunds", refunds=refunds)])


async def leased(harness: StoreHarness, key: str = ORDER, now: datetime = NOW) -> DueOrder:
    """This order, leased."""
    [due] = await harness.store.orders.claim_due(now, 1, timedelta(minutes=5), [key])
    return due


async def test_refunds_come_back_as_they_were(harness: StoreHarness) -> None:
    """Also after a restart, and those of the first reading."""
    await stored(harness, AGREED, ASKED)
    await harness.store.orders.add(NOW, baseline(OTHER, refunds=(ASKED,)))
    await harness.restart()
    loaded = await harness.store.orders.load([ORDER, OTHER])
    assert loaded[ORDER].refunds == (AGREED, ASKED)
    assert loaded[OTHER].refunds == (ASKED,)
    assert loaded[ORDER].snapshot().refunds == (AGREED,), "one that the order no longer names is not shown"


async def test_a_lease_says_until_when_a_refund_is_open(harness: StoreHarness) -> None:
    await stored(harness, AGREED)
    assert (await leased(harness, now=NOW + DAY)).refund_open_until == NOW + OPEN_FOR
    await stored(harness, Refund("100", NOW), key=OTHER)
    assert (await leased(harness, OTHER, now=NOW + DAY)).refund_open_until is None


async def test_an_order_is_found_by_the_id_of_its_refund(harness: StoreHarness) -> None:
    """By the whole id, and by no other word of what is stored."""
    await stored(harness, AGREED, ASKED)
    await stored(harness, Refund("waitbuyersend", NOW, refund_id="TQ28000000011"), key=OTHER)
    orders_named = harness.store.inbox.orders_named
    assert await orders_named(["TQ2800000001"]) == [ORDER]
    assert await orders_named(["2800000002"]) == [ORDER]
    assert await orders_named(["TQ28000000", "waitbuyersend", "refund_id", "20.50", "true"]) == []


async def test_the_orders_that_somebody_has_to_act_on(harness: StoreHarness) -> None:
    """Watched ones whose refund waits for the buyer."""
    await stored(harness, AGREED)
    await stored(harness, Refund("waitselleragree", NOW), key=OTHER)
    assert await harness.store.orders.refunds_to_act_on(10) == [ORDER]
    due = await leased(harness, now=NOW + DAY)
    await harness.store.orders.record(NOW + DAY, [changed(ORDER, due.fence, "paid", refunds=(Refund("100", NOW),))])
    assert await harness.store.orders.refunds_to_act_on(10) == []


async def test_lists_of_watches_put_it_first(harness: StoreHarness) -> None:
    """Also an order that was delivered long ago; the others of that time are left out."""
    for key, refunds in ((ORDER, (ASKED, AGREED)), (OTHER, (ASKED,))):
        facts = {"milestone": Milestone.DELIVERED, "final_at": NOW - 9 * DAY, "refunds": refunds}
        await harness.store.orders.add(NOW, baseline(key, **facts))
        await harness.active(key, f"C{key[-4:]}")
    channels = [f"C{key[-4:]}" for key in (ORDER, OTHER)]
    page = await harness.store.watches.listed(channels, 0, 9, over_since=NOW - 3 * DAY)
    assert [(order.watch.key, order.group, order.watch.refund) for order in page.orders] == [
        (ORDER, Group.ATTENTION, AGREED)
    ]
    everything = await harness.store.watches.listed(channels, 0, 9)
    assert [order.group for order in everything.orders] == [Group.ATTENTION, Group.DELIVERED]


@pytest.mark.parametrize("damage", ["{}", "no JSON", '[{"code": 1}]', '[{"since": "never"}]'])
async def test_a_damaged_column_costs_no_order(harness: StoreHarness, damage: str) -> None:
    """The order names its refunds, so it is read without them."""
    await stored(harness, AGREED)
    await harness.store.engine.run(lambda conn: conn.execute("UPDATE orders SET refunds = ?", (damage,)).rowcount)
    assert (await harness.store.orders.load([ORDER]))[ORDER].refunds == ()


async def test_news_of_an_earlier_version_tells_its_refund(harness: StoreHarness) -> None:
    """A post that waits since then still says it, and news whose words look like it is left alone."""
    news = News(REF, Milestone.IN_TRANSIT, refunded=(None, Decimal(5)))
    facts = json.loads(codec.dump_news(news))
    old = json.dumps(facts | {"refund": ["waitselleragree", "refundsuccess"]}, separators=(",", ":"))
    [step] = codec.load_news(old).refunds
    assert (step.before, step.refund.code, codec.load_news(old).refunded) == (
        "waitselleragree",
        "refundsuccess",
        (None, Decimal(5)),
    )
    none = json.dumps(facts | {"refund": None}, separators=(",", ":"))
    assert codec.load_news(none) == news
    quoting = news_with_text('a courier says "refund":["x"]')
    assert codec.load_news(codec.dump_news(quoting)) == quoting


async def test_news_with_refunds_round_trips() -> None:
    news = News(REF, None, refunds=(RefundStep("", AGREED), RefundStep("10", ASKED)))
    assert codec.load_news(codec.dump_news(news)) == news


async def test_unknown_types_are_named_the_most_frequent_first(harness: StoreHarness) -> None:
    kinds = ["RARE", "OFTEN", "OFTEN", "", "KNOWN"]
    for number, kind in enumerate(kinds):
        await harness.store.inbox.put(PushMessage(str(number), kind, ("1",), NOW))
    outcomes = [(str(number), Outcome.UNKNOWN_TYPE) for number in range(4)] + [("4", Outcome.LOOKED_AT)]
    await harness.store.inbox.done(NOW, outcomes)
    assert await harness.store.inbox.unknown_kinds(NOW - DAY, 3) == ["OFTEN", "RARE"]
    assert await harness.store.inbox.unknown_kinds(NOW + DAY, 3) == []
