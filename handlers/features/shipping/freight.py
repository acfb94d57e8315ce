"""``freight``: orders or a product to send abroad, with buttons for prices, booking, and parcels to the warehouse."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject, claimed
from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.help_page import ID, HelpPage
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.parts import display_name, short_name
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Listener, Overview
from handlers.features.shipping import booking_form, parcels_form
from handlers.parsing.options import PLATFORMS, read_options
from handlers.parsing.order_ids import sift_ids
from handlers.parsing.references import read_reference
from handlers.parsing.words import Verb
from handlers.wire import payloads
from handlers.wire.errors import OutdatedError, RequestError
from handlers.wire.requests import ShowFreight
from pandapon.operations import freight
from pandapon.shipment import OrderRef, Platform
from tracking.freight import OrderToShip
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Block, Message
    from handlers.interactions.context import Context
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from handlers.writing.steps import Goto
    from tracking.orders import OrderSnapshot

ORDERS = 5  # of one form, each previewed and booked by itself
LINES = 20  # of all orders of one form together; each costs a call
PRODUCT = "https://detail.1688.com/offer/712345678901.html"
_ORDER = re.compile(r"(1688|taobao):([0-9]{12,20})")


def read_freight(command: TypedCommand) -> ShowFreight:
    """Read ``freight ORDER… | PRODUCT``. Raises UsageError."""
    options, words = read_options(command)
    if not words:
        problem = _("Freight for what? Name orders, or paste a product's link.")
        raise command.refuse(problem, suggestion="/panda help freight")
    reference = read_reference(words[0].target or words[0].text)
    if len(words) == 1 and reference and reference.platform:
        return ShowFreight(product=reference)
    ids = sift_ids(words, waybills=False)
    if ids.bad:
        raise command.refuse(ids.bad[0].why, suggestion="/panda help freight")
    if len(ids.good) > ORDERS:
        problem = ngettext("at most {most} order at once", "at most {most} orders at once", ORDERS).format(most=ORDERS)
        first = ShowFreight(ids.good[:ORDERS], platform=options.platform)
        raise command.refuse(problem, suggestion=f"/panda {first.command()}")
    return ShowFreight(ids.good, platform=options.platform)


async def show_freight(interaction: Interaction, request: ShowFreight) -> Message:
    """Show the orders or the product with the buttons that lead on. Raises UnknownOrderError and PandaPonError."""
    ctx = interaction.ctx
    may_tell = ctx.gate.allows(WriteScope.ALL)
    if request.product:
        words = _("Freight abroad of product {id}").format(id=code(request.product.product_id, 80))
        return el.message([el.section(words), *el.actions([_estimate(str(request.product))])])
    snapshots = await asyncio.gather(*(ctx.tracker.lookup(order, request.platform) for order in request.orders))
    return _orders(snapshots, may_tell=may_tell)


def _estimate(product: str) -> Block:
    return el.button(_("Estimate…"), f"{action_ids.ESTIMATE_FREIGHT}:1", product)


def _orders(snapshots: Sequence[OrderSnapshot], *, may_tell: bool) -> Message:
    blocks: list[Block] = [el.section("*" + _("Freight abroad") + "*")]
    for at, snapshot in enumerate(snapshots):
        ref = snapshot.ref
        button = el.button(_("Parcels to the warehouse…"), f"{action_ids.TELL_PARCELS}:{at}", _value(ref))
        blocks.append(el.section(_named(snapshot), button if may_tell else None))
    value = ",".join(_value(snapshot.ref) for snapshot in snapshots)
    blocks += el.actions([el.button(_("Services and prices…"), f"{action_ids.SHIP_ABROAD}:1", value, style="primary")])
    return el.message([*blocks, el.context(_("From the forwarding warehouse in China. Nothing is booked yet."))])


def _named(snapshot: OrderSnapshot) -> str:
    name, short = display_name(snapshot.order, snapshot.ref), short_name(snapshot.ref)
    return name if name == short else f"{name}\n{short}"


def _value(ref: OrderRef) -> str:
    return f"{ref.platform.value}:{ref.order_id}"


# --- the forms --------------------------------------------------------------------------------------------------------


async def _open_booking(subject: Subject, interaction: Interaction) -> None:
    async def begin() -> Goto:
        refs: tuple[OrderRef, ...] = await claimed(interaction, subject)
        ctx = interaction.ctx
        for operation in (freight.ESTIMATE, freight.PREVIEW, freight.BOOK):
            ctx.api.catalogue.path(operation.name)
        orders = await asyncio.gather(*(_order(ctx, ref) for ref in refs))
        if (lines := sum(len(order.lines) for order in orders)) > LINES:
            words = _("These orders have {n} items; one form sends at most {most}. Choose fewer orders.")
            raise RequestError(words.format(n=lines, most=LINES))
        return booking_form.begin(tuple(orders), may_book=ctx.gate.allows(WriteScope.ALL))

    await booking_form.WIZARD.open(interaction, begin)


async def _open_parcels(subject: Subject, interaction: Interaction) -> None:
    async def begin() -> Goto:
        [ref] = await claimed(interaction, subject)
        ctx = interaction.ctx
        await ctx.gate.require(interaction.client, WriteScope.ALL, interaction.user, interaction.channel)
        ctx.api.catalogue.path(freight.DOMESTIC.name)
        order, snapshot = await asyncio.gather(_order(ctx, ref), ctx.tracker.lookup(ref.order_id, ref.platform))
        return parcels_form.begin(order, _known(snapshot))

    await parcels_form.WIZARD.open(interaction, begin)


def _known(snapshot: OrderSnapshot) -> list[tuple[str, str]]:
    """Tracking number and carrier of each parcel, from the order's own list and from its trace."""
    numbers = dict.fromkeys(snapshot.order.waybills if snapshot.order else (), "")
    numbers |= {each.waybill: each.carrier for each in (snapshot.order.consignments if snapshot.order else ())}
    numbers |= {each.waybill: each.carrier or numbers.get(each.waybill, "") for each in snapshot.shipment.parcels}
    return list(numbers.items())


