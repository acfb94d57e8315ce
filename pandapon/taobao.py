"""Readers of Taobao's answers. Logistics are stated; orders have the upstream's fields in two spellings [inferred]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pandapon.deadlines import pay_by
from pandapon.errors import DecodeError
from pandapon.fields import amount, count, first, link, money, native_number, text, words
from pandapon.milestones import TAOBAO_ORDER, lines_claim, more_advanced, order_claim, parcel_claim, waits_for_payment
from pandapon.models import Consignment, Item, Order, Page, Product
from pandapon.shapes import items, mapping, page_rows, single
from pandapon.shipment import Platform
from pandapon.times import parse_time
from pandapon.traces import Package, Row, Trace
from pandapon.tracking_numbers import split

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from pandapon.shipment import Milestone, OrderRef


def products(
    data: Any, page: int, page_size: int, price_min: Decimal | None = None, price_max: Decimal | None = None
) -> Page[Product]:
    """Read a page of search results in one of several shapes; the vendor documents none [inferred]. Raises DecodeError.

    ``price_min``, ``price_max`` (yuan): products outside of this range are dropped, because the range is undocumented
    and the API may ignore it.
    """
    rows, total = page_rows(data, "the product page")
    goods = (product for row in rows if (product := _product(row)).product_id or product.title)
    in_range = tuple(product for product in goods if _in_range(product, price_min, price_max))
    return Page[Product](items=in_range, page=page, page_size=page_size, total=total)


def order(data: Any, order_id: str, *, fen: bool = True) -> Order:
    """Read an order and give it the requested id, because Taobao's orders have several. Raises DecodeError.

    ``fen``: the answer's amounts are fen. The order's amounts are always yuan.
    """
    answered = _order(single(data, "the order"), fen=fen)
    if not (answered.order_id or answered.status_code):
        raise DecodeError("the order has neither an id nor a status")
    return answered.model_copy(update={"order_id": order_id})


def orders(data: Any, page: int, page_size: int, *, fen: bool = True) -> Page[Order]:
    """Read a page of orders in one of several envelopes [inferred]; rows without id are dropped. Raises DecodeError."""
    rows, total = page_rows(data, "the order page")
    page_orders = (_order(row, fen=fen) for row in rows)
    with_id = tuple(order_ for order_ in page_orders if order_.order_id)
    return Page[Order](items=with_id, page=page, page_size=page_size, total=total)


def trace(answers: Sequence[tuple[str, Any]], ref: OrderRef) -> Trace:
    """Read the answers: pairs of a sub-order's id and its data. Raises DecodeError.

    A parcel with goods of several sub-orders is in the trace once for each of them.
    """
    packages: list[Package] = []
    for sub_order, data in answers:
        details = first(mapping(data), "pnmLogisticsDetails", "pnm_logistics_details")
        rows, _total = page_rows(data if details is None else items(details), "the trace")
        read = (_package(row, sub_order, position) for position, row in enumerate(rows))
        packages += [package for package in read if package is not None]
    return Trace(ref, tuple(packages))


def _order(row: dict[str, Any], *, fen: bool) -> Order:
    subs = sub_orders(row)
    code = text(row, "status", "orderStatus") or _common(subs, "status")
    created_at = parse_time(first(row, "createdTime", "created_time", "createTime", "tbCreateTime"))[0]
    is_unpaid = waits_for_payment(Platform.TAOBAO, code)
    sent = _consignments(subs)
    return Order(
        platform=Platform.TAOBAO,
        order_id=text(row, "purchaseId", "purchase_id", "purchaseOrderId", "orderId", "id"),
        status_code=code,
        milestone=more_advanced(order_claim(TAOBAO_ORDER, code), _subs_claim(subs)),
        created_at=created_at,
        paid_at=parse_time(first(row, "payTime", "pay_time"))[0],
        # No deadline is documented for Taobao: 1688's name for it is tried [inferred].
        pay_by=pay_by(first(row, "payTimeout", "pay_timeout"), created_at) if is_unpaid else None,
        goods_amount=money(row, "productAmount", "product_amount", fen=fen),
        shipping_amount=money(row, "domesticPostFee", "domestic_post_fee", "shippingFee", "postFee", fen=fen),
        total_amount=money(row, "purchaseAmount", "purchase_amount", "totalAmount", fen=fen),
        seller=words(row, "shopName", "sellerNick", "seller_nick", "userNick"),
        items=tuple(_item(sub, fen=fen) for sub in subs),
        waybills=tuple(dict.fromkeys(consignment.waybill for consignment in sent)),
        consignments=tuple({each.waybill: each for each in reversed(sent) if each.carrier}.values()),
        sub_order_ids=tuple(dict.fromkeys(sub_id for sub in subs if (sub_id := _sub_id(sub)))),
        refund_status=next((refund for sub in subs if (refund := _refund(sub))), ""),
        close_reason=text(row, "closeReason", "close_reason") or _common(subs, "closeReason", "close_reason"),
        modified_at=parse_time(first(row, "modifyTime", "modify_time"))[0],
        outer_id=text(row, "outerPurchaseId", "outer_purchase_id", "sellerOrderNumber"),
    )


def sub_orders(order: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sub-orders of an order, each of which is a line. The names of their list are inferred."""
    names = ("subPurchaseOrders", "sub_purchase_orders", "subOrders", "subOrderDetails", "subOrderList", "orderLines")
    return items(first(order, *names))


