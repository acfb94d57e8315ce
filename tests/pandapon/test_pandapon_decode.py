"""From the two platforms' shapes to one: ids, money, times, orders of entries, and every oddity that is known."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import httpx
import pytest

from pandapon import alibaba, taobao
from pandapon.courier import Reason
from pandapon.envelope import open_envelope
from pandapon.errors import DecodeError
from pandapon.fields import loads
from pandapon.models import Order, ProductQuery
from pandapon.operations import goods
from pandapon.progress import closing_reason, parcel_milestone
from pandapon.shipment import Milestone, OrderRef, Parcel, Platform, TimeBasis

M = Milestone
ORDER = "2542285634920880794"
REF = OrderRef(Platform.ALIBABA, ORDER)
TREF = OrderRef(Platform.TAOBAO, "200048859000")
QUERY = ProductQuery("连衣裙")


def decoded(text: str) -> Any:
    """The data of an answer whose data is this JSON text, as the client reads it."""
    return open_envelope(httpx.Response(200), f'{{"code":200,"msg":"成功","data":{text}}}'.encode())


def milestone_of(parcel: Parcel) -> M | None:
    """Where the parcel stands after what was read of it."""
    return parcel_milestone(parcel.nodes, parcel.status_milestone)


def trade(**base: Any) -> dict[str, Any]:
    """The upstream's order object."""
    return {
        "guaranteesTerms": None,
        "baseInfo": {"id": 2542285634920880794, "idOfStr": ORDER, "status": "waitbuyerreceive", **base},
        "nativeLogistics": {"zip": "315000", "logisticsItems": None},
        "productItems": None,
    }


# --- 1688 -------------------------------------------------------------------------------------------------------------


def test_a_1688_order() -> None:
    """Amounts are yuan, the seller is the shop, the variant is what the buyer chose, times honour their offset."""
    data = trade(
        totalAmount=Decimal("44.9"),
        sumProductPayment="39.9",
        shippingFee=5,
        createTime="20180614101942000+0800",
        payTime="2018-06-14 10:21:00",
        sellerContact={"shopName": "义乌某某服饰厂"},
    )
    data["productItems"] = [
        {
            "name": "连衣裙",
            "quantity": 2,
            "unit": "件",
            "itemAmount": Decimal("39.9"),
            "productImgUrl": ["//cbu01.alicdn.com/a.jpg"],
            "skuInfos": [{"name": "颜色", "value": "红色"}, {"name": "尺码", "value": "XL"}],
        }
    ]
    data["nativeLogistics"]["logisticsItems"] = [{"logisticsBillNo": "SF1"}, {"logisticsBillNo": "SF1"}, {}]
    order = alibaba.order(data, ORDER)
    assert (order.order_id, order.status_code, order.milestone) == (ORDER, "waitbuyerreceive", M.SHIPPED)
    assert (order.goods_amount, order.shipping_amount, order.total_amount) == (
        Decimal("39.9"),
        Decimal(5),
        Decimal("44.9"),
    )
    assert order.seller == "义乌某某服饰厂"
    assert order.waybills == ("SF1",)
    assert order.created_at
    assert order.created_at.isoformat() == "2018-06-14T02:19:42+00:00"
    (item,) = order.items
    assert (item.variant, item.quantity, item.image_url) == ("红色 / XL", Decimal(2), "https://cbu01.alicdn.com/a.jpg")


@pytest.mark.parametrize("wrap", [lambda value: value, lambda value: [value], lambda value: {"result": value}])
def test_an_order_may_come_wrapped(wrap: Any) -> None:
    """An object, a list of one, or under result: the vendor answers a list where an object is expected."""
    assert alibaba.order(wrap(trade()), ORDER).milestone is M.SHIPPED


def test_the_asked_id_survives_a_sample_that_lost_its_digits() -> None:
    """One of the vendor's own samples shows a rounded id; the id that was asked for stays."""
    order = alibaba.order(trade(idOfStr=None, id=2542285634920880600), ORDER)
    assert order.order_id == ORDER


