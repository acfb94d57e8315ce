"""Refunds and acts on refunds in words: as done, and as wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.parts import short_name
from handlers.blocks.punctuation import sentences
from handlers.blocks.text import escape, sanitize_id, truncate, yuan
from pandapon.shipment import OrderRef
from tracking.changes.refunds import LetterSent, ProofSent, RefundAsked, RefundChanged, RefundWithdrawn, ReturnSent

if TYPE_CHECKING:
    from tracking.writes import Write

TITLE, CARRIER = 60, 40  # characters


def asked(write: Write) -> str:
    """A refund that was asked for, as a sentence with its id."""
    change = write.change
    assert isinstance(change, RefundAsked)
    words = _("Asked for a return and refund of {amount}: {product}, {order}.")
    if not change.with_return:
        words = _("Asked for a refund of {amount}: {product}, {order}.")
    named = _("Refund {id}.").format(id=_id(write.made[0])) if write.made else ""
    return sentences([words.format(**_asking(change)), named])


def to_ask(change: RefundAsked) -> str:
    """A refund to be asked for, without a full stop."""
    words = _("ask for a refund of {amount}: {product}, {order}")
    if change.with_return:
        words = _("ask for a return and refund of {amount}: {product}, {order}")
    return words.format(**_asking(change))


def changed(write: Write) -> str:
    """A changed refund, as a sentence."""
    change = write.change
    assert isinstance(change, RefundChanged)
    return _("Refund {id} now asks for {amount}.").format(id=_id(change.refund_id), amount=yuan(change.fen))


def to_change(change: RefundChanged) -> str:
    """A change of a refund, without a full stop."""
    return _("change refund {id} to {amount}").format(id=_id(change.refund_id), amount=yuan(change.fen))


def withdrawn(write: Write) -> str:
    """A cancelled refund, as a sentence."""
    change = write.change
    assert isinstance(change, RefundWithdrawn)
    return _("Cancelled refund {id}.").format(id=_id(change.refund_id))


def to_withdraw(change: RefundWithdrawn) -> str:
    """A refund to be cancelled, without a full stop."""
    return _("cancel refund {id}").format(id=_id(change.refund_id))


def letter_sent(write: Write) -> str:
    """A message to the seller, as a sentence."""
    change = write.change
    assert isinstance(change, LetterSent)
    return _("Sent your message to the seller, in refund {id}.").format(id=_id(change.refund_id))


def to_send_letter(change: LetterSent) -> str:
    """A message to be sent, without a full stop."""
    return _("write to the seller in refund {id}").format(id=_id(change.refund_id))


def return_sent(write: Write) -> str:
    """A return's shipment that the seller was told of, as a sentence."""
    change = write.change
    assert isinstance(change, ReturnSent)
    return _("The seller can now follow your return for refund {id}: {parcel}.").format(
        id=_id(change.refund_id), parcel=_parcel(change)
    )


def to_send_return(change: ReturnSent) -> str:
    """A return's shipment to tell the seller of, without a full stop."""
    return _("tell the seller the return for refund {id}: {parcel}").format(
        id=_id(change.refund_id), parcel=_parcel(change)
    )


def proof_sent(write: Write) -> str:
    """An uploaded picture, as a sentence."""
    change = write.change
    assert isinstance(change, ProofSent)
    return _("Uploaded a picture as proof for {order}.").format(order=_order(change))


def to_send_proof(change: ProofSent) -> str:
    """A picture to be uploaded, without a full stop."""
    return _("upload a picture as proof for {order}").format(order=_order(change))


def refunds_place() -> str:
    """The place that shows refunds."""
    return "`/panda refunds`"


def _asking(change: RefundAsked) -> dict[str, str]:
    title = escape(truncate(change.title, TITLE))
    return {
        "amount": f"*{yuan(change.fen)}*",
        "product": f"*{title}*" if title else _("(no title)"),
        "order": _order(change),
    }


def _order(change: RefundAsked | ProofSent) -> str:
    return short_name(OrderRef(change.platform, change.order_id))


def _parcel(change: ReturnSent) -> str:
    return f"{escape(truncate(change.carrier, CARRIER))} `{sanitize_id(change.number)}`"


def _id(refund_id: str) -> str:
    return f"`{sanitize_id(refund_id)}`"
