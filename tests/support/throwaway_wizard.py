"""A form of two pages that adds pieces to the cart, for the tests of the mechanism."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject, claimed
from handlers.blocks import elements as el
from handlers.blocks.forms import VALUE, value_of
from handlers.blocks.forms import field as form_field
from handlers.blocks.help_page import HelpPage
from handlers.blocks.write_words import DONE, outcome_words
from handlers.commands.declarations import Answer, Command, Feature, Listener, WrongFieldsError
from handlers.parsing.words import Verb
from handlers.writing import wizard
from handlers.writing.additions import plan_addition, variant_of, variants
from handlers.writing.cart_changes import change_cart
from handlers.writing.steps import Done, Goto, Page, Step
from handlers.writing.wizard import Wizard
from pandapon.shipment import Platform
from tracking.flows import Adding
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from tracking.flows import Flow

NAME, OPEN = "throwaway", "open_throwaway"


@dataclass(frozen=True, slots=True)
class Purchase:
    """A request for the button that opens the form."""

    def command(self) -> str:
        """The canonical text."""
        return "rehearse"


@dataclass(frozen=True, slots=True)
class Filled:
    """The pieces; 0: none are given."""

    pieces: int
    wrong: dict[str, str] = field(default_factory=dict)


def read(values: dict[str, Any]) -> Filled:
    """Read the first page."""
    typed = value_of(values, "pieces", "value")
    return Filled(int(typed)) if typed.isdigit() else Filled(0, {"pieces": "A number, please."})


def first(flow: Flow) -> Page:
    """The first page, which asks for the number of pieces."""
    title = flow.content.product.title  # type: ignore[union-attr]  # the flow began with a product
    element = {"type": "plain_text_input", "action_id": VALUE}
    again = wizard.button(NAME, "rename", flow, "Rename", "red")
    return Page([el.section(title), *el.actions([again]), form_field("Pieces", "pieces", element)], "Next")


def second(flow: Flow) -> Page:
    """The second page, which asks for the confirmation."""
    return Page([el.section(f"{flow.content.product.min_quantity} pieces?")], "Confirm")  # type: ignore[union-attr]  # the flow began with a product


async def review(_interaction: Interaction, flow: Flow, filled: Filled) -> Goto:
    """Take the wanted number over into the form's content."""
    if filled.pieces > 999:
        raise WrongFieldsError({"pieces": "Too many."})
    assert isinstance(flow.content, Adding)
    product = flow.content.product.model_copy(update={"min_quantity": filled.pieces})
    return Goto("second", replace(flow.content, product=product))


async def rename(_interaction: Interaction, flow: Flow, argument: str, _values: dict[str, Any]) -> Goto:
    """A press that changes the content."""
    assert isinstance(flow.content, Adding)
    return Goto("first", Adding(flow.content.product.model_copy(update={"title": f"now {argument}"})))


async def confirm(interaction: Interaction, flow: Flow, _filled: Any) -> Done:
    """Add the pieces to the cart."""
    assert isinstance(flow.content, Adding)
    product = flow.content.product
    sku, pieces = variants(product)[0], product.min_quantity or 1
    outcome = await change_cart(
        interaction.ctx,
        WIZARD.act_of(flow),
        variant_of(product, sku),
        lambda lines: plan_addition(product, sku, pieces, lines),
    )
    is_over = outcome.write.state in DONE or not outcome.error
    return Done([el.section(outcome_words(outcome.write, outcome.error))], (outcome.write.id,) if is_over else ())


WIZARD = Wizard(
    NAME,
    Adding,
    WriteScope.CART,
    lambda: "Throw-away",
    {"first": Step(first, review, read), "second": Step(second, confirm, back="first")},
    {"rename": rename},
)


async def show(_interaction: Interaction, _request: Purchase) -> Message:
    """The button that opens the form."""
    return el.message([el.section("Buy?"), *el.actions([el.button("Buy", OPEN, "x")])])


async def open_it(subject: Subject, interaction: Interaction) -> None:
    """Open the form."""

    async def begin() -> Goto:
        await claimed(interaction, subject)
        return Goto("first", Adding(await interaction.ctx.api.product(Platform.ALIBABA, "A000-1688-demo")))

    await WIZARD.open(interaction, begin)


async def _anybody(_interaction: Interaction, _given: Any) -> Claim:
    return Claim()


def _read(command: TypedCommand) -> Purchase:
    return Purchase()


def _help() -> HelpPage:
    return HelpPage("Throw-away", "Buys.", (("/panda rehearse", "buys"),))


OWN = WIZARD.feature()
FEATURE = Feature(
    commands=(Command(Verb("rehearse", (), frozenset()), _read, _help),),
    answers=(Answer(Purchase, show),),
    forms=OWN.forms,
    listeners=(*OWN.listeners, Listener("action", OPEN, Subject("anybody", _anybody), open_it)),
)
