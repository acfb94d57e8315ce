"""The messages of the README's pictures: one order's card and thread, an alert, and a search.

They are made by the bot's own rules and builders from courier texts, and stand in the gallery like all others.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from support.tracking_cases import recorded
from support.view_samples import NOW, REF, product, watch

from handlers.blocks.people import People
from handlers.features.goods import products
from handlers.posts import alarms, card, thread
from handlers.wire.requests import Search
from pandapon.courier import read_entry
from pandapon.models import Item, Order, Page, Product
from pandapon.shipment import Milestone, Node, OrderRef, Parcel, Platform, Shipment, TimeBasis
from pandapon.times import CHINA
from storage.alarm import Alarm
from tracking.decide import decide
from tracking.orders import FetchedOrder, StoredOrder
from tracking.values import Leg, News, Stall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Message
    from storage.watch import Watch

WATCHER = "U0123ABCD"
WAYBILL, SLOW = "78012345678901", "78012345678950"
SCANS = (
    ("18 17:04", "【义乌市】 义乌国际商贸城网点 已揽收"),
    ("18 21:30", "【义乌市】 快件离开 义乌国际商贸城网点，已发往 义乌分拨中心"),
    ("19 16:12", "【杭州市】 快件已到达 杭州西湖营业部，待派送"),
    ("20 09:10", "快件正在派送中，派送员：陈师傅"),
    ("20 13:40", "快件已存放至菜鸟驿站，请于5月23日前取件"),
)
TIMES = ("May 18, 9:34 PM", "May 19, 4:16 PM", "9:14 AM", "1:44 PM")  # of the messages in the thread
DRESSES = (("夏季新款红色连衣裙 碎花雪纺中长款", "49.90"), ("白色连衣裙 法式气质收腰长裙", "62.00"))
PICTURES = {"https://cbu01.alicdn.com/img/1.png": "red", "https://cbu01.alicdn.com/img/2.png": "white"}
SLOW_REF = OrderRef(Platform.ALIBABA, "2542285634920886153")

# The command of each part of the terminal's picture, and the messages of that part.
PARTS = (
    (f"/panda watch {REF.order_id}", ("posts.card.card of the README",)),
    ("later, in its thread", tuple(f"posts.thread.news of the README {n}" for n in range(1, len(SCANS)))),
    ("an alert in the channel", ("posts.alarms.alarm of the README",)),
    ("/panda search 连衣裙 --1688", ("goods.products.results of the README",)),
)


def messages() -> dict[str, Message]:
    """The messages by their names in the gallery, in the language in use."""
    people = People()
    people.names[WATCHER] = "mei"
    with people.known():
        return {
            **_followed(),
            "posts.alarms.alarm of the README": _alarm(),
            "goods.products.results of the README": _found(),
        }


def _followed() -> dict[str, Message]:
    """The card after all scans, and the news of each but the first, after which the watch began."""
    order, stored, made = _order(), None, {}
    for n in range(1, len(SCANS) + 1):
        now = _node(WAYBILL, n - 1).at or NOW
        parcel = Parcel(WAYBILL, "中通快递", nodes=tuple(_node(WAYBILL, at) for at in range(n)))
        decision = decide(stored, FetchedOrder(REF, order, Shipment(REF, (parcel,))), now + timedelta(minutes=4))
        stored = recorded(stored, decision)
        if decision.news:
            news = thread.news(decision.news, stored.snapshot(), _watch(), decision.at, in_thread=True)
            made[f"posts.thread.news of the README {n - 1}"] = news
    assert isinstance(stored, StoredOrder)
    shown = replace(stored.snapshot(), read_at=NOW)
    return {"posts.card.card of the README": card.card(shown, _watch(), NOW, zone=CHINA), **made}


def _alarm() -> Message:
    node = replace(_node(SLOW, 2), at=NOW - timedelta(days=3, hours=2))
    parcel = Parcel(SLOW, "中通快递", nodes=(node,), milestone=Milestone.IN_TRANSIT)
    order = _order().model_copy(
        update={"order_id": SLOW_REF.order_id, "items": (Item(title="白色陶瓷马克杯 情侣款", quantity=Decimal(48)),)}
    )
    stored = StoredOrder(order, Shipment(SLOW_REF, (parcel,)), Milestone.IN_TRANSIT, read_at=NOW)
    stall = Stall(Leg.DOMESTIC, node.at or NOW, timedelta(days=3), timedelta(days=2), SLOW, node.text)
    news = News(SLOW_REF, Milestone.IN_TRANSIT, stall=stall, parcels=(parcel,))
    raised = Alarm(SLOW_REF.key, "stall:1", stall, id=1, raised_at=NOW)
    return alarms.alarm(news, stored.snapshot(), replace(_watch(), key=SLOW_REF.key, order=order), raised, NOW)


def _found() -> Message:
    made = [
        product(title, n).model_copy(update={"price": Decimal(price), "seller": "杭州锦绣服饰厂", "place": "杭州"})
        for n, (title, price) in enumerate(DRESSES, 1)
    ]
    page: Page[Product] = Page(items=tuple(made), page=1, page_size=2, total=12)
    return products.results(Search("连衣裙", Platform.ALIBABA), {Platform.ALIBABA: page}, {})


def _order() -> Order:
    titles: Sequence[str] = ("夏季新款红色连衣裙 碎花雪纺中长款", "白色蕾丝开衫")
    return Order(
        platform=Platform.ALIBABA,
        order_id=REF.order_id,
        status_code="waitbuyerreceive",
        milestone=Milestone.SHIPPED,
        created_at=NOW - timedelta(days=4),
        paid_at=NOW - timedelta(days=4),
        total_amount=Decimal("857.52"),
        seller="杭州锦绣服饰厂",
        items=tuple(Item(title=title, quantity=Decimal(16), unit="件") for title in titles),
        waybills=(WAYBILL,),
    )


def _watch() -> Watch:
    return replace(watch(), created_by=WATCHER, created_at=NOW - timedelta(days=2), order=_order())


def _node(waybill: str, at: int) -> Node:
    day, text = SCANS[at]
    time = datetime.strptime(f"2026-05-{day}", "%Y-%m-%d %H:%M").replace(tzinfo=CHINA).astimezone(UTC)
    return Node(waybill, time, day, TimeBasis.CHINA, text, milestone=read_entry(text).milestone, sequence=at)
