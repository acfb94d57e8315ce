"""The form that asks what freight abroad costs for a product: variant, quantity and receiver, then the offers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject, claimed
from handlers.blocks import action_ids, freight_words
from handlers.blocks import elements as el
from handlers.blocks.forms import Choice, grouped_select
from handlers.blocks.forms import field as form_field
from handlers.blocks.i18n import _
from handlers.blocks.locale_data import number
from handlers.blocks.text import escape, plain, truncate
from handlers.commands.declarations import Listener, WrongFieldsError
from handlers.features.shipping import receiver_fields
from handlers.features.shipping.entries import Entries, text_field
from handlers.wire import payloads
from handlers.wire.errors import OutdatedError, RequestError
from handlers.wire.text import number_of
from handlers.writing.additions import MOST, variants
from handlers.writing.freight_changes import estimate
from handlers.writing.steps import Goto, Page, Step
from handlers.writing.wizard import Wizard
from pandapon.operations import freight
from pandapon.order_lines import OrderLine
from pandapon.products import ProductRef, piece_price
from pandapon.shipment import Platform
from tracking.flows import Estimating

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.interactions.interaction import Interaction
    from pandapon.products import Sku
    from tracking.addresses import TypedReceiver
    from tracking.flows import Flow
    from tracking.freight import Offer

FILL, OFFERS = "fill", "offers"
TITLE, VARIANT = 100, 50  # characters
VARIANTS = 2000  # that the menu offers
PRODUCT_ID = 80  # characters


@dataclass(frozen=True, slots=True)
class FilledEstimate:
    """The filled form. ``variant``: its position among the product's variants; -1: none is chosen."""

    variant: int
    quantity: int
    receiver: TypedReceiver
    wrong: dict[str, str] = field(default_factory=dict)


def read_estimate(values: dict[str, Any]) -> FilledEstimate:
    """Read the form's ``state.values``."""
    entries = Entries(values)
    chosen, typed = entries.chosen("variant"), entries.typed("quantity")
    quantity = number_of(typed, len(str(MOST))) or 0
    if not 1 <= quantity <= MOST:
        entries.refuse("quantity", _("Write a whole number from 1 to {n}.").format(n=number(MOST)))
    variant = number_of(chosen, len(str(VARIANTS)))
    receiver = receiver_fields.read(entries)
    return FilledEstimate(-1 if variant is None else variant, quantity, receiver, entries.wrong)


def _fill(flow: Flow) -> Page:
    now = _content(flow)
    product = now.product
    blocks = [el.section(f"*{escape(truncate(product.title, TITLE)) or _('(no title)')}*")]
    if product.skus:
        choices = [Choice(str(at), _variant(sku)) for at, sku in enumerate(product.skus[:VARIANTS])]
        menu = grouped_select([(_("Variants"), choices)], str(now.variant))
        blocks.append(form_field(_("Variant"), "variant", menu))
    blocks.append(form_field(_("Quantity"), "quantity", text_field(str(now.quantity))))
    note = _("Only you see this. I keep it until you close the form, for a day at most; the estimate goes to PandaPon.")
    return Page([*blocks, *receiver_fields.fields(now.receiver), el.context(note)], _("Show offers"))


def _variant(sku: Sku) -> str:
    return truncate(plain(sku.variant), VARIANT).replace("<", "＜") or sku.sku_id or _("(without a name)")


def _offers(flow: Flow) -> Page:
    now = _content(flow)
    sku = variants(now.product)[now.variant]
    purchase = _("{n} × {product}").format(n=number(now.quantity), product=escape(truncate(now.product.title, TITLE)))
    head = [purchase, escape(truncate(sku.variant, VARIANT)), escape(freight_words.country(now.receiver.country))]
    lines = offer_lines(now.offers) or [_("PandaPon offers no service for this.")]
    note = _("An estimate: the preview of an order has the price that is booked. Weight and customs may change it.")
    heading = " · ".join(part for part in head if part)
    return Page([el.section(f"*{heading}*"), el.section("\n".join(lines)), el.context(note)])