@pytest.mark.parametrize(("lines", "place"), [([3, 3], M.DELIVERED), ([2, 3], M.SHIPPED), ([1], None), (["x"], None)])
def test_the_lines_speak_where_the_status_is_unknown(lines: list[Any], place: Milestone | None) -> None:
    """A new status code does not hide what the lines' integers say."""
    data = trade(status="brandnew")
    data["productItems"] = [{"logisticsStatus": line} for line in lines]
    order = alibaba.order(data, ORDER)
    assert (order.status_code, order.milestone) == ("brandnew", place)


@pytest.mark.parametrize("name", ["data", "result", "list", "records", "items"])
@pytest.mark.parametrize("total", ["totalRecords", "totalRecord", "total", "totalCount"])
def test_a_page_of_orders_in_any_envelope(name: str, total: str) -> None:
    """The list's shape is inferred, so each of these is read; a row without an id is left out."""
    page = alibaba.orders({name: [trade(), {}], total: "41"}, 2, 20)
    assert [order.order_id for order in page.items] == [ORDER]
    assert (page.total, page.pages, page.page) == (41, 3, 2)


def test_an_empty_page_of_orders() -> None:
    """Null is an empty page, not an error."""
    assert alibaba.orders(None, 1, 20).items == ()
    assert taobao.orders([], 1, 20).total is None


def test_1688_products() -> None:
    """The documented page within the page; a link only where the id is the marketplace's own number."""
    data = decoded(
        '{"totalRecords":2000,"data":[{"offerMapId":"WUnUC1cILiBjt-Jv3lDdlQ","subject":"连衣裙","imageUrl":"http://x/a.jpg",'
        '"priceInfo":{"price":"19.90"},"monthSold":120},{"offerId":712345678901,"subject":"裙"}]}'
    )
    page = alibaba.products(data, 1, 10)
    opaque, numbered = page.items
    assert page.total == 2000
    assert (opaque.product_id, opaque.price, opaque.sold) == ("WUnUC1cILiBjt-Jv3lDdlQ", Decimal("19.90"), "120")
    assert (opaque.url, numbered.url) == ("", "https://detail.1688.com/offer/712345678901.html")


def test_the_search_sent_to_1688() -> None:
    """The sort is JSON within JSON, as the vendor states."""
    body = goods.SearchAlibaba.of(ProductQuery("裙", sort="-price", price_max=Decimal("80.0"))).wire()
    assert json.loads(body["sort"]) == {"price": "desc"}
    assert (body["keyword"], body["beginPage"], body["priceEnd"]) == ("裙", 1, "80.0")
    assert "priceStart" not in body


STEPS = [
    {"acceptTime": "2018-07-24 21:55:33", "remark": "在广东广州天河区天平架一公司进行揽件扫描"},
    {"acceptTime": "2018-07-25 01:47:42", "remark": "在广东广州分拨中心进行装车扫描，即将发往：浙江宁波分拨中心"},
    {"acceptTime": "2018-07-26 13:33:11", "remark": "快件已被 已签收 签收"},
]


def test_the_documented_1688_trace() -> None:
    """The shape of the vendor's page: every field kept, the id exact, the naive time China's."""
    data = decoded(
        '[{"logisticsId":"AL13242342","orderId":2542285634920880794,"logisticsBillNo":"3832890717253",'
        '"logisticsSteps":null,'
        '"traceNodeList":[{"action":"TRANSPORT","areaCode":"440100","encrypt":"CN",'
        '"acceptTime":"2026-03-02 08:01:11",'
        '"remark":"【广州市】快件已到达 广州分拨中心","facilityType":"分拨中心",'
        '"facilityNo":"234","facilityName":"广州分拨中心"}],'
        '"logisticsStatus":"TRANSPORT"}]'
    )
    (parcel,) = alibaba.trace(data, REF).shipment().parcels
    assert (parcel.waybill, parcel.status_code, milestone_of(parcel)) == ("3832890717253", "TRANSPORT", M.IN_TRANSIT)
    (node,) = parcel.nodes
    assert (node.code, node.place, node.time_basis) == ("TRANSPORT", "广州分拨中心", TimeBasis.CHINA)
    assert node.at
    assert node.at.isoformat() == "2026-03-02T00:01:11+00:00"
    assert node.raw_time == "2026-03-02 08:01:11"


