"""An order as it is fetched, as it is stored, and as it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pandapon.shipment import Milestone, Shipment, by_shipping
from tracking.expected import is_under_way
from tracking.refunds import new_refunds
from tracking.renumber import live

if TYPE_CHECKING:
    from pandapon.courier import Reason
    from pandapon.models import Order
    from pandapon.refunds import RefundDetail
    from pandapon.shipment import OrderRef
    from tracking.values import Expected, Refund

_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FetchedOrder:
    """One reading of an order. A part that is None was not read this time, which says nothing about the order."""

    ref: OrderRef
    order: Order | None = None
    shipment: Shipment | None = None
    refunds: tuple[RefundDetail, ...] = ()  # details of the refunds that ``order`` names, as far as they were read


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """Everything stored about an order. Its watches were told all of it, except the first reading. Times are aware."""

    order: Order | None  # as last read; None: only its logistics were read
    shipment: Shipment  # also the parcels under a number since replaced (see renumber.live)
    milestone: Milestone | None = None
    reason: Reason | None = None  # why the order is at a problem or an end
    pick_up_by: datetime | None = None  # the deadline for the pick-up; None: unknown, or no parcel lies ready
    moved_at: datetime | None = None  # when the order last made news, for the cadence
    final_at: datetime | None = None  # when it was first seen delivered, returned, cancelled or lost
    read_at: datetime | None = None  # time of the last good reading
    stale_since: datetime | None = None  # time of the first failed reading since read_at; None: fresh
    next_poll_at: datetime | None = None  # None: archived
    version: int = 0  # grows by one whenever the order, its parcels or its nodes change
    fence: int = 0  # grows with each lease and reading, so that a late result is dropped
    expected: Expected | None = None  # the expected arrival as of the last change; None: unknown
    was_late: bool = False  # it is, or once was, later than expected; told once, or never if no range was shown
    refunds: tuple[Refund, ...] = ()  # the refunds that the order named last come first
    money_shown: tuple[datetime, ...] = ()  # when channels were shown that its price or a refund changed

    @property
    def ref(self) -> OrderRef:
        """The reference of the order."""
        return self.shipment.ref

    @property
    def key(self) -> str:
        """The order's reference as one string."""
        return self.shipment.ref.key

    @property
    def known_refunds(self) -> tuple[Refund, ...]:
        """The stored refunds; where an earlier version stored none, those that the order's fields name."""
        since = self.moved_at or self.read_at or _UNKNOWN
        return self.refunds or new_refunds(self.order, since)

    def snapshot(self) -> OrderSnapshot:
        """The order as it was last read."""
        return OrderSnapshot(
            ref=self.ref,
            order=self.order,
            shipment=shown(self.shipment),
            milestone=self.milestone,
            read_at=self.read_at,
            stale_since=self.stale_since,
            moved_at=self.moved_at,
            final_at=self.final_at,
            expected=self.expected if is_under_way(self.milestone) else None,
            refunds=tuple(refund for refund in self.known_refunds if refund.is_named),
        )


@dataclass(frozen=True, slots=True)
class OrderSnapshot:
    """An order as it is shown: from a fresh reading or, if PandaPon failed, from the store. Times are aware."""

    ref: OrderRef
    order: Order | None  # None: only its logistics could be read
    shipment: Shipment
    milestone: Milestone | None
    read_at: datetime | None  # time of the last good reading
    stale_since: datetime | None = None  # time of the first failed reading after read_at; None: fresh
    moved_at: datetime | None = None  # when the order last moved; None: unknown
    final_at: datetime | None = None  # when it was first seen at its end; None: it is not at its end
    expected: Expected | None = None  # when it is expected; None: unknown, or no arrival is awaited
    refunds: tuple[Refund, ...] = ()  # the refunds that the order names

    @property
    def has_arrived(self) -> bool | None:
        """Whether everything is delivered; None: no courier has reported, or the order could not be read just now."""
        if self.milestone is Milestone.DELIVERED:
            return True
        is_known = self.stale_since is None and any(parcel.milestone for parcel in self.shipment.parcels)
        return False if is_known else None


def shown(shipment: Shipment) -> Shipment:
    """Return the shipment as it is shown: the parcels that count, in the order in which they are numbered."""
    return Shipment(shipment.ref, by_shipping(live(shipment.parcels)))