def offer_lines(offers: Sequence[Offer]) -> list[str]:
    """One line of Slack text for each offer. ``offers``: the cheapest first."""
    quickest = min((days for offer in offers if (days := first_days(offer)) is not None), default=None)
    return [_line(at, offer, quickest) for at, offer in enumerate(offers, 1)]


def _line(at: int, offer: Offer, quickest: int | None) -> str:
    notes = [_("cheapest")] if at == 1 and offer.fen is not None else []
    notes += [_("quickest")] if quickest is not None and first_days(offer) == quickest else []
    parts = [
        f"*{freight_words.price(offer.fen, offer.currency)}*",
        escape(freight_words.service(offer)),
        escape(freight_words.days(offer)),
        *notes,
    ]
    return f"{at}. " + " · ".join(part for part in parts if part)


def first_days(offer: Offer) -> int | None:
    """The first number of days that an offer names, such as 9 of ``9-14``; None where it names none."""
    digits = "".join(sign if sign.isascii() and sign.isdigit() else " " for sign in offer.days).split()
    return int(digits[0][:4]) if digits else None


async def _ask(interaction: Interaction, flow: Flow, filled: FilledEstimate) -> Goto:
    """Ask for the offers. Raises WrongFieldsError for a variant without id or price, and what ``estimate`` raises."""
    content = _content(flow)
    product = content.product
    choices = variants(product)
    at = filled.variant if product.skus else 0
    if not 0 <= at < len(choices):
        raise WrongFieldsError({"variant": _("Choose a variant.")})
    line = OrderLine(
        product_id=product.product_id,
        sku_id=choices[at].sku_id,
        quantity=filled.quantity,
        price=piece_price(product, choices[at], filled.quantity),
    )
    if not line.can_be_shipped:
        words = _("PandaPon gives no ID or no price for this variant, and its freight calls need both.")
        raise WrongFieldsError({"variant" if product.skus else "quantity": words})
    offers = await estimate(interaction.ctx.api, line, filled.receiver)
    return Goto(OFFERS, replace(content, variant=at, quantity=filled.quantity, receiver=filled.receiver, offers=offers))


async def _nothing(_interaction: Interaction, _flow: Flow, _filled: Any) -> Goto:
    """Refuse to send the page of offers, which has no button for that."""
    raise OutdatedError


WIZARD = Wizard(
    "estimate",
    Estimating,
    None,
    lambda: _("Freight abroad"),
    {FILL: Step(_fill, _ask, read_estimate), OFFERS: Step(_offers, _nothing, back=FILL)},
    forgets=True,
)


async def _open(subject: Subject, interaction: Interaction) -> None:
    async def begin() -> Goto:
        chosen: ProductRef = await claimed(interaction, subject)
        assert chosen.platform is not None
        interaction.ctx.api.catalogue.path(freight.ESTIMATE.name)
        product = await interaction.ctx.api.product(chosen.platform, chosen.product_id)
        if not any(sku.sku_id for sku in variants(product)):
            raise RequestError(_("PandaPon gives no ID for this product's variants, and its freight calls need one."))
        return Goto(FILL, Estimating(product, quantity=product.min_quantity or 1))

    await WIZARD.open(interaction, begin)


async def _chosen(interaction: Interaction, _given: Any) -> Claim:
    """Read the button's value, which anybody can forge; the product is looked up at PandaPon."""
    platform, _colon, product_id = payloads.value(interaction.body).partition(":")
    is_id = product_id.isascii() and 0 < len(product_id) <= PRODUCT_ID and not set(product_id) & set(" :\n\r\t")
    if platform not in set(Platform) or not is_id:
        raise OutdatedError
    return Claim(ProductRef(product_id, Platform(platform)))


def _content(flow: Flow) -> Estimating:
    assert isinstance(flow.content, Estimating)
    return flow.content


PRODUCT = Subject("a product that is looked up again", _chosen)

FEATURE = WIZARD.feature(Listener("action", action_ids.ESTIMATE_FREIGHT, PRODUCT, _open))