def test_steps_stand_in_for_nodes() -> None:
    """Without trace nodes the steps are shown, and their words decide."""
    data = [{"logisticsBillNo": "B", "logisticsSteps": STEPS, "traceNodeList": None}]
    (parcel,) = alibaba.trace(data, REF).shipment().parcels
    assert [node.milestone for node in parcel.nodes] == [M.PICKED_UP, M.IN_TRANSIT, M.DELIVERED]
    assert milestone_of(parcel) is M.DELIVERED


def test_nodes_and_steps_are_merged() -> None:
    """A step that repeats a node is not shown twice, even with other spaces; one of its own is kept."""
    node = {"acceptTime": "2018-07-24 21:55:33", "remark": STEPS[0]["remark"] + " ", "action": "ACCEPT"}
    row = {"logisticsBillNo": "B", "logisticsSteps": [*STEPS[::-1]], "traceNodeList": [node]}
    (parcel,) = alibaba.trace([row], REF).shipment().parcels
    assert [node.raw_time for node in parcel.nodes] == [step["acceptTime"] for step in STEPS]
    assert parcel.nodes[0].code == "ACCEPT"


NOTHING_SAID = {
    "logisticsBillNo": "",
    "logisticsSteps": [{"acceptTime": "", "remark": ""}],
    "traceNodeList": [{"acceptTime": "2026-03-02 08:00:00", "facilityName": "义乌", "remark": None, "action": None}],
    "logisticsStatus": "",
}


@pytest.mark.parametrize("data", [[], None, {}, [{}], [None, 7, "x"], {"logisticsTrace": []}, [NOTHING_SAID]])
def test_nothing_to_see_is_no_parcel(data: Any) -> None:
    """Null, empty and meaningless rows are no parcels, and no error."""
    assert alibaba.trace(data, REF).shipment().parcels == ()


@pytest.mark.parametrize("data", ["oops", 7, True])
def test_a_trace_of_a_wrong_kind_is_a_decode_error(data: Any) -> None:
    """Data that is no list and no object is one clear sentence, never a crash, never an empty trace."""
    with pytest.raises(DecodeError, match="unexpected kind"):
        alibaba.trace(data, REF)


def test_a_parcel_without_a_number_is_known_by_its_other_id() -> None:
    """The vendor's own parcel id stands in until the carrier gives a number."""
    shipment = alibaba.trace(
        [{"logisticsId": "AL1", "logisticsBillNo": None}, {"logisticsSteps": STEPS}], REF
    ).shipment()
    assert [parcel.waybill for parcel in shipment.parcels] == ["AL1", "parcel-2"]


def test_one_box_named_twice_is_one_parcel() -> None:
    """Two entries with the same number are one parcel with the entries of both."""
    rows = [
        {"logisticsBillNo": "B", "logisticsSteps": STEPS[:2]},
        {"logisticsBillNo": "B", "logisticsSteps": STEPS[1:]},
    ]
    (parcel,) = alibaba.trace(rows, REF).shipment().parcels
    assert len(parcel.nodes) == 3


# --- Taobao -----------------------------------------------------------------------------------------------------------

TRACES = [
    {
        "status": "TRANSPORT",
        "statusDesc": "运输中",
        "action": "TMS_STATION_OUT",
        "city": "北京市",
        "district": "朝阳区",
        "facilityName": "北京",
        "time": "2023-12-14 21:39:11",
        "standerdDesc": "【北京市】 快件已发往 广州中心",
        "province": None,
    },
    {
        "action": "TMS_STATION_IN",
        "time": "2023-12-14 21:37:38",
        "standerdDesc": "【北京市】 快件已到达 北京",
        "status": "TRANSPORT",
    },
]


def package(**fields: Any) -> dict[str, Any]:
    """The documented package of a sub-order."""
    return {
        "mailNo": "78753196186473",
        "logisticsTraces": TRACES,
        "logisticsPartner": [{"company": "中通快递"}],
        "receiver": {"name": "某某", "phone": "13800138000"},
        **fields,
    }


