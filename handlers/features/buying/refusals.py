"""Why an order does not allow an act, and the next step: in words, with a request that leads there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.addresses import order_page
from handlers.blocks.i18n import _
from handlers.blocks.labels import platform_name
from handlers.blocks.parts import show_button
from handlers.blocks.standing import platform_word
from handlers.blocks.text import code
from handlers.wire.requests import ActOnOrders, AskRefund, ContactSeller
from pandapon.shipment import Milestone, Platform

if TYPE_CHECKING:
    from handlers.blocks.message import Block
    from handlers.wire.requests import Request
    from pandapon.models import Order

M = Milestone


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an order does not allow an act, as Slack text. ``next``: the act that helps; None: the bot has none."""

    words: str
    label: str = ""  # of the button that leads to ``next``
    next: Request | None = None

    @property
    def text(self) -> str:
        """The words with the command of the next step, for a place without room for a button."""
        return " ".join([self.words, code(f"/panda {self.next.command()}")]) if self.next else self.words

    def button(self, number: int) -> Block | None:
        """The button of the next step. ``number`` keeps ids unique."""
        return show_button(self.label, number, self.next) if self.next else None


def refusal(act: str, order: Order) -> Refusal:
    """Why an order does not allow an act. ``act``: one that ``order_acts.possible_acts`` does not return."""
    if order.milestone is M.CANCELLED:
        return Refusal(_("This order is cancelled."))
    reason = {"pay": _not_to_pay, "cancel": _not_to_cancel, "receive": _not_to_receive}.get(act)
    return (reason(order) if reason else None) or _unknown(order)


def _not_to_pay(order: Order) -> Refusal | None:
    return Refusal(_("Already paid, so there is nothing to pay.")) if order.is_settled else None


def _not_to_cancel(order: Order) -> Refusal | None:
    if not order.is_settled:
        return None
    ask = AskRefund(order.order_id, order.platform)
    return Refusal(_("A paid order cannot be cancelled: ask for a refund."), _("Refund…"), ask)


def _not_to_receive(order: Order) -> Refusal | None:
    order_id = order.order_id
    if order.is_unpaid:
        return Refusal(_("Not paid yet."), _("Pay…"), ActOnOrders("pay", (order_id,), order.platform))
    if order.platform is Platform.TAOBAO:
        words = _("A receipt of Taobao is confirmed there, not here: {link}.")
        return Refusal(words.format(link=_link(order)))
    if order.milestone is M.DELIVERED:
        return Refusal(_("The receipt is confirmed already."))
    if order.milestone is M.PAID:
        ask = ContactSeller(order_id=order_id, platform=order.platform)
        return Refusal(_("The seller has not shipped it yet."), _("Message the seller"), ask)
    return None


def _unknown(order: Order) -> Refusal:
    """The platform's own word for the state, and its page, which may allow acts that the bot does not know."""
    state = platform_word(order) or _("state unknown")
    words = _("{platform} does not allow this now ({state}). Look at it there: {link}.")
    return Refusal(words.format(platform=platform_name(order.platform), state=state, link=_link(order)))


def _link(order: Order) -> str:
    return el.link(order_page(order.ref), platform_name(order.platform))
