"""The lines of an order with the ids of product and variant, which the warehouse's operations require [stated]."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from pandapon.fields import first, money, number, text, words
from pandapon.shapes import items, mapping, texts, unwrapped
from pandapon.shipment import Platform
from pandapon.taobao import sub_orders

if TYPE_CHECKING:
    from pandapon.operations.answers import Amounts

CENT = Decimal("0.01")


class OrderLine(BaseModel):
    """One line of an order. Every field may be empty: the upstream sends nulls freely."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    product_id: str = ""
    sku_id: str = ""
    title: str = ""
    variant: str = ""  # e.g. "红色 / M"
    quantity: int = 0  # pieces; 0: unknown, or not a whole number
    price: Decimal | None = None  # yuan, of a piece, rounded to fen
    image_url: str = ""
    waybills: tuple[str, ...] = ()  # Taobao names the waybills of each line, 1688 only those of the order

    @property
    def can_be_shipped(self) -> bool:
        """Whether the line has all that a shipment abroad must name [stated]: ids, quantity and price."""
        return bool(self.product_id and self.sku_id and self.quantity and self.price is not None)


def lines_of(platform: Platform, data: Any, amounts: Amounts) -> tuple[OrderLine, ...]:
    """Read the lines in the ``data`` of an order's detail.

    ``amounts``: the unit of Taobao's amounts; 1688's are always yuan. Raises nothing: an odd value is empty.
    """
    order = unwrapped(data)
    if platform is Platform.ALIBABA:
        return tuple(_alibaba(row) for row in items(order.get("productItems")))
    return tuple(_taobao(row, fen=amounts == "fen") for row in sub_orders(order))


def _alibaba(row: dict[str, Any]) -> OrderLine:
    """A line of 1688. ``productID`` and ``skuID`` are the upstream's names [upstream], the others are inferred."""
    images = texts(row.get("productImgUrl"))
    quantity = _pieces(row)
    return OrderLine(
        product_id=text(row, "offerMapId", "productID", "productId", "offerId"),
        sku_id=text(row, "skuID", "skuId"),
        title=words(row, "name", "productName", "subject"),
        variant=" / ".join(value for sku in items(row.get("skuInfos")) if (value := words(sku, "value"))),
        quantity=quantity,
        price=_piece_price(money(row, "price"), money(row, "itemAmount"), quantity),
        image_url=images[0] if images else "",
    )


def _taobao(row: dict[str, Any], *, fen: bool) -> OrderLine:
    """A line of Taobao. Its names are the upstream's in two spellings [inferred]."""
    sku = mapping(first(row, "skuInfo", "sku_info"))
    quantity = _pieces(row)
    amount = money(row, "totalPrice", "purchaseAmount", "productAmount", "product_amount", fen=fen)
    parcels = items(first(row, "logisticOrders", "logistic_orders"))
    numbers = (text(parcel, "logisticNumber", "logistic_number") for parcel in parcels)
    return OrderLine(
        product_id=text(row, "itemMapId", "itemId", "item_id"),
        sku_id=text(row, "skuId", "sku_id"),
        title=words(row, "title", "itemTitle"),
        variant=words(mapping(first(sku, "skuPv", "sku_pv")), "zh", "en"),
        quantity=quantity,
        price=_piece_price(None, amount, quantity),
        image_url=text(sku, "skuImgUrl", "sku_img_url"),
        waybills=tuple(dict.fromkeys(waybill for waybill in numbers if waybill)),
    )


def _pieces(row: dict[str, Any]) -> int:
    quantity = number(row.get("quantity"))
    return int(quantity) if quantity is not None and quantity > 0 and quantity == int(quantity) else 0


def _piece_price(price: Decimal | None, amount: Decimal | None, quantity: int) -> Decimal | None:
    """The price of a piece: from the line's amount, off which discounts are taken; without one, the stated price."""
    if amount is not None and quantity:
        price = amount / quantity
    return price.quantize(CENT, ROUND_HALF_UP) if price is not None and price >= 0 else None
