"""The fields of the first page of the order form: variants, quantities, the address, and notes to sellers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from handlers.blocks.forms import value_of
from handlers.blocks.i18n import _
from handlers.commands.declarations import WrongFieldsError
from handlers.features.buying import order_view
from handlers.features.buying.quote import chosen_line
from handlers.wire.text import number_of
from handlers.writing.additions import variants, wrong_quantity

if TYPE_CHECKING:
    from tracking.flows import Ordering

DIGITS, POSITION_DIGITS = 9, 4  # of a quantity, and of a variant's position, at most


@dataclass(frozen=True, slots=True)
class FilledOrder:
    """The filled first page, as raw fields: only the flow knows their names."""

    values: dict[str, Any]
    wrong: dict[str, str] = field(default_factory=dict)


def read_order(values: dict[str, Any]) -> FilledOrder:
    """Take the fields of the first page. They are checked later, together with the flow."""
    return FilledOrder(values)


def with_fields(content: Ordering, filled: FilledOrder) -> Ordering:
    """Return the content with what the first page holds. Raises WrongFieldsError for wrong fields."""
    values = filled.values
    address = value_of(values, "address", "selected_option")
    wrong = {} if address in dict(content.addresses) else {"address": _("Choose an address.")}
    lines = list(content.lines)
    for at, product in enumerate(content.products):
        variant = value_of(values, f"variant{at}", "selected_option")
        position = number_of(variant, POSITION_DIGITS) if product.skus else 0
        if position is None or position >= len(variants(product)):
            wrong[f"variant{at}"] = _("Choose a variant.")
            continue
        quantity = number_of(value_of(values, f"quantity{at}", "value").strip(), DIGITS)
        if problem := wrong_quantity(product, variants(product)[position], quantity):
            wrong[f"quantity{at}"] = problem
            continue
        lines[at] = chosen_line(product, position, quantity or 1)
    if wrong:
        raise WrongFieldsError(wrong)
    notes = tuple(
        (seller, " ".join(value_of(values, f"note{at}", "value").split())[: order_view.NOTE])
        for at, seller in enumerate(order_view.noted_sellers(content))
    )
    return replace(content, lines=tuple(lines), address=address, notes=notes)
