"""The state of a refund in words that say what happens next, and who has to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.labels import platform_name
from handlers.blocks.order_states import refund_words
from handlers.blocks.punctuation import sentences
from handlers.blocks.refunds import todo
from handlers.blocks.text import slack_date
from pandapon.refunds import RefundState, refund_state

if TYPE_CHECKING:
    from datetime import datetime

    from pandapon.aftersales import Refund

_SIGNS = {
    RefundState.REQUESTED: "🕓",
    RefundState.SENT_BACK: "🕓",
    RefundState.AGREED: "✋",
    RefundState.REFUSED: "✋",
    RefundState.TO_CHANGE: "✋",
    RefundState.REFUNDED: "✅",
    RefundState.CLOSED: "✖️",
}


def heading(code: str) -> str:
    """The state with its sign."""
    state = refund_state(code)
    sign = _SIGNS.get(state, "💸") if state else "💸"
    return f"{sign} {capitalised(refund_words(code))}"


def capitalised(phrase: str) -> str:
    """A phrase that begins a line."""
    return phrase[:1].upper() + phrase[1:]


def next_words(refund: Refund, now: datetime) -> str:
    """What is next, and until when, as Slack text; empty for an unknown state."""
    if what := todo(refund.code, refund.platform, refund.until, now):
        return _("✋ *Action needed:* {what}").format(what=what)
    words = _waiting(refund)
    if words and refund.until and refund.until > now and refund_state(refund.code) not in _OVER:
        by = _("{platform} decides by itself {time}.")
        time = slack_date(refund.until, now)
        return sentences([words, by.format(platform=platform_name(refund.platform), time=time)])
    return words


_OVER = frozenset({RefundState.REFUNDED, RefundState.CLOSED})


def _waiting(refund: Refund) -> str:
    match refund_state(refund.code):
        case RefundState.REQUESTED:
            return _("Wait for the seller's answer.")
        case RefundState.SENT_BACK:
            return _("Wait until the seller has received the products.")
        case RefundState.REFUNDED:
            return _("The money was paid back. Nothing to do.")
        case RefundState.CLOSED:
            return _("This refund is closed. You can ask again from the order, if it is still possible.")
        case _:
            return ""
