"""``product``: one product in detail, or up to four side by side; and the button that shares it in a channel."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import _, ngettext, use_language
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Button, Command, Feature, HelpGroup, Overview
from handlers.features.goods import product_view
from handlers.features.goods.product_subject import PRODUCT
from handlers.features.goods.product_view import MAX_COMPARED
from handlers.interactions.answering import OK
from handlers.parsing.options import PLATFORMS, read_options
from handlers.parsing.references import read_products
from handlers.parsing.typed_command import text_of
from handlers.parsing.words import Verb
from handlers.wire.requests import ShowProducts
from pandapon.errors import PandaPonError
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from pandapon.products import ProductDetail, ProductRef

SHARED_FOR = timedelta(minutes=10)  # within which a product is not shared in the same channel again
EXAMPLE = "https://detail.1688.com/offer/712345678901.html"


def read_product(command: TypedCommand) -> ShowProducts:
    """Read ``product LINK|ID …``. Raises UsageError."""
    options, words = read_options(command)
    if not words:
        problem = _("Which product? Paste its link, or press Details in a search.")
        raise command.refuse(problem, suggestion="/panda help product")
    chosen = read_products(command, words, options.platform)
    if len(chosen) > MAX_COMPARED:
        problem = ngettext(
            "{most} products can be compared at once, and you named {n}",
            "{most} products can be compared at once, and you named {n}",
            len(chosen),
        ).format(most=MAX_COMPARED, n=len(chosen))
        raise command.refuse(problem, suggestion=text_of(ShowProducts(chosen[:MAX_COMPARED])))
    return ShowProducts(chosen)


async def show_products(interaction: Interaction, request: ShowProducts) -> Message:
    """Show one product, or several side by side. Raises PandaPonError where none can be shown."""
    answers = await asyncio.gather(
        *(interaction.ctx.api.find_product(product) for product in request.products), return_exceptions=True
    )
    shown, missing = [], {}
    for product, answer in zip(request.products, answers, strict=True):
        if isinstance(answer, PandaPonError):
            missing[product] = answer
        elif isinstance(answer, BaseException):
            raise answer
        else:
            shown.append(answer)
    if not shown:
        raise next(iter(missing.values()))
    if len(request.products) == 1:
        gate = interaction.ctx.gate
        may_add, may_order = gate.allows(WriteScope.CART), gate.allows(WriteScope.ORDERS)
        return product_view.page(shown[0], may_add=may_add, may_order=may_order)
    return product_view.compared(shown, missing)


async def share(interaction: Interaction, chosen: ProductRef) -> Message:
    """Show a product to the whole channel, as PandaPon describes it now.

    A second press within ``SHARED_FOR`` posts nothing. The response URL posts even where the bot is not a member; the
    bot posts by itself where Slack refuses that. Raises PandaPonError, and SlackApiError where Slack refuses both.
    """
    product = await interaction.ctx.api.find_product(chosen)
    store, now, turn = interaction.ctx.store.writes, interaction.ctx.clock(), f"share:{interaction.channel}:{chosen}"
    if not await store.take_turn(now, turn, interaction.user, now + SHARED_FOR):
        return product_view.already_shared(SHARED_FOR)
    try:
        return await _post(interaction, product)
    except Exception:
        await store.end_turn(turn, interaction.user)
        raise


async def _post(interaction: Interaction, product: ProductDetail) -> Message:
    with use_language(interaction.ctx.languages.of(interaction.channel)):  # the whole channel reads it
        message = product_view.shared(product, interaction.user)
    if getattr(interaction.respond, "response_url", None):
        answer = await interaction.respond(
            text=message.text, blocks=message.blocks, response_type="in_channel", replace_original=False
        )
        if answer.status_code == OK:
            return product_view.confirm_share()
    await interaction.client.chat_postMessage(
        channel=interaction.channel, text=message.text, blocks=message.blocks, unfurl_links=False
    )
    return product_view.confirm_share()


def _not_shown(request: ShowProducts) -> str:
    products = ", ".join(code(str(product), 60) for product in request.products)
    return _("Couldn't read {products}").format(products=products)


def _help() -> HelpPage:
    return HelpPage(
        _("Show a product"),
        _(
            "Price, prices by quantity, variants with their stock, seller and pictures of one product, "
            "or up to four products side by side."
        ),
        (
            (f"/panda product {EXAMPLE}", _("by its link")),
            ("/panda product 712345678901 --1688", _("by its ID on one platform")),
            ("/panda product 1688:712345678901 taobao:610947572360", _("two side by side")),
        ),
    )


def _overview() -> list[Example]:
    return [(f"/panda product {EXAMPLE}", _("one product: variants, prices, stock"))]


VERB = Verb("product", ("item", "goods", "商品", "商品详情", "宝贝"), PLATFORMS)

FEATURE = Feature(
    commands=(Command(VERB, read_product, _help),),
    answers=(Answer(ShowProducts, show_products, failed=_not_shown, is_repeatable=True),),
    buttons=(Button(action_ids.SHARE_PRODUCT, PRODUCT, share),),
    overview=Overview(HelpGroup.FIND, _overview),
)
