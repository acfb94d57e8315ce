"""``seller``: how the seller of a product or of an order is reached, and a message to copy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.blocks.addresses import order_page
from handlers.blocks.error_messages import platform_error
from handlers.blocks.help_page import ID, HelpPage
from handlers.blocks.i18n import _
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.features.goods import seller_view
from handlers.features.goods.product import EXAMPLE
from handlers.features.goods.seller_view import Contact
from handlers.parsing.options import PLATFORMS, read_options
from handlers.parsing.references import read_reference
from handlers.parsing.targets import one_id
from handlers.parsing.words import Verb
from handlers.posts import seller_message
from handlers.wire.requests import ContactSeller
from pandapon.errors import PandaPonError
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.context import Context
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from pandapon.products import ProductDetail, ProductRef
    from pandapon.sellers import OrderSeller


def read_seller(command: TypedCommand) -> ContactSeller:
    """Read ``seller LINK|PRODUCT|ORDER``. A bare number is an order's id. Raises UsageError."""
    options, words = read_options(command)
    if len(words) == 1 and not words[0].text.isdecimal():
        product = read_reference(words[0].target or words[0].text)
        if product is not None and product.platform is not None:
            return ContactSeller(product)
    return ContactSeller(order_id=one_id(command, words, waybills=False), platform=options.platform)


async def contact_seller(interaction: Interaction, request: ContactSeller) -> Message:
    """Show the chat name or the link to the chat, as far as the platform gives them, and a message to copy.

    Where the chat cannot be read, the answer says so beside the message. Raises PandaPonError for an unknown product,
    and the errors of ``Tracker.lookup`` for an unknown order.
    """
    if request.product:
        return await _of_product(interaction, request.product)
    return await _of_order(interaction, request)


async def _of_product(interaction: Interaction, product: ProductRef) -> Message:
    detail = await interaction.ctx.api.find_product(product)
    contact = await _contact(interaction.ctx, detail.platform, detail.seller_id, detail.product_id)
    contact = replace(contact, seller=detail.seller, page=detail.url)
    return seller_view.contact(contact, seller_message.about_product(detail))


async def _of_order(interaction: Interaction, request: ContactSeller) -> Message:
    ctx = interaction.ctx
    snapshot = await ctx.tracker.lookup(request.order_id, request.platform)
    alarms = await ctx.store.alarms.of_orders([snapshot.ref.key])
    message = seller_message.about_order(snapshot, alarms.get(snapshot.ref.key), ctx.clock())
    try:
        seller = await ctx.api.order_seller(snapshot.ref)
        contact = await _contact_of_order(ctx, snapshot.ref.platform, seller)
    except PandaPonError as error:
        contact = Contact(snapshot.ref.platform, problem=platform_error(error))
    shop = snapshot.order.seller if snapshot.order else ""
    contact = replace(contact, seller=shop, page=order_page(snapshot.ref))
    return seller_view.contact(contact, message, order=snapshot.ref)


async def _contact_of_order(ctx: Context, platform: Platform, seller: OrderSeller) -> Contact:
    """How an order's seller is reached. Raises PandaPonError where that needs the product, and it cannot be read."""
    if seller.login:
        return Contact(platform, name=seller.login)
    seller_id = seller.open_id
    if platform is Platform.ALIBABA and not seller_id and seller.product_id:
        product: ProductDetail = await ctx.api.product(platform, seller.product_id)
        seller_id = product.seller_id
    return await _contact(ctx, platform, seller_id, seller.product_id)


async def _contact(ctx: Context, platform: Platform, seller_id: str, product_id: str) -> Contact:
    """Ask PandaPon for the chat: its name on 1688; its link on Taobao, if the settings have the account's login.

    A failure becomes the contact's ``problem``.
    """
    try:
        if platform is Platform.ALIBABA:
            return Contact(platform, name=await ctx.api.chat_name(seller_id, product_id) if seller_id else "")
        if ctx.chat_login is None:
            return Contact(platform, needs_login=True)
        if not product_id:
            return Contact(platform)
        password = ctx.chat_login.password.get_secret_value()
        return Contact(platform, link=await ctx.api.chat_link(ctx.chat_login.name, password, product_id))
    except PandaPonError as error:
        return Contact(platform, problem=platform_error(error))


def _not_shown(request: ContactSeller) -> str:
    named = code(str(request.product or request.order_id), 60)
    return _("Couldn't find the seller of {id}").format(id=named)


def _help() -> HelpPage:
    return HelpPage(
        _("Message the seller"),
        _(
            "Shows how the seller of an order or product is reached, and a message in Chinese to copy: the Wangwang "
            "name on 1688, the link to the chat on Taobao if your pandabot admin set it up."
        ),
        (
            (f"/panda seller {ID}", _("of an order")),
            (f"/panda seller {EXAMPLE}", _("of a product")),
        ),
    )


def _overview() -> list[Example]:
    return [(f"/panda seller {ID}", _("chat name of a seller, and a message to copy"))]


VERB = Verb("seller", ("contact", "wangwang", "联系卖家", "联系商家", "卖家", "商家", "旺旺", "客服"), PLATFORMS)

FEATURE = Feature(
    commands=(Command(VERB, read_seller, _help),),
    answers=(Answer(ContactSeller, contact_seller, failed=_not_shown, is_repeatable=True),),
    overview=Overview(HelpGroup.FIND, _overview),
)
