"""Add a product to the cart by a form, which a button of the product opens. It shows the price of each choice."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject, claimed
from handlers.blocks import action_ids
from handlers.blocks.i18n import _
from handlers.blocks.pages import answer_page
from handlers.commands.declarations import Feature, Form, Listener, WrongFieldsError
from handlers.features.goods import add_form
from handlers.interactions.opening import open_and_fill
from handlers.parsing.references import read_reference
from handlers.wire import payloads
from handlers.wire.errors import OutdatedError
from handlers.wire.slack import FAILURES
from handlers.wire.text import number_of
from handlers.writing.additions import piece_fen, plan_addition, same_variant, variant_of, variants, wrong_quantity
from handlers.writing.cart_changes import change_cart
from handlers.writing.flows import open_flow, own_flow
from handlers.writing.plans import Act
from pandapon import carts
from tracking.flows import Adding
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from handlers.blocks.message import Message
    from handlers.commands.declarations import View
    from handlers.interactions.interaction import Interaction
    from pandapon.products import ProductDetail, ProductRef, Sku
    from tracking.flows import Flow

DIGITS, POSITION_DIGITS = 9, 4  # of a quantity, and of a variant's position, at most
CONFIRM = "cart.add"  # the name of this act in the records of refused attempts


@dataclass(frozen=True, slots=True)
class FilledAddition:
    """The filled form.

    ``variant``: the position of the chosen variant; -1: none is chosen. ``quantity`` None: the text is no whole number.
    ``wrong`` stays empty: only ``confirm`` knows the product, and so whether the fields are right.
    """

    variant: int
    quantity: int | None
    wrong: dict[str, str] = field(default_factory=dict)


def read_addition(values: dict[str, Any]) -> FilledAddition:
    """Read the form's ``state.values``."""
    chosen = payloads.text(values, "variant", action_ids.ADD_CHOICE + ":variant", "selected_option", "value")
    typed = payloads.text(values, "quantity", action_ids.ADD_CHOICE + ":quantity", "value").strip()
    at = number_of(chosen, POSITION_DIGITS)
    return FilledAddition(-1 if at is None else at, number_of(typed, DIGITS))


async def open_addition(subject: Subject, interaction: Interaction) -> None:
    """Open the form at once, and fill it when PandaPon has described the product."""
    await open_and_fill(interaction, add_form.waiting(), _form(subject, interaction), add_form.refused)


async def _form(subject: Subject, interaction: Interaction) -> View:
    product: ProductRef = await claimed(interaction, subject)
    assert product.platform is not None
    ctx = interaction.ctx
    ctx.api.catalogue.path(carts.ADD[product.platform].name)  # an unknown path fails before the form is filled in
    detail = await ctx.api.product(product.platform, product.product_id)
    flow = await open_flow(interaction, Adding(detail))
    return add_form.form(detail, flow.id, FilledAddition(0, detail.min_quantity or 1))


async def show_price(subject: Subject, interaction: Interaction) -> None:
    """Show the price of the present choice. Only the database is asked, so this is quick.

    Slack sends each typed character, and the bot may answer two at once: the page of the older one never comes last.
    """
    newest, view_id = interaction.ctx.newest, payloads.text(interaction.body, "view", "id")
    turn = newest.turn(view_id)
    flow: Flow = await claimed(interaction, subject)
    filled = read_addition(payloads.table(interaction.body, "view", "state", "values"))
    view = add_form.form(_product(flow), flow.id, filled)
    with contextlib.suppress(*FAILURES):  # the form was closed
        await newest.run(view_id, turn, lambda: interaction.client.views_update(view_id=view_id, view=view))


async def confirm(interaction: Interaction, flow: Flow, filled: FilledAddition) -> View:
    """Add the product to the cart, once. After a change of its price the form returns instead, with both prices.

    Raises WrongFieldsError for a variant that is no longer sold or a quantity that cannot be bought, PandaPonError
    where the product cannot be read, and the errors of ``change_cart``.
    """
    shown = _product(flow)
    chosen = _chosen_variant(shown, filled)
    now = await interaction.ctx.api.product(shown.platform, shown.product_id)
    sku = same_variant(now, chosen.sku_id, chosen.spec_id)
    if sku is None:
        raise WrongFieldsError({"variant": _("This variant is no longer sold.")})
    quantity = filled.quantity or 0
    if wrong := wrong_quantity(now, sku, quantity):
        raise WrongFieldsError({"quantity": wrong})
    key = f"add:{flow.id}"
    if not await interaction.ctx.store.writes.of_key(key):
        before, after = piece_fen(shown, chosen, quantity), piece_fen(now, sku, quantity)
        if before != after:
            return await _price_moved(interaction, flow, now, filled, before)
    act = Act(key, interaction.user, flow.channel)
    outcome = await change_cart(
        interaction.ctx, act, variant_of(now, sku), lambda lines: plan_addition(now, sku, quantity, lines)
    )
    return add_form.result(outcome.write, outcome.error)


async def _price_moved(
    interaction: Interaction, flow: Flow, now: ProductDetail, filled: FilledAddition, before: int | None
) -> View:
    """The form again, with the old price and the new one. It has a new flow, so that sending it is a new act."""
    await interaction.ctx.writer.note_refusal(
        Act(f"add:{flow.id}", interaction.user, flow.channel), carts.ADD[now.platform].name, "price_moved"
    )
    again = await open_flow(interaction, Adding(now), flow.channel)
    return add_form.form(now, again.id, filled, former_fen=before, has_moved=True)


def _chosen_variant(product: ProductDetail, filled: FilledAddition) -> Sku:
    """The chosen variant. Raises WrongFieldsError where none is chosen, or for a wrong quantity."""
    choices = variants(product)
    at = filled.variant if product.skus else 0
    if not 0 <= at < len(choices):
        raise WrongFieldsError({"variant": _("Choose a variant.")})
    if wrong := wrong_quantity(product, choices[at], filled.quantity):
        raise WrongFieldsError({"quantity": wrong})
    return choices[at]


def _product(flow: Flow) -> ProductDetail:
    assert isinstance(flow.content, Adding)
    return flow.content.product


async def _find_product(interaction: Interaction, _given: Any) -> Claim:
    """Read the button's value, which is not trusted, and check that the person may change the cart."""
    product = read_reference(payloads.value(interaction.body))
    if product is None or product.platform is None:
        raise OutdatedError
    await interaction.ctx.gate.require(interaction.client, WriteScope.CART, interaction.user, interaction.channel)
    return Claim(product)


async def _find_addition(interaction: Interaction, _given: Any) -> Claim:
    """Find the flow whose opaque id the form carries. It must be the person's own."""
    flow_id = payloads.text(interaction.body, "view", "private_metadata")
    return Claim(await own_flow(interaction, flow_id, Adding, CONFIRM))


def _failed(message: Message) -> View:
    return answer_page(message, title=add_form.title())


PRODUCT_TO_ADD = Subject("a product that is looked up again, for a person who may change the cart", _find_product)
ADDITION = Subject("the form that this person opened, as the bot remembers it", _find_addition)

FEATURE = Feature(
    forms=(Form(action_ids.ADD_TO_CART, ADDITION, read_addition, confirm, add_form.working, _failed, changes=True),),
    listeners=(
        Listener("action", action_ids.ADD_TO_CART, PRODUCT_TO_ADD, open_addition),
        Listener("action", action_ids.ADD_CHOICE, ADDITION, show_price),
    ),
)
