"""The form that sends orders abroad: receiver, service, the preview's price, and the booking.

Each order is previewed and booked by itself: a booking names one order [stated for v1]. Everybody may ask for a
preview; the booking needs ``WRITES=all``.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import astuple, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from handlers.blocks import elements as el
from handlers.blocks import freight_words
from handlers.blocks.i18n import _
from handlers.blocks.people import name as person
from handlers.blocks.text import code
from handlers.blocks.write_words import outcome_words
from handlers.commands.declarations import WrongFieldsError
from handlers.features.shipping import receiver_fields
from handlers.features.shipping.booking_pages import content_of, receiver_page, review_page, service_page, total_of
from handlers.features.shipping.entries import REMARK, Entries
from handlers.wire.errors import OutdatedError, RequestError
from handlers.writing.approval_check import Deed, check_approval
from handlers.writing.flows import require_scope
from handlers.writing.freight_changes import estimate_all, plan_booking, preview, refusal
from handlers.writing.steps import Done, Goto, Step
from handlers.writing.wizard import Wizard
from tracking.changes.freight import booking_of
from tracking.flows import Shipping
from tracking.freight import YUAN, Earlier
from tracking.write_policy import WriteScope
from tracking.writes import UNDONE

if TYPE_CHECKING:
    from handlers.blocks.message import Block
    from handlers.interactions.context import Context
    from handlers.interactions.interaction import Interaction
    from handlers.writing.plans import Plan
    from tracking.addresses import TypedReceiver
    from tracking.flows import Flow
    from tracking.freight import Offer, OrderToShip, Preview

RECEIVER, SERVICE, REVIEW = "receiver", "service", "review"


@dataclass(frozen=True, slots=True)
class FilledReceiver:
    """The filled first page."""

    receiver: TypedReceiver
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FilledService:
    """The filled second page."""

    service: str
    remark: str
    wrong: dict[str, str] = field(default_factory=dict)


def read_receiver(values: dict[str, Any]) -> FilledReceiver:
    """Read the first page."""
    entries = Entries(values)
    receiver = receiver_fields.read(entries)
    return FilledReceiver(receiver, entries.wrong)


def read_service(values: dict[str, Any]) -> FilledService:
    """Read the second page."""
    entries = Entries(values)
    return FilledService(entries.chosen("service"), entries.note("remark", REMARK), entries.wrong)


def begin(orders: tuple[OrderToShip, ...], *, may_book: bool) -> Goto:
    """Return the first page for these orders."""
    return Goto(RECEIVER, Shipping(orders, may_book))


async def _to_services(interaction: Interaction, flow: Flow, filled: FilledReceiver) -> Goto:
    """Ask which services carry all lines. Raises what ``estimate_all`` raises."""
    content = content_of(flow)
    lines = [line for order in content.orders for line in order.lines]
    offers = await estimate_all(interaction.ctx.api, lines, filled.receiver)
    return Goto(SERVICE, replace(content, receiver=filled.receiver, offers=offers))


async def _to_review(interaction: Interaction, flow: Flow, filled: FilledService) -> Goto:
    """Ask for each order's price. Raises WrongFieldsError for an unknown service, and what ``preview`` raises."""
    content = replace(content_of(flow), chosen=filled.service, remark=filled.remark, former=())
    if content.service is None:
        raise WrongFieldsError({"service": _("Choose a service.")})
    previews = await _previews(interaction.ctx, content)
    return Goto(REVIEW, replace(content, previews=previews, earlier=await _earlier_bookings(interaction.ctx, content)))


async def _book(interaction: Interaction, flow: Flow, _filled: Any) -> Goto | Done:
    """Book each order, once. Where a price has changed or another form has booked meanwhile, show the review anew."""
    ctx, content = interaction.ctx, content_of(flow)
    if content.service is None or not content.previews:
        raise OutdatedError
    await require_scope(interaction, WriteScope.ALL, flow.channel, WIZARD.name)
    if not await ctx.store.writes.of_key(WIZARD.act_of(flow, content.orders[0].order_id).key):
        now, earlier = await _previews(ctx, content), await _earlier_bookings(ctx, content)
        if _prices(now) != _prices(content.previews):
            act = WIZARD.act_of(flow, "moved")
            await ctx.writer.note_refusal(act, "freight.book", "price_moved")
            return Goto(REVIEW, replace(content, previews=now, former=content.previews, earlier=earlier))
        if earlier != content.earlier:
            return Goto(REVIEW, replace(content, earlier=earlier))
        content = replace(content, previews=now)
        approver = await check_approval(interaction, flow, _deed(flow, content))
        if isinstance(approver, Done):
            return approver
        return await _book_all(ctx, flow, content, approver)
    return await _book_all(ctx, flow, content)


