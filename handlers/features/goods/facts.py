"""The facts of a product in words: its title, price and seller. Search results and single products share them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.locale_data import number
from handlers.blocks.text import escape, money, truncate
from handlers.wire.text import number_of
from pandapon.products import ProductDetail

if TYPE_CHECKING:
    from pandapon.models import Product

TITLE, SELLER, PLACE = 80, 24, 20  # characters that are shown of each
COUNT_DIGITS = 14  # of a count of sales, at most


def title(product: Product | ProductDetail) -> str:
    """The title as Slack text, which links to the product where its address is known."""
    return el.link(product.url, truncate(product.title, TITLE) or _("(no title)"))


def price(product: Product | ProductDetail) -> str:
    """The price, the minimum order and the sales, as Slack text."""
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
    # Where the price falls with the quantity, ``price`` is the lowest one, which the minimum order does not get.
    is_lowest = isinstance(product, ProductDetail) and len({tier.price for tier in product.tiers}) > 1
    return _("from {price}").format(price=cost) if is_lowest else cost


def seller_and_place(product: Product | ProductDetail) -> list[str]:
    """The seller and the place, each where it is known, as Slack text."""
    parts = escape(truncate(product.seller, SELLER)), escape(truncate(product.place, PLACE))
    return [part for part in parts if part]


def _sold(sold: str) -> str:
    if not sold:
        return ""
    count = number_of(sold, COUNT_DIGITS)
    return _("{number} sold").format(number=escape(truncate(sold, 30)) if count is None else number(count))