def test_the_documented_taobao_trace() -> None:
    """Newest first there, oldest first here; the place in full, the receiver left out."""
    answers = [("200048859480", {"purchaseOrderOuterId": "1", "pnmLogisticsDetails": [package()]})]
    (parcel,) = taobao.trace(answers, TREF).shipment().parcels
    assert (parcel.waybill, parcel.carrier, milestone_of(parcel)) == ("78753196186473", "中通快递", M.IN_TRANSIT)
    assert [node.text for node in parcel.nodes] == ["【北京市】 快件已到达 北京", "【北京市】 快件已发往 广州中心"]
    assert parcel.nodes[1].place == "北京市 朝阳区 北京"
    assert "13800138000" not in repr(parcel)


def test_snake_case_is_read_too() -> None:
    """The upstream's own spelling, as in the callbacks."""
    data = {"pnm_logistics_details": [{"mail_no": "7", "logistics_status": "DELIVERING", "logistics_traces": TRACES}]}
    (parcel,) = taobao.trace([("1", data)], TREF).shipment().parcels
    assert (parcel.waybill, milestone_of(parcel)) == ("7", M.OUT_FOR_DELIVERY)


def test_sub_orders_in_one_box_are_one_parcel() -> None:
    """Two sub-orders that travel together show one parcel; one that travels alone shows its own."""
    answers = [("11", {"pnmLogisticsDetails": [package()]}), ("12", {"pnmLogisticsDetails": [package()]})]
    alone = ("13", {"pnmLogisticsDetails": [package(mailNo=None), package(mailNo="")]})
    shipment = taobao.trace([*answers, alone], TREF).shipment()
    assert [parcel.waybill for parcel in shipment.parcels] == ["78753196186473", "13", "13-2"]
    assert len(shipment.parcels[0].nodes) == 2


@pytest.mark.parametrize("data", [None, {}, [], {"pnmLogisticsDetails": None}, {"pnmLogisticsDetails": "x"}])
def test_a_sub_order_without_packages(data: Any) -> None:
    """Not sent yet: no parcels, no error."""
    assert taobao.trace([("1", data)], TREF).shipment().parcels == ()


@pytest.mark.parametrize("traces", [None, [], [{}], [{"time": "2026-03-02 08:00:00", "city": "义乌", "action": None}]])
@pytest.mark.parametrize("partner", [None, [{"company": "中通快递", "companyImageUrl": None}]])
def test_a_package_of_nulls_is_no_parcel(traces: Any, partner: Any) -> None:
    """A place kept for a parcel, without number, trace and status, does not become one under the sub-order's id."""
    empty = {"mailNo": None, "logisticsTraces": traces, "logisticsPartner": partner, "receiver": None}
    assert taobao.trace([("13", {"pnmLogisticsDetails": [empty]})], TREF).shipment().parcels == ()
    packages = {"pnmLogisticsDetails": [empty, package(mailNo=None)]}
    assert [parcel.waybill for parcel in taobao.trace([("13", packages)], TREF).shipment().parcels] == ["13-2"]


def test_a_status_alone_is_a_parcel() -> None:
    """What is said to be under way is shown before its number and its trace are there."""
    data = {"pnmLogisticsDetails": [{"mailNo": None, "logisticsTraces": None, "logisticsStatus": "ACCEPT"}]}
    (parcel,) = taobao.trace([("13", data)], TREF).shipment().parcels
    assert (parcel.waybill, milestone_of(parcel)) == ("13", M.PICKED_UP)


SNAKE: dict[str, Any] = {
    "purchase_id": 200048859000,
    "status": 10,
    "created_time": 1702561151000,
    "purchase_amount": 4490,
    "product_amount": 3990,
    "domestic_post_fee": 500,
    "sub_purchase_orders": [
        {
            "sub_purchase_order_id": 200048859480,
            "status": "WAIT_BUYER_CONFIRM_GOODS",
            "title": "连衣裙",
            "quantity": 2,
            "refund_status": 0,
            "sku_info": {"skuPv": {"zh": "红色", "en": "red"}, "skuImgUrl": "https://x/a.jpg"},
            "logistic_orders": [{"logistic_number": "787"}],
            "logistic_number": "787",
        }
    ],
}
CAMEL: dict[str, Any] = {
    "purchaseId": "200048859000",
    "status": "WAIT_SELLER_SEND_GOODS",
    "createdTime": "1702561151000",
    "purchaseAmount": "4490",
    "productAmount": 3990,
    "domesticPostFee": 500,
    "subPurchaseOrders": [
        {
            "subPurchaseOrderId": "200048859480",
            "status": 11,
            "title": "连衣裙",
            "quantity": "2",
            "refundStatus": "NOT_APPLY_FOR_REFUND",
            "skuInfo": {"skuPv": {"zh": "红色"}, "skuImgUrl": "https://x/a.jpg"},
            "logisticOrders": [{"logisticNumber": "787"}],
        }
    ],
}


