"""``cart``: both platforms' carts in one list, with buttons that change the lines, each once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject
from handlers.blocks import action_ids
from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import _
from handlers.blocks.write_words import outcome_words
from handlers.commands.declarations import Answer, Button, Command, Feature, HelpGroup, Overview
from handlers.features.cart import cart_view
from handlers.interactions.platforms import ask_each
from handlers.parsing.options import read_options
from handlers.parsing.words import Verb
from handlers.wire import payloads
from handlers.wire.errors import ForbiddenError, OutdatedError, RequestError
from handlers.wire.requests import CheckCart, ShowCart
from handlers.wire.text import folded, number_of
from handlers.writing.additions import plan_addition, same_variant, variant_of
from handlers.writing.cart_changes import Variant, change_cart
from handlers.writing.flows import open_flow, own_flow
from handlers.writing.plans import Act, Outcome, Plan
from pandapon import carts
from pandapon.errors import NotFoundError, PandaPonError
from pandapon.shipment import Platform
from storage.errors import StorageError
from tracking.changes.cart import CartChange
from tracking.flows import ShownCart
from tracking.write_policy import WriteScope
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from pandapon.carts import CartLine
    from tracking.flows import Flow

log = logging.getLogger(__name__)

CHECK = (["check"], ["检查"])
POSITION_DIGITS = 3  # of a line's position in the cart that was shown, at most
UNCLEAR = 10  # unclear changes that are looked for when the cart is shown


@dataclass(frozen=True, slots=True)
class ChosenLine:
    """A line of a cart that a person saw. ``flow``: named by their button, it holds the line at position ``at``."""

    flow: Flow
    at: int
    line: CartLine
    page: int


def read_cart(command: TypedCommand) -> ShowCart | CheckCart:
    """Read ``cart [check]``. Raises UsageError."""
    options, words = read_options(command)
    if [folded(word.text) for word in words] in CHECK:
        return CheckCart()
    if words:
        problem = _("{command} takes {word} or nothing after it").format(command="`/panda cart`", word="`check`")
        raise command.refuse(problem, suggestion="/panda cart")
    return ShowCart(options.page)


async def show_cart(interaction: Interaction, request: ShowCart) -> Message:
    """Show one page of the cart."""
    return await page_of(interaction, request.page)


async def page_of(interaction: Interaction, page: int, note: str = "", undo: str = "") -> Message:
    """Read both carts and show a page. ``note``: the result of a change. ``undo``: the id of a removal.

    Unclear changes of the cart are looked for first. Raises the first platform's PandaPonError where neither cart can
    be read.
    """
    ctx = interaction.ctx
    unclear = [write for write in await ctx.store.writes.unclear(UNCLEAR) if isinstance(write.change, CartChange)]
    pending = [await ctx.writer.verify(write, interaction.user) for write in unclear]
    by_platform, errors = await ask_each(list(Platform), ctx.api.cart)
    lines = sorted((line for cart in by_platform.values() for line in cart), key=_sort_key)
    shown = cart_view.CartPage.of(lines, page)
    flow_id = ""
    if ctx.gate.allows(WriteScope.CART) and shown.lines:
        flow_id = (await open_flow(interaction, ShownCart(shown.lines, shown.request.page))).id
    return cart_view.cart(
        shown,
        errors,
        flow_id=flow_id,
        may_order=ctx.gate.allows(WriteScope.ORDERS),
        note=note,
        undo=undo,
        pending=pending,
    )


def _sort_key(line: CartLine) -> tuple[bool, str, str]:
    return not line.is_enabled, line.platform.value, line.seller


async def increase(interaction: Interaction, chosen: ChosenLine) -> Message:
    """Add a piece to a line."""
    return await _to_quantity(interaction, chosen, chosen.line.quantity + 1)


async def decrease(interaction: Interaction, chosen: ChosenLine) -> Message:
    """Take a piece off a line. The last piece stays: only Remove takes it, and that can be undone."""
    return await _to_quantity(interaction, chosen, max(1, chosen.line.quantity - 1))


async def _to_quantity(interaction: Interaction, chosen: ChosenLine, quantity: int) -> Message:
    return await _answer(interaction, chosen.page, await set_quantity(interaction, chosen, quantity))


async def _answer(interaction: Interaction, page: int, outcome: Outcome, undo: str = "") -> Message:
    """Show the result of a change above the present cart, or alone where the cart cannot be read."""
    note = outcome_words(outcome.write, outcome.error)
    try:
        return await page_of(interaction, page, note, undo)
    except (PandaPonError, StorageError) as error:  # the change is what the person has to know
        log.info("cart not read after a change", extra={"error": error})
        return cart_view.note_alone(note, undo)


async def set_quantity(interaction: Interaction, chosen: ChosenLine, quantity: int) -> Outcome:
    """Set a line's quantity, once. Raises RequestError where the line has changed since the person saw it."""

    def plan(line: CartLine) -> Plan:
        amount = carts.fen(line.price * quantity) if line.price is not None else None
        return Plan(carts.new_quantity(line, quantity), _change(line, quantity), amount)

    return await _change_line(interaction, chosen, f"q{quantity}", plan)