async def _order(ctx: Context, ref: OrderRef) -> OrderToShip:
    """Read an order's lines. Raises RequestError where a line lacks the id or price that the freight calls need."""
    lines = await ctx.api.order_lines(ref)
    if not lines or not all(line.can_be_shipped for line in lines):
        words = _("PandaPon's description of order {id} lacks its items' IDs or prices, which its freight calls need.")
        raise RequestError(words.format(id=code(ref.order_id)))
    title = next((line.title for line in lines if line.title), ref.order_id)
    return OrderToShip(ref.platform, ref.order_id, f"{title} +{len(lines) - 1}" if lines[1:] else title, lines)


async def _chosen(interaction: Interaction, _given: Any) -> Claim:
    """Read the button's value, which anybody can forge; each order is read at PandaPon."""
    matches = [_ORDER.fullmatch(part) for part in payloads.value(interaction.body).split(",")]
    refs = dict.fromkeys(OrderRef(Platform(match[1]), match[2]) for match in matches if match)
    if not 1 <= len(refs) <= ORDERS or not all(matches):
        raise OutdatedError
    return Claim(tuple(refs))


async def _chosen_order(interaction: Interaction, given: Any) -> Claim:
    claim = await _chosen(interaction, given)
    if len(claim.subject) != 1:
        raise OutdatedError
    return claim


ORDERS_TO_SHIP = Subject("orders that are read again", _chosen)
ORDER_TO_SHIP = Subject("an order that is read again, for a person who may tell the warehouse", _chosen_order)


def _not_shown(_request: ShowFreight) -> str:
    return _("Couldn't look up freight abroad")


def _help() -> HelpPage:
    return HelpPage(
        _("Freight abroad"),
        _(
            "What it costs to send a product or orders from the forwarding warehouse to another country: services with "
            "price and days. For orders, also the preview, the booking, and the parcels that the warehouse may expect."
        ),
        (
            (f"/panda freight {PRODUCT}", _("an estimate for a product")),
            (f"/panda freight {ID}", _("services, preview and booking for an order; several at once, too")),
        ),
    )


def _overview() -> list[Example]:
    return [(f"/panda freight {ID}", _("freight abroad: prices, booking"))]


VERB = Verb("freight", ("abroad", "运费", "国际物流", "国际运费", "国际快递"), PLATFORMS)

_OWN = (booking_form.WIZARD.feature(), parcels_form.WIZARD.feature())
FEATURE = Feature(
    commands=(Command(VERB, read_freight, _help),),
    answers=(Answer(ShowFreight, show_freight, failed=_not_shown, is_repeatable=True),),
    forms=tuple(form for own in _OWN for form in own.forms),
    listeners=(
        *(listener for own in _OWN for listener in own.listeners),
        Listener("action", action_ids.SHIP_ABROAD, ORDERS_TO_SHIP, _open_booking),
        Listener("action", action_ids.TELL_PARCELS, ORDER_TO_SHIP, _open_parcels),
    ),
    overview=Overview(HelpGroup.BUY, _overview),
)
