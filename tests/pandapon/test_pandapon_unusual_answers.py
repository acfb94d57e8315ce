"""Sixty unusual answers of PandaPon, over HTTP: what can be read is read, what cannot is left out, nothing crashes.

The first half led the work on the readers; the second half was held back until it was done.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from support.pandapon_api import Api, api_server, client_of

from pandapon import refund_reading
from pandapon.errors import DecodeError, NotFoundError, PandaPonError
from pandapon.models import ProductQuery
from pandapon.operations import orders, refunds
from pandapon.shipment import Milestone, OrderRef, Platform

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from pandapon.client import PandaPon

M, D = Milestone, Decimal
A, T = Platform.ALIBABA, Platform.TAOBAO
ID = "2542285634920880794"


@dataclass(frozen=True)
class Case:
    """An answer's data as JSON text, the question that it answers, and what is read."""

    name: str
    ask: Callable[[PandaPon], Awaitable[Any]]
    data: str
    facts: Callable[[Any], Any]
    expected: Any


def search(platform: Platform) -> Callable[[PandaPon], Awaitable[Any]]:
    return lambda api: api.search(platform, ProductQuery("裙"))


def order(platform: Platform) -> Callable[[PandaPon], Awaitable[Any]]:
    return lambda api: api.order(OrderRef(platform, ID))


def order_list(platform: Platform) -> Callable[[PandaPon], Awaitable[Any]]:
    return lambda api: api.orders(platform)


def trace(platform: Platform) -> Callable[[PandaPon], Awaitable[Any]]:
    async def ask(api: PandaPon) -> Any:
        reading = await api.trace(OrderRef(platform, ID))
        assert reading.trace
        return reading.trace.shipment().parcels

    return ask


def refund(platform: Platform) -> Callable[[PandaPon], Awaitable[Any]]:
    return lambda api: refund_reading.refund(api, platform, "TQ1")


async def refund_list(api: PandaPon) -> Any:
    return await refund_reading.taobao_refunds(api)


async def carriers(api: PandaPon) -> Any:
    return await api.run(refunds.ALIBABA_CARRIERS, refunds.ALIBABA_CARRIERS.request())


async def received(api: PandaPon) -> Any:
    return await api.run(orders.RECEIVED, orders.Receive(order_id=ID))


def ids(page: Any) -> list[str]:
    return [item.product_id for item in page.items]


def order_ids(page: Any) -> list[str]:
    return [each.order_id for each in page.items]


def scans(parcels: Any) -> list[tuple[str, list[str]]]:
    return [(parcel.waybill, [node.text for node in parcel.nodes]) for parcel in parcels]


def line(which: Any) -> Any:
    return [(item.title, item.quantity, item.amount) for item in which.items]


