"""The form that sends orders abroad: receiver, service, the preview's price, and the booking.

Each order is previewed and booked by itself: a booking names one order [stated for v1]. Everybody may ask for a
preview; the booking wants ``WRITES=all``.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import astuple, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from handlers.blocks import elements as el
from handlers.blocks import freight_words
from handlers.blocks.forms import Choice, radio
from handlers.blocks.forms import field as form_field
from handlers.blocks.freight_words import price
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.people import name as person
from handlers.blocks.text import code, escape, truncate
from handlers.blocks.write_words import said
from handlers.commands.declarations import WrongFieldsError
from handlers.shipping import receiver_fields
from handlers.shipping.entries import REMARK, Entries, text_field
from handlers.shipping.results import UNDONE
from handlers.wire.errors import OutdatedError, RequestError
from handlers.writing.allowance import Deed, allowance
from handlers.writing.flows import require
from handlers.writing.freight_changes import estimate_all, plan_booking, preview, refusal
from handlers.writing.wizard import Done, Goto, Page, Step, Wizard
from tracking.changes.freight import booking_of
from tracking.flows import Shipping
from tracking.freight import YUAN, Earlier
from tracking.write_policy import WriteScope
from tracking.writes import WriteState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Block
    from handlers.interactions.context import Context
    from handlers.interactions.interaction import Interaction
    from handlers.writing.writer import Plan
    from tracking.addresses import TypedReceiver
    from tracking.flows import Flow
    from tracking.freight import Offer, OrderToShip, Preview

RECEIVER, SERVICE, REVIEW = "receiver", "service", "review"
OFFERS = 10  # services to choose from: Slack's limit of radio buttons
TITLE, LINE, CHOICE = 60, 60, 26  # characters
LINES = 6  # of each order that the review names


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


# --- pages ------------------------------------------------------------------------------------------------------------


def _receiver(flow: Flow) -> Page:
    content = _content(flow)
    note = _("Only you see this. I keep it until this form is done, and then only PandaPon has it.")
    blocks = [el.section("\n".join(_order(order) for order in content.orders))]
    return Page([*blocks, *receiver_fields.fields(content.receiver), el.context(note)], _("Show services"))


def _order(order: OrderToShip) -> str:
    n = sum(line.quantity for line in order.lines)
    pieces = ngettext("{n} pc", "{n} pcs", n).format(n=n)
    return f"*{escape(truncate(order.title, TITLE))}* · {code(order.order_id)} · {pieces}"


def _service(flow: Flow) -> Page:
    content = _content(flow)
    where = escape(freight_words.country(content.receiver.country))
    if not content.offers:
        return Page([el.section(_("PandaPon offers no service to {country} for all of this.").format(country=where))])
    menu = radio([Choice(offer.service_id, _choice(offer)) for offer in content.offers[:OFFERS]], content.chosen)
    note = _("Estimates. The next page asks PandaPon for the price that is booked; nothing is booked yet.")
    return Page(
        [
            form_field(
                _("Service to {country}").format(country=freight_words.country(content.receiver.country)),
                "service",
                menu,
            ),
            form_field(_("Note to the warehouse"), "remark", text_field(content.remark), optional=True),
            el.context(note),
        ],
        _("Preview"),
    )


def _choice(offer: Offer) -> str:
    parts = [price(offer.fen, offer.currency), freight_words.service(offer, CHOICE), freight_words.days(offer)]
    return " · ".join(part for part in parts if part).replace("<", "＜")


def _review(flow: Flow) -> Page:
    content = _content(flow)
    offer = content.service
    assert offer is not None
    service = " · ".join(part for part in (freight_words.service(offer), freight_words.days(offer)) if part)
    blocks = [el.section(_moved(content))] if content.former_fen is not None else []
    blocks += [el.section(_with_lines(order, content)) for order in content.orders]
    blocks += [el.section(f"*{escape(service)}*\n{receiver_fields.words(content.receiver)}")]
    blocks += [el.section(f"*{_total(content.previews)}*")] if len(content.previews) > 1 else []
    blocks += [el.context(escape(content.remark))] if content.remark else []
    blocks += [el.section(_earlier(earlier)) for earlier in content.earlier]
    if not content.may_book:
        off = _("Booking is switched off. Your pandabot admin can allow it: `{setting}`").format(setting="WRITES=all")
        return Page([*blocks, el.context(off)])
    note = _("PandaPon books and bills this at once, and it can't be cancelled from here.")
    return Page([*blocks, el.context(note)], _("Book again") if content.earlier else _("Book"))


def _with_lines(order: OrderToShip, content: Shipping) -> str:
    shown = next((each for each in content.previews if each.order_id == order.order_id), None)
    cost = price(shown.fen, shown.currency) if shown else price(None)
    lines = [
        f"• {escape(truncate(line.title or line.product_id, LINE))} × {line.quantity}" for line in order.lines[:LINES]
    ]
    if (more := len(order.lines) - LINES) > 0:
        lines.append(ngettext("and {n} more item", "and {n} more items", more).format(n=more))
    return "\n".join([f"{_order(order)} · *{cost}*", *lines])


def _total(previews: Sequence[Preview]) -> str:
    return _("Total: {amount}").format(amount=price(_sum(previews), previews[0].currency))


def _sum(previews: Sequence[Preview]) -> int | None:
    """The sum in hundredths; None where a price is missing, or they are in several currencies."""
    known = [each.fen for each in previews if each.fen is not None]
    is_whole = len(known) == len(previews) and len({each.currency for each in previews}) == 1
    return sum(known) if is_whole else None


def _moved(content: Shipping) -> str:
    now, former = _sum(content.previews), content.former_fen
    words = _("⚠️ *The price has changed: {former} → {now}.* Nothing was booked. Press the button to accept it.")
    currency = content.previews[0].currency
    return words.format(former=price(former, currency), now=price(now, currency))


def _earlier(earlier: Earlier) -> str:
    order = code(earlier.order_id)
    at = f"<!date^{earlier.at}^{{date_short_pretty}} {{time}}|–>"
    if earlier.state is WriteState.UNKNOWABLE:
        words = _(
            "⚠️ Nobody knows whether a booking of order {id} of {time} was done. Check {place} before you book again."
        )
        return words.format(id=order, time=at, place=freight_words.shipments())
    return _("⚠️ Freight abroad for order {id} was booked here already: {time}.").format(id=order, time=at)


# --- steps ------------------------------------------------------------------------------------------------------------


async def _to_services(interaction: Interaction, flow: Flow, filled: FilledReceiver) -> Goto:
    """Ask which services carry all lines. Raises as ``estimate_all``."""
    content = _content(flow)
    lines = [line for order in content.orders for line in order.lines]
    offers = await estimate_all(interaction.ctx.api, lines, filled.receiver)
    return Goto(SERVICE, replace(content, receiver=filled.receiver, offers=offers))


async def _to_review(interaction: Interaction, flow: Flow, filled: FilledService) -> Goto:
    """Ask for each order's price. Raises WrongFieldsError for a service that was not offered, and as ``preview``."""
    content = replace(_content(flow), chosen=filled.service, remark=filled.remark, former_fen=None)
    if content.service is None:
        raise WrongFieldsError({"service": _("Choose a service.")})
    previews = await _previews(interaction.ctx, content)
    return Goto(REVIEW, replace(content, previews=previews, earlier=await _earlier_ones(interaction.ctx, content)))


