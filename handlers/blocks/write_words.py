"""What became of a change to the account, in words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from handlers.blocks.error_messages import platform_error
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.locale_data import number
from handlers.blocks.punctuation import bracketed, sentences
from handlers.blocks.text import code, escape, money, truncate
from tracking.writes import WriteState

if TYPE_CHECKING:
    from pandapon.errors import PandaPonError
    from tracking.writes import CartChange, Write

TITLE, VARIANT = 60, 40  # characters


def said(write: Write, error: PandaPonError | None = None) -> str:
    """Say what became of a change, and what is next where that is not plain. ``error``: of the call."""
    change = change_words(write.change) if write.change else code(write.operation)
    match write.state:
        case WriteState.DONE:
            return f"✅ {change}"
        case WriteState.FOUND_DONE:
            shown = _("PandaPon gave no answer, but the cart shows it")
            return f"✅ {bracketed(change, shown)}"
        case WriteState.BEGUN | WriteState.UNCLEAR:
            unclear = _("It is unclear whether PandaPon did it, so I'm looking and won't send it again.")
            return f"🔎 {sentences([change, unclear])}"
        case WriteState.FOUND_UNDONE:
            return f"❌ {sentences([_not_done(change), _nothing_changed()])}"
        case WriteState.UNKNOWABLE:
            unknown = _("Somebody else has changed the same product since, so please check the quantity.")
            return f"❓ {sentences([change, unknown])}"
        case _:
            reason = platform_error(error) if error else refusal(write)
            return f"❌ {sentences([_not_done(change), reason])}"


def _not_done(change: str) -> str:
    return _("Not done: {change}").format(change=change)


def _nothing_changed() -> str:
    return _("Nothing has changed.")


def change_words(change: CartChange) -> str:
    """A change of a cart as a sentence: the product, and its quantity now."""
    product = product_words(change)
    if not change.wanted:
        return _("Removed {product} from the cart.").format(product=product)
    pieces = number(change.wanted)
    if not change.before:
        words = ngettext("Added {product} to the cart: {n} pc.", "Added {product} to the cart: {n} pcs.", change.wanted)
    else:
        words = ngettext("{product}: now {n} pc in the cart.", "{product}: now {n} pcs in the cart.", change.wanted)
    return words.format(product=product, n=pieces)


def product_words(change: CartChange) -> str:
    """The product and its variant."""
    title = escape(truncate(change.title, TITLE)) or code(change.product_id)
    return bracketed(f"*{title}*", escape(truncate(change.variant, VARIANT)))


def refusal(write: Write) -> str:
    """Why a change was refused, from its record."""
    own = {
        "unknown_form": _("It came from an unknown form."),
        "foreign_form": _("It came from another person's form."),
        "not_allowed": _("This person may not do that."),
        "price_moved": _("The price had changed."),
    }
    if write.reason in own:
        return own[write.reason]
    return _("PandaPon refused it (code {code}).").format(code=code(write.reason)) if write.reason else ""


def yuan(fen: int) -> str:
    """An amount of fen as money."""
    return money(Decimal(fen) / 100)
