"""The catalogue: every endpoint in the navigation of the vendor's documentation, with the source of its path.

Grades: S stated on a vendor page, C read in a public client, I inferred from the rule between v1 and v2 paths or from a
similar endpoint, ? unknown. Every path can be replaced by a setting, because many are inferred.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pandapon.errors import PandaPonError
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Mapping

Grade = Literal["S", "C", "I", "?"]
Method = Literal["GET", "POST", "?"]

_PATH = re.compile(r"/[A-Za-z0-9_./{}-]+")


class UnknownPathError(PandaPonError):
    """The endpoint's path is unknown and no setting gives it, or the value for a place in the path is missing."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint. ``writes``: it changes the account, so it is never repeated and never called without a request."""

    name: str
    title: str
    method: Method
    path: str
    grade: Grade
    platform: Platform | None
    writes: bool = False
    note: str = ""


def _taobao(
    name: str, title: str, method: Method, path: str, grade: Grade, *, writes: bool = False, note: str = ""
) -> Endpoint:
    full = path and f"/v2/taobao/{path}"
    return Endpoint(f"taobao.{name}", title, method, full, grade, Platform.TAOBAO, writes, note)


def _1688(
    name: str, title: str, method: Method, path: str, grade: Grade, *, writes: bool = False, note: str = ""
) -> Endpoint:
    full = path and f"/v2/alibaba/{path}"
    return Endpoint(f"1688.{name}", title, method, full, grade, Platform.ALIBABA, writes, note)


def _open(
    name: str, title: str, method: Method, path: str, grade: Grade, *, writes: bool = False, note: str = ""
) -> Endpoint:
    full = path and f"/v2/open/{path}"
    return Endpoint(name, title, method, full, grade, None, writes, note)


_SIGNED = "wants a second signature that is not documented"
_TWIN = "nothing is known of the path: guessed after 1688's"
_SHORT = "v1's path is stated; where the rule's path would end is a guess"
_LATER = "accepted is not cancelled: read the order again"

