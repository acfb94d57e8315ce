"""The kinds of changes. Each is a frozen dataclass with the properties of :class:`Recorded`; a new kind is added here.

Two writes of the same ``target`` never run at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, get_args

from tracking.changes.address import AddressChange
from tracking.changes.approval import ApprovalStep
from tracking.changes.cart import CartChange
from tracking.changes.freight import DomesticParcels, FreightBooking
from tracking.changes.order_acts import Cancellation, PayLink, Payment, Receipt, WarehouseChange
from tracking.changes.orders import OrderCreation
from tracking.changes.refunds import LetterSent, ProofSent, RefundAsked, RefundChanged, RefundWithdrawn, ReturnSent

if TYPE_CHECKING:
    from pandapon.shipment import Platform

Change = (
    CartChange
    | AddressChange
    | OrderCreation
    | PayLink
    | Payment
    | Cancellation
    | Receipt
    | WarehouseChange
    | FreightBooking
    | DomesticParcels
    | ApprovalStep
    | RefundAsked
    | RefundChanged
    | RefundWithdrawn
    | LetterSent
    | ReturnSent
    | ProofSent
)
KINDS: tuple[type[Change], ...] = get_args(Change)


class Recorded(Protocol):
    """The properties of every kind of change."""

    @property
    def platform(self) -> Platform | None:
        """The platform; None: the change concerns no platform."""
        ...

    @property
    def target(self) -> str:
        """The name of the thing that is changed."""
        ...

    @property
    def subject(self) -> str:
        """The id of the thing that is changed, for the audit trail."""
        ...

    @property
    def details(self) -> str:
        """The change in plain words, for the audit trail; never an address or a phone number."""
        ...
