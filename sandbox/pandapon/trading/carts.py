"""The carts of both platforms."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from pandapon.shipment import Platform
from sandbox.pandapon.refusals import RefusedError
from sandbox.pandapon.trading import products
from sandbox.pandapon.trading.account import CartEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.pandapon.trading.account import Account
    from sandbox.pandapon.trading.fields import Fields
    from sandbox.pandapon.trading.products import Sku

Json = dict[str, Any]
MOST = 200  # entries of a cart


def listing(account: Account, _fields: Fields, platform: Platform) -> Json:
    """The entries by seller; an entry without enough stock is disabled [stated for 1688, inferred for Taobao]."""
    entries = sorted(account.carts[platform].values(), key=lambda entry: (entry.sku.goods.seller, entry.number))
    able = [entry for entry in entries if account.stock(entry.sku) >= entry.quantity]
    return {
        "enableList": _sellers(account, able),
        "disableList": _sellers(account, [entry for entry in entries if entry not in able]),
    }


def add_1688(account: Account, fields: Fields) -> int:
    """Add a product, and answer with its id in the cart [inferred]."""
    which = "specId" if "specId" in fields else "skuId"
    quantity = fields.quantity()
    sku = products.variant_of(account, Platform.ALIBABA, fields.id("offerMapId"), fields.id(which))
    return _add(account, Platform.ALIBABA, sku, quantity)


def add_taobao(account: Account, fields: Fields) -> int:
    """Add a product [stated]. The price that the client sends must still be the product's price."""
    sku = products.variant_of(account, Platform.TAOBAO, fields.id("itemMapId"), fields.id("skuId"))
    for name in ("mpId", "mpSkuId"):
        fields.id(name)
    fields.words("itemTitle")
    if fields.yuan("price") != sku.goods.price:
        raise RefusedError("PRICE_CHANGED", "商品价格已变动")
    return _add(account, Platform.TAOBAO, sku, fields.quantity())


def set_quantity(account: Account, fields: Fields, platform: Platform) -> bool:
    """Change the quantity of an entry."""
    entry = _entry(account, platform, fields.id("id"))
    quantity = fields.quantity()
    _check(account, entry.sku, quantity)
    entry.quantity = quantity
    return True


def delete(account: Account, fields: Fields, platform: Platform) -> bool:
    """Remove entries. If one is unknown, the call is refused and none is removed."""
    entries = [_entry(account, platform, number) for number in fields.ids("ids")]
    for entry in entries:
        account.carts[platform].pop(entry.number, None)
    return True


def chosen(account: Account, platform: Platform, ids: Sequence[str]) -> list[CartEntry]:
    """Return the entries with these ids. Raises RefusedError for an unknown entry, or one without enough stock."""
    entries = [_entry(account, platform, number) for number in dict.fromkeys(ids)]
    for entry in entries:
        account.require_stock(entry.sku, entry.quantity)
    return entries


def _entry(account: Account, platform: Platform, number: str) -> CartEntry:
    entry = account.carts[platform].get(int(number)) if number.isdecimal() else None
    if entry is None:
        raise RefusedError("404", "购物车商品不存在")
    return entry


def _add(account: Account, platform: Platform, sku: Sku, quantity: int) -> int:
    """Add to the entry of the same variant if there is one, as the platforms' own carts do. Returns its id."""
    cart = account.carts[platform]
    entry = next((entry for entry in cart.values() if entry.sku.sku_id == sku.sku_id), None)
    _check(account, sku, quantity + (entry.quantity if entry else 0))
    if entry is None:
        if len(cart) >= MOST:
            raise RefusedError("CART_FULL", "购物车已满")
        entry = cart.setdefault(number := account.next_number(), CartEntry(number, sku, 0))
    entry.quantity += quantity
    return entry.number


def _check(account: Account, sku: Sku, quantity: int) -> None:
    if quantity < (least := products.minimum(sku.goods)):
        raise RefusedError("BELOW_MINIMUM", f"低于起订量 {least} 件")
    account.require_stock(sku, quantity)


def _sellers(account: Account, entries: Sequence[CartEntry]) -> list[Json]:
    return [
        {
            "sellerOpenId": products.seller_id(seller),
            "sellerNickName": seller,
            "cartItemInfos": [_row(account, entry) for entry in group],
        }
        for seller, group in groupby(entries, key=lambda entry: entry.sku.goods.seller)
    ]


def _row(account: Account, entry: CartEntry) -> Json:
    goods = entry.sku.goods
    name = "offerMapId" if goods.platform is Platform.ALIBABA else "itemMapId"
    return {
        "id": entry.number,
        name: goods.product_id,
        "specId": entry.sku.spec_id,
        "skuId": int(entry.sku.sku_id),
        "itemTitle": goods.title,
        "itemPic": f"{account.pictures}/img/{goods.product_id}.png",
        "price": str(products.price(goods, entry.quantity)),
        "quantity": entry.quantity,
        "amountOnSale": account.stock(entry.sku),
        "properties": entry.sku.variant,
    }