def _sub_id(sub: dict[str, Any]) -> str:
    return text(sub, "subPurchaseOrderId", "sub_purchase_order_id", "subOrderId")


def _common(subs: Sequence[dict[str, Any]], *names: str) -> str:
    """The value of the first non-empty of these fields, if it is the same in all lines; else empty."""
    codes = {text(sub, *names) for sub in subs}
    return codes.pop() if len(codes) == 1 else ""


def _subs_claim(subs: Sequence[dict[str, Any]]) -> Milestone | None:
    """The claim of the lines. A line may be ahead of its order, as in the upstream's own sample [upstream]."""
    return lines_claim([order_claim(TAOBAO_ORDER, text(sub, "status")) for sub in subs])


def _refund(sub: dict[str, Any]) -> str:
    code = text(sub, "refundStatus", "refund_status")
    return "" if code in {"0", "NOT_APPLY_FOR_REFUND"} else code


def _consignments(subs: Sequence[dict[str, Any]]) -> list[Consignment]:
    """Each number with its carrier. A number may repeat: lines in one box share it, and a line may name it twice."""
    return [
        Consignment(waybill=waybill, carrier=words(line, "logisticCompanyName", "logistic_company_name"))
        for sub in subs
        for line in (*items(first(sub, "logisticOrders", "logistic_orders")), sub)
        for waybill in split(text(line, "logisticNumber", "logistic_number"))
    ]


def _item(sub: dict[str, Any], *, fen: bool) -> Item:
    sku = mapping(first(sub, "skuInfo", "sku_info"))
    variant = mapping(first(sku, "skuPv", "sku_pv"))
    return Item(
        title=words(sub, "title", "itemTitle"),
        quantity=amount(sub.get("quantity")),
        amount=money(sub, "totalPrice", "purchaseAmount", "productAmount", "product_amount", fen=fen),
        variant=words(variant, "zh", "en"),
        image_url=link(sku, "skuImgUrl", "sku_img_url") or link(sub, "picUrl", "imageUrl"),
        refund_status=_refund(sub),
        refund_id=text(sub, "refundId", "refund_id") if _refund(sub) else "",
        entry_id=_sub_id(sub),
    )


def _product(row: dict[str, Any]) -> Product:
    """Read a search result. Its names are not published [inferred]; ``beginAmount`` is stated for the detail."""
    own_number = native_number(row, "itemId")
    return Product(
        platform=Platform.TAOBAO,
        product_id=text(row, "itemMapId", "itemId", "id"),
        title=words(row, "title", "itemTitle", "subject"),
        price=money(row, "promotionPrice", "price", "zkFinalPrice", "reservePrice"),
        image_url=link(row, "picUrl", "imageUrl", "mainImageUrl", "pictUrl"),
        seller=words(row, "shopName", "userNick", "nick", "sellerNick"),
        sold=text(row, "sold", "volume", "monthSold", "tkTotalSales"),
        min_quantity=count(row, "beginAmount", "minOrderQuantity") or None,
        place=words(row, "provcity", "location", "province"),
        url=f"https://item.taobao.com/item.htm?id={own_number}" if own_number else "",
    )


def _in_range(product: Product, low: Decimal | None, high: Decimal | None) -> bool:
    if product.price is None:
        return True
    return (low is None or product.price >= low) and (high is None or product.price <= high)


def _package(row: dict[str, Any], sub_order: str, position: int) -> Package | None:
    """The package of a row; None for an empty row without number, trace and status: nulls are normal [stated]."""
    partner = first(row, "logisticsPartner", "logistics_partner")
    partner = next(iter(items(partner)), {})
    status = text(row, "logisticsStatus", "logistics_status")
    waybill = text(row, "mailNo", "mail_no")
    rows = [_row(item) for item in items(first(row, "logisticsTraces", "logistics_traces"))]
    if not (waybill or status or any(row.is_event for row in rows)):
        return None
    return Package(
        waybill or (f"{sub_order}-{position + 1}" if position else sub_order),
        (rows,),
        carrier=words(partner, "company"),
        newest_first=True,
        status=status,
        status_milestone=parcel_claim(status),
    )


def _row(entry: dict[str, Any]) -> Row:
    """The row of a trace entry. ``standerdDesc`` is the API's spelling [stated]; ``standardDesc`` may correct it."""
    place = [text(entry, name) for name in ("province", "city", "district", "facilityName")]
    return Row(
        time=text(entry, "time"),
        text=text(entry, "standerdDesc", "standardDesc", "desc", "statusDesc"),
        status=text(entry, "status"),
        action=text(entry, "action"),
        place=" ".join(dict.fromkeys(part for part in place if part)),
    )
