"""The facts of a product in words: its title, price and seller. Search results and single products share them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.locale_data import number
from handlers.blocks.text import escape, money, truncate
from pandapon.products import ProductDetail

if TYPE_CHECKING:
    from pandapon.models import Product

TITLE, SELLER, PLACE = 80, 24, 20  # characters of each that are shown
COUNT_DIGITS = 14  # a longer number is no count of sales


def title(product: Product | ProductDetail) -> str:
    """The title, around a link to the product where its address is known."""
    return el.link(product.url, truncate(product.title, TITLE) or _("(no title)"))


def price(product: Product | ProductDetail) -> str:
    """The price, the least quantity and the sales."""
    parts = [
        _cost(product),
        _("minimum order {n}").format(n=number(least)) if (least := product.min_quantity or 1) > 1 else "",
        _sold(product.sold),
    ]
    return " · ".join(part for part in parts if part)


def _cost(product: Product | ProductDetail) -> str:
    if product.price is None:
        return _("price not given")
    cost = f"*{money(product.price)}*"
    # The price of a product whose price falls with the quantity is its lowest, which the least quantity does not get.
    falls = isinstance(product, ProductDetail) and len({tier.price for tier in product.tiers}) > 1
    return _("from {price}").format(price=cost) if falls else cost


def facts(product: Product | ProductDetail) -> list[str]:
    """The seller and the place, where they are known."""
    parts = escape(truncate(product.seller, SELLER)), escape(truncate(product.place, PLACE))
    return [part for part in parts if part]


def _sold(sold: str) -> str:
    if not sold:
        return ""
    is_count = sold.isascii() and sold.isdigit() and len(sold) <= COUNT_DIGITS
    return _("{number} sold").format(number=number(int(sold)) if is_count else escape(truncate(sold, 30)))
