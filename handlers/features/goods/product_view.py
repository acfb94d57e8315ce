"""One product in detail, several side by side, and one as it is shared with a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.error_messages import platform_error
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.locale_data import number
from handlers.blocks.message import Layout
from handlers.blocks.parts import show_button
from handlers.blocks.people import name
from handlers.blocks.text import code, escape, money, sanitize_id, span, truncate
from handlers.features.goods.facts import price, seller_and_place, title
from handlers.parsing.references import is_named, reference
from handlers.wire.requests import ContactSeller, Discover, ShowProducts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from handlers.blocks.message import Block, Message
    from pandapon.errors import PandaPonError
    from pandapon.products import ProductDetail, ProductRef, Sku

ALT, TITLE = 40, 150  # characters of a picture's description, and of a title
SKUS, TIERS, PICTURES = 12, 5, 6  # that are shown of a product
MAX_COMPARED = 4  # products side by side
COMPARED_SKUS = 4  # that are shown of each product side by side


def page(product: ProductDetail, *, may_add: bool = False, may_order: bool = False) -> Message:
    """Show one product: price, prices by quantity, variants with their stock, seller, pictures.

    ``may_add``: the cart may be changed. ``may_order``: orders may be made.
    """
    layout = Layout(
        [el.header(truncate(product.title, TITLE) or _("(no title)")), _summary(product)],
        tail=[el.context(_footer(product)), *el.actions(_buttons(product, may_add=may_add, may_order=may_order))],
    )
    if product.translated_title and product.translated_title != product.title:
        layout.add(el.section(escape(truncate(product.translated_title, TITLE))))
    if words := _tiers(product):
        layout.add(el.section(words))
    if product.skus:
        layout.add(el.section("\n".join(_variants(product, SKUS))))
    return el.message(layout.blocks, whole=str(reference(product)))


def compared(products: Sequence[ProductDetail], missing: Mapping[ProductRef, PandaPonError]) -> Message:
    """Show products side by side, the same facts in the same order. ``missing``: why others cannot be shown."""
    n = len(products)
    heading = ngettext("Comparing {n} product", "Comparing {n} products", n).format(n=n)
    buttons = [_details(product, at) for at, product in enumerate(products, 1) if is_named(product)]
    layout = Layout([el.header(heading)], tail=el.actions(buttons))
    for at, product in enumerate(products, 1):
        lines = [f"*{at}. {title(product)}*", price(product), " · ".join(_stock(product)), _tiers(product)]
        lines += _variants(product, COMPARED_SKUS)
        layout.add(el.section("\n".join(line for line in lines if line), _picture(product)))
    for product_ref, error in missing.items():
        words = _("⚠️ {id}: {error}").format(id=code(str(product_ref)), error=platform_error(error))
        layout.add(el.section(words))
    return el.message(layout.blocks)


def shared(product: ProductDetail, user: str) -> Message:
    """Show a product to a channel. ``user``: the id of the person who shares it, who is named and not notified."""
    lines = [f"*{title(product)}*", price(product), " · ".join(_stock(product)), _tiers(product)]
    text = "\n".join(line for line in lines if line)
    return el.message(
        [
            el.section(text, _picture(product)),
            el.context(_("Shared by {user}").format(user=name(user)), _footer(product)),
            *el.actions([_details(product, 0)] if is_named(product) else []),
        ]
    )


def confirm_share() -> Message:
    """Tell the person who shared a product that it is done."""
    return el.message([el.section(_("📣 Shared here with everybody."))])


def already_shared(within: timedelta) -> Message:
    """Tell a person that nothing was posted, since the product was shared in the channel a short while ago."""
    words = _("📣 This was shared here less than {span} ago, so it was not posted again.")
    return el.message([el.section(words.format(span=span(within)))])


def _summary(product: ProductDetail) -> Block:
    lines = [price(product), " · ".join(_stock(product))]
    return el.section("\n".join(line for line in lines if line), _picture(product))


def _stock(product: ProductDetail) -> list[str]:
    stock = [_("{n} in stock").format(n=number(product.stock))] if product.stock is not None else []
    return [*stock, *seller_and_place(product)]


def _tiers(product: ProductDetail) -> str:
    """The prices by quantity, where there is more than one."""
    if len(product.tiers) < 2:  # noqa: PLR2004  a single tier is the price itself
        return ""
    tiers = product.tiers[:TIERS]
    return " · ".join(_("from {n}: {price}").format(n=number(tier.quantity), price=money(tier.price)) for tier in tiers)


def _variants(product: ProductDetail, most: int) -> list[str]:
    lines = [_variant(product, sku) for sku in product.skus[:most]]
    if (hidden := len(product.skus) - most) > 0:
        lines.append(ngettext("and {n} more variant", "and {n} more variants", hidden).format(n=number(hidden)))
    return lines


def _variant(product: ProductDetail, sku: Sku) -> str:
    stock = ""
    if sku.stock is not None:
        stock = _("{n} left").format(n=number(sku.stock)) if sku.stock > 0 else _("sold out")
    cost = money(sku.price) if sku.price is not None and sku.price != product.price else ""
    words = escape(truncate(sku.variant, 60)) or code(sku.sku_id)
    return "• " + " · ".join(part for part in (words, cost, stock) if part)


def _picture(product: ProductDetail) -> Block | None:
    return el.image(product.pictures[0], product.title[:ALT]) if product.pictures else None


def _footer(product: ProductDetail) -> str:
    links = [el.link(address, str(at)) for at, address in enumerate(product.pictures[:PICTURES], 1)]
    parts = [
        platform_name(product.platform),
        el.link(product.url, _("Open the product")) if product.url else "",
        _("pictures: {links}").format(links=" ".join(links)) if len(links) > 1 else "",
        f"`{sanitize_id(product.product_id, 80)}`",
    ]
    return " · ".join(part for part in parts if part)


def _buttons(product: ProductDetail, *, may_add: bool, may_order: bool) -> list[Block]:
    if not is_named(product):
        return []
    buttons = []
    if may_add:
        buttons.append(
            el.button(_("Add to cart"), f"{action_ids.ADD_TO_CART}:1", str(reference(product)), style="primary")
        )
    if may_order:
        buttons.append(el.button(_("Buy now"), f"{action_ids.BUY_NOW}:1", str(reference(product))))
    buttons += [el.button(_("Share in channel"), f"{action_ids.SHARE_PRODUCT}:1", str(reference(product)))]
    buttons.append(show_button(_("Message the seller"), 3, ContactSeller(reference(product))))
    if product.seller_id:  # only 1688 gives the seller's id, and only 1688 has a list of similar products
        of_seller, similar = Discover("store", product.seller_id), Discover("similar", product.product_id)
        buttons.append(el.button(_("More from this seller"), f"{action_ids.SHOW}1", of_seller.command()))
        buttons.append(el.button(_("Similar products"), f"{action_ids.SHOW}2", similar.command()))
    abroad = el.button(_("Freight abroad"), f"{action_ids.ESTIMATE_FREIGHT}:1", str(reference(product)))
    return [*buttons, abroad]


def _details(product: ProductDetail, at: int) -> Block:
    label = _("Details {n}").format(n=at) if at else _("Details")
    return el.button(label, f"{action_ids.SHOW}{at + 1}", ShowProducts((reference(product),)).command())