@pytest.mark.parametrize("data", [SNAKE, CAMEL, [SNAKE]])
def test_a_taobao_order_in_either_spelling(data: Any) -> None:
    """Fen become yuan, numbers and words mean the same, and a line that was sent leads an order that was not."""
    order = taobao.order(data, "200048859000")
    assert order.total_amount == Decimal("44.90")
    assert (order.goods_amount, order.shipping_amount) == (Decimal("39.9"), Decimal(5))
    assert order.sub_order_ids == ("200048859480",)
    assert order.waybills == ("787",)
    assert (order.milestone, order.refund_status) == (M.SHIPPED, "")
    assert order.created_at
    assert order.created_at.year == 2023
    assert (order.items[0].variant, order.items[0].quantity) == ("红色", Decimal(2))


def test_taobao_amounts_can_be_yuan() -> None:
    """The unit is the upstream's and a setting can put it right."""
    assert taobao.order(SNAKE, "1", fen=False).total_amount == 4490


def test_taobao_products_are_held_to_the_price_asked_for() -> None:
    """Whether the API honours a price range is not known, so the answer is checked again."""
    rows = [{"itemId": "abc", "title": "a", "price": "10"}, {"itemId": 712345678901, "title": "b", "price": 90}]
    page = taobao.products({"list": rows}, 1, 10, price_max=Decimal(80))
    assert [product.title for product in page.items] == ["a"]
    wide = taobao.products(rows, 1, 10)
    assert [product.url for product in wide.items] == ["", "https://item.taobao.com/item.htm?id=712345678901"]


# --- both -------------------------------------------------------------------------------------------------------------


def test_entries_of_one_moment_keep_the_sources_order() -> None:
    """At equal times the source's own order counts, turned round where the list runs backward."""
    rows = [
        {"acceptTime": "2026-03-02 09:00:00", "remark": "third"},
        {"acceptTime": "2026-03-02 08:00:00", "remark": "second"},
        {"acceptTime": "2026-03-02 08:00:00", "remark": "first"},
    ]
    for given in (rows, rows[::-1]):
        (parcel,) = alibaba.trace([{"logisticsBillNo": "B", "traceNodeList": given}], REF).shipment().parcels
        assert [(node.text, node.sequence) for node in parcel.nodes] == [("first", 0), ("second", 1), ("third", 0)]


def test_exact_repeats_are_shown_once() -> None:
    """The same words at the same time of the same parcel are one entry; of another parcel they are another."""
    rows = [{"logisticsBillNo": bill, "logisticsSteps": [STEPS[0]] * 3} for bill in ("B1", "B2")]
    shipment = alibaba.trace(rows, REF).shipment()
    assert len({node.identity for node in shipment.nodes}) == len(shipment.nodes) == 2


def test_an_unreadable_time_keeps_its_text() -> None:
    """No time is invented; the entry is there with what was sent."""
    data = [{"logisticsBillNo": "B", "logisticsSteps": [{"acceptTime": "昨天", "remark": "x"}]}]
    (parcel,) = alibaba.trace(data, REF).shipment().parcels
    (node,) = parcel.nodes
    assert (node.at, node.raw_time, node.time_basis) == (None, "昨天", TimeBasis.UNKNOWN)


def test_big_integers_are_exact() -> None:
    """19 digits survive as a number, as text, and next to a fraction."""
    data = decoded(f'[{{"logisticsBillNo":{ORDER},"weight":1.5}}]')
    assert alibaba.trace(data, REF).shipment().parcels[0].waybill == ORDER


@pytest.mark.parametrize("amount", ["1e999999999", "NaN", "Infinity", '"1E+400"', "true", '"$5"', "[]", "1e-999999"])
def test_an_amount_that_is_none_is_left_out(amount: str) -> None:
    """Numbers that cannot be written out, and words, are no amounts."""
    data = decoded(f'{{"baseInfo":{{"status":"success","totalAmount":{amount},"shippingFee":{amount}}}}}')
    order = alibaba.order(data, ORDER)
    assert (order.total_amount, order.shipping_amount) == (None, None)