ENDPOINTS: tuple[Endpoint, ...] = (
    _taobao("goods.get", "Taobao product by id", "GET", "product/get", "S"),
    _taobao("goods.check", "Taobao products by ids", "POST", "product/batch/check", "I"),
    _taobao("goods.search", "Taobao product search", "POST", "product/item/search", "S"),
    _taobao("goods.image_search", "Taobao image search", "POST", "", "?"),
    _taobao("order.create", "Taobao order creation", "POST", "order", "I", writes=True, note=_SHORT),
    _taobao("order.list", "Taobao order list", "POST", "order/page", "I", note=_TWIN),
    _taobao("order.cancel", "Cancel a Taobao order", "POST", "", "?", writes=True, note=_LATER),
    _taobao("order.warehouse", "Change the forwarding warehouse", "POST", "order/updateWarehouse", "I", writes=True),
    _taobao("order.pay", "Pay a Taobao order", "POST", "", "?", writes=True),
    _taobao("order.im_link", "Link to the seller's chat", "POST", "order/page/link/get", "I"),
    _taobao("order.detail", "Taobao order by id", "GET", "order/detail", "I", note=_TWIN),
    _taobao("order.logistics", "Taobao logistics of a sub-order", "GET", "order/logistics/detail/get", "S"),
    _taobao("cart.preview", "Preview an order from the cart", "POST", "", "?"),
    _taobao("cart.order", "Create an order from the cart", "POST", "cart/create/order", "I", writes=True),
    _taobao("cart.list", "Taobao cart", "GET", "cart/list", "I", note=_TWIN),
    _taobao("cart.delete", "Delete a cart item", "POST", "", "?", writes=True),
    _taobao("cart.add", "Add a cart item", "POST", "cart/add", "S", writes=True),
    _taobao(
        "cart.quantity", "Change a cart item's quantity", "POST", "cart/edit-quantity", "I", writes=True, note=_TWIN
    ),
    _taobao("refund.list", "Taobao refund list", "POST", "order/refund/queryList", "I"),
    _taobao("refund.render", "What a refund may ask for", "POST", "order/refund/render", "S"),
    _taobao("refund.logistics_render", "What a return shipment may say", "GET", "", "?"),
    _taobao("refund.logistics", "Tell a return shipment", "POST", "", "?", writes=True),
    _taobao("refund.cancel", "Cancel a refund", "GET", "order/refund/cancel/{refundId}", "S", writes=True),
    _taobao("refund.message", "Write in a refund", "POST", "order/refund/submit/message", "I", writes=True),
    _taobao("refund.submit", "Ask for a refund", "POST", "", "?", writes=True),
    _taobao("refund.messages", "Messages of a refund", "POST", "", "?"),
    _taobao("refund.change", "Change a refund", "POST", "", "?", writes=True),
    _taobao("refund.detail", "Taobao refund by id", "GET", "order/refund/query", "S"),
    _1688("goods.get", "1688 product by id", "POST", "product/detail/get", "I"),
    _1688("goods.search", "1688 product search", "POST", "product/keywords/query", "S"),
    _1688("goods.image_search", "1688 image search", "POST", "product/image/query", "S"),
    _1688("goods.store", "1688 search in one store", "POST", "product/query/selleroffer", "S"),
    _1688("goods.category", "1688 category by id", "POST", "", "?"),
    _1688("goods.recommended", "1688 recommendations", "POST", "", "?"),
    _1688("goods.related", "1688 related products", "POST", "product/productRelatedRecommendQuery", "S"),
    _1688("goods.global_selection", "Global selection by keyword", "POST", "", "?"),
    _1688("goods.selection", "1688 selection by keyword", "POST", "", "?"),
    _1688("goods.hot", "1688 hot list", "POST", "", "?"),
    _1688("cart.list", "1688 cart", "GET", "cart/list", "S"),
    _1688("cart.add", "Add a cart item", "POST", "", "?", writes=True),
    _1688("cart.delete", "Delete a cart item", "POST", "", "?", writes=True),
    _1688("cart.quantity", "Change a cart item's quantity", "POST", "cart/edit-quantity", "I", writes=True),
    _1688("cart.preview", "Preview an order from the cart", "POST", "cart/preview/order", "I"),
    _1688("cart.order", "Create an order from the cart", "POST", "cart/create/order", "I", writes=True),
    _1688("order.pay_batch", "Submit orders for payment", "POST", "order/batch/submit/to/pay", "I", writes=True),
    _1688("order.preview_batch", "Preview orders of several sellers", "POST", "", "?"),
    _1688("order.create_batch", "Create orders of several sellers", "POST", "order/batch/create", "S", writes=True),
    _1688("order.logistics", "1688 logistics of an order", "GET", "order/logistics", "S"),
    _1688("order.list", "1688 order list", "POST", "order/page", "S"),
    _1688("order.preview", "Preview an order", "POST", "order/create/preview", "I"),
    _1688("order.create", "Create an order", "POST", "order/create", "S", writes=True),
    _1688("order.cancel", "Cancel an unpaid order", "POST", "order/cancel", "S", writes=True),
    _1688("order.pay_url", "Pay an order", "GET", "order/pay/url", "S", writes=True),
    _1688("order.received", "Confirm receipt", "POST", "order/receivegoods", "I", writes=True),
    _1688(
        "order.wangwang", "A seller's chat name", "POST", "product/openuid/decrypt", "I", note="from a public client"
    ),
    _1688(
        "order.detail",
        "1688 order by id",
        "POST",
        "order/detail",
        "I",
        note="v1's path is stated, v2's navigation lacks it",
    ),
    _1688("refund.detail", "1688 refund by id", "POST", "refund/info", "I"),
    _1688("refund.reasons", "1688 refund reasons", "POST", "", "?"),
    _1688("refund.voucher", "Upload a refund voucher", "POST", "", "?", writes=True),
    _1688("refund.create", "Ask for a refund", "POST", "refund/detail/create", "I", writes=True),
    _1688("refund.shipment", "Tell a return shipment", "POST", "refund/goods/return", "I", writes=True),
    _1688("refund.carriers", "Carriers for returns", "GET", "", "?"),
    _open("address.get", "The account's address", "POST", "", "?"),
    _open("address.save", "Add or change an address", "POST", "address/addOrUpdate", "S", writes=True),
    # These need a second, undocumented signature over two parameters [stated]: they are listed, but cannot be called.
    _open(
        "freight.estimate", "Overseas freight estimate", "POST", "pp/logistics/itemLogisticsPrice", "S", note=_SIGNED
    ),
    _open(
        "freight.preview", "Overseas freight of an order", "POST", "pp/logistics/orderRenderFreight", "S", note=_SIGNED
    ),
    _open(
        "freight.domestic",
        "Update domestic logistics",
        "POST",
        "pp/logistics/updateLogisticInfo",
        "I",
        writes=True,
        note=_SIGNED,
    ),
    _open(
        "freight.book",
        "Book international logistics",
        "POST",
        "pp/logistics/orderBookingFreight",
        "I",
        writes=True,
        note=_SIGNED,
    ),
)


class Catalogue:
    """The endpoints, with the paths of the settings in place of their own."""

    def __init__(self, overrides: Mapping[str, str] | None = None) -> None:
        """``overrides``: endpoint name to path. Raises ValueError for an unknown name or an unusable path."""
        self._endpoints = {endpoint.name: endpoint for endpoint in ENDPOINTS}
        self._paths = {name: endpoint.path for name, endpoint in self._endpoints.items()}
        for name, path in (overrides or {}).items():
            if name not in self._endpoints:
                raise ValueError(f"no endpoint is called {name!r}; `pandabot api list` shows the names")
            if not _PATH.fullmatch(path):
                raise ValueError(f"the path of {name!r} must look like /v2/…, not {path!r}")
            self._paths[name] = path

    def __getitem__(self, name: str) -> Endpoint:
        """Return the endpoint of that name. Raises KeyError."""
        return self._endpoints[name]

    def path(self, name: str) -> str:
        """Return the path of an endpoint. Raises KeyError for an unknown name, UnknownPathError for an unknown path."""
        path = self._paths[name]
        if not path:
            raise UnknownPathError(f'the path of {name!r} is not known; set PANDAPON_PATHS={{"{name}": "/v2/…"}}')
        return path
