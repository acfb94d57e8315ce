"""Orders, traces and goods as the API's JSON, with the names, types, nulls, units and order of rows of the contract."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pandapon.times import CHINA
from sandbox.pandapon.variants import sku_id_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta
    from decimal import Decimal

    from pandapon.shipment import Platform
    from sandbox.pandapon.world import Goods, Line, Package, SandboxOrder, Scan

Json = dict[str, Any]

REASONS = {"TRANSPORT": "运输中", "DELIVERING": "派送中", "SIGN": "已签收", "ACCEPT": "已揽收", "AGENT_SIGN": "待取件"}


def naive(when: datetime) -> str:
    """Format a time as traces do: China time without a zone."""
    return when.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def compact(when: datetime) -> str:
    """Format a time as 1688 orders do: ``20180614101942000+0800``."""
    return when.astimezone(CHINA).strftime("%Y%m%d%H%M%S000%z")


def epoch_ms(when: datetime) -> int:
    """Convert a time as Taobao orders do, to milliseconds."""
    return int(when.timestamp() * 1000)


def trace_1688(order: SandboxOrder, now: datetime) -> list[Json]:
    """Return one object for each parcel, nodes oldest first, the order's id as a 19-digit number."""
    return [
        {
            "logisticsId": logistics_id(package),
            "orderId": int(order.order_id),
            "logisticsBillNo": package.waybill,
            "logisticsSteps": None,
            "traceNodeList": [_node(scan) for scan in visible(package, now)],
            "logisticsStatus": _status(package, now),
        }
        for package in order.packages
        if package.shipped_at <= now and package.is_traced
    ]


def trace_taobao(order: SandboxOrder, sub_order: str, now: datetime) -> Json:
    """Return the parcels of one sub-order, traces newest first."""
    return {
        "purchaseOrderOuterId": f"9{sub_order}",
        "pnmLogisticsDetails": [
            {
                "mailNo": package.waybill,
                "logisticsTraces": [_trace(scan) for scan in reversed(visible(package, now))],
                "logisticsPartner": {"companyImageUrl": None, "company": package.carrier, "companyContact": "95311"},
                "receiver": {"zipCode": "510000", "address": "白云区仓储路1号", "province": "广东省", "city": "广州市"},
                "logisticsGoods": [{"title": line.title, "quantity": line.quantity} for line in order.lines],
            }
            for package in order.packages
            if package.shipped_at <= now and package.is_traced and package.sub_order in {"", sub_order}
        ],
    }


def order_1688(order: SandboxOrder, now: datetime, *, detail: bool, pictures: str = "") -> Json:
    """Return an order in the shape of 1688's TradeInfo, amounts in yuan. Only a shipped order's detail has parcels.

    ``pictures``: the base address of the products' pictures; without it the order has none.
    """
    refund = order.refund(now)
    packages = [package for package in order.packages if package.shipped_at <= now and package.is_named]
    return {
        "guaranteesTerms": None,
        "internationalLogistics": None,
        "baseInfo": {
            "id": int(order.order_id),
            "idOfStr": order.order_id,
            "status": order.status(now),
            "createTime": compact(order.created_at),
            "payTime": compact(paid_at) if (paid_at := order.paid_at(now)) else None,
            "payTimeout": _seconds(order.pay_within),
            "totalAmount": float(order.total(now)),
            "shippingFee": float(order.shipping),
            "sumProductPayment": float(order.total(now) - order.shipping),
            "discount": float(-order.discount(now)),
            "refundStatus": refund.status or None,
            "refundId": refund.refund_id or None,
            "refund": float(refund.paid_back) if refund.paid_back is not None else None,
            "closeReason": _close_reason(order) if order.status(now) == "cancel" else None,
            "sellerContact": {"shopName": order.seller, "companyName": order.seller},
            "receiverInfo": {"toFullName": "王小明", "toArea": "广东省 广州市 白云区 仓储路1号"},
        },
        "productItems": [
            {
                "subItemIDString": order.entry_id(number - 1),
                "productID": line.picture or None,
                "name": line.title,
                "price": float(line.price),
                "quantity": line.quantity,
                "unit": "件",
                "skuID": sku_id_of(line.picture, line.variant) if line.picture else None,
                "itemAmount": float(line.price * line.quantity),
                "productImgUrl": [image] if (image := _image(line, pictures)) else None,
                "skuInfos": [{"name": "颜色", "value": line.variant}] if line.variant else None,
                "refundStatus": refund.status if refund.is_of(number - 1) else None,
                "refundId": refund.refund_id or None if refund.is_of(number - 1) else None,
            }
            for number, line in enumerate(order.lines, 1)
        ],
        "nativeLogistics": {
            "address": "仓储路1号",
            "logisticsItems": [
                {
                    "logisticsCompanyName": package.carrier,
                    "logisticsBillNo": package.name,
                    "logisticsCode": package.logistics_id or None,
                    "type": "0",
                }
                for package in packages
            ]
            if detail and packages
            else None,
        },
    }