async def _book(interaction: Interaction, flow: Flow, _filled: Any) -> Goto | Done:
    """Book each order, once. A price that moved, or a booking that came between, shows the review anew."""
    ctx, content = interaction.ctx, _content(flow)
    if content.service is None or not content.previews:
        raise OutdatedError
    await require(interaction, WriteScope.ALL, flow.channel, WIZARD.name)
    if not await ctx.store.writes.of_key(WIZARD.act_of(flow, content.orders[0].order_id).key):
        now, earlier = await _previews(ctx, content), await _earlier_ones(ctx, content)
        if [each.fen for each in now] != [each.fen for each in content.previews]:
            act = WIZARD.act_of(flow, "moved")
            await ctx.writer.note_refusal(act, "freight.book", "price_moved")
            return Goto(REVIEW, replace(content, previews=now, former_fen=_sum(content.previews) or 0, earlier=earlier))
        if earlier != content.earlier:
            return Goto(REVIEW, replace(content, earlier=earlier))
        content = replace(content, previews=now)
        approver = await allowance(interaction, flow, _deed(flow, content))
        if isinstance(approver, Done):
            return approver
        return await _book_all(ctx, flow, content, approver)
    return await _book_all(ctx, flow, content)


def _deed(flow: Flow, content: Shipping) -> Deed:
    """The booking as an approver sees it: the country, and never the receiver."""
    service = content.service
    assert service is not None
    orders = (f"{order.title} · {order.order_id}" for order in content.orders)
    summary = (freight_words.service(service), *orders)
    is_yuan = {each.currency for each in content.previews} == {YUAN}
    amount = _sum(content.previews) if is_yuan else None
    country = freight_words.country(content.receiver.country)
    return Deed("freight", flow.id, amount, summary, content.remark, country, _exactly(flow, content))


