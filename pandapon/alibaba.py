"""Readers of 1688's answers, which seem to be the upstream's objects, unchanged [inferred]. Null lists are normal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pandapon.deadlines import pay_by
from pandapon.errors import DecodeError
from pandapon.fields import amount, count, first, link, money, native_number, text, words
from pandapon.milestones import (
    ALIBABA_LINE,
    ALIBABA_ORDER,
    fold_code,
    lines_claim,
    order_claim,
    parcel_claim,
    waits_for_payment,
)
from pandapon.models import Consignment, Item, Order, Page, Product
from pandapon.progress import BUYERS
from pandapon.shapes import items, mapping, page_rows, single, texts
from pandapon.shipment import Platform
from pandapon.times import parse_time
from pandapon.traces import Package, Row, Trace
from pandapon.tracking_numbers import split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.shipment import Milestone, OrderRef

_WITHOUT_COURIER = "2"  # a consignment's type: "0" sent by the seller, "1" booked online [upstream]


def products(data: Any, page: int, page_size: int) -> Page[Product]:
    """Read a page of search results. Prices are yuan. Raises DecodeError."""
    rows, total = page_rows(data, "the product page")
    goods = tuple(product for row in rows if (product := _product(row)).product_id or product.title)
    return Page[Product](items=goods, page=page, page_size=page_size, total=total)


def order(data: Any, order_id: str) -> Order:
    """Read an order, the upstream's TradeInfo, and give it the requested id. Raises DecodeError.

    Amounts are yuan. The answer's own id may be wrong: in a sample of the vendor a float has cut an id's last digits.
    """
    answered = _order(single(data, "the order"))
    if not (answered.order_id or answered.status_code):
        raise DecodeError("the order has neither an id nor a status")
    return answered.model_copy(update={"order_id": order_id})


def orders(data: Any, page: int, page_size: int) -> Page[Order]:
    """Read a page of orders in one of several envelopes [inferred]; rows without id are dropped. Raises DecodeError."""
    rows, total = page_rows(data, "the order page")
    page_orders = (_order(single(row, "the order")) for row in rows)
    with_id = tuple(order_ for order_ in page_orders if order_.order_id)
    return Page[Order](items=with_id, page=page, page_size=page_size, total=total)


def trace(data: Any, ref: OrderRef) -> Trace:
    """Read an order's trace: a list, or a single object; null is an empty list. Raises DecodeError for other values."""
    inner = first(mapping(data), "logisticsTrace")
    rows, _total = page_rows(data if inner is None else items(inner), "the trace")
    packages = (_package(row, position) for position, row in enumerate(rows))
    return Trace(ref, tuple(package for package in packages if package is not None))


def _order(trade: dict[str, Any]) -> Order:
    base = mapping(trade.get("baseInfo")) or trade
    goods = items(trade.get("productItems"))
    code = text(base, "status", "orderStatus")
    created_at = parse_time(base.get("createTime"))[0]
    is_unpaid = waits_for_payment(Platform.ALIBABA, code)
    sent = _consignments(trade)
    return Order(
        platform=Platform.ALIBABA,
        order_id=text(base, "idOfStr", "orderId", "id"),
        status_code=code,
        milestone=order_claim(ALIBABA_ORDER, code) or _goods_claim(goods),
        created_at=created_at,
        paid_at=parse_time(base.get("payTime"))[0],
        pay_by=pay_by(base.get("payTimeout"), created_at) if is_unpaid else None,
        goods_amount=money(base, "sumProductPayment"),
        shipping_amount=money(base, "shippingFee"),
        total_amount=money(base, "totalAmount"),
        seller=_seller(base),
        items=tuple(_item(row) for row in goods),
        waybills=tuple(dict.fromkeys(consignment.waybill for consignment in sent)),
        consignments=tuple(consignment for consignment in sent if consignment.carrier or consignment.logistics_id),
        refund_status=text(base, "refundStatus", "refundStatusForAs"),
        refund_id=text(base, "refundId", "refundIdForAs"),
        refunded_amount=money(base, "refund") or None,
        close_reason=_close_reason(base),
        modified_at=parse_time(base.get("modifyTime"))[0],
        outer_id=text(base, "outOrderId"),
    )


def _close_reason(base: dict[str, Any]) -> str:
    """The reason for the closing. If it is missing or "other" and the buyer closed the order, the code that says so."""
    reason, closer = text(base, "closeReason"), text(base, "closeOperateType")
    return closer if fold_code(reason) in {"", "other"} and fold_code(closer) in BUYERS else reason


