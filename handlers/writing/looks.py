"""The functions that look for a change after its answer was lost, by type of change. New types are added here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.writing import address_changes, cart_changes, freight_changes, order_looks, refund_looks
from tracking.changes.address import AddressChange
from tracking.changes.cart import CartChange
from tracking.changes.freight import DomesticParcels, FreightBooking
from tracking.changes.order_acts import Cancellation, PayLink, Payment, Receipt, WarehouseChange
from tracking.changes.orders import OrderCreation
from tracking.changes.refunds import LetterSent, ProofSent, RefundAsked, RefundChanged, RefundWithdrawn, ReturnSent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import timedelta

    from handlers.writing.writer import Found
    from pandapon.client import PandaPon

LOOKS: Mapping[type[Any], Callable[[PandaPon, Any, timedelta], Awaitable[Found | None]]] = {
    CartChange: cart_changes.look,
    AddressChange: address_changes.look,
    OrderCreation: order_looks.look_for_orders,
    PayLink: order_looks.look_at_orders,
    Payment: order_looks.look_at_orders,
    Cancellation: order_looks.look_at_orders,
    Receipt: order_looks.look_at_orders,
    WarehouseChange: order_looks.look_at_orders,
    FreightBooking: freight_changes.look,
    DomesticParcels: freight_changes.look,
    RefundAsked: refund_looks.look_for_asked,
    RefundChanged: refund_looks.look_for_changed,
    RefundWithdrawn: refund_looks.look_for_withdrawn,
    LetterSent: refund_looks.look_for_letter,
    ReturnSent: refund_looks.look_for_return,
    ProofSent: refund_looks.no_proof,
}
