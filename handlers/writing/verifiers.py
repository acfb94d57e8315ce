"""The functions that look for a change after its answer was lost, by type of change. New types are added here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.writing import address_changes, cart_changes, freight_changes, order_verifiers, refund_verifiers
from tracking.changes.address import AddressChange
from tracking.changes.cart import CartChange
from tracking.changes.freight import DomesticParcels, FreightBooking
from tracking.changes.order_acts import Cancellation, PayLink, Payment, Receipt, WarehouseChange
from tracking.changes.orders import OrderCreation
from tracking.changes.refunds import LetterSent, ProofSent, RefundAsked, RefundChanged, RefundWithdrawn, ReturnSent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import timedelta

    from handlers.writing.plans import Verdict
    from pandapon.client import PandaPon

VERIFIERS: Mapping[type[Any], Callable[[PandaPon, Any, timedelta], Awaitable[Verdict | None]]] = {
    CartChange: cart_changes.verify,
    AddressChange: address_changes.verify,
    OrderCreation: order_verifiers.verify_creation,
    PayLink: order_verifiers.verify_act,
    Payment: order_verifiers.verify_act,
    Cancellation: order_verifiers.verify_act,
    Receipt: order_verifiers.verify_act,
    WarehouseChange: order_verifiers.verify_act,
    FreightBooking: freight_changes.verify,
    DomesticParcels: freight_changes.verify,
    RefundAsked: refund_verifiers.verify_asked,
    RefundChanged: refund_verifiers.verify_changed,
    RefundWithdrawn: refund_verifiers.verify_withdrawn,
    LetterSent: refund_verifiers.verify_letter,
    ReturnSent: refund_verifiers.verify_return,
    ProofSent: refund_verifiers.verify_proof,
}