ROW = '{"acceptTime":"2026-03-02 08:00:00","remark":"已揽收"}'
SEEN = [
    Case("one result for a page", search(A), '{"offerId":712345678901,"subject":"裙"}', ids, ["712345678901"]),
    Case(
        "a result wrapped twice", search(A), '{"data":{"offer":{"offerId":1234567,"subject":"裙"}}}', ids, ["1234567"]
    ),
    Case(
        "a page in a text",
        search(A),
        '{"totalRecords":"1,204","data":"[{\\"offerId\\":7,\\"subject\\":\\"裙\\"}]"}',
        lambda page: (ids(page), page.total),
        (["7"], 1204),
    ),
    Case("rows that are no products", search(T), '[null,7,"x",{},[],{"foo":1}]', ids, []),
    Case(
        "an empty price before a full one",
        search(A),
        '[{"offerId":7,"priceInfo":{"price":"","consignPrice":"19.9"}}]',
        lambda page: page.items[0].price,
        D("19.9"),
    ),
    Case("a price of -1", search(T), '[{"itemId":"7","price":-1}]', lambda page: page.items[0].price, None),
    Case(
        "full-width price",
        search(T),
        '[{"itemId":"7","price":"￥１，２３４．５０"}]',
        lambda page: page.items[0].price,
        D("1234.50"),
    ),
    Case(
        "a minimum of half a kilogram",
        search(A),
        '[{"offerId":7,"minOrderQuantity":0.5}]',
        lambda page: page.items[0].min_quantity,
        None,
    ),
    Case(
        "a name of null",
        search(T),
        '[{"itemId":"7","title":"NULL","itemTitle":"裙"}]',
        lambda p: p.items[0].title,
        "裙",
    ),
    Case("an id as a float", search(A), '[{"offerId":712345678901.0,"subject":"裙"}]', ids, ["712345678901"]),
    Case(
        "one line for a list",
        order(A),
        '{"baseInfo":{"status":"success"},"productItems":{"name":"裙","quantity":"2.5","itemAmount":"1,000"}}',
        line,
        [("裙", D("2.5"), D(1000))],
    ),
    Case(
        "lines wrapped once",
        order(A),
        '{"baseInfo":[{"status":"success"}],"productItems":{"productItem":[{"name":"a"},{"name":"b"}]}}',
        lambda o: [item.title for item in o.items],
        ["a", "b"],
    ),
    Case(
        "consignments as one object",
        order(A),
        '{"baseInfo":{"status":"success"},"nativeLogistics":{"logisticsItems":{"logisticsBillNo":"SF1234567"}}}',
        lambda o: o.waybills,
        ("SF1234567",),
    ),
    Case(
        "an upper-case state",
        order(A),
        '{"baseInfo":{"status":"WAIT_BUYER_RECEIVE"}}',
        lambda o: o.milestone,
        M.SHIPPED,
    ),
    Case(
        "a state in camel case", order(A), '{"baseInfo":{"status":"confirmGoods"}}', lambda o: o.milestone, M.DELIVERED
    ),
    Case("a state as a float", order(T), '{"purchaseId":1,"status":11.0}', lambda o: o.milestone, M.SHIPPED),
    Case(
        "a sub-order as one object",
        order(T),
        '{"purchaseId":1,"status":11,"subPurchaseOrders":{"subPurchaseOrderId":200048859480,"title":"裙"}}',
        lambda o: (o.sub_order_ids, line(o)),
        (("200048859480",), [("裙", None, None)]),
    ),
    Case("an order of nulls", order(A), '{"baseInfo":null,"productItems":null}', lambda o: o, DecodeError),
    Case("an empty text for an order", order(A), '""', lambda o: o, NotFoundError),
    Case(
        "an order in a page of one", order_list(A), '{"result":{"baseInfo":{"idOfStr":"' + ID + '"}}}', order_ids, [ID]
    ),
    Case(
        "an id that a float has cut",
        order_list(A),
        '[{"baseInfo":{"id":2.5422856349208808E18}},{"baseInfo":{"id":' + ID + ".0}}]",
        order_ids,
        [ID],
    ),
    Case(
        "one parcel for a list",
        trace(A),
        '{"logisticsBillNo":"SF1","logisticsSteps":' + ROW + "}",
        scans,
        [("SF1", ["已揽收"])],
    ),
    Case(
        "traces wrapped once",
        trace(A),
        '{"logisticsTrace":{"logisticsBillNo":"SF1","logisticsSteps":{"logisticsStep":[' + ROW + "]}}}",
        scans,
        [("SF1", ["已揽收"])],
    ),
    Case(
        "a Taobao package as one object",
        trace(T),
        '{"pnmLogisticsDetails":{"mailNo":"7875319618","logisticsTraces":{"time":"2026-03-02 08:00","desc":"已揽收"}}}',
        scans,
        [("7875319618", ["已揽收"])],
    ),
    Case("a trace of nulls", trace(T), '{"pnmLogisticsDetails":{"detail":null}}', scans, []),
    Case("a number for a trace", trace(A), "7", scans, DecodeError),
    Case(
        "an amount as text",
        refund(A),
        '{"id":"TQ1","status":"waitselleragree","applyPayment":"1,250","buyerSendGoods":true}',
        lambda refund: (refund.amount, refund.with_return),
        (D("12.50"), True),
    ),
    Case(
        "a refund in a list",
        refund(T),
        '{"refundOrderAggregate":[{"refundOrder":[{"refundId":"TQ1","refundStatus":10.0}]}]}',
        lambda refund: refund.code,
        "10",
    ),
    Case(
        "one refund for a page",
        refund_list,
        '{"total":1,"list":{"refundId":"TQ1","refundStatus":20}}',
        lambda page: ([each.refund_id for each in page.items], page.total),
        (["TQ1"], 1),
    ),
    Case(
        "a refusal as 0", received, '{"success":0,"errorInfo":"订单状态不正确"}', lambda answer: answer, PandaPonError
    ),
]
HELD = [
    Case(
        "results under the name of the noun",
        search(T),
        '{"pageNo":1,"pageSize":10,"goods":{"item":[{"itemId":"7","title":"裙"}]}}',
        ids,
        ["7"],
    ),
    Case(
        "a page that is a page of a page",
        search(A),
        '{"result":{"data":{"data":[{"offerId":8}],"total":3}}}',
        ids,
        ["8"],
    ),
    Case("an empty page with its counts", search(A), '{"currentPage":1,"pageSize":10,"totalRecords":0}', ids, []),
    Case(
        "a price in yuan, written so",
        search(T),
        '[{"itemId":"7","promotionPrice":"面议","price":"19.90元"}]',
        lambda page: page.items[0].price,
        D("19.90"),
    ),
    Case("a huge price", search(T), '[{"itemId":"7","price":1e400}]', lambda page: page.items[0].price, None),
    Case(
        "the same result twice", search(A), '[{"offerId":8,"subject":"a"},{"offerId":8,"subject":"a"}]', ids, ["8", "8"]
    ),
    Case(
        "a title of marks",
        search(A),
        '[{"offerId":8,"subject":"<b>裙</b>&amp;\\u0000x"}]',
        lambda p: p.items[0].title,
        "裙&x",
    ),
    Case(
        "a picture without its scheme",
        search(A),
        '[{"offerId":8,"imageUrl":"//x/a.jpg"}]',
        lambda p: p.items[0].image_url,
        "https://x/a.jpg",
    ),
    Case(
        "sold as a power of ten", search(T), '[{"itemId":"7","sold":1.2E+3}]', lambda page: page.items[0].sold, "1200"
    ),
    Case(
        "an order under data",
        order(T),
        '{"data":{"purchaseId":1,"status":"WaitSellerSendGoods","createdTime":1779263269913}}',
        lambda o: (o.milestone, o.created_at is not None),
        (M.PAID, True),
    ),
    Case(
        "an order as a text",
        order(A),
        '"{\\"baseInfo\\":{\\"status\\":\\"cancel\\"}}"',
        lambda o: o.milestone,
        M.CANCELLED,
    ),
    Case(
        "a state of another type",
        order(A),
        '{"baseInfo":{"idOfStr":"' + ID + '","status":["success"]}}',
        lambda o: o.status_code,
        "",
    ),
    Case(
        "variants as one object",
        order(A),
        '{"baseInfo":{"status":"success"},"productItems":[{"name":"裙","skuInfos":{"skuInfo":{"name":"颜色","value":"红"}}}]}',
        lambda o: o.items[0].variant,
        "红",
    ),
    Case(
        "a picture as one text",
        order(A),
        '{"baseInfo":{"status":"success"},"productItems":{"name":"裙","productImgUrl":"https://x/a.jpg"}}',
        lambda o: o.items[0].image_url,
        "https://x/a.jpg",
    ),
    Case(
        "several numbers in one field",
        order(A),
        '{"baseInfo":{"status":"success"},"nativeLogistics":{"logisticsItems":[{"logisticsBillNo":"SF1234567，YT7654321"}]}}',
        lambda o: o.waybills,
        ("SF1234567", "YT7654321"),
    ),
    Case(
        "amounts with a sign",
        order(A),
        '{"baseInfo":{"status":"success","totalAmount":"+12.5","sumProductPayment":"¥ 10","shippingFee":-1}}',
        lambda o: (o.total_amount, o.goods_amount, o.shipping_amount),
        (D("12.5"), D(10), None),
    ),
    Case(
        "a reason on the lines alone",
        order(T),
        '{"purchaseId":1,"status":"TRADE_CLOSED","subPurchaseOrders":[{"close_reason":"buyer_cancel"},{"close_reason":"buyer_cancel"}]}',
        lambda o: o.close_reason,
        "buyer_cancel",
    ),
    Case("no order at all", order(T), "[]", lambda o: o, NotFoundError),
    Case(
        "orders wrapped once",
        order_list(T),
        '{"orders":{"order":[{"purchaseId":1},{"purchaseId":"2"}]}}',
        order_ids,
        ["1", "2"],
    ),
    Case("an order named twice", order_list(T), '[{"purchaseId":1},{"purchaseId":1}]', order_ids, ["1", "1"]),
    Case(
        "orders by number",
        order_list(A),
        '{"0":{"baseInfo":{"id":1}},"1":{"baseInfo":{"id":2}}}',
        order_ids,
        ["1", "2"],
    ),
    Case(
        "scans under a parcel's number",
        trace(A),
        '[{"logisticsBillNo":3832890717253,"traceNodeList":{"node":' + ROW + "}}]",
        scans,
        [("3832890717253", ["已揽收"])],
    ),
    Case(
        "a trace in a text",
        trace(A),
        '"[{\\"logisticsBillNo\\":\\"SF1\\",\\"logisticsStatus\\":\\"SIGN\\"}]"',
        scans,
        [("SF1", [])],
    ),
    Case(
        "a trace under success",
        trace(A),
        '{"success":"true","result":[{"logisticsBillNo":"SF1"}]}',
        scans,
        [("SF1", [])],
    ),
    Case(
        "a Taobao package alone",
        trace(T),
        '{"mailNo":"78753196186473","logisticsTraces":[{"time":"2026-03-02 08:00:00","desc":"已揽收"}]}',
        scans,
        [("78753196186473", ["已揽收"])],
    ),
    Case("a package with a null of text", trace(T), '[{"mailNo":"null","logisticsTraces":"null"}]', scans, []),
    Case(
        "a partner as a list",
        trace(T),
        '[{"mailNo":"7875319618","logisticsPartner":[{"company":"中通"}]}]',
        lambda p: p[0].carrier,
        "中通",
    ),
    Case(
        "an unknown refund",
        refund(T),
        '{"refundOrderAggregate":{"refundOrder":{}}}',
        lambda refund: refund,
        NotFoundError,
    ),
    Case(
        "a refund under result",
        refund(A),
        '{"success":true,"result":{"id":"TQ1","status":"REFUND_SUCCESS"}}',
        lambda f: f.code,
        "REFUND_SUCCESS",
    ),
    Case(
        "one carrier for a list",
        carriers,
        '{"companyNo":"ZTO","companyName":"中通"}',
        lambda rows: [row.company_no for row in rows],
        ["ZTO"],
    ),
]


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """An API that answers what a test tells it to."""
    async with api_server() as server:
        yield server


@pytest.mark.parametrize("case", [*SEEN, *HELD], ids=lambda case: case.name)
async def test_an_unusual_answer(case: Case, api: Api) -> None:
    """It gives what it says, or the client's own error."""
    body = f'{{"requestId":"{"a" * 32}","code":200,"msg":"成功","data":{case.data}}}'
    api.queue(web.Response(body=body.encode(), content_type="application/json"))
    async with client_of(api, paths={refunds.ALIBABA_CARRIERS.name: "/v2/alibaba/carriers"}) as client:
        if isinstance(case.expected, type):
            with pytest.raises(case.expected):
                await case.ask(client)
        else:
            assert case.facts(await case.ask(client)) == case.expected
