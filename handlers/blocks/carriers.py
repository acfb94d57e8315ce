"""A parcel's carrier in words: its short name, its tracking page and its service number, see pandapon.carriers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _, language
from handlers.blocks.text import escape, truncate
from pandapon.carriers import carrier_of

if TYPE_CHECKING:
    from pandapon.carriers import CarrierMatch
    from pandapon.shipment import Parcel


def short_name(parcel: Parcel) -> str:
    """The carrier's short name as Slack text, in Chinese for Chinese readers.

    A guess from the tracking number is marked, as in ``ZTO?``. A carrier that is in no table keeps the name that the
    platform gives it; empty where there is none.
    """
    return of_name(parcel.carrier, parcel.waybill)


def of_name(name: str, number: str = "") -> str:
    """The short name of a carrier by the name or code that the platform gives it, see :func:`short_name`."""
    match = carrier_of(name, number)
    return escape(_name(match)) if match else escape(truncate(name, 40))


def page_address(parcel: Parcel) -> str:
    """The https address of the carrier's page for this parcel, for a button; empty where none is known."""
    match = carrier_of(parcel.carrier, parcel.waybill)
    return match.carrier.address(parcel.waybill) if match else ""


def page_link(parcel: Parcel) -> str:
    """The link to the carrier's page, "Open at ZTO"; empty where none is known."""
    match = carrier_of(parcel.carrier, parcel.waybill)
    address = match.carrier.address(parcel.waybill) if match else ""
    return el.link(address, _("Open at {carrier}").format(carrier=_name(match))) if match and address else ""


def service_number(parcel: Parcel) -> str:
    """Whom to call, "call ZTO: 95311"; empty where no number is known, or the carrier is only guessed."""
    match = carrier_of(parcel.carrier, parcel.waybill)
    if match is None or match.is_guess or not match.carrier.phone:
        return ""
    return _("call {carrier}: {phone}").format(carrier=_name(match), phone=match.carrier.phone)


def _name(match: CarrierMatch) -> str:
    return match.chinese if language().startswith("zh") else match.name
