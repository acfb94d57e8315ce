"""The carts of both platforms as one kind of line, and the requests that change them."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from pandapon.operations import cart
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from pandapon.operations.cart import Cart, CartEntry, CartSeller
    from pandapon.operations.operation import Operation
    from pandapon.operations.requests import Nothing, Request
    from pandapon.products import ProductDetail, Sku

Call = tuple["Operation[Any, Any]", "Request"]

LIST: dict[Platform, Operation[Nothing, Cart]] = {
    Platform.ALIBABA: cart.ALIBABA_LIST,
    Platform.TAOBAO: cart.TAOBAO_LIST,
}
ADD: dict[Platform, Operation[Any, Any]] = {Platform.ALIBABA: cart.ALIBABA_ADD, Platform.TAOBAO: cart.TAOBAO_ADD}
QUANTITY: dict[Platform, Operation[Any, Any]] = {
    Platform.ALIBABA: cart.ALIBABA_QUANTITY,
    Platform.TAOBAO: cart.TAOBAO_QUANTITY,
}
DELETE: dict[Platform, Operation[Any, Any]] = {
    Platform.ALIBABA: cart.ALIBABA_DELETE,
    Platform.TAOBAO: cart.TAOBAO_DELETE,
}


class CartLine(BaseModel):
    """One entry of a cart. Every field but platform and id may be empty."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    platform: Platform
    entry_id: str
    product_id: str = ""
    sku_id: str = ""
    spec_id: str = ""  # 1688 only
    title: str = ""
    variant: str = ""  # e.g. "红色 / M"
    price: Decimal | None = None  # yuan, of a piece
    quantity: int = 0  # pieces; 0: unknown, or not a whole number
    stock: int | None = None
    seller: str = ""
    is_enabled: bool = True  # whether the entry can still be bought

    def is_of(self, product_id: str, sku_id: str, spec_id: str = "") -> bool:
        """Whether the entry holds this variant. A product without variants has neither sku id nor spec id."""
        if sku_id or spec_id:
            return bool(sku_id and sku_id == self.sku_id) or bool(spec_id and spec_id == self.spec_id)
        return product_id == self.product_id


def fen(yuan: Decimal) -> int:
    """Return an amount of yuan in whole fen, rounded half up. Amounts are compared as fen, never as fractions."""
    return int((yuan * 100).to_integral_value(ROUND_HALF_UP))


def lines_of(platform: Platform, answer: Cart) -> tuple[CartLine, ...]:
    """Return the entries of a cart, seller by seller; entries that cannot be bought any more come last."""
    lists = ((answer.enable_list, True), (answer.disable_list, False))
    return tuple(
        _line(platform, seller, entry, is_enabled=is_enabled)
        for sellers, is_enabled in lists
        for seller in sellers
        for entry in seller.cart_item_infos
        if entry.id
    )


def addition(product: ProductDetail, sku: Sku, quantity: int) -> Call:
    """Return the call that adds pieces of a variant. Raises ValueError for ids or amounts that cannot be sent."""
    operation = ADD[product.platform]
    if product.platform is Platform.ALIBABA:
        named = {"spec_id": sku.spec_id or None, "sku_id": sku.sku_id or None}
        return operation, cart.AddToAlibabaCart(offer_map_id=product.product_id, quantity=quantity, **named)
    price = sku.price if sku.price is not None else product.price
    return operation, cart.AddToTaobaoCart(
        item_map_id=product.product_id,
        sku_id=sku.sku_id or None,
        mp_id=product.mp_id,
        mp_sku_id=sku.mp_sku_id,
        item_title=product.title,
        item_pic=next(iter(product.pictures), None),
        price=price if price is not None else Decimal(),
        quantity=quantity,
        sku_quantity=sku.stock,
    )


def new_quantity(line: CartLine, quantity: int) -> Call:
    """Return the call that sets an entry's quantity. Raises ValueError for an id that cannot be sent."""
    return QUANTITY[line.platform], cart.CartQuantity(id=line.entry_id, quantity=quantity)


def removal(line: CartLine) -> Call:
    """Return the call that removes an entry. Raises ValueError for an id that cannot be sent."""
    return DELETE[line.platform], cart.CartIds(ids=(line.entry_id,))


def _line(platform: Platform, seller: CartSeller, entry: CartEntry, *, is_enabled: bool) -> CartLine:
    return CartLine(
        platform=platform,
        entry_id=entry.id,
        product_id=entry.offer_map_id or entry.item_map_id,
        sku_id=entry.sku_id,
        spec_id=entry.spec_id,
        title=entry.item_title,
        variant=_variant(entry.properties),
        price=entry.promotion_price if entry.promotion_price is not None else entry.price,
        quantity=entry.quantity or 0,
        stock=entry.amount_on_sale,
        seller=seller.shop_name or seller.seller_nick_name or entry.shop_name or seller.seller_open_id,
        is_enabled=is_enabled,
    )


def _variant(properties: Any) -> str:
    """The variant in words: a text, or an object of names and values, which may come as JSON text [inferred]."""
    if isinstance(properties, str) and properties[:1] == "{":
        try:
            properties = json.loads(properties)
        except ValueError:
            return str(properties)
    if isinstance(properties, dict):
        return " / ".join(str(value) for value in properties.values() if value)
    return properties if isinstance(properties, str) else ""
