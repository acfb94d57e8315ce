"""Freight abroad in words: offers, prices, bookings and parcels for the warehouse. They never name the receiver."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from handlers.blocks.i18n import _, ngettext
from handlers.blocks.locale_data import listed, number, territory
from handlers.blocks.punctuation import sentences
from handlers.blocks.text import code, escape, money, truncate
from tracking.changes.freight import DomesticParcels, FreightBooking
from tracking.freight import YUAN

if TYPE_CHECKING:
    from tracking.freight import Offer
    from tracking.writes import Write

SERVICE, DAYS = 60, 12  # characters


def price(fen: int | None, currency: str = YUAN) -> str:
    """A price of freight, as Slack text. ``fen``: hundredths of the currency; None: PandaPon gave no price.

    ``currency``: its code, such as USD; empty for yuan.
    """
    if fen is None:
        return _("price not given")
    amount = Decimal(fen) / 100
    return money(amount) if currency in {"", YUAN} else f"{number(amount)} {escape(truncate(currency, 10))}"


def service(offer: Offer, limit: int = SERVICE) -> str:
    """An offer's carrier and service; plain text, not Slack text."""
    return truncate(" · ".join(part for part in (offer.company, offer.category) if part) or offer.service_id, limit)


def days(offer: Offer) -> str:
    """How long an offer's shipment takes; plain text; empty where PandaPon does not say."""
    return _("{days} days").format(days=truncate(offer.days, DAYS)) if offer.days else ""


def country(iso: str) -> str:
    """The name of a country in the current language; the code itself where CLDR does not know it."""
    try:
        return territory(iso)
    except KeyError:
        return iso


def booked(write: Write) -> str:
    """A shipment that was booked, as a sentence."""
    change = write.change
    assert isinstance(change, FreightBooking)
    words = _("Booked freight abroad for order {id}: {service} to {country}.").format(
        id=code(change.order_id), service=escape(change.service), country=escape(country(change.country))
    )
    ids = listed(code(shipment_id, 60) for shipment_id in write.made)
    number_ = _("PandaPon's number: {id}.").format(id=ids) if write.made else ""
    return sentences([words, number_])


def to_book(change: FreightBooking) -> str:
    """A shipment to be booked, without a full stop."""
    return _("book freight abroad for order {id}: {service} to {country}").format(
        id=code(change.order_id), service=escape(change.service), country=escape(country(change.country))
    )


def shipments() -> str:
    """The place where a person can look for a booking."""
    return _("the shipments in PandaPon's console")


def told(write: Write) -> str:
    """Parcels that the warehouse was told of, as a sentence."""
    change = write.change
    assert isinstance(change, DomesticParcels)
    waybills = dict.fromkeys(change.waybills)
    words = ngettext(
        "Told the warehouse of {n} parcel of order {id}: {numbers}.",
        "Told the warehouse of {n} parcels of order {id}: {numbers}.",
        len(waybills),
    )
    numbers = listed(code(waybill, 40) for waybill in waybills)
    return words.format(n=len(waybills), id=code(change.order_id), numbers=numbers)


def to_tell(change: DomesticParcels) -> str:
    """Parcels to tell the warehouse of, without a full stop."""
    numbers = listed(code(waybill, 40) for waybill in dict.fromkeys(change.waybills))
    return _("tell the warehouse of the parcels of order {id}: {numbers}").format(
        id=code(change.order_id), numbers=numbers
    )


def arrivals() -> str:
    """The place where a person can look for the warehouse's parcels."""
    return _("the expected parcels in PandaPon's console")