def _prices(previews: tuple[Preview, ...]) -> list[tuple[int | None, str]]:
    """The prices that the person agrees to, with their currencies: 100 dollars are another price than 100 yuan."""
    return [(each.fen, each.currency) for each in previews]


def _deed(flow: Flow, content: Shipping) -> Deed:
    """The booking as an approver sees it: with the country, but without the receiver."""
    service = content.service
    assert service is not None
    orders = (f"{order.title} · {order.order_id}" for order in content.orders)
    summary = (freight_words.service(service), *orders)
    is_yuan = {each.currency for each in content.previews} == {YUAN}
    amount = total_of(content.previews) if is_yuan else None
    country = freight_words.country(content.receiver.country)
    return Deed("freight", flow.id, amount, summary, content.remark, country, _exactly(flow, content), _wish(content))


def _wish(content: Shipping) -> str:
    """A text that is equal for the same orders by the same service to the same country, from any form."""
    return repr((sorted(order.order_id for order in content.orders), content.chosen, content.receiver.country))


def _exactly(flow: Flow, content: Shipping) -> str:
    """A digest that differs for another receiver, service or line, and does not give the receiver away."""
    lines = [
        (order.order_id, line.product_id, line.sku_id, line.quantity)
        for order in content.orders
        for line in order.lines
    ]
    facts = repr((astuple(content.receiver), content.chosen, lines))
    return hashlib.blake2b(facts.encode(), key=flow.id.encode(), digest_size=16).hexdigest()


async def _book_all(ctx: Context, flow: Flow, content: Shipping, approver: str = "") -> Done:
    blocks: list[Block] = []
    writes: list[str] = []
    for order, shown in zip(content.orders, content.previews, strict=True):
        service = content.service
        assert service is not None

        async def plan(order: OrderToShip = order, shown: Preview = shown, service: Offer = service) -> Plan:
            await _require_no_new_booking(ctx, content, order)
            return plan_booking(order, shown, service, content.receiver, content.remark, approved_by=approver)

        try:
            act = WIZARD.act_of(flow, order.order_id)
            outcome = await ctx.writer.make(act, booking_of(order.platform, order.order_id), plan)
        except RequestError as error:  # another booking of this order is unclear or came first; the other orders go on
            blocks.append(el.section(f"❌ {code(order.order_id)}: {error}"))
            continue
        blocks.append(el.section(outcome_words(outcome.write, outcome.error)))
        blocks += [el.context(note)] if (note := refusal(outcome.error)) else []
        writes += [outcome.write.id] if outcome.write.state not in UNDONE else []
    small = [_("By {user}").format(user=person(flow.owner)), _("`/panda audit` keeps a record of it.")]
    return Done([*blocks, el.context(" · ".join(small))], tuple(writes))


async def _require_no_new_booking(ctx: Context, content: Shipping, order: OrderToShip) -> None:
    """Check that no other form has booked freight for the order since the review: each booking is billed.

    The caller holds the turn in which no other booking of the order can begin. Raises RequestError.
    """
    shown = tuple(each for each in content.earlier if each.order_id == order.order_id)
    if await _earlier_bookings(ctx, replace(content, orders=(order,))) != shown:
        raise RequestError(_("Another form has booked freight for this order since you saw it, so nothing was sent."))


async def _previews(ctx: Context, content: Shipping) -> tuple[Preview, ...]:
    service = content.service
    assert service is not None
    calls = (preview(ctx.api, order, service, content.receiver) for order in content.orders)
    answers = await asyncio.gather(*calls, return_exceptions=True)
    if error := next((answer for answer in answers if isinstance(answer, BaseException)), None):
        raise error
    return tuple(answer for answer in answers if not isinstance(answer, BaseException))


async def _earlier_bookings(ctx: Context, content: Shipping) -> tuple[Earlier, ...]:
    bookings = [
        (order, write)
        for order in content.orders
        if (write := await ctx.store.writes.latest_of(booking_of(order.platform, order.order_id)))
    ]
    return tuple(Earlier(order.order_id, write.state, int(write.begun_at.timestamp())) for order, write in bookings)


def _booking() -> str:
    return _("Booking the freight…")


WIZARD = Wizard(
    "freight",
    Shipping,
    None,
    lambda: _("Freight abroad"),
    {
        RECEIVER: Step(receiver_page, _to_services, read_receiver),
        SERVICE: Step(service_page, _to_review, read_service, back=RECEIVER),
        REVIEW: Step(review_page, _book, back=SERVICE, working=_booking),
    },
    forgets=True,
)