async def remove(interaction: Interaction, chosen: ChosenLine) -> Message:
    """Remove a line. It can be undone."""
    outcome = await _change_line(
        interaction, chosen, "remove", lambda line: Plan(carts.removal(line), _change(line, 0))
    )
    is_done = outcome.write.state in {WriteState.DONE, WriteState.FOUND_DONE}
    return await _answer(interaction, chosen.page, outcome, outcome.write.id if is_done else "")


async def undo(interaction: Interaction, removal: Write) -> Message:
    """Add a removed line again, once, at today's price. Raises NotFoundError where its variant is gone."""
    former = removal.change
    assert isinstance(former, CartChange)
    product = await interaction.ctx.api.product(former.platform, former.product_id)
    sku = same_variant(product, former.sku_id, former.spec_id)
    if sku is None:
        raise NotFoundError("the variant is gone")
    act = Act(f"undo:{removal.id}", interaction.user, interaction.channel)
    outcome = await change_cart(
        interaction.ctx, act, variant_of(product, sku), lambda lines: plan_addition(product, sku, former.before, lines)
    )
    return await _answer(interaction, 1, outcome)


async def _change_line(
    interaction: Interaction, chosen: ChosenLine, word: str, plan: Callable[[CartLine], Plan]
) -> Outcome:
    """Change a line, once, if it is still as the person saw it. ``word``: names the change in the key of the act."""
    line, flow = chosen.line, chosen.flow
    variant = Variant(line.platform, line.product_id, line.sku_id, line.spec_id)

    def plan_now(lines: tuple[CartLine, ...]) -> Plan:
        now = next((each for each in lines if each.entry_id == line.entry_id), None)
        if now is None or now.quantity != line.quantity:
            raise RequestError(
                _("The cart has changed since you saw it, so nothing was done. `/panda cart` shows it as it is now.")
            )
        try:
            return plan(now)
        except ValueError as error:  # from pydantic: the entry has no valid id
            words = _("PandaPon's description of this line lacks what a change needs, so nothing was done.")
            raise RequestError(words) from error

    act = Act(f"cart:{flow.id}:{chosen.at}:{word}", interaction.user, flow.channel)
    return await change_cart(interaction.ctx, act, variant, plan_now)


def _change(line: CartLine, wanted: int) -> CartChange:
    return CartChange(
        line.platform,
        line.product_id,
        line.sku_id,
        line.spec_id,
        line.title,
        line.variant,
        line.quantity,
        wanted,
    )


async def chosen_line(interaction: Interaction, value: str, operation: str) -> ChosenLine:
    """Return the line that a button's value names, ``flow.position``.

    Raises ForbiddenError for another person's flow, and OutdatedError for a position that it does not have.
    """
    flow_id, _dot, position = value.partition(".")
    flow = await own_flow(interaction, flow_id, ShownCart, operation)
    content = flow.content
    assert isinstance(content, ShownCart)
    at = number_of(position, POSITION_DIGITS)
    if at is None or at >= len(content.lines):
        raise OutdatedError
    return ChosenLine(flow, at, content.lines[at], content.page)


async def _find_line(interaction: Interaction, _given: Any) -> Claim:
    return Claim(await chosen_line(interaction, payloads.value(interaction.body), "cart.quantity"))


async def _find_removal(interaction: Interaction, _given: Any) -> Claim:
    """Return the removal that an Undo button names. Only the person who removed the line may add it again."""
    ctx = interaction.ctx
    removal = await ctx.store.writes.get(payloads.value(interaction.body))
    if removal is None or not isinstance(removal.change, CartChange) or removal.change.wanted:
        raise OutdatedError
    if removal.actor != interaction.user:
        raise ForbiddenError(_("This belongs to somebody else, so nothing was done."))
    await ctx.gate.require(interaction.client, WriteScope.CART, interaction.user, interaction.channel)
    return Claim(removal)


LINE = Subject("a line of the cart that this person was shown", _find_line)
REMOVAL = Subject("a line that this person removed from the cart", _find_removal)


def _not_shown(_request: ShowCart) -> str:
    return _("Couldn't read the cart")


def _help() -> HelpPage:
    return HelpPage(
        _("The cart"),
        _(
            "What is in the carts of 1688 and Taobao, by seller, with the totals. To add a product, press Details in a "
            "search, and Add to cart. Nothing is ordered or paid yet."
        ),
        (("/panda cart", _("both carts")), ("/panda cart check", _("is everything in Taobao's cart still on sale?"))),
    )


def _overview() -> list[Example]:
    return [("/panda cart", _("the cart: quantities, totals by seller"))]


VERB = Verb("cart", ("basket", "trolley", "购物车", "采购车", "进货单"), frozenset({"page"}))

FEATURE = Feature(
    commands=(Command(VERB, read_cart, _help),),
    answers=(Answer(ShowCart, show_cart, failed=_not_shown, is_repeatable=True),),
    buttons=(
        Button(action_ids.CART_MORE, LINE, increase, replaces=True),
        Button(action_ids.CART_LESS, LINE, decrease, replaces=True),
        Button(action_ids.CART_REMOVE, LINE, remove, replaces=True),
        Button(action_ids.CART_UNDO, REMOVAL, undo, replaces=True),
    ),
    overview=Overview(HelpGroup.BUY, _overview),
)
