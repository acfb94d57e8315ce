"""The lines of an order that a refund may be asked for, and the limits of its amount. No I/O."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.addresses import order_page
from handlers.blocks.i18n import _
from handlers.blocks.labels import platform_name
from handlers.wire.errors import RequestError
from pandapon import carts
from pandapon.milestones import fold_code
from pandapon.refunds import OVER, names_refund, refund_state
from pandapon.shipment import FINAL, Milestone, OrderRef, Platform
from tracking.flows import AskingRefund, ClaimableLine

if TYPE_CHECKING:
    from pandapon.aftersales import RefundRequest
    from pandapon.models import Item, Order

_AMOUNT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,2})?")
_OVER = frozenset({"success"})  # 1688's code of a finished order, whose claims are after-sales claims [upstream]
LINES = 80  # of an order that the form shows


def claimable(order: Order, *, takes_proofs: bool, known: Milestone | None = None) -> AskingRefund:
    """Return the form's content for an order as it is now. ``known``: the milestone that the bot has stored for it.

    Raises RequestError where no refund can be asked for.
    """
    if order.is_unpaid:
        raise RequestError(_("This order isn't paid, so there is nothing to refund."))
    if order.milestone is Milestone.CANCELLED:
        raise RequestError(_("This order is cancelled, so no refund can be asked for."))
    lines = tuple(_line(item) for item in order.items if item.entry_id)
    if not lines:
        raise lacks_ids(order.ref)
    if all(line.is_taken for line in lines) or (order.platform is Platform.ALIBABA and is_open(order.refund_status)):
        raise RequestError(_("This order has an open refund already. `/panda refunds` shows it."))
    return AskingRefund(
        order.platform,
        order.order_id,
        lines,
        carts.fen(order.shipping_amount or Decimal()),
        None if order.total_amount is None else carts.fen(order.total_amount),
        is_shipped=_is_shipped(order, known),
        is_over=fold_code(order.status_code) in _OVER,
        takes_proofs=takes_proofs and order.platform is Platform.ALIBABA,
    )


def lacks_ids(ref: OrderRef) -> RequestError:
    """Make the error for an order whose ids are missing, or are none that can be sent."""
    words = _("PandaPon's description of this order lacks what a refund needs. Ask for it there: {link}.")
    return RequestError(words.format(link=platform_link(ref)))


def is_open(code: str) -> bool:
    """Whether a refund's state says that the refund is open. An unknown state counts as open."""
    return names_refund(code) and refund_state(code) not in OVER


def most_of(asking: AskingRefund, ask: RefundRequest) -> int | None:
    """The most that may be asked back for the chosen lines, in fen without shipping; None where it is not known."""
    if ask.platform is Platform.TAOBAO and asking.terms and asking.terms.most is not None:
        return carts.fen(asking.terms.most)
    by_entry, amounts = {line.entry_id: line for line in asking.lines}, []
    for chosen in ask.lines:
        line = by_entry.get(chosen.entry_id)
        if line is None or line.fen is None:
            return asking.total_fen
        amounts.append(line.fen * chosen.pieces // line.pieces if line.pieces else line.fen)
    return min(sum(amounts), asking.total_fen) if asking.total_fen is not None else sum(amounts)


def least_of(asking: AskingRefund) -> int:
    """The least amount that may be asked back, in fen."""
    least = asking.terms.least if asking.terms else None
    return max(1, carts.fen(least)) if least is not None else 1


def read_amount(typed: str) -> int | None:
    """Read an amount of yuan as fen; None for anything but a number with at most two decimals."""
    return int(Decimal(typed) * 100) if _AMOUNT.fullmatch(typed) else None


def yuan_of(fen: int) -> Decimal:
    """Return fen as yuan."""
    return Decimal(fen) / 100


def platform_link(ref: OrderRef) -> str:
    """A link to the order on its platform, as Slack text."""
    return el.link(order_page(ref), platform_name(ref.platform))


def _line(item: Item) -> ClaimableLine:
    pieces = item.quantity if item.quantity is not None else Decimal()
    return ClaimableLine(
        item.entry_id,
        item.title,
        item.variant,
        int(pieces),
        None if item.amount is None else carts.fen(item.amount),
        is_open(item.refund_status),
    )


def _is_shipped(order: Order, known: Milestone | None) -> bool | None:
    """Whether the seller has shipped the order; None where the form has to ask the person.

    The form asks where the order has neither a state nor parcels, and where its state lags behind its parcels.
    """
    if _is_past(order.milestone):
        return True
    was_sent = bool(order.waybills or order.consignments) or _is_past(known)
    if order.milestone is None:
        return True if was_sent else None
    return None if was_sent else False


def _is_past(milestone: Milestone | None) -> bool:
    """Whether an order at this milestone was shipped. A problem counts as shipped: it happened on the way."""
    if milestone is None or milestone is Milestone.CANCELLED:
        return False
    return milestone.is_problem or milestone in FINAL or milestone.rank >= Milestone.SHIPPED.rank
