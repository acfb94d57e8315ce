"""Orders, parcels and watches for building messages, ordinary and hostile ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from handlers.blocks.links import Links
from pandapon.models import Item, Order, Product
from pandapon.shipment import Milestone, Node, OrderRef, Parcel, Platform, Shipment, TimeBasis
from storage.watch import Watch, WatchedOrder, WatchedOrders, WatchState
from tracking.attention import Group, group_of
from tracking.orders import OrderSnapshot
from tracking.values import Filter

NOW = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)
ID, OTHER = "2542285634920880794", "3305075341149134260"
REF = OrderRef(Platform.ALIBABA, ID)
HOSTILE = (
    "<!channel> <@U123> <https://evil.example|click> *b* _i_ ~s~ `c` > q :boom: www.evil.example a@b.cn "
    "\u202eRTL\u202c \u200b\x00 13812345678 & 裙子👗 "
)
CARD = "1779264000.000100"  # Slack's id of a card
LINKS = Links("https://panda.slack.com")
VERY_HOSTILE = HOSTILE * 80  # some 10,000 characters


def node(
    n: int,
    text: str = "【杭州市】 快件已发往 广州中心",
    milestone: Milestone | None = None,
    waybill: str = "SF1234567890123",
) -> Node:
    at = NOW - timedelta(hours=n)
    return Node(waybill, at, at.isoformat(), TimeBasis.CHINA, text, place="杭州", milestone=milestone, sequence=n)


def parcel(
    nodes: int = 3,
    *,
    text: str = "【杭州市】 快件已发往 广州中心",
    waybill: str = "SF1234567890123",
    carrier: str = "顺丰速运",
) -> Parcel:
    made = tuple(
        node(n, text, Milestone.PICKED_UP if n == nodes else Milestone.IN_TRANSIT if n == 1 else None, waybill)
        for n in range(nodes, 0, -1)
    )
    return Parcel(waybill, carrier, nodes=made, milestone=Milestone.IN_TRANSIT)


def order(text: str = "雪纺连衣裙", items: int = 2) -> Order:
    return Order(
        platform=Platform.ALIBABA,
        order_id=ID,
        status_code="waitbuyerreceive",
        milestone=Milestone.SHIPPED,
        created_at=NOW - timedelta(days=3),
        paid_at=NOW - timedelta(days=2),
        goods_amount=Decimal("99.80"),
        shipping_amount=Decimal(8),
        total_amount=Decimal("107.80"),
        seller=text,
        items=tuple(
            Item(
                title=text,
                quantity=Decimal("2.0"),
                unit="件",
                amount=Decimal("49.90"),
                variant="红色 / XL",
                image_url="//cbu01.alicdn.com/img/1.jpg",
                refund_status=text,
            )
            for _ in range(items)
        ),
        waybills=("SF1234567890123", "YT2538123456789"),
        close_reason=text,
        refund_status=text,
    )


def snapshot(*parcels: Parcel, of: Order | None = None, stale: bool = False) -> OrderSnapshot:
    return OrderSnapshot(
        REF,
        of,
        Shipment(REF, parcels),
        Milestone.IN_TRANSIT if parcels else Milestone.PAID,
        read_at=NOW - timedelta(minutes=5),
        stale_since=NOW - timedelta(minutes=2) if stale else None,
    )


def watch(n: int = 1, *, state: WatchState = WatchState.ACTIVE, **fields: Any) -> Watch:
    made = Watch(
        id=n,
        key=REF.key,
        channel="C0123ABCD",
        filter=Filter.ALL,
        state=state,
        created_by="U0123ABCD",
        created_at=NOW - timedelta(days=1),
        milestone=Milestone.IN_TRANSIT,
        order=order(),
        read_at=NOW,
    )
    return replace(made, **fields)


def listed(*watches: Watch, total: int | None = None, **fields: Any) -> WatchedOrders:
    """A page with an order for each watch. ``total``: orders on all pages, by default those of this one."""
    orders = [
        WatchedOrder(group_of(watch.milestone, is_pressing="alarm" in fields or watch.is_paused), (watch,), **fields)
        for watch in watches
    ]
    counts = {group: sum(order.group is group for order in orders) for group in Group}
    if total is not None:
        counts[Group.ON_THE_WAY] += total - len(orders)
    return WatchedOrders(tuple(orders), counts)


def product(text: str = "雪纺连衣裙 女 夏季", n: int = 1) -> Product:
    return Product(
        platform=Platform.ALIBABA,
        product_id=str(n),
        title=text,
        price=Decimal("49.90"),
        image_url=f"https://cbu01.alicdn.com/img/{n}.png",
        seller=text,
        sold="12345",
        url=f"https://detail.1688.com/offer/61094757236{n}.html",
    )
