"""The form that tells the warehouse in which parcels an order's lines come. The bot fills in the numbers it knows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from handlers.blocks import elements as el
from handlers.blocks.forms import field as form_field
from handlers.blocks.i18n import _
from handlers.blocks.locale_data import listed
from handlers.blocks.text import code, escape, truncate
from handlers.commands.declarations import WrongFieldsError
from handlers.features.shipping.entries import Entries, text_field
from handlers.features.shipping.results import result
from handlers.writing.freight_changes import plan_parcels, refusal
from handlers.writing.steps import Done, Goto, Page, Step
from handlers.writing.wizard import Wizard
from tracking.changes.freight import DomesticParcels
from tracking.flows import Parcelling
from tracking.freight import TypedParcel
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.interactions.interaction import Interaction
    from handlers.writing.plans import Plan
    from tracking.flows import Flow
    from tracking.freight import OrderToShip

FILL, REVIEW = "fill", "review"
LINES = 20  # of an order; each has two fields, and Slack allows 100 blocks
TITLE, CARRIER = 50, 40  # characters
_WAYBILL = re.compile(r"(?=(?:[A-Z-]*[0-9]){5})[A-Z0-9][A-Z0-9-]{6,28}[A-Z0-9]")
NUMBER, BY = "waybill-", "carrier-"  # begin the names of the fields; the line's position follows


@dataclass(frozen=True, slots=True)
class FilledParcels:
    """The filled form: a parcel for each line whose number was written."""

    parcels: tuple[TypedParcel, ...]
    wrong: dict[str, str] = field(default_factory=dict)


def read_parcels(values: dict[str, Any]) -> FilledParcels:
    """Read the form's ``state.values``."""
    entries = Entries(values)
    parcels = []
    for at in range(LINES):
        waybill = entries.typed(f"{NUMBER}{at}").upper().replace(" ", "")
        if not waybill:
            continue
        if not _WAYBILL.fullmatch(waybill):
            entries.refuse(f"{NUMBER}{at}", _("Write the tracking number: 8 to 30 letters and digits."))
        carrier = entries.note(f"{BY}{at}", CARRIER)
        parcels.append(TypedParcel(at, waybill, carrier))
    return FilledParcels(tuple(parcels), entries.wrong)


def begin(order: OrderToShip, known: Sequence[tuple[str, str]]) -> Goto:
    """Return the first page. ``known``: tracking number and carrier of the order's parcels.

    A line's field is filled in where there is no doubt: the platform names its number, or the order has one parcel.
    """
    carriers = dict(known)
    parcels = []
    for at, line in enumerate(order.lines[:LINES]):
        numbers = line.waybills or tuple(carriers)
        if len(numbers) == 1:
            parcels.append(TypedParcel(at, numbers[0], carriers.get(numbers[0], "")))
    return Goto(FILL, Parcelling(order, tuple(known), tuple(parcels)))


def _fill(flow: Flow) -> Page:
    content = _content(flow)
    typed = {parcel.line: parcel for parcel in content.parcels}
    words = [_("In which parcel does each item reach the warehouse? Leave those empty that are not sent yet.")]
    if len(content.known) > 1:
        known = listed(code(f"{number} {carrier}".strip(), 60) for number, carrier in content.known)
        words.append(_("Parcels of this order: {numbers}").format(numbers=known))
    if len(content.order.lines) > LINES:
        words.append(_("Only the first {n} items fit here.").format(n=LINES))
    blocks = [el.section("\n".join(words))]
    for at, line in enumerate(content.order.lines[:LINES]):
        now = typed.get(at, TypedParcel(at, ""))
        title = truncate(" / ".join(part for part in (line.title, line.variant) if part) or line.product_id, TITLE)
        label = _("{title} × {n}: tracking number").format(title=title, n=line.quantity)
        blocks += [
            form_field(label, f"{NUMBER}{at}", text_field(now.waybill), optional=True),
            form_field(_("Carrier"), f"{BY}{at}", text_field(now.carrier), optional=True),
        ]
    return Page(blocks, _("Review"))


def _review(flow: Flow) -> Page:
    content = _content(flow)
    lines = [_parcel(content.order, parcel) for parcel in content.parcels]
    head = _("Tell the warehouse of these parcels of order {id}?").format(id=code(content.order.order_id))
    return Page([el.section(head), el.section("\n".join(lines))], _("Send"))


def _parcel(order: OrderToShip, parcel: TypedParcel) -> str:
    line = order.lines[parcel.line]
    number = " ".join(part for part in (code(parcel.waybill, 40), escape(parcel.carrier)) if part)
    return f"• {escape(truncate(line.title or line.product_id, TITLE))} × {line.quantity} → {number}"


async def _to_review(_interaction: Interaction, flow: Flow, filled: FilledParcels) -> Goto:
    """Go on to the review. Raises WrongFieldsError where no number was written."""
    content = _content(flow)
    parcels = tuple(parcel for parcel in filled.parcels if parcel.line < len(content.order.lines))
    if not parcels:
        raise WrongFieldsError({f"{NUMBER}0": _("Write at least one tracking number.")})
    return Goto(REVIEW, replace(content, parcels=parcels))


async def _send(interaction: Interaction, flow: Flow, _filled: Any) -> Done:
    """Tell the warehouse, once. Raises what ``Writer.make`` raises."""
    content = _content(flow)
    order = content.order

    async def plan() -> Plan:
        return plan_parcels(order, content.parcels)

    target = DomesticParcels(order.platform, order.order_id, ()).target
    outcome = await interaction.ctx.writer.make(WIZARD.act_of(flow), target, plan)
    return result(outcome, _("`/panda freight` books freight abroad."), refusal(outcome.error))


def _content(flow: Flow) -> Parcelling:
    assert isinstance(flow.content, Parcelling)
    return flow.content


WIZARD = Wizard(
    "parcels",
    Parcelling,
    WriteScope.ALL,
    lambda: _("Parcels to warehouse"),
    {FILL: Step(_fill, _to_review, read_parcels), REVIEW: Step(_review, _send, back=FILL)},
)
