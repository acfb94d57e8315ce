"""Every page and message of the order flow and of acts on orders, tame and hostile, for the catalogue of messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from support.view_samples import HOSTILE, NOW, order, snapshot

from handlers.features.buying import act_commands, acts_view, buy, order_view
from handlers.features.buying.acts import WIZARD as ACT
from handlers.features.buying.new_order_watches import NewOrderWatches
from handlers.features.buying.order import WIZARD as ORDER
from handlers.features.buying.quote import chosen_line
from handlers.features.cart import cart_view
from handlers.features.goods import product_view
from handlers.features.orders import order_view as order_page
from handlers.interactions import late_pages
from handlers.interactions.ports import WatchOutcome, WatchResult
from handlers.posts import change_lines, notices
from handlers.writing.plans import Outcome
from pandapon import errors as api
from pandapon.carts import CartLine
from pandapon.operations.orders import PayUrl
from pandapon.products import ProductDetail, Sku, Tier
from pandapon.shipment import Milestone, Platform
from tracking.changes.order_acts import Cancellation, PayLink, Payment, Receipt, Submitted, WarehouseChange
from tracking.changes.orders import Basket, OrderCreation, OrderedLine
from tracking.flows import Acting, Flow, MovedPrice, Ordering, SellerCost
from tracking.messages import OrdersChanged
from tracking.writes import Write, WriteState

ALIBABA, TAOBAO = Platform.ALIBABA, Platform.TAOBAO
HERE, MEI = "C0123ABCD", "U0123ABCD"
FLOW = "A" * 24
LONG = "裙" * 200
UNPAID = {"status_code": "waitbuyerpay", "milestone": Milestone.ORDERED, "paid_at": None}


def big_product(title: str = LONG) -> ProductDetail:
    """A product of 30 variants with three attributes, a title of 200 characters and no picture."""
    words = [
        f"{colour} / {size} / {cloth}" for colour in ("红色", "蓝色", "绿色") for size in "SM" for cloth in "甲乙丙丁戊"
    ]
    skus = tuple(Sku(sku_id=f"4{n}", spec_id=f"f{n}", variant=each, stock=n) for n, each in enumerate(words))
    tiers = (Tier(quantity=1, price=Decimal(999999999)), Tier(quantity=9, price=Decimal(0)))
    return ProductDetail(
        platform=ALIBABA, product_id="712345678901", title=title, price=Decimal(0), tiers=tiers, skus=skus, seller=title
    )


def samples() -> dict[str, Any]:
    """The messages and pages by name: the builder's module and function, and a word for the case."""
    return _ordering() | _acting() | _said()


def _line(n: int, **fields: Any) -> CartLine:
    made: dict[str, Any] = {
        "platform": TAOBAO if n % 4 == 3 else ALIBABA,
        "entry_id": str(n),
        "product_id": "712345678901",
        "sku_id": f"400000000000{n}",
        "title": "夏季新款红色连衣裙",
        "variant": "红色 / M",
        "price": Decimal("36.80"),
        "quantity": 40 * n + 1,
        "stock": 400,
        "seller": f"杭州锦绣服饰厂 {n // 3}",
    }
    return CartLine.model_validate(made | fields)


def _content(every: list[CartLine], **fields: Any) -> Ordering:
    groups = dict.fromkeys((line.platform, line.seller) for line in every)
    costs = tuple(SellerCost(platform, seller, 3_680, 600, 4_280) for platform, seller in groups)
    addresses = (("1", "王** · 杭州市 · **78"), ("2", f"{HOSTILE[:1]}** · {HOSTILE[:20]}"))
    made = Ordering(tuple(every), addresses=addresses, address="1", costs=costs)
    return replace(made, **fields)


def _page(content: Ordering, step: str, note: str = "") -> Any:
    return ORDER.view(Flow(FLOW, MEI, HERE, content, step), note)


def _ordering() -> dict[str, Any]:
    many, few = [_line(n) for n in range(100)], [_line(n) for n in range(5)]
    hostile = [_line(n, title=HOSTILE, variant=HOSTILE, seller=HOSTILE, stock=n, price=None) for n in range(8)]
    product = big_product()
    bought = _content([chosen_line(product, 29, 1)], products=(product,), notes=((product.seller, LONG),))
    bare = ProductDetail(platform=TAOBAO, product_id="610947572360")
    moved = (MovedPrice(HOSTILE, 0, 99_999_999_900), MovedPrice("", None, 1), *([MovedPrice("S", 1, 2)] * 20))
    unknown = tuple(replace(cost, freight=None, total=None) for cost in _content(few).costs)
    return {
        "buying.order_view.nowhere": _page(_content(few), "nowhere"),
        "buying.order_view.fill": _page(_content(few), "fill"),
        "buying.order_view.fill of many": _page(_content(many), "fill"),
        "buying.order_view.fill hostile": _page(_content(hostile, notes=((HOSTILE, HOSTILE),)), "fill"),
        "buying.order_view.fill of products": _page(bought, "fill", "↻"),
        "buying.order_view.fill bare": _page(_content([chosen_line(bare, 0, 1)], products=(bare,)), "fill"),
        "buying.order_view.review": _page(_content(few, notes=(("杭州锦绣服饰厂 0", "请用纸箱"),)), "review"),
        "buying.order_view.review of many": _page(_content(many, moved=moved), "review"),
        "buying.order_view.review hostile": _page(_content(hostile, moved=moved, costs=()), "review"),
        "buying.order_view.review without shipping": _page(_content(few, costs=unknown), "review"),
        "buying.order_view.review of products": _page(bought, "review"),
        "buying.order_view.result": ORDER.last(_result()),
        "buying.order_view.result hostile": ORDER.last(_result(HOSTILE)),
        "buying.buy.offer": buy.offer([product, bare]),
        "goods.product_view.page to order": product_view.page(product, may_add=True, may_order=True),
        "cart.cart_view.cart to order": cart_view.cart(cart_view.CartPage.of(few, 1), {}, flow_id=FLOW, may_order=True),
    }


