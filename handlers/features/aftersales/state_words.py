"""The state of a refund in words that say what happens next, and who has to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.labels import platform_name
from handlers.blocks.order_states import refund_words
from handlers.blocks.punctuation import sentences
from handlers.blocks.refunds import todo
from handlers.blocks.text import slack_date
from pandapon.refunds import OVER, RefundState, refund_state

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
    """A refund's state in words, after its emoji. ``code``: the platform's code of the state."""
    state = refund_state(code)
    sign = _SIGNS.get(state, "💸") if state else "💸"
    return f"{sign} {capitalised(refund_words(code))}"


def capitalised(phrase: str) -> str:
    """A phrase with a capital first letter."""
    return phrase[:1].upper() + phrase[1:]


def next_words(refund: Refund, now: datetime) -> str:
    """The next step and its deadline, as Slack text; empty for an unknown state."""
    if action := todo(refund.code, refund.platform, refund.until, now):
        return _("✋ *Action needed:* {what}").format(what=action)
    words = _waiting(refund)
    if words and refund.until and refund.until > now and refund_state(refund.code) not in OVER:
        by = _("{platform} decides by itself {time}.")
        time = slack_date(refund.until, now)
        return sentences([words, by.format(platform=platform_name(refund.platform), time=time)])
    return words


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
