"""1688's shapes. Objects look passed through from the upstream platform unchanged: nulls for lists are normal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pandapon.fields import first, items, mapping, money, number, require, text
from pandapon.milestones import ALIBABA_ORDER, order_claim, parcel_claim
from pandapon.models import Item, Order, Page, Product
from pandapon.shipment import OrderRef, Platform, Shipment
from pandapon.times import parse_time
from pandapon.traces import Row, parcel

if TYPE_CHECKING:
    from pandapon.client import ProductQuery
    from pandapon.shipment import Parcel

SORTS = {"price": {"price": "asc"}, "-price": {"price": "desc"}, "sales": {"monthSold": "desc"}}  # keys [upstream]


def search_body(query: ProductQuery) -> dict[str, Any]:
    """Keyword search. The sort is a JSON text in the JSON [stated]."""
    body: dict[str, Any] = {
        "keyword": query.keyword,
        "beginPage": query.page,
        "pageSize": query.page_size,
        "country": "en",
    }
    if query.sort:
        body["sort"] = json.dumps(SORTS[query.sort], separators=(",", ":"))
    if query.price_min is not None:
        body["priceStart"] = format(query.price_min, "f")
    if query.price_max is not None:
        body["priceEnd"] = format(query.price_max, "f")
    return body


def products(data: Any, query: ProductQuery) -> Page[Product]:
    """A page of search results."""
    page = mapping(require(data, (dict, list), "the product page")) if not isinstance(data, list) else {"data": data}
    rows = items(first(page, "data", "result", "list", "records"))
    total = number(first(page, "totalRecords", "totalRecord", "total"))
    found = tuple(_product(row) for row in rows)
    return Page[Product](
        items=found, page=query.page, page_size=query.page_size, total=int(total) if total is not None else None
    )


def order_body(order_id: str) -> dict[str, str]:
    """Order detail; ``webSite`` is always 1688 [stated]."""
    return {"webSite": "1688", "orderId": order_id}


def orders_body(status: str, page: int, page_size: int) -> dict[str, Any]:
    """Order list; the filter names are the upstream's [upstream]."""
    body: dict[str, Any] = {"page": page, "pageSize": page_size}
    if status:
        body["orderStatus"] = status
    return body


def order(data: Any, order_id: str = "") -> Order:
    """One order: the upstream's TradeInfo. Amounts are yuan. Raises DecodeError."""
    trade = _trade(data)
    base = mapping(trade.get("baseInfo")) or trade
    native = mapping(trade.get("nativeLogistics"))
    parcels = items(first(native, "logisticsItems", "logistics_items"))
    code = text(base, "status", "orderStatus")
    return Order(
        platform=Platform.ALIBABA,
        order_id=text(base, "idOfStr", "orderId", "id") or order_id,
        status_code=code,
        milestone=order_claim(ALIBABA_ORDER, code),
        created_at=parse_time(base.get("createTime"))[0],
        paid_at=parse_time(base.get("payTime"))[0],
        goods_amount=money(base, "sumProductPayment"),
        shipping_amount=money(base, "shippingFee"),
        total_amount=money(base, "totalAmount"),
        seller=_seller(base),
        items=tuple(_item(row) for row in items(trade.get("productItems"))),
        waybills=tuple(dict.fromkeys(bill for row in parcels if (bill := text(row, "logisticsBillNo")))),
        refund_status=text(base, "refundStatus", "refundStatusForAs"),
        close_reason=text(base, "closeReason"),
    )


def orders(data: Any, page: int, page_size: int) -> Page[Order]:
    """A page of orders. The list's shape is inferred; several envelopes are accepted."""
    body: dict[str, Any] = {"result": data} if isinstance(data, list) else require(data, dict, "the order page")
    rows = items(first(body, "data", "result", "list", "records", "items", "rows"))
    total = number(first(body, "totalRecord", "totalRecords", "total", "totalCount"))
    return Page[Order](
        items=tuple(order(row) for row in rows),
        page=page,
        page_size=page_size,
        total=int(total) if total is not None else None,
    )


def shipment(data: Any, ref: OrderRef) -> Shipment:
    """Every parcel of an order. Null is an empty list; anything but a list or object raises DecodeError."""
    rows = (
        data if isinstance(data, list) else [data] if isinstance(data, dict) else require(data or [], list, "the trace")
    )
    return Shipment(ref, tuple(_parcel(row, position) for position, row in enumerate(items(rows))))


def _trade(data: Any) -> dict[str, Any]:
    """The order object, alone, in a list, or under ``result``."""
    if isinstance(data, list):
        data = next(iter(items(data)), None)
    trade = require(data, dict, "the order")
    return mapping(trade.get("result")) or trade


def _seller(base: dict[str, Any]) -> str:
    contact = mapping(base.get("sellerContact"))
    return text(contact, "shopName", "companyName") or text(base, "sellerLoginId", "sellerNickName")


def _item(row: dict[str, Any]) -> Item:
    images = row.get("productImgUrl")
    variant = " / ".join(text(one, "value") for one in items(row.get("skuInfos")) if text(one, "value"))
    return Item(
        title=text(row, "name", "productName", "subject"),
        quantity=number(row.get("quantity")),
        unit=text(row, "unit"),
        amount=money(row, "itemAmount"),
        variant=variant,
        image_url=str(images[0]) if isinstance(images, list) and images and isinstance(images[0], str) else "",
        refund_status=text(row, "refundStatus"),
    )


def _product(row: dict[str, Any]) -> Product:
    price = mapping(row.get("priceInfo"))
    return Product(
        platform=Platform.ALIBABA,
        product_id=text(row, "offerMapId", "offerId", "itemId"),
        title=text(row, "subject", "title", "subjectTrans"),
        price=money(price, "price", "promotionPrice", "consignPrice") or money(row, "price", "consignPrice"),
        image_url=text(row, "imageUrl", "picUrl"),
        seller=text(row, "companyName", "sellerNickName", "shopName", "sellerLoginId"),
        sold=text(row, "monthSold", "soldOut", "sold"),
    )


def _parcel(row: dict[str, Any], position: int) -> Parcel:
    """``traceNodeList`` is finer than ``logisticsSteps``; a step that no node repeats is kept too."""
    nodes = [_node_row(one) for one in items(row.get("traceNodeList"))]
    known = {(one.time, one.text) for one in nodes}
    steps = [Row(text(one, "acceptTime"), text(one, "remark")) for one in items(row.get("logisticsSteps"))]
    status = text(row, "logisticsStatus", "status")
    return parcel(
        text(row, "logisticsBillNo", "mailNo") or text(row, "logisticsId") or f"parcel-{position + 1}",
        [*nodes, *(step for step in steps if (step.time, step.text) not in known)],
        carrier=text(row, "logisticsCompanyName", "companyName"),
        status=status,
        status_milestone=parcel_claim(status),
    )


def _node_row(one: dict[str, Any]) -> Row:
    return Row(
        time=text(one, "acceptTime", "time"),
        text=text(one, "remark"),
        action=text(one, "action"),
        place=text(one, "facilityName"),
    )