def _seller(base: dict[str, Any]) -> str:
    contact = mapping(base.get("sellerContact"))
    return words(contact, "shopName", "companyName") or words(base, "sellerLoginId", "sellerNickName")


def _item(row: dict[str, Any]) -> Item:
    images = texts(row.get("productImgUrl"))
    variant = " / ".join(value for sku in items(row.get("skuInfos")) if (value := words(sku, "value")))
    return Item(
        title=words(row, "name", "productName", "subject"),
        quantity=amount(row.get("quantity")),
        unit=words(row, "unit"),
        amount=money(row, "itemAmount"),
        variant=variant,
        image_url=link({"url": images[0]}, "url") if images else "",
        refund_status=text(row, "refundStatus", "refundStatusForAs"),
        refund_id=text(row, "refundId", "refundIdForAs"),
        entry_id=text(row, "subItemIDString", "subItemIdString", "subItemID", "subItemId"),
    )


def _goods_claim(goods: Sequence[dict[str, Any]]) -> Milestone | None:
    """The claim of the lines, for an order whose own status is unknown."""
    return lines_claim([ALIBABA_LINE.get(text(row, "logisticsStatus")) for row in goods])


def _consignments(trade: dict[str, Any]) -> list[Consignment]:
    """The consignments with a number. A consignment without a courier cannot be tracked [upstream] and is left out."""
    rows = items(mapping(trade.get("nativeLogistics")).get("logisticsItems"))
    return [
        Consignment(waybill=bill, carrier=words(row, "logisticsCompanyName"), logistics_id=text(row, "logisticsCode"))
        for row in rows
        if text(row, "type") != _WITHOUT_COURIER
        for bill in split(text(row, "logisticsBillNo"))
    ]


def _product(row: dict[str, Any]) -> Product:
    """Read a search result. Name and picture are stated; the other names are the upstream's [inferred]."""
    price, own_number = mapping(row.get("priceInfo")), native_number(row, "offerId", "offerMapId", "itemId")
    return Product(
        platform=Platform.ALIBABA,
        product_id=text(row, "offerMapId", "offerId", "itemId"),
        title=words(row, "subject", "title", "subjectTrans"),
        price=money(price, "price", "promotionPrice", "consignPrice") or money(row, "price", "consignPrice"),
        image_url=link(row, "imageUrl", "picUrl"),
        seller=words(row, "companyName", "sellerNickName", "shopName", "sellerLoginId"),
        sold=text(row, "monthSold", "sold"),
        min_quantity=count(row, "minOrderQuantity", "beginAmount", "quantityBegin") or None,
        place=words(row, "sendGoodsAddressText", "location", "province"),
        url=f"https://detail.1688.com/offer/{own_number}.html" if own_number else "",
    )


def _package(row: dict[str, Any], position: int) -> Package | None:
    """The package of a row; None for an empty row.

    ``traceNodeList`` has more details than ``logisticsSteps``; a step that no node repeats is kept as well.
    """
    nodes = [_node_row(item) for item in items(row.get("traceNodeList"))]
    steps = _other_steps(row, nodes)
    status = text(row, "logisticsStatus", "status")
    waybill = text(row, "logisticsBillNo", "mailNo", "logisticsId")
    if not (waybill or status or any(row.is_event for row in (*nodes, *steps))):
        return None
    return Package(
        waybill or f"parcel-{position + 1}",
        (nodes, steps),
        carrier=words(row, "logisticsCompanyName", "companyName"),
        status=status,
        status_milestone=parcel_claim(status),
        logistics_id=text(row, "logisticsId"),
    )


def _other_steps(row: dict[str, Any], nodes: Sequence[Row]) -> list[Row]:
    """The steps that no node repeats; all steps if one has no readable time, because its neighbours show its place."""
    steps = [Row(text(step, "acceptTime"), text(step, "remark")) for step in items(row.get("logisticsSteps"))]
    if not steps:
        return steps
    known = {(node.time, node.text) for node in nodes}
    unrepeated = [step for step in steps if (step.time, step.text) not in known]
    return unrepeated if all(parse_time(step.time)[0] for step in unrepeated) else steps


def _node_row(entry: dict[str, Any]) -> Row:
    return Row(
        time=text(entry, "acceptTime", "time"),
        text=text(entry, "remark"),
        action=text(entry, "action"),
        place=text(entry, "facilityName"),
    )
