"""Change a line's quantity in a form, for quantities beyond a press of + or −."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject
from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.forms import VALUE, value_of
from handlers.blocks.forms import field as form_field
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.locale_data import number
from handlers.blocks.pages import answer_page, orders_page
from handlers.blocks.people import name
from handlers.blocks.write_words import outcome_words
from handlers.commands.declarations import Feature, Form, Opener, WrongFieldsError
from handlers.features.cart.cart import LINE, ChosenLine, chosen_line, set_quantity
from handlers.features.cart.cart_view import line_words
from handlers.wire import payloads
from handlers.wire.text import number_of

if TYPE_CHECKING:
    from handlers.blocks.message import Block, Message
    from handlers.commands.declarations import View
    from handlers.interactions.interaction import Interaction
    from pandapon.errors import PandaPonError
    from tracking.writes import Write

MOST = 1_000_000  # pieces of one line
DIGITS = 9  # of a quantity, at most


@dataclass(frozen=True, slots=True)
class FilledQuantity:
    """The filled form. ``wrong``: sentences by field."""

    quantity: int
    wrong: dict[str, str] = field(default_factory=dict)


async def open_quantity(_interaction: Interaction, chosen: ChosenLine) -> View:
    """Make the form with the line's present quantity."""
    return form(chosen)


def form(chosen: ChosenLine) -> View:
    """Ask for the new quantity. The field's name is ``quantity``."""
    element: Block = {
        "type": "number_input",
        "action_id": VALUE,
        "is_decimal_allowed": False,
        "min_value": "1",
        "max_value": str(MOST),
        "initial_value": str(chosen.line.quantity),
    }
    blocks = [el.section(line_words(chosen.line)), form_field(_("Quantity"), "quantity", element)]
    view = orders_page(blocks, submit=_("Change"), title=title())
    return view | {"callback_id": action_ids.CART_QUANTITY, "private_metadata": f"{chosen.flow.id}.{chosen.at}"}


def read_quantity(values: dict[str, Any]) -> FilledQuantity:
    """Read the form's ``state.values``."""
    quantity = number_of(value_of(values, "quantity", "value").strip(), DIGITS)
    if quantity is None or not 1 <= quantity <= MOST:
        return FilledQuantity(0, {"quantity": _("Write a whole number, such as {n}.").format(n=2)})
    return FilledQuantity(quantity)


async def change(interaction: Interaction, chosen: ChosenLine, filled: FilledQuantity) -> View:
    """Set the quantity, once. Raises WrongFieldsError for more than the stock."""
    stock = chosen.line.stock
    if stock is not None and filled.quantity > stock:
        words = ngettext("Only {n} piece is left.", "Only {n} pieces are left.", stock).format(n=number(stock))
        raise WrongFieldsError({"quantity": words})
    outcome = await set_quantity(interaction, chosen, filled.quantity)
    return result(outcome.write, outcome.error)


def result(write: Write, error: PandaPonError | None = None) -> View:
    """The page with the result of the change, who made it, and what is next."""
    notes = [_("By {user}").format(user=name(write.actor)), _("Press Refresh in the cart, or type `/panda cart`.")]
    return orders_page([el.section(outcome_words(write, error)), el.context(" · ".join(notes))], title=title())


def title() -> str:
    """The title of the form and of every page behind it."""
    return _("Quantity")


def working() -> View:
    """The page that is shown while the quantity is changed."""
    return orders_page([el.section("⏳ " + _("Changing the cart…"))], title=title())


def refused(message: Message) -> View:
    """The page that explains an error."""
    return answer_page(message, title=title())


async def _in_form(interaction: Interaction, _filled: FilledQuantity) -> Claim:
    carried = payloads.text(interaction.body, "view", "private_metadata")
    return Claim(await chosen_line(interaction, carried, "cart.quantity"))


OF_FORM = Subject("the line for which this person opened the form, as the bot remembers it", _in_form)

FEATURE = Feature(
    openers=(Opener("action", action_ids.CART_QUANTITY, LINE, open_quantity, refused),),
    forms=(Form(action_ids.CART_QUANTITY, OF_FORM, read_quantity, change, working, refused, changes=True),),
)