def _write(change: Any, state: WriteState = WriteState.DONE, **fields: Any) -> Write:
    made = Write("w", "k", "1688.order.create", MEI, HERE, NOW - timedelta(hours=1), state, change, 0, "a" * 32)
    return replace(made, **fields)


def _creation(seller: str = "杭州锦绣服饰厂", sellers: int = 2, total: int | None = 99_999_999_900) -> OrderCreation:
    basket = Basket(seller, (OrderedLine("夏季新款红色连衣裙", "红色 / M", 4),))
    return OrderCreation(ALIBABA, f"{FLOW}:0", (basket,) * sellers, NOW, total)


def _result(seller: str = "杭州锦绣服饰厂") -> list[Any]:
    outcomes = [
        Outcome(_write(_creation(seller), state, made=("2542285634920880794",) * n), error)
        for state, n, error in (
            (WriteState.DONE, 20, None),
            (WriteState.DONE, 0, None),
            (WriteState.UNCLEAR, 0, api.TimeoutError("late")),
            (WriteState.REFUSED, 0, api.ApiError("库存不足 <!channel>", code="STOCK_NOT_ENOUGH")),
        )
    ]
    watched = tuple(
        WatchOutcome("2542285634920880794", result, reason="channel_not_found")
        for result in (WatchResult.WATCHING, WatchResult.REFUSED, WatchResult.UNAVAILABLE)
    )
    watches = NewOrderWatches(HERE, watched, ("https://team.slack.com/archives/C0123ABCD/p1358546515000008",))
    return order_view.result(outcomes, [seller], watches, MEI)


def _acting() -> dict[str, Any]:
    unpaid = order().model_copy(update=UNPAID)
    hostile = order(HOSTILE).model_copy(update=UNPAID | {"total_amount": None, "seller": HOSTILE})
    huge = order(LONG).model_copy(update=UNPAID | {"total_amount": Decimal(999999999)})
    contents = {
        "pay": Acting("pay", (unpaid,)),
        "pay_all": Acting(
            "pay_all",
            (unpaid, huge, *([unpaid] * 8)),
            moved=(MovedPrice("1", 0, None),),
            submitted=(Submitted(unpaid.order_id, MEI, NOW), Submitted(unpaid.order_id, HOSTILE, NOW, is_sure=False)),
        ),
        "cancel": Acting("cancel", (hostile,)),
        "receive": Acting("receive", (unpaid,), arrived=False),
        "warehouse": Acting("warehouse", (unpaid,), warehouse=("广州仓", LONG)),
        "warehouse_review": Acting("warehouse", (hostile,), warehouse=(HOSTILE, HOSTILE)),
    }
    views = {f"buying.acts_view.{step}": ACT.view(Flow(FLOW, MEI, HERE, each, step)) for step, each in contents.items()}
    unknown = Flow(FLOW, MEI, HERE, Acting("receive", (unpaid,), arrived=None), "receive")
    views["buying.acts_view.receive unknown"] = ACT.view(unknown)
    snaps = [snapshot(of=each) for each in (unpaid, hostile, huge)]
    return views | {
        "buying.act_commands.acts pay": act_commands.acts("pay", snaps),
        "buying.act_commands.acts cancel": act_commands.acts("cancel", [*snaps, snapshot()]),
        "buying.act_commands.acts wrong": act_commands.acts("receive", snaps),
        "orders.order_view.detail to act": order_page.detail(snaps[0], NOW, may_act=True),
    }


def _said() -> dict[str, Any]:
    id_ = "2542285634920880794"
    changes = [
        _creation(),
        _creation(HOSTILE, 9, None),
        PayLink(ALIBABA, id_),
        Payment(ALIBABA, (id_,) * 20, 0),
        Payment(TAOBAO, (id_,), None),
        Cancellation(ALIBABA, id_, HOSTILE),
        Cancellation(TAOBAO, id_, "不想买了"),
        Receipt(ALIBABA, id_),
        WarehouseChange(TAOBAO, id_, HOSTILE),
    ]
    answers = (
        PayUrl(pay_url="https://trade.1688.com/pay?id=1"),
        PayUrl(pay_url="javascript:alert(1)"),
        PayUrl(protocol_pay_success=True),
    )
    results = {
        f"buying.acts_view.result {at} {state}": ACT.last(acts_view.result(Outcome(_write(change, state)), MEI))
        for at, change in enumerate(changes)
        for state in WriteState
    }
    links = {
        f"buying.acts_view.result link {at}": ACT.last(
            acts_view.result(Outcome(_write(PayLink(ALIBABA, id_)), answer=answer), MEI)
        )
        for at, answer in enumerate(answers)
    }
    direct = {
        f"interactions.late_pages.as_message {at}": late_pages.as_message(links[f"buying.acts_view.result link {at}"])
        for at in range(len(answers))
    }
    told = {
        f"posts.change_lines.line {act}": change_lines.line(OrdersChanged(MEI, act, (id_,)), 1, NOW)
        for act in ("paid", "cancelled", "received", "moved")
    }
    notes = {
        f"posts.notices.settled {state}": notices.settled(_write(_creation(HOSTILE), state, made=(id_,)))
        for state in (WriteState.FOUND_DONE, WriteState.FOUND_UNDONE, WriteState.UNKNOWABLE)
    }
    late = notices.settled(_write(_creation(HOSTILE), WriteState.DONE, made=(id_,)), is_reversed=True)
    return direct | results | links | told | notes | {"posts.notices.settled late": late}