def _exactly(flow: Flow, content: Shipping) -> str:
    """A mark that is another for another receiver, service or line; nobody can read them from it."""
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
            await _require_none_since(ctx, content, order)
            return plan_booking(order, shown, service, content.receiver, content.remark, approved_by=approver)

        try:
            act = WIZARD.act_of(flow, order.order_id)
            outcome = await ctx.writer.make(act, booking_of(order.platform, order.order_id), plan)
        except RequestError as error:  # another booking of this order is unclear or was quicker; the others go on
            blocks.append(el.section(f"❌ {code(order.order_id)}: {error}"))
            continue
        blocks.append(el.section(said(outcome.write, outcome.error)))
        blocks += [el.context(note)] if (note := refusal(outcome.error)) else []
        writes += [outcome.write.id] if outcome.write.state not in UNDONE else []
    small = [_("By {user}").format(user=person(flow.owner)), _("`/panda audit` keeps a record of it.")]
    return Done([*blocks, el.context(" · ".join(small))], tuple(writes))


async def _require_none_since(ctx: Context, content: Shipping, order: OrderToShip) -> None:
    """Check, while no other booking of the order can begin, that none was made since the review: each is billed.

    Raises RequestError.
    """
    shown = tuple(each for each in content.earlier if each.order_id == order.order_id)
    if await _earlier_ones(ctx, replace(content, orders=(order,))) != shown:
        raise RequestError(_("Another form has booked freight for this order since you saw it, so nothing was sent."))


async def _previews(ctx: Context, content: Shipping) -> tuple[Preview, ...]:
    service = content.service
    assert service is not None
    asked = (preview(ctx.api, order, service, content.receiver) for order in content.orders)
    answers = await asyncio.gather(*asked, return_exceptions=True)
    if error := next((answer for answer in answers if isinstance(answer, BaseException)), None):
        raise error
    return tuple(answer for answer in answers if not isinstance(answer, BaseException))


async def _earlier_ones(ctx: Context, content: Shipping) -> tuple[Earlier, ...]:
    found = [
        (order, write)
        for order in content.orders
        if (write := await ctx.store.writes.latest_of(booking_of(order.platform, order.order_id)))
    ]
    return tuple(Earlier(order.order_id, write.state, int(write.begun_at.timestamp())) for order, write in found)


def _content(flow: Flow) -> Shipping:
    assert isinstance(flow.content, Shipping)
    return flow.content


def _booking() -> str:
    return _("Booking the freight…")


WIZARD = Wizard(
    "freight",
    Shipping,
    None,
    lambda: _("Freight abroad"),
    {
        RECEIVER: Step(_receiver, _to_services, read_receiver),
        SERVICE: Step(_service, _to_review, read_service, back=RECEIVER),
        REVIEW: Step(_review, _book, back=SERVICE, working=_booking),
    },
    forgets=True,
)
