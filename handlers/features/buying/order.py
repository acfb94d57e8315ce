"""The form that orders the cart, or products without it: fill in, review, confirm, done. It orders once."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject, claimed
from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.error_messages import platform_error
from handlers.blocks.i18n import _
from handlers.blocks.write_words import DONE, outcome_words
from handlers.commands.declarations import Listener
from handlers.features.buying import order_view
from handlers.features.buying.acts import pay_button
from handlers.features.buying.buy import MOST_PRODUCTS
from handlers.features.buying.new_order_watches import NewOrderWatches, watch_new_orders
from handlers.features.buying.order_creation import OrderCreator, sellers_without_call, started_writes
from handlers.features.buying.order_fields import read_order, with_fields
from handlers.features.buying.quote import chosen_line, known_total, quote
from handlers.parsing.references import read_reference
from handlers.wire import payloads
from handlers.wire.errors import OutdatedError, RequestError
from handlers.wire.text import number_of
from handlers.writing.approval_check import Deed, check_approval
from handlers.writing.flows import own_flow
from handlers.writing.plans import new_id
from handlers.writing.receivers import address_choices, fingerprints_of, saved_addresses
from handlers.writing.steps import Done, Goto, Step
from handlers.writing.wizard import Wizard
from pandapon.errors import ApiError
from pandapon.purchases import by_seller
from pandapon.shipment import Platform
from tracking.flows import Ordering, ShownCart
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.features.buying.order_fields import FilledOrder
    from handlers.interactions.interaction import Interaction
    from handlers.writing.plans import Outcome
    from handlers.writing.receivers import SavedAddress
    from pandapon.products import ProductRef
    from tracking.flows import Flow

NAME = "order"
MOST_LINES = 100  # of one form, and so of one call
MOST_SELLERS = 30  # of one form: its pages show all of them
POSITION_DIGITS = 3  # of a line's position in the cart that was shown, at most


# --- fill -------------------------------------------------------------------------------------------------------------


async def from_cart(interaction: Interaction, flow: Flow, at: int | None) -> Goto:
    """Begin with the cart as it is now. ``at``: the position of a line, to order from its seller alone.

    Raises RequestError for a cart without lines that can be ordered, or with too many, and PandaPonError.
    """
    shown = flow.content
    assert isinstance(shown, ShownCart)
    seller = (shown.lines[at].platform, shown.lines[at].seller) if at is not None else None
    platforms = [seller[0]] if seller else list(Platform)
    ctx = interaction.ctx
    carts, saved = await asyncio.gather(
        asyncio.gather(*(ctx.api.cart(platform) for platform in platforms)), saved_addresses(ctx)
    )
    every = [line for cart in carts for line in cart]
    lines = tuple(line for line in every if line.is_enabled and seller in {None, (line.platform, line.seller)})
    if not lines:
        raise RequestError(_("There is nothing in the cart that can be ordered."))
    if len(lines) > MOST_LINES or len(by_seller(lines)) > MOST_SELLERS:
        raise RequestError(
            _("That is too much for one order. Order from one seller at a time: press the button beside it.")
        )
    return _begin(Ordering(lines), saved)


async def from_products(interaction: Interaction, products: Sequence[ProductRef]) -> Goto:
    """Begin with products, without the cart. Raises PandaPonError."""
    ctx = interaction.ctx
    reading = (ctx.api.product(ref.platform or Platform.ALIBABA, ref.product_id) for ref in products)
    details, saved = await asyncio.gather(asyncio.gather(*reading), saved_addresses(ctx))
    lines = tuple(chosen_line(product, 0, product.min_quantity or 1) for product in details)
    return _begin(Ordering(lines, tuple(details)), saved)


def _begin(content: Ordering, saved: Sequence[SavedAddress]) -> Goto:
    if not saved:
        return Goto("nowhere", content)
    addresses = tuple((choice.value, choice.words) for choice in address_choices(saved))
    salt = new_id()
    content = replace(
        content, addresses=addresses, salt=salt, marks=fingerprints_of(saved, salt), address=addresses[0][0]
    )
    return Goto("fill", content)


async def send_fill(interaction: Interaction, flow: Flow, filled: FilledOrder) -> Goto | Done:
    """Take the first page, read everything anew, and show the review. Raises WrongFieldsError."""
    return await _reviewed(interaction, replace(with_fields(_content(flow), filled), costs=()))


async def renew(interaction: Interaction, flow: Flow) -> Goto | Done:
    """Make the review anew, such as after an approval. Amounts that have changed are shown with the former ones."""
    if flow.step != "review":
        return Goto(flow.step, flow.content)
    return await _reviewed(interaction, _content(flow))


async def _reviewed(interaction: Interaction, content: Ordering) -> Goto | Done:
    try:
        now, _receivers = await quote(interaction.ctx, content)
    except ApiError as error:
        words = _("PandaPon refused this order: {reason}").format(reason=platform_error(error))
        return Done([el.section(f"❌ {words}")])
    return Goto("review", now)


# --- confirm ----------------------------------------------------------------------------------------------------------


async def confirm(interaction: Interaction, flow: Flow, _filled: Any) -> Goto | Done:
    """Place the order, once. Where a price has changed since the review, show the old and the new one instead."""
    async with interaction.ctx.writer.turn(f"order-form:{flow.id}"):  # a second click waits for all calls of the first
        return await _confirmed(interaction, flow)


async def _confirmed(interaction: Interaction, flow: Flow) -> Goto | Done:
    ctx, content = interaction.ctx, _content(flow)
    if earlier := await started_writes(ctx, flow):
        unsent = order_view.left_out(sellers_without_call(flow, content, earlier))
        lines = [*(outcome_words(write) for write in earlier), *unsent]
        return Done([el.section(words) for words in lines], tuple(write.id for write in earlier))
    try:
        now, receivers = await quote(ctx, content)
    except ApiError as error:
        words = _("PandaPon refused this order: {reason}").format(reason=platform_error(error))
        return Done([el.section(f"❌ {words}")])
    if now.moved:
        await ctx.writer.note_refusal(WIZARD.act_of(flow), "order", "price_moved")
        return Goto("review", now)
    allowed = await check_approval(interaction, flow, _deed(flow, now))
    if isinstance(allowed, Done):
        return allowed
    outcomes, refused = await OrderCreator(ctx, flow, now, receivers, WIZARD.act_of, allowed).create_all()
    return await _result(interaction, flow, outcomes, refused)


async def _result(interaction: Interaction, flow: Flow, outcomes: Sequence[Outcome], refused: Sequence[str]) -> Done:
    refs = order_view.refs_of(outcome for outcome in outcomes if outcome.write.state in DONE)
    watches = await watch_new_orders(interaction, flow.channel, refs) if refs else NewOrderWatches()
    pay = await pay_button(interaction, flow.channel, watches.orders)
    blocks = order_view.result(outcomes, refused, watches, interaction.user, pay)
    is_over = any(outcome.write.state in DONE or not outcome.error for outcome in outcomes)
    return Done(blocks, tuple(outcome.write.id for outcome in outcomes) if is_over else ())


def _deed(flow: Flow, content: Ordering) -> Deed:
    lines = tuple(
        f"{line.seller}: {' / '.join(part for part in (line.title, line.variant) if part)} × {line.quantity}"
        for line in content.lines
    )
    note = " ".join(words for _seller, words in content.notes if words)
    place = dict(content.addresses).get(content.address, "")
    return Deed("order", flow.id, known_total(content.costs), lines, note, place, _exactly(content), _wish(content))


def _exactly(content: Ordering) -> str:
    """A digest that differs for another address or product, even for one that looks the same to the approver."""
    place = content.address, dict(content.marks).get(content.address, "")
    return _digest(*place, *_lines(content))


def _wish(content: Ordering) -> str:
    """A digest that is equal for the same products to the same address, from any form and in any order."""
    return _digest(content.address, *sorted(_lines(content), key=repr))


def _lines(content: Ordering) -> list[tuple[object, ...]]:
    return [(line.platform, line.product_id, line.sku_id, line.spec_id, line.quantity) for line in content.lines]


def _digest(*facts: object) -> str:
    return hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest()


def _content(flow: Flow) -> Ordering:
    assert isinstance(flow.content, Ordering)
    return flow.content


def placing() -> str:
    """The waiting line while the order is placed."""
    return _("Placing the order…")


WIZARD = Wizard(
    NAME,
    Ordering,
    WriteScope.ORDERS,
    order_view.title,
    {
        "nowhere": Step(order_view.nowhere, send_fill, read_order),
        "fill": Step(order_view.fill, send_fill, read_order),
        "review": Step(order_view.review, confirm, working=placing, back="fill"),
    },
    renew=renew,
)


# --- entrances --------------------------------------------------------------------------------------------------------


async def open_from_cart(subject: Subject, interaction: Interaction) -> None:
    """Open the form for the cart, or for one seller of it."""

    async def begin() -> Goto:
        flow, at = await claimed(interaction, subject)
        return await from_cart(interaction, flow, at)

    await WIZARD.open(interaction, begin)


async def open_from_product(subject: Subject, interaction: Interaction) -> None:
    """Open the form for one product, or for several."""

    async def begin() -> Goto:
        return await from_products(interaction, await claimed(interaction, subject))

    await WIZARD.open(interaction, begin)


async def _of_cart(interaction: Interaction, _given: Any) -> Claim:
    flow_id, _dot, position = payloads.value(interaction.body).partition(".")
    flow = await own_flow(interaction, flow_id, ShownCart, NAME, WriteScope.ORDERS)
    assert isinstance(flow.content, ShownCart)
    if not position:
        return Claim((flow, None))
    at = number_of(position, POSITION_DIGITS)
    if at is None or at >= len(flow.content.lines):
        raise OutdatedError
    return Claim((flow, at))


async def _of_products(interaction: Interaction, _given: Any) -> Claim:
    refs = [read_reference(word) for word in payloads.value(interaction.body).split()]
    if not 1 <= len(refs) <= MOST_PRODUCTS or any(ref is None or ref.platform is None for ref in refs):
        raise OutdatedError
    ctx = interaction.ctx
    await ctx.gate.require(interaction.client, WriteScope.ORDERS, interaction.user, interaction.channel)
    return Claim(refs)


CART = Subject("the cart that this person was shown", _of_cart)
PRODUCTS = Subject("products that are looked up again, for a person who may order", _of_products)

FEATURE = WIZARD.feature(
    Listener("action", action_ids.ORDER_CART, CART, open_from_cart),
    Listener("action", action_ids.BUY_NOW, PRODUCTS, open_from_product),
)
