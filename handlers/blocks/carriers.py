"""A parcel's carrier in words: its short name and its service number, see :mod:`pandapon.carriers`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.i18n import language
from handlers.blocks.text import truncate
from pandapon.carriers import carrier_of

if TYPE_CHECKING:
    from pandapon.carriers import CarrierMatch
    from pandapon.shipment import Parcel


def short_name(name: str, number: str = "") -> str:
    """A carrier's short name by the name or code that the platform gives, in Chinese for Chinese readers; not escaped.

    Without a name, the carrier is guessed from the tracking number and marked, as in ``ZTO?``. A carrier that is in no
    table keeps the platform's name for it; empty where the platform gives none.
    """
    match = carrier_of(name, number)
    return _name(match) if match else truncate(name, 40)


def page_of(parcel: Parcel) -> str:
    """The https address of the carrier's page for this parcel; empty where none is known."""
    match = carrier_of(parcel.carrier, parcel.waybill)
    return match.carrier.address(parcel.waybill) if match else ""


def service_of(parcel: Parcel) -> str:
    """The carrier and its service number, ``ZTO 95311``; empty where no number is known, or the carrier is guessed."""
    match = carrier_of(parcel.carrier, parcel.waybill)
    if match is None or match.is_guess or not match.carrier.phone:
        return ""
    return f"{_name(match)} {match.carrier.phone}"


def _name(match: CarrierMatch) -> str:
    return match.chinese if language() == "zh_CN" else match.name
