"""The carts of both platforms: list, add, change, remove, preview an order, create an order."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from pandapon.operations.addresses import AlibabaReceiver, TaobaoReceiver
from pandapon.operations.answers import Answer, Count, Link, Many, One, Plain, Rows, Text, Yuan, raw
from pandapon.operations.operation import Operation
from pandapon.operations.orders import AlibabaPreview, read_orders_1688
from pandapon.operations.requests import AsJson, Id, InYuan, Nothing, NumberId, Quantity, Request, Words
from pandapon.shipment import Platform

TAOBAO, ALIBABA = Platform.TAOBAO, Platform.ALIBABA


class PriceFrom(Request):
    """The price from a quantity on."""

    start_quantity: Quantity
    price: InYuan


class AddToTaobaoCart(Request):
    """A product for the cart [stated]. ``mp_id`` and ``mp_sku_id`` come from the product."""

    item_map_id: Id
    sku_id: Id | None = None
    mp_id: Id
    mp_sku_id: Id
    item_title: Words
    item_pic: Words | None = None
    price: InYuan
    promotion_price: InYuan | None = None
    properties: AsJson[dict[str, str]] | None = None
    quantity: Quantity
    platform: Words = "taobao"
    shop_id: Id | None = None
    shop_name: Words | None = None
    user_nick: Words | None = None
    sku_quantity: int | None = Field(default=None, ge=0)
    price_ranges: tuple[PriceFrom, ...] | None = None
    quote_type: Id | None = None
    user_id: Id | None = None


class AddToAlibabaCart(Request):
    """A product for the cart. The request is not published: the names are those of the cart's list [inferred]."""

    offer_map_id: Id
    spec_id: Id | None = None
    sku_id: Id | None = None
    quantity: Quantity


class CartQuantity(Request):
    """A new quantity of one entry of the cart [stated for v1's 1688; inferred for Taobao]."""

    id: NumberId
    quantity: Quantity


class CartIds(Request):
    """Entries of the cart to remove. The request is not published: the name is that of Taobao's creation [inferred]."""

    ids: tuple[NumberId, ...] = Field(min_length=1, max_length=100)


class PreviewTaobaoCart(Request):
    """Entries of the cart whose order is previewed. The names are those of the creation [inferred]."""

    ids: tuple[NumberId, ...] = Field(min_length=1, max_length=100)
    order_address: TaobaoReceiver


class OrderTaobaoCart(Request):
    """Entries of the cart to be ordered [stated for v1]."""

    ids: tuple[NumberId, ...] = Field(min_length=1, max_length=100)
    order_address: TaobaoReceiver
    user_id: Id | None = None


class PreviewAlibabaCart(Request):
    """Entries of the cart whose order is previewed [stated for v1]."""

    cart_ids: tuple[NumberId, ...] = Field(min_length=1, max_length=100)
    address_param: AlibabaReceiver


class OrderAlibabaCart(Request):
    """Entries of the cart to be ordered [stated for v1]. ``flow``: ``general``, or another kind of sale."""

    flow: Words = "general"
    cart_ids: tuple[NumberId, ...] = Field(min_length=1, max_length=100)
    address_param: AlibabaReceiver
    message: Words | None = None
    shop_promotion_id: Id | None = None
    trade_type: Id | None = None
    user_id: Id | None = None
    staff_name: Words | None = None


class CartEntry(Answer):
    """An entry of a cart. 1688's names are stated; Taobao's are those of the request that adds an entry [inferred]."""

    id: Text = ""
    offer_map_id: Text = ""
    item_map_id: Text = ""
    spec_id: Text = ""
    sku_id: Text = ""
    item_title: Plain = ""
    item_pic: Link = ""
    price: Yuan = None
    promotion_price: Yuan = None
    quantity: Count = None
    amount_on_sale: Count = None
    properties: Any = None
    shop_name: Plain = ""


