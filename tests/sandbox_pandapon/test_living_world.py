"""The demo's account goes on: orders come for ever, and some of them meet trouble, the same ones from the same seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from pandapon.errors import NotFoundError
from pandapon.models import ProductQuery
from pandapon.shipment import OrderRef, Platform
from sandbox.clock import SimClock
from sandbox.pandapon import happenings
from sandbox.pandapon.demo import CHEAPER, FIRST, LATE, TAOBAO, UNSHIPPED, living_world
from sandbox.pandapon.replies import visible

if TYPE_CHECKING:
    from support.fake_pandapon import FakePandaPon

    from sandbox.pandapon.world import SandboxOrder, World

START = datetime(2026, 3, 2, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def world_after(length: timedelta, seed: int = 7) -> World:
    clock = SimClock(START, speed=0)
    world = living_world(clock, START, seed)
    clock.advance(length)
    world.arrive()
    return world


def test_the_same_seed_gives_the_same_account() -> None:
    """Two demos with a seed are alike in every scan; another seed gives other orders."""
    first, again, other = (list(islice(happenings.arrivals(START, seed), 60)) for seed in (3, 3, 4))
    assert first == again
    assert [order.lines for order in first] != [order.lines for order in other]
    assert world_after(5 * DAY).orders == world_after(5 * DAY).orders


def test_the_account_does_not_die() -> None:
    """A day, a week and forty days later there are orders of the last hours, and parcels that are on their way."""
    for length in (DAY, 7 * DAY, 40 * DAY):
        world = world_after(length)
        now = world.clock()
        ages = sorted(now - order.created_at for order in world.orders.values())
        assert ages[0] < 9 * HOUR
        assert all(age >= timedelta() for age in ages)
        under_way = [order for order in world.orders.values() if _is_moving(order, now)]
        assert len(under_way) >= 2
        assert len({order.order_id for order in world.orders.values()}) == len(world.orders)


def _is_moving(order: SandboxOrder, now: datetime) -> bool:
    return any(visible(package, now) and package.scans[-1].at > now for package in order.packages)


def test_each_fate_is_met_within_a_few_days() -> None:
    """Within four days an order stalls, one is never shipped, a price changes, and a refund is asked for."""
    orders = list(islice(happenings.arrivals(START, 1688), len(happenings.FATES)))
    assert orders[-1].created_at - START < 4 * DAY
    assert sum(bool(order.discounts) for order in orders) == 1
    assert sum(bool(order.refunds) for order in orders) == 1
    assert sum(not order.packages for order in orders) == 1
    gaps = [
        max(later.at - scan.at for scan, later in zip(package.scans, package.scans[1:], strict=False))
        for order in orders
        for package in order.packages
        if len(package.scans) > 1
    ]
    assert sum(gap > 48 * HOUR for gap in gaps) == 1


def test_the_troubled_orders_at_the_opening() -> None:
    """One parcel has lain in a depot for 50 hours and goes on in the morning; one order is paid and not shipped."""
    world = world_after(timedelta())
    [late] = world.orders[LATE].packages
    seen = visible(late, START)
    assert START - seen[-1].at == 50 * HOUR
    assert "到达" in seen[-1].text
    assert timedelta() < late.scans[len(seen)].at - START < 12 * HOUR
    assert late.shipped_at < late.scans[0].at
    assert world.orders[UNSHIPPED].status(START + 60 * DAY) == "waitsellersend"
    assert world.orders[CHEAPER].total(START + 3 * HOUR) < world.orders[CHEAPER].total(START)


async def test_an_order_of_tomorrow_is_not_known_today(pandapon: FakePandaPon) -> None:
    """The API knows an order from the moment on at which it is made."""
    pandapon.server.world = living_world(pandapon.clock, pandapon.clock(), 5)
    coming = next(iter(islice(happenings.arrivals(pandapon.clock() - timedelta(hours=12), 5), 6, None)))
    ref = OrderRef(coming.platform, coming.order_id)
    async with pandapon.client() as client:
        with pytest.raises(NotFoundError):
            await client.order(ref)
        pandapon.clock.advance(coming.created_at - pandapon.clock() + timedelta(seconds=1))
        assert (await client.order(ref)).order_id == coming.order_id
        listed = await client.orders(coming.platform)
        assert coming.order_id in {order.ref.order_id for order in listed.items}


@pytest.mark.parametrize("order_id", [FIRST, TAOBAO])
async def test_a_price_that_changes(pandapon: FakePandaPon, order_id: str) -> None:
    """The seller's discount is off the goods and off the total, on either platform; a second one is added to it."""
    order = pandapon.world.orders[order_id]
    ref = OrderRef(order.platform, order_id)
    async with pandapon.client() as client:
        before = await client.order(ref)
        happenings.change_price(order, pandapon.clock())
        after = await client.order(ref)
        happenings.change_price(order, pandapon.clock())
        again = await client.order(ref)
    assert before.total_amount is not None
    off = (order.goods * happenings.DISCOUNT).quantize(Decimal("0.01"))
    assert [order.total_amount for order in (after, again)] == [
        before.total_amount - off,
        before.total_amount - 2 * off,
    ]
    assert (after.goods_amount, after.shipping_amount) == (order.goods - off, before.shipping_amount)


