"""The account behind the PandaPon stand-in: pages, searches, and parcels that move as its clock does."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pandapon.errors import NotFoundError
from pandapon.models import ProductQuery
from pandapon.shipment import OrderRef, Platform
from sandbox.pandapon.demo import FIRST, SECOND, TAOBAO
from sandbox.pandapon.world import Goods

if TYPE_CHECKING:
    from support.fake_pandapon import FakePandaPon

    from pandapon.models import Product
    from pandapon.shipment import Shipment

REF, OTHER = OrderRef(Platform.ALIBABA, FIRST), OrderRef(Platform.TAOBAO, TAOBAO)
SUBS = ("200048859480", "200048859481")


async def shipment(pandapon: FakePandaPon, ref: OrderRef = REF, subs: tuple[str, ...] = ()) -> Shipment:
    """The bot's reading of an order."""
    async with pandapon.client() as client:
        reading = await client.trace(ref, sub_orders=subs)
    assert reading.trace is not None
    return reading.trace.shipment()


def texts(shipment: Shipment) -> list[str]:
    return [node.text for parcel in shipment.parcels for node in parcel.nodes]


async def test_nodes_arrive_as_time_passes(pandapon: FakePandaPon) -> None:
    """Nothing moves while the clock stands; each scan appears at its time, and the order ends delivered."""
    before = texts(await shipment(pandapon))
    assert texts(await shipment(pandapon)) == before
    pandapon.clock.advance(timedelta(minutes=9))
    assert texts(await shipment(pandapon)) == before
    pandapon.clock.advance(timedelta(minutes=2))
    after = texts(await shipment(pandapon))
    assert len(after) == len(before) + 1
    assert any("已发往 广州分拨中心" in text for text in set(after) - set(before))
    pandapon.clock.advance(timedelta(days=2))
    assert any("签收" in text for text in texts(await shipment(pandapon)))
    pandapon.clock.advance(timedelta(days=10))
    async with pandapon.client() as client:
        assert (await client.order(REF)).status_code == "success"


async def test_orders_of_rows(pandapon: FakePandaPon) -> None:
    """1688 sends the oldest scan first, Taobao the newest; ids of 19 digits are numbers, as the vendor sends them."""
    [parcel] = (await pandapon.ask("trace", orderId=FIRST))["data"]
    times = [node["acceptTime"] for node in parcel["traceNodeList"]]
    assert times == sorted(times)
    assert parcel["orderId"] == int(FIRST)
    details = (await pandapon.ask("taobao trace", subPurchaseOrderId=SUBS[0]))["data"]["pnmLogisticsDetails"]
    times = [trace["time"] for trace in details[0]["logisticsTraces"]]
    assert len(times) > 1
    assert times == sorted(times, reverse=True)


async def test_several_parcels(pandapon: FakePandaPon) -> None:
    """An order may have two parcels, and a Taobao order parcels by sub-order."""
    two_parcels = await shipment(pandapon, OrderRef(Platform.ALIBABA, SECOND))
    assert len({parcel.waybill for parcel in two_parcels.parcels}) == 2
    by_sub = [await shipment(pandapon, OTHER, (sub,)) for sub in SUBS]
    together = await shipment(pandapon, OTHER, SUBS)
    assert {p.waybill for p in together.parcels} == {p.waybill for shipment in by_sub for p in shipment.parcels}


