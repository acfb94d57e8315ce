"""Adding a product to the cart: its variants, the price of a quantity, and the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.forms import GROUP, Choice, grouped_select, select
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.locale_data import number
from handlers.blocks.text import plain, truncate
from handlers.wire.errors import RequestError
from handlers.writing.cart_changes import Variant
from handlers.writing.plans import Plan
from pandapon import carts
from pandapon.products import Sku, piece_price
from tracking.changes.cart import CartChange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Block
    from pandapon.carts import CartLine
    from pandapon.products import ProductDetail

VARIANTS = 2000  # variants in a menu
MOST = 1_000_000  # pieces of one line that PandaPon takes


def variants(product: ProductDetail) -> Sequence[Sku]:
    """The variants of a product; for a product without variants, one without a name."""
    return product.skus or (Sku(price=product.price, stock=product.stock),)


def variant_menu(product: ProductDetail, chosen: int) -> Block:
    """A menu of a product's variants with their stock. Each value is the variant's position in ``product.skus``."""
    choices = [Choice(str(at), _named(sku)) for at, sku in enumerate(product.skus[:VARIANTS])]
    if len(choices) <= GROUP:
        return select(choices, str(chosen))
    return grouped_select([(_("Variants"), choices)], str(chosen))


def _named(sku: Sku) -> str:
    # A choice is plain text, which notifies nobody; "<" is disarmed for other readers of the payload.
    words = truncate(plain(sku.variant), 50).replace("<", "＜") or sku.sku_id or _("(without a name)")
    if sku.stock is None:
        return words
    left = _("{n} left").format(n=number(sku.stock)) if sku.stock > 0 else _("sold out")
    return f"{words} · {left}"


def variant_of(product: ProductDetail, sku: Sku) -> Variant:
    """The variant in the form by which its entries in a cart are found."""
    return Variant(product.platform, product.product_id, sku.sku_id, sku.spec_id)


def same_variant(product: ProductDetail, sku_id: str, spec_id: str) -> Sku | None:
    """The variant with these ids in a product that was read again; None: the variant is gone."""
    if not sku_id and not spec_id:
        return variants(product)[0] if not product.skus else None
    return next(
        (sku for sku in product.skus if (sku_id and sku.sku_id == sku_id) or (spec_id and sku.spec_id == spec_id)),
        None,
    )


def piece_fen(product: ProductDetail, sku: Sku, quantity: int) -> int | None:
    """The price in fen of one piece when ``quantity`` pieces are bought; None: it is not known."""
    price = piece_price(product, sku, quantity)
    return carts.fen(price) if price is not None else None


def wrong_quantity(product: ProductDetail, sku: Sku, quantity: int | None) -> str:
    """The sentence that says why this quantity cannot be bought; empty: it can. ``quantity`` None: not a number."""
    least = product.min_quantity or 1
    if quantity is None or quantity < 1:
        return _("Write a whole number, such as {n}.").format(n=least)
    if quantity < least:
        return _("The minimum order is {n}.").format(n=number(least))
    if quantity > MOST:
        return _("That is too many: {n} at most.").format(n=number(MOST))
    if sku.stock is not None and quantity > sku.stock:
        words = ngettext("Only {n} piece is left.", "Only {n} pieces are left.", sku.stock)
        return words.format(n=number(sku.stock)) if sku.stock > 0 else _("This variant is sold out.")
    return ""


def plan_addition(product: ProductDetail, sku: Sku, quantity: int, lines: Sequence[CartLine]) -> Plan:
    """Plan to add pieces to a cart. ``lines``: the cart as it is now.

    Raises RequestError if PandaPon's description of the product lacks the ids that its cart needs.
    """
    before = variant_of(product, sku).pieces(lines)
    change = CartChange(
        product.platform,
        product.product_id,
        sku.sku_id,
        sku.spec_id,
        product.title,
        sku.variant,
        before,
        before + quantity,
    )
    piece = piece_fen(product, sku, before + quantity)
    amount = None if piece is None else piece * quantity
    try:
        return Plan(carts.addition(product, sku, quantity), change, amount)
    except ValueError as error:  # pydantic's: ids that the interface wants are missing
        words = _("PandaPon's description of this product lacks what its cart needs, so nothing was done.")
        raise RequestError(words) from error