@pytest.mark.parametrize(
    ("order_id", "words"), [(FIRST, ["waitselleragree", "refundsuccess"]), (TAOBAO, ["10", "100"])]
)
async def test_a_refund(pandapon: FakePandaPon, order_id: str, words: list[str]) -> None:
    """It is requested and, six hours later, paid; 1688 says how much."""
    order = pandapon.world.orders[order_id]
    async with pandapon.client() as client:
        happenings.refund(order, pandapon.clock())
        asked = await client.order(OrderRef(order.platform, order_id))
        pandapon.clock.advance(7 * HOUR)
        paid = await client.order(OrderRef(order.platform, order_id))
    assert [asked.refund_status, paid.refund_status] == words
    amount = order.lines[0].price * order.lines[0].quantity if order.platform is Platform.ALIBABA else None
    assert paid.refunded_amount == amount


def test_a_stalled_order_is_silent_and_then_goes_on() -> None:
    """What was to come, comes later by that length; what has been stays. A delivered order cannot stall."""
    world = world_after(timedelta())
    order = world.orders[FIRST]
    before = list(order.packages[0].scans)
    assert happenings.stall(order, START, 6 * DAY)
    after = order.packages[0].scans
    moved = [later.at - scan.at for scan, later in zip(before, after, strict=True)]
    assert set(moved[: len(visible(order.packages[0], START))]) == {timedelta()}
    assert set(moved[len(visible(order.packages[0], START)) :]) == {6 * DAY}
    assert not happenings.stall(order, START + 60 * DAY, DAY)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("dress", "连衣裙"),
        ("dresses", "连衣裙"),
        ("Red Dress", "红色连衣裙"),
        ("裙子 黑色", "黑色连衣裙"),
        ("mugs", "马克杯"),
        ("杯子", "马克杯"),
        ("usb cable", "数据线"),
        ("耳机", "耳机"),
        ("boxes", "纸箱"),
        ("แก้ว", "马克杯"),
        ("blue bag", "蓝色帆布包"),
    ],
)
async def test_other_words_find_products(pandapon: FakePandaPon, words: str, title: str) -> None:
    """English, Thai and other Chinese words find what the Chinese title names, in the colour that they name."""
    async with pandapon.client() as client:
        page = await client.search(Platform.ALIBABA, ProductQuery(words, page_size=40))
    assert page.items
    kind = title.removeprefix("红色").removeprefix("黑色").removeprefix("蓝色")
    colour = title.removesuffix(kind)
    assert all(kind in product.title and colour in product.title for product in page.items)


@pytest.mark.parametrize("words", ["dres red x", "submarine", "ed", "潜水艇 红色"])
async def test_words_that_find_nothing(pandapon: FakePandaPon, words: str) -> None:
    """Each word has to be found, and an English one from its beginning."""
    async with pandapon.client() as client:
        assert (await client.search(Platform.ALIBABA, ProductQuery(words))).items == ()


async def test_orders_have_pictures(pandapon: FakePandaPon) -> None:
    """Each line of an order has the picture of its product, which can be fetched."""
    async with pandapon.client() as client:
        for order_id, platform in ((FIRST, Platform.ALIBABA), (TAOBAO, Platform.TAOBAO)):
            order = await client.order(OrderRef(platform, order_id))
            assert all(item.image_url for item in order.items)
            async with pandapon.session.get(order.items[0].image_url) as answer:
                assert (answer.content_type, (await answer.read())[:4]) == ("image/png", b"\x89PNG")
