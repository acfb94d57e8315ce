"""Builds the request of each read operation from ids that earlier answers contained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pandapon.models import Order, Page, Product
from pandapon.operations import goods, orders, refunds
from pandapon.operations.catalogue import OPERATIONS, AnyOperation
from pandapon.operations.requests import Nothing, Request
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Callable

KEYWORD = "连衣裙"


@dataclass
class KnownIds:
    """The first id of each kind that an answer contained; empty: none yet."""

    order: dict[Platform, str] = field(default_factory=dict)
    sub_order: str = ""
    product: dict[Platform, str] = field(default_factory=dict)
    refund: str = ""

    def learn(self, answer: Any) -> None:
        """Keep the ids of an answer."""
        rows = answer.items if isinstance(answer, Page) else ()
        for row in rows:
            if isinstance(row, Order):
                self.order.setdefault(row.platform, row.order_id)
                self.sub_order = self.sub_order or next(iter(row.sub_order_ids), "")
            elif isinstance(row, Product):
                self.product.setdefault(row.platform, row.product_id)
            elif isinstance(row, refunds.TaobaoRefund):
                self.refund = self.refund or row.refund_id


class MissingIdError(Exception):
    """No answer contained the id that the request needs. The message names its kind."""


def _need(value: str, kind: str) -> str:
    if not value:
        raise MissingIdError(kind)
    return value


def _order(known: KnownIds, platform: Platform) -> str:
    return _need(known.order.get(platform, ""), "an order")


def _product(known: KnownIds, platform: Platform) -> str:
    return _need(known.product.get(platform, ""), "a product")


_1688, _TAOBAO = Platform.ALIBABA, Platform.TAOBAO
REQUESTS: dict[str, Callable[[KnownIds], Request]] = {
    "1688.order.list": lambda _: orders.ListAlibaba(page_size=5),
    "taobao.order.list": lambda _: orders.ListTaobao(page_size=5),
    "1688.goods.search": lambda _: goods.SearchAlibaba(keyword=KEYWORD, page_size=5),
    "taobao.goods.search": lambda _: goods.SearchTaobao(keyword=KEYWORD, page_size=5),
    "taobao.refund.list": lambda _: refunds.ListRefunds(page_size=5),
    "1688.order.detail": lambda known: orders.AlibabaOrderId(order_id=_order(known, _1688)),
    "taobao.order.detail": lambda known: orders.OrderId(order_id=_order(known, _TAOBAO)),
    "1688.order.logistics": lambda known: orders.OrderId(order_id=_order(known, _1688)),
    "taobao.order.logistics": lambda known: orders.SubOrder(
        sub_purchase_order_id=_need(known.sub_order, "a sub-order")
    ),
    "1688.goods.get": lambda known: goods.Offer(offer_id=_product(known, _1688)),
    "taobao.goods.get": lambda known: goods.ProductId(item_id=_product(known, _TAOBAO)),
    "taobao.goods.check": lambda known: goods.CheckProducts(
        params=(goods.CheckedProduct(item_id=_product(known, _TAOBAO)),)
    ),
    "1688.goods.related": lambda known: goods.Related(offer_id=_product(known, _1688), page_size=5),
    "1688.goods.recommended": lambda _: goods.Selection(keyword=KEYWORD, page_size=5),
    "1688.goods.global_selection": lambda _: goods.Selection(keyword=KEYWORD, page_size=5),
    "1688.goods.selection": lambda _: goods.Selection(keyword=KEYWORD, page_size=5),
    "1688.goods.hot": lambda _: goods.Selection(page_size=5),
    "1688.goods.category": lambda _: goods.Category(category_id="0"),
    "1688.cart.list": lambda _: Nothing(),
    "taobao.cart.list": lambda _: Nothing(),
    "1688.refund.carriers": lambda _: Nothing(),
    "1688.refund.reasons": lambda known: refunds.RefundReasons(order_id=_order(known, _1688)),
    "taobao.refund.detail": lambda known: refunds.RefundId(refund_id=_need(known.refund, "a refund")),
    "taobao.refund.messages": lambda known: refunds.RefundMessages(refund_id=_need(known.refund, "a refund")),
    "taobao.refund.logistics_render": lambda known: refunds.RefundId(refund_id=_need(known.refund, "a refund")),
    "address.get": lambda _: Nothing(),
}
_NEEDS_MORE = {  # read operations that are not tried, each with what it needs
    "taobao.goods.image_search": "a picture",
    "1688.goods.image_search": "a picture",
    "1688.goods.store": "a seller's open id",
    "taobao.order.im_link": "the account's password",
    "taobao.cart.preview": "an address and something in the cart",
    "1688.cart.preview": "an address and something in the cart",
    "1688.order.preview": "an address",
    "1688.order.preview_batch": "an address",
    "1688.order.wangwang": "a seller's open id",
    "taobao.refund.render": "an order that may be refunded",
    "1688.refund.detail": "a refund of 1688",
    "freight.estimate": "an address abroad",
    "freight.preview": "an address abroad",
}


def readers() -> list[AnyOperation]:
    """Return the read operations. Those whose answers contain ids for other requests come first."""
    order = {name: at for at, name in enumerate(REQUESTS)}
    return sorted((each for each in OPERATIONS if not each.writes), key=lambda each: order.get(each.name, len(order)))


def request_for(operation: AnyOperation, known: KnownIds) -> Request:
    """Return the request for an operation. Raises MissingIdError."""
    if operation.name not in REQUESTS:
        raise MissingIdError(_NEEDS_MORE[operation.name])
    return REQUESTS[operation.name](known)
