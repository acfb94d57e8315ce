"""The contents of freight forms: offers of services, orders to be shipped abroad, and parcels to the warehouse."""

from __future__ import annotations

from dataclasses import dataclass

from pandapon.order_lines import OrderLine  # noqa: TC001  pydantic reads these annotations when the program runs
from pandapon.shipment import OrderRef, Platform
from tracking.writes import WriteState  # noqa: TC001  pydantic reads the fields of what is stored

YUAN = "CNY"


@dataclass(frozen=True, slots=True)
class Offer:
    """The offer of one service. ``fen``: the price in hundredths of the currency; None: PandaPon names no price."""

    service_id: str
    company: str = ""
    category: str = ""
    fen: int | None = None
    currency: str = YUAN
    days: str = ""  # the duration as sent, such as 9-14


@dataclass(frozen=True, slots=True)
class OrderToShip:
    """An order whose goods are in the warehouse, or will be. ``title``: the name by which people know the order."""

    platform: Platform
    order_id: str
    title: str
    lines: tuple[OrderLine, ...]

    @property
    def ref(self) -> OrderRef:
        """The reference of the order."""
        return OrderRef(self.platform, self.order_id)


@dataclass(frozen=True, slots=True)
class Preview:
    """The price of one order's shipment. ``render_id``: PandaPon's id, under which it is booked."""

    order_id: str
    render_id: str
    fen: int | None
    currency: str = YUAN


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier booking of the same order, which was made or may have been made."""

    order_id: str
    state: WriteState
    at: int  # seconds since 1970


@dataclass(frozen=True, slots=True)
class TypedParcel:
    """The parcel in which one line of an order comes to the warehouse. ``line``: the line's position, from 0."""

    line: int
    waybill: str
    carrier: str = ""


def cheapest_first(offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """Return the offers, the cheapest first; offers without a price come last."""
    return tuple(sorted(offers, key=lambda offer: (offer.fen is None, offer.fen or 0, offer.service_id)))


def common_services(of_lines: list[tuple[Offer, ...]]) -> tuple[Offer, ...]:
    """Return the services that carry every line, each with the sum of its prices, the cheapest first.

    ``of_lines``: the offers for each line. A sum is None where a line has no price, or a price in another currency.
    """
    tables = [{offer.service_id: offer for offer in offers} for offers in of_lines]
    if not tables:
        return ()
    common = [service for service in tables[0] if all(service in table for table in tables)]
    return cheapest_first(tuple(_sum([table[service] for table in tables]) for service in common))


def _sum(offers: list[Offer]) -> Offer:
    first = offers[0]
    prices = [offer.fen for offer in offers if offer.fen is not None and offer.currency == first.currency]
    total = sum(prices) if len(prices) == len(offers) else None
    return Offer(first.service_id, first.company, first.category, total, first.currency, first.days)
