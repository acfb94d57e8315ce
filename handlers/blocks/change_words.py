"""Each kind of change to the account in words: as done, and as wanted. A new kind is added to the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.blocks import address_words, approval_steps, freight_words
from handlers.blocks import order_change_words as orders
from handlers.blocks import refund_change_words as refunds
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.locale_data import number
from handlers.blocks.punctuation import bracketed
from handlers.blocks.text import code, escape, truncate
from tracking.changes.address import AddressChange
from tracking.changes.approval import ApprovalStep
from tracking.changes.cart import CartChange
from tracking.changes.freight import DomesticParcels, FreightBooking
from tracking.changes.order_acts import Cancellation, PayLink, Payment, Receipt, WarehouseChange
from tracking.changes.orders import OrderCreation
from tracking.changes.refunds import LetterSent, ProofSent, RefundAsked, RefundChanged, RefundWithdrawn, ReturnSent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tracking.writes import Write

TITLE, VARIANT = 60, 40  # characters


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """The words for one kind of change, as Slack text."""

    done: Callable[[Write], str]  # the change as made, as a sentence; the write has the ids of what it created
    wanted: Callable[[Any], str]  # the change to be made, without a full stop
    place: Callable[[], str]  # the place that shows the change
    is_readable: bool = True  # an operation of the API reads the change back


def done(write: Write) -> str:
    """A change that was made, as a sentence."""
    words = WORDS.get(type(write.change))
    return words.done(write) if words else code(write.operation)


def wanted(write: Write) -> str:
    """A change to be made, without a full stop."""
    words = WORDS.get(type(write.change))
    return words.wanted(write.change) if words else code(write.operation)


def place(write: Write) -> str:
    """The place that shows the change, such as "the cart"."""
    words = WORDS.get(type(write.change))
    return words.place() if words else "PandaPon"


def is_readable(write: Write) -> bool:
    """Whether the API can be asked what became of a change whose answer was lost."""
    words = WORDS.get(type(write.change))
    return words is None or words.is_readable


def _cart_done(write: Write) -> str:
    change = write.change
    assert isinstance(change, CartChange)
    product = _product(change)
    if not change.wanted:
        return _("Removed {product} from the cart.").format(product=product)
    pieces = number(change.wanted)
    if not change.before:
        words = ngettext("Added {product} to the cart: {n} pc.", "Added {product} to the cart: {n} pcs.", change.wanted)
    else:
        words = ngettext("{product}: now {n} pc in the cart.", "{product}: now {n} pcs in the cart.", change.wanted)
    return words.format(product=product, n=pieces)


def _cart_wanted(change: CartChange) -> str:
    product = _product(change)
    if not change.wanted:
        return _("remove {product} from the cart").format(product=product)
    words = ngettext("{product}: {n} pc in the cart", "{product}: {n} pcs in the cart", change.wanted)
    return words.format(product=product, n=number(change.wanted))


def _product(change: CartChange) -> str:
    title = escape(truncate(change.title, TITLE)) or code(change.product_id)
    return bracketed(f"*{title}*", escape(truncate(change.variant, VARIANT)))


WORDS: Mapping[type[Any], ChangeWords] = {
    CartChange: ChangeWords(_cart_done, _cart_wanted, lambda: _("the cart")),
    AddressChange: ChangeWords(address_words.done, address_words.wanted, address_words.place),
    OrderCreation: ChangeWords(orders.created, orders.to_create, orders.orders_place),
    PayLink: ChangeWords(orders.pay_page, orders.to_open_pay_page, orders.order_place),
    Payment: ChangeWords(orders.paid, orders.to_pay, orders.order_place),
    Cancellation: ChangeWords(orders.cancelled, orders.to_cancel, orders.order_place),
    Receipt: ChangeWords(orders.received, orders.to_receive, orders.order_place),
    WarehouseChange: ChangeWords(orders.moved, orders.to_move, orders.order_place),
    FreightBooking: ChangeWords(
        freight_words.booked, freight_words.to_book, freight_words.shipments, is_readable=False
    ),
    DomesticParcels: ChangeWords(freight_words.told, freight_words.to_tell, freight_words.arrivals, is_readable=False),
    ApprovalStep: ChangeWords(approval_steps.done, approval_steps.wanted, approval_steps.place),
    RefundAsked: ChangeWords(refunds.asked, refunds.to_ask, refunds.refunds_place),
    RefundChanged: ChangeWords(refunds.changed, refunds.to_change, refunds.refunds_place),
    RefundWithdrawn: ChangeWords(refunds.withdrawn, refunds.to_withdraw, refunds.refunds_place),
    LetterSent: ChangeWords(refunds.letter_sent, refunds.to_send_letter, refunds.refunds_place),
    ReturnSent: ChangeWords(refunds.return_sent, refunds.to_send_return, refunds.refunds_place),
    ProofSent: ChangeWords(refunds.proof_sent, refunds.to_send_proof, refunds.refunds_place, is_readable=False),
}