async def test_what_a_hand_can_change(pandapon: FakePandaPon) -> None:
    """A scan can be added, edited and lost, a parcel sent and a status set: the next answer has it."""
    pandapon.world.add_node(FIRST, "【广州市】 晨曦仓 已入库", city="广州")
    assert "【广州市】 晨曦仓 已入库" in texts(await shipment(pandapon))
    pandapon.world.edit_node(FIRST, "【广州市】 晨曦仓 已入库", facility="晨曦仓")
    raw = (await pandapon.ask("trace", orderId=FIRST))["data"][0]["traceNodeList"][-1]
    assert (raw["remark"], raw["facilityName"]) == ("【广州市】 晨曦仓 已入库", "晨曦仓")
    pandapon.world.add_parcel(FIRST, "YT8800000000001")
    assert [parcel.waybill for parcel in (await shipment(pandapon)).parcels] == ["78012345678901", "YT8800000000001"]
    assert pandapon.world.drop_nodes(FIRST)
    assert texts(await shipment(pandapon)) == []
    pandapon.world.set_status(FIRST, "cancel")
    async with pandapon.client() as client:
        assert (await client.order(REF)).status_code == "cancel"
    with pytest.raises(KeyError, match="no parcel"):
        pandapon.world.add_node(FIRST, "x", waybill="unknown")


async def test_a_hidden_order(pandapon: FakePandaPon) -> None:
    """A hidden order answers with an empty list until it is shown again."""
    pandapon.world.hide(FIRST)
    assert (await pandapon.ask("trace", orderId=FIRST))["data"] == []
    pandapon.world.hide(FIRST, hidden=False)
    assert len((await pandapon.ask("trace", orderId=FIRST))["data"]) == 1


@pytest.mark.parametrize(("ref", "subs"), [(REF, ()), (OTHER, SUBS)])
async def test_a_parcel_that_only_the_order_names(pandapon: FakePandaPon, ref: OrderRef, subs: tuple[str, ...]) -> None:
    """The detail names it, in its own spelling; the trace shows it from when it is told to."""
    before = len((await shipment(pandapon, ref, subs)).parcels)
    pandapon.world.add_parcel(ref.order_id, "YT8812345678901", sub_order=subs[0] if subs else "", traced=False)
    pandapon.world.change_parcel(ref.order_id, "YT8812345678901", named_as="yt 8812345678901")
    async with pandapon.client() as client:
        order = await client.order(ref)
    assert "yt 8812345678901" in order.waybills
    assert {consignment.carrier for consignment in order.consignments if consignment.waybill == "yt 8812345678901"} == {
        "圆通速递"
    }
    assert len((await shipment(pandapon, ref, subs)).parcels) == before
    pandapon.world.change_parcel(ref.order_id, "YT8812345678901", is_traced=True)
    assert "YT8812345678901" in [parcel.waybill for parcel in (await shipment(pandapon, ref, subs)).parcels]


async def test_an_order_that_is_not_shipped(pandapon: FakePandaPon) -> None:
    """An unpaid order is refused by the trace and told by the detail; the bot reads it as no parcels yet."""
    unpaid = "2542285634920889990"
    assert (await pandapon.ask("trace", orderId=unpaid))["code"] == "500_2"
    assert (await shipment(pandapon, OrderRef(Platform.ALIBABA, unpaid))).parcels == ()
    async with pandapon.client() as client:
        order = await client.order(OrderRef(Platform.ALIBABA, unpaid))
        assert (order.status_code, order.waybills) == ("waitbuyerpay", ())
        with pytest.raises(NotFoundError):
            await client.order(OrderRef(Platform.TAOBAO, unpaid))


@pytest.mark.parametrize("platform", Platform)
async def test_pages_of_orders(pandapon: FakePandaPon, platform: Platform) -> None:
    """Pages hold every order once, newest first, and know how many there are."""
    orders: list[Any] = []
    async with pandapon.client() as client:
        first = await client.orders(platform, page_size=3)
        assert first.pages is not None
        for number in range(1, first.pages + 1):
            orders += (await client.orders(platform, page=number, page_size=3)).items
        beyond = await client.orders(platform, page=first.pages + 1, page_size=3)
    assert beyond.items == ()
    assert len(orders) == first.total == len({order.order_id for order in orders}) == len(pandapon.world.of(platform))
    created = [order.created_at for order in orders]
    assert created == sorted(created, reverse=True)


