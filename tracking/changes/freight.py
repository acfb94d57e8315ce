"""The booking of a shipment abroad, and the announcement of parcels to the warehouse.

No published endpoint reads either back, so the result of a call whose answer was lost stays unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

from pandapon.shipment import Platform  # noqa: TC001  pydantic reads this annotation when the program runs


@dataclass(frozen=True, slots=True)
class FreightBooking:
    """A shipment abroad of one order. The record does not hold the receiver."""

    platform: Platform
    order_id: str
    render_id: str  # PandaPon's id of the preview that is booked
    service: str  # carrier and service, in PandaPon's words
    country: str  # two letters of ISO 3166
    lines: int

    @property
    def target(self) -> str:
        """The shipments of this order."""
        return booking_of(self.platform, self.order_id)

    @property
    def subject(self) -> str:
        """The order's id."""
        return self.order_id

    @property
    def details(self) -> str:
        """Service, country and number of lines."""
        return f"freight abroad: {self.service} to {self.country}, {self.lines} lines"


@dataclass(frozen=True, slots=True)
class DomesticParcels:
    """The parcels that bring an order's goods to the warehouse. ``waybills``: one for each announced line."""

    platform: Platform
    order_id: str
    waybills: tuple[str, ...]

    @property
    def target(self) -> str:
        """The parcels of this order."""
        return f"domestic:{self.platform.value}:{self.order_id}"

    @property
    def subject(self) -> str:
        """The order's id."""
        return self.order_id

    @property
    def details(self) -> str:
        """The tracking numbers."""
        return f"parcels to the warehouse: {', '.join(dict.fromkeys(self.waybills))}"


def booking_of(platform: Platform, order_id: str) -> str:
    """Return the target of an order's bookings; see :attr:`FreightBooking.target`."""
    return f"freight:{platform.value}:{order_id}"
