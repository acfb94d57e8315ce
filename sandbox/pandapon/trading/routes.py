"""The handler of each address. An operation whose path is not published has a path of the stand-in's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from pandapon.operations.catalogue import OPERATIONS
from pandapon.shipment import Platform
from sandbox.pandapon.trading import (
    addresses,
    carts,
    freight,
    product_lists,
    products,
    purchases,
    refunds_1688,
    refunds_taobao,
)
from sandbox.pandapon.trading.account import Account
from sandbox.pandapon.trading.fields import Fields

Handler = Callable[[Account, Fields], Any]
TAOBAO, ALIBABA = Platform.TAOBAO, Platform.ALIBABA

# The stand-in's own paths for operations whose path is not published. PANDAPON_PATHS makes them known to a client.
OWN_PATHS = {
    operation.name: f"/v2/sandbox/{operation.name.replace('.', '/')}" for operation in OPERATIONS if not operation.path
}

HANDLERS: dict[str, Handler] = {
    "taobao.goods.get": products.get_taobao,
    "taobao.goods.check": products.check_taobao,
    "taobao.goods.image_search": partial(product_lists.image_search, platform=TAOBAO),
    "1688.goods.get": products.get_1688,
    "1688.goods.image_search": partial(product_lists.image_search, platform=ALIBABA),
    "1688.goods.store": product_lists.store,
    "1688.goods.category": product_lists.category,
    "1688.goods.recommended": product_lists.selection,
    "1688.goods.related": product_lists.related,
    "1688.goods.global_selection": product_lists.selection,
    "1688.goods.selection": product_lists.selection,
    "1688.goods.hot": product_lists.selection,
    "taobao.cart.list": partial(carts.listing, platform=TAOBAO),
    "taobao.cart.add": carts.add_taobao,
    "taobao.cart.quantity": partial(carts.set_quantity, platform=TAOBAO),
    "taobao.cart.delete": partial(carts.delete, platform=TAOBAO),
    "taobao.cart.preview": purchases.preview_cart_taobao,
    "taobao.cart.order": purchases.order_cart_taobao,
    "1688.cart.list": partial(carts.listing, platform=ALIBABA),
    "1688.cart.add": carts.add_1688,
    "1688.cart.quantity": partial(carts.set_quantity, platform=ALIBABA),
    "1688.cart.delete": partial(carts.delete, platform=ALIBABA),
    "1688.cart.preview": purchases.preview_cart_1688,
    "1688.cart.order": purchases.order_cart_1688,
    "taobao.order.create": purchases.create_taobao,
    "taobao.order.cancel": purchases.cancel_taobao,
    "taobao.order.pay": purchases.pay_taobao,
    "taobao.order.warehouse": purchases.warehouse,
    "taobao.order.im_link": purchases.im_link,
    "1688.order.preview": purchases.preview_1688,
    "1688.order.preview_batch": purchases.preview_1688,
    "1688.order.create": purchases.create_1688,
    "1688.order.create_batch": purchases.create_batch_1688,
    "1688.order.cancel": purchases.cancel_1688,
    "1688.order.pay_url": purchases.pay_url,
    "1688.order.pay_batch": purchases.pay_batch_1688,
    "1688.order.received": purchases.received_1688,
    "1688.order.wangwang": purchases.wangwang,
    "taobao.refund.list": refunds_taobao.list_refunds,
    "taobao.refund.render": refunds_taobao.render,
    "taobao.refund.submit": refunds_taobao.submit,
    "taobao.refund.change": refunds_taobao.change,
    "taobao.refund.message": refunds_taobao.message,
    "taobao.refund.messages": refunds_taobao.messages,
    "taobao.refund.detail": refunds_taobao.detail,
    "taobao.refund.logistics_render": refunds_taobao.return_render,
    "taobao.refund.logistics": refunds_taobao.ship_back,
    "1688.refund.detail": refunds_1688.detail,
    "1688.refund.reasons": refunds_1688.reasons,
    "1688.refund.voucher": refunds_1688.voucher,
    "1688.refund.create": refunds_1688.create,
    "1688.refund.shipment": refunds_1688.shipment,
    "1688.refund.carriers": refunds_1688.carriers,
    "address.get": addresses.listing,
    "address.save": addresses.save,
    "freight.estimate": freight.estimate,
    "freight.preview": freight.preview,
    "freight.domestic": freight.domestic,
    "freight.book": freight.book,
}


@dataclass(frozen=True, slots=True)
class Route:
    """The handler of one address. ``signs_query``: whether it requires the second signature."""

    handler: Handler
    signs_query: bool = False


_BY_ADDRESS: dict[tuple[str, str], Route] = {
    (operation.method, operation.path or OWN_PATHS[operation.name]): Route(
        HANDLERS[operation.name], operation.signature == "query"
    )
    for operation in OPERATIONS
    if operation.name in HANDLERS and "{" not in operation.path
}
_CANCEL = "/v2/taobao/order/refund/cancel/"  # the refund's id follows


def find(method: str, path: str) -> Route | None:
    """Return the route of an address; None: the stand-in has no such address."""
    if method == "GET" and path.startswith(_CANCEL):
        return Route(lambda account, _fields: refunds_taobao.cancel(account, path.removeprefix(_CANCEL)))
    return _BY_ADDRESS.get((method, path))