def test_nul_is_left_out() -> None:
    """One entry with it would be refused by a database, and its whole batch with it."""
    text = r'{"a\u0000": ["b\u0000c", {"d": "\u0000"}], "e": "\\u0000"}'
    assert loads(text) == {"a": ["bc", {"d": ""}], "e": r"\u0000"}


def test_half_a_surrogate_pair_is_harmless() -> None:
    """JSON allows what UTF-8 and a database do not."""
    data = decoded(
        r'[{"logisticsBillNo":"B","logisticsSteps":[{"acceptTime":"2026-03-02 08:00:00","remark":"坏\ud83d字"}]}]'
    )
    (node,) = alibaba.trace(data, REF).shipment().nodes
    assert node.text == "坏?字"
    assert node.identity


def test_data_encoded_twice_is_unpacked() -> None:
    """A JSON text within the JSON is read as what it says."""
    assert decoded(json.dumps('[{"logisticsBillNo":"B"}]')) == [{"logisticsBillNo": "B"}]
    assert decoded('"{no json"') == "{no json"


@pytest.mark.parametrize("decode", [alibaba.order, taobao.order])
@pytest.mark.parametrize("data", ["oops", 7, [], {"unrelated": 1}, [7]])
def test_what_is_no_order_is_a_decode_error(decode: Any, data: Any) -> None:
    """An answer that says nothing about an order is not shown as one."""
    with pytest.raises(DecodeError):
        decode(data, ORDER)


@pytest.mark.parametrize("data", ["oops", 7, {"data": {"data": "oops"}}])
def test_a_page_of_a_wrong_kind(data: Any) -> None:
    """A page that is no page is an error; one without rows is empty."""
    if isinstance(data, dict):
        assert alibaba.products(data, 1, 10).items == ()
    else:
        with pytest.raises(DecodeError, match="the product page"):
            alibaba.products(data, 1, 10)


# --- closings ---------------------------------------------------------------------------------------------------------


def taobao_closed(*reasons: str | None, own: str | None = None) -> dict[str, Any]:
    """A closed Taobao order with the reasons of its lines."""
    lines = [{"subPurchaseOrderId": number, "close_reason": reason} for number, reason in enumerate(reasons, 1)]
    return {"purchaseId": 1, "status": "TRADE_CLOSED", "closeReason": own, "subPurchaseOrders": lines}


@pytest.mark.parametrize(
    ("order", "is_buyers"),
    [
        (alibaba.order(trade(status="cancel", closeReason="buyerCancel"), ORDER), True),
        (alibaba.order(trade(status="CANCEL", closeReason="buyer_cancel"), ORDER), True),
        (
            alibaba.order(trade(status="cancel", closeReason="other", closeOperateType="CLOSE_TRADE_BY_BUYER"), ORDER),
            True,
        ),
        (alibaba.order(trade(status="cancel", closeOperateType="CLOSE_TRADE_BY_BUYER"), ORDER), True),
        (alibaba.order(trade(status="cancel", closeOperateType="CLOSE_TRADE_BY_SELLER"), ORDER), False),
        (
            alibaba.order(
                trade(status="cancel", closeReason="BUYER_NO_PAY", closeOperateType="CLOSE_TRADE_BY_BUYER"), ORDER
            ),
            False,
        ),
        (taobao.order(taobao_closed(own="buyer_cancel"), "1"), True),
        (taobao.order(taobao_closed("buyer_cancel", "buyer_cancel"), "1"), True),
        (taobao.order(taobao_closed("buyer_cancel", "seller_cancel"), "1"), False),
        (taobao.order(taobao_closed("buyer_cancel", None), "1"), False),
        (taobao.order(taobao_closed(None), "1"), False),
    ],
)
def test_who_closed_an_order(order: Order, is_buyers: bool) -> None:
    """1688 has a reason and who closed it; Taobao's reason stands on the lines [upstream]: all must have the same."""
    assert order.milestone is M.CANCELLED
    assert (closing_reason(order.milestone, order) is Reason.BY_BUYER) is is_buyers