def order_taobao(order: SandboxOrder, now: datetime, pictures: str = "") -> Json:
    """Return an order in Taobao's shape, camel-cased; amounts in fen, times in epoch milliseconds.

    ``pictures``: the base address of the products' pictures; without it the order has none.
    """
    refund = order.refund(now)
    return {
        "purchaseId": int(order.order_id),
        "outerPurchaseId": order.outer_id or None,
        "status": int(order.status(now)),
        "createdTime": epoch_ms(order.created_at),
        "payTime": epoch_ms(paid_at) if (paid_at := order.paid_at(now)) else None,
        "payTimeout": _seconds(order.pay_within),  # our own name: the vendor states none for Taobao
        "purchaseAmount": fen(order.total(now)),
        "productAmount": fen(order.total(now) - order.shipping),
        "domesticPostFee": fen(order.shipping),
        "shopName": order.seller,
        "subPurchaseOrders": [
            {
                "subPurchaseOrderId": int(line.sub_order or "0"),
                "itemId": line.picture or None,
                "title": line.title,
                "quantity": line.quantity,
                "skuId": sku_id_of(line.picture, line.variant) if line.picture else None,
                "totalPrice": fen(line.price * line.quantity),
                "skuInfo": {"skuPv": {"zh": line.variant, "en": None}, "skuImgUrl": _image(line, pictures)},
                "refundStatus": refund.number if refund.is_of(at) else 0,
                "refundId": refund.refund_id or None if refund.is_of(at) else None,
                "logisticOrders": [
                    {"logisticCompanyName": package.carrier, "logisticNumber": package.name}
                    for package in order.packages
                    if package.shipped_at <= now and package.is_named and package.sub_order in {"", line.sub_order}
                ]
                or None,
            }
            for at, line in enumerate(order.lines)
        ],
    }


def product_1688(goods: Goods, base_url: str) -> Json:
    """Return a search result of 1688. The names of the smallest quantity and of the place are ours."""
    return {
        "offerMapId": goods.product_id,
        "subject": goods.title,
        "subjectTrans": goods.title,
        "imageUrl": f"{base_url}/img/{goods.product_id}.png",
        "priceInfo": {"price": str(goods.price)},
        "monthSold": goods.sold,
        "minOrderQuantity": goods.least,
        "location": goods.place or None,
        "companyName": goods.seller,
    }


def product_taobao(goods: Goods, base_url: str) -> Json:
    """Return a search result of Taobao. The vendor states no shape: this one is ours."""
    return {
        "itemId": goods.product_id,
        "title": goods.title,
        "picUrl": f"{base_url}/img/{goods.product_id}.png",
        "price": str(goods.price),
        "volume": goods.sold,
        "beginAmount": goods.least,
        "provcity": goods.place or None,
        "shopName": goods.seller,
    }


def visible(package: Package, now: datetime) -> list[Scan]:
    """Return the scans up to now, oldest first."""
    return sorted((scan for scan in package.scans if scan.at <= now), key=lambda scan: scan.at)


def logistics_id(package: Package) -> str:
    """Return the platform's own id of a parcel."""
    return package.logistics_id or f"AL{package.waybill}"


def fen(yuan: Decimal) -> int:
    """Convert yuan to fen, its hundredths."""
    return int(yuan * 100)


def _singular(word: str) -> str:
    """Return the singular of an English word such as dresses or mugs."""
    return re.sub(r"(?:(?<=ss)|(?<=sh)|(?<=ch)|(?<=x))es$|(?<=[^s])s$", "", word)


def _image(line: Line, base_url: str) -> str | None:
    return f"{base_url}/img/{line.picture}.png" if base_url and line.picture else None


def _seconds(length: timedelta | None) -> int | None:
    return int(length.total_seconds()) if length else None


def _close_reason(order: SandboxOrder) -> str:
    return "BUYER_NO_PAY" if order.pay_within else "buyerCancel"


def _status(package: Package, now: datetime) -> str:
    scans = visible(package, now)
    return scans[-1].status if scans else "CONSIGN"


def _node(scan: Scan) -> Json:
    return {
        "action": scan.status if scan.status in {"TRANSPORT", "SIGN", "UNSIGN"} else "TRANSPORT",
        "areaCode": None,
        "encrypt": "CN",
        "acceptTime": naive(scan.at),
        "remark": scan.text,
        "facilityType": "中转中心" if scan.facility else None,
        "facilityNo": None,
        "facilityName": scan.facility or scan.city or None,
    }


def _trace(scan: Scan) -> Json:
    return {
        "status": scan.status,
        "statusDesc": REASONS.get(scan.status, ""),
        "action": scan.action,
        "province": None,
        "city": scan.city or None,
        "district": None,
        "facilityName": scan.facility or None,
        "time": naive(scan.at),
        "standerdDesc": scan.text,
        "nextCity": None,
        "nextNodeName": None,
    }


def page(rows: Sequence[Any], number: int, size: int) -> list[Any]:
    """Return one page of rows; pages count from 1."""
    start = max(0, number - 1) * size
    return list(rows[start : start + size])


def matches(order: SandboxOrder, now: datetime, status: str) -> bool:
    """Whether an order passes the list's status filter."""
    return not status or order.status(now) == status


def matches_search(goods: Goods, platform: Platform, keyword: str, low: Decimal | None, high: Decimal | None) -> bool:
    """Whether a product passes a search: its title or its other words hold every word of the search."""
    inside = (low is None or goods.price >= low) and (high is None or goods.price <= high)
    return goods.platform is platform and inside and all(_finds(word, goods) for word in keyword.casefold().split())


def _finds(word: str, goods: Goods) -> bool:
    """Whether a word is in a product's title or begins another of its words. An English plural means its singular."""
    text = f"{goods.title} {goods.words}".casefold()
    return word in text if not word.isascii() else word in goods.title.casefold() or f" {_singular(word)}" in text