async def test_orders_by_status(pandapon: FakePandaPon) -> None:
    """The filter of the list is the platform's own status code."""
    async with pandapon.client() as client:
        cancelled = await client.orders(Platform.ALIBABA, status="cancel")
    assert [order.order_id for order in cancelled.items] == ["2542285634920889991"]


async def test_amounts(pandapon: FakePandaPon) -> None:
    """1688 counts in yuan and Taobao in fen; both add up to the lines and the shipping."""
    async with pandapon.client() as client:
        for ref in (REF, OTHER):
            order = await client.order(ref)
            made = pandapon.world.orders[ref.order_id]
            assert order.goods_amount == made.goods
            assert order.total_amount == made.goods + made.shipping
    raw = (await pandapon.ask("taobao order", orderId=TAOBAO))["data"]
    assert raw["productAmount"] == int(pandapon.world.orders[TAOBAO].goods * 100)


async def test_the_catalogue(pandapon: FakePandaPon) -> None:
    """There are at least sixty products, each with an id of its own, a price and a picture that can be fetched."""
    products: list[Product] = []
    async with pandapon.client() as client:
        for platform in Platform:
            number, pages = 1, 1
            while number <= pages:
                page = await client.search(platform, ProductQuery("", page=number, page_size=15))
                products += page.items
                number, pages = number + 1, page.pages or 1
    assert len(products) >= 60
    assert len({product.product_id for product in products}) == len(products)
    assert all(product.price for product in products)
    for product in products[::20]:
        async with pandapon.session.get(product.image_url) as answer:
            assert (answer.content_type, (await answer.read())[:4]) == ("image/png", b"\x89PNG")


@pytest.mark.parametrize("platform", Platform)
async def test_searching(pandapon: FakePandaPon, platform: Platform) -> None:
    """Words, prices and the order by price or by sales narrow a search as they say."""
    async with pandapon.client() as client:
        dresses = await client.search(platform, ProductQuery("连衣裙", page_size=40))
        assert all("连衣裙" in product.title for product in dresses.items)
        assert dresses.total == len(dresses.items) == 12
        cheap = await client.search(platform, ProductQuery("连衣裙", price_max=Decimal(40), page_size=40))
        assert 0 < len(cheap.items) < 12
        assert all(product.price is not None and product.price <= 40 for product in cheap.items)
        dear = await client.search(platform, ProductQuery("连衣裙", price_min=Decimal(40), page_size=40))
        assert len(dear.items) + len(cheap.items) == 12
        nothing = await client.search(platform, ProductQuery("潜水艇"))
        assert (nothing.items, nothing.total) == ((), 0)


async def test_sorting_by_price(pandapon: FakePandaPon) -> None:
    """Prices go up or down as asked."""
    async with pandapon.client() as client:
        up = await client.search(Platform.ALIBABA, ProductQuery("连衣裙", sort="price", page_size=40))
        down = await client.search(Platform.ALIBABA, ProductQuery("连衣裙", sort="-price", page_size=40))
    prices = [product.price for product in up.items if product.price is not None]
    assert prices == sorted(prices)
    assert [product.price for product in down.items] == prices[::-1]


async def test_the_largest_page(pandapon: FakePandaPon) -> None:
    """A Taobao search gives at most forty products at once, as its documentation says; other lists give fifty."""
    pandapon.world.goods = pandapon.world.goods[:1]
    for number in range(55):
        order = pandapon.world.orders[FIRST]
        pandapon.world.goods += tuple(
            Goods(platform, f"more-{platform.value}-{number}", "潜水艇", Decimal(1), order.seller, 1)
            for platform in Platform
        )
    taobao = (await pandapon.ask("taobao search", keyword="", pageSize=100, pageNo=1))["data"]
    alibaba = (await pandapon.ask("search", keyword="", pageSize=100, beginPage=1))["data"]
    assert (len(taobao["data"]), taobao["pageSize"], taobao["totalPage"]) == (40, 40, 2)
    assert (len(alibaba["data"]), alibaba["pageSize"], alibaba["totalRecords"]) == (50, 50, 56)
