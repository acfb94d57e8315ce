"""``buy``: the cart with its order buttons, or products that are ordered without the cart."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.text import escape, money, truncate
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.parsing.options import PLATFORMS, read_options
from handlers.parsing.references import read_products, reference
from handlers.parsing.typed_command import text_of
from handlers.parsing.words import Verb
from handlers.wire.requests import BuyProducts, ShowCart
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from pandapon.products import ProductDetail

MOST_PRODUCTS = 4  # of one form
EXAMPLE = "https://detail.1688.com/offer/712345678901.html"
TITLE = 80  # characters


def read_buy(command: TypedCommand) -> BuyProducts | ShowCart:
    """Read ``buy [LINK|ID …]``; without a product, the cart is meant. Raises UsageError."""
    options, words = read_options(command)
    if not words:
        return ShowCart()
    chosen = read_products(command, words, options.platform)
    if len(chosen) > MOST_PRODUCTS:
        problem = ngettext(
            "{most} products can be bought at once, and you named {n}",
            "{most} products can be bought at once, and you named {n}",
            len(chosen),
        ).format(most=MOST_PRODUCTS, n=len(chosen))
        raise command.refuse(problem, suggestion=text_of(BuyProducts(chosen[:MOST_PRODUCTS])))
    return BuyProducts(chosen)


async def buy(interaction: Interaction, request: BuyProducts) -> Message:
    """Show the products, and the button that opens the form. Raises ForbiddenError, and PandaPonError."""
    ctx = interaction.ctx
    await ctx.gate.require(interaction.client, WriteScope.ORDERS, interaction.user, interaction.channel)
    return offer(await asyncio.gather(*(ctx.api.find_product(product) for product in request.products)))


def offer(products: Sequence[ProductDetail]) -> Message:
    """List the products above the button that opens the order form."""
    lines = []
    for product in products:
        price = money(product.price) if product.price is not None else _("price not given")
        title = escape(truncate(product.title, TITLE)) or _("(no title)")
        lines.append(f"• *{title}* · {price} · {platform_name(product.platform)}")
    value = " ".join(str(reference(product)) for product in products)
    note = _("Variant, quantity, address and the review come next. Nothing is ordered yet.")
    button = el.button(_("Order…"), f"{action_ids.BUY_NOW}:1", value, "primary")
    return el.message([el.section("\n".join(lines)), *el.actions([button]), el.context(note)])


def _not_shown(_request: BuyProducts) -> str:
    return _("Couldn't read the products")


def _help() -> HelpPage:
    return HelpPage(
        _("Buy"),
        _(
            "The cart with its Order buttons; or, with links or IDs, up to four products without the cart. A form asks "
            "for the address, shows every seller's shipping and total, and orders once. Paying comes after that."
        ),
        (
            ("/panda buy", _("what is in the cart")),
            (f"/panda buy {EXAMPLE}", _("one product")),
        ),
    )


def _overview() -> list[Example]:
    return [("/panda buy", _("order what is in the cart, or a product by its link"))]


VERB = Verb("buy", ("checkout", "purchase", "下单", "购买"), PLATFORMS)

FEATURE = Feature(
    commands=(Command(VERB, read_buy, _help),),
    answers=(Answer(BuyProducts, buy, failed=_not_shown, is_repeatable=True),),
    overview=Overview(HelpGroup.BUY, _overview),
)