class CartSeller(Answer):
    """The entries of one seller [stated for 1688]."""

    seller_open_id: Text = ""
    seller_nick_name: Plain = ""
    shop_name: Plain = ""
    cart_item_infos: Rows[CartEntry] = ()


class Cart(Answer):
    """A cart [stated for 1688]. ``disable_list``: entries that can no longer be bought."""

    enable_list: Rows[CartSeller] = ()
    disable_list: Rows[CartSeller] = ()


TAOBAO_PREVIEW = Operation(
    "taobao.cart.preview",
    "Preview an order from the cart",
    "POST",
    "",
    "?",
    TAOBAO,
    PreviewTaobaoCart,
    Many(AlibabaPreview),
    note="nothing is known of the answer: read as 1688's",
)
TAOBAO_ORDER = Operation(
    "taobao.cart.order",
    "Create an order from the cart",
    "POST",
    "/v2/taobao/cart/create/order",
    "I",
    TAOBAO,
    OrderTaobaoCart,
    raw,
    writes=True,
)
TAOBAO_LIST = Operation(
    "taobao.cart.list",
    "Taobao cart",
    "GET",
    "/v2/taobao/cart/list",
    "I",
    TAOBAO,
    Nothing,
    One(Cart),
    note="nothing is known of the path: guessed after 1688's",
)
TAOBAO_DELETE = Operation(
    "taobao.cart.delete", "Delete a cart item", "POST", "", "?", TAOBAO, CartIds, raw, writes=True
)
TAOBAO_ADD = Operation(
    "taobao.cart.add",
    "Add a cart item",
    "POST",
    "/v2/taobao/cart/add",
    "S",
    TAOBAO,
    AddToTaobaoCart,
    raw,
    writes=True,
)
TAOBAO_QUANTITY = Operation(
    "taobao.cart.quantity",
    "Change a cart item's quantity",
    "POST",
    "/v2/taobao/cart/edit-quantity",
    "I",
    TAOBAO,
    CartQuantity,
    raw,
    writes=True,
    note="nothing is known of the path: guessed after 1688's",
)
ALIBABA_LIST = Operation(
    "1688.cart.list", "1688 cart", "GET", "/v2/alibaba/cart/list", "S", ALIBABA, Nothing, One(Cart)
)
ALIBABA_ADD = Operation(
    "1688.cart.add", "Add a cart item", "POST", "", "?", ALIBABA, AddToAlibabaCart, raw, writes=True
)
ALIBABA_DELETE = Operation(
    "1688.cart.delete", "Delete a cart item", "POST", "", "?", ALIBABA, CartIds, raw, writes=True
)
ALIBABA_QUANTITY = Operation(
    "1688.cart.quantity",
    "Change a cart item's quantity",
    "POST",
    "/v2/alibaba/cart/edit-quantity",
    "I",
    ALIBABA,
    CartQuantity,
    raw,
    writes=True,
)
ALIBABA_PREVIEW = Operation(
    "1688.cart.preview",
    "Preview an order from the cart",
    "POST",
    "/v2/alibaba/cart/preview/order",
    "I",
    ALIBABA,
    PreviewAlibabaCart,
    Many(AlibabaPreview),
)
ALIBABA_ORDER = Operation(
    "1688.cart.order",
    "Create an order from the cart",
    "POST",
    "/v2/alibaba/cart/create/order",
    "I",
    ALIBABA,
    OrderAlibabaCart,
    read_orders_1688,
    writes=True,
)

OPERATIONS = (
    TAOBAO_PREVIEW,
    TAOBAO_ORDER,
    TAOBAO_LIST,
    TAOBAO_DELETE,
    TAOBAO_ADD,
    TAOBAO_QUANTITY,
    ALIBABA_LIST,
    ALIBABA_ADD,
    ALIBABA_DELETE,
    ALIBABA_QUANTITY,
    ALIBABA_PREVIEW,
    ALIBABA_ORDER,
)
