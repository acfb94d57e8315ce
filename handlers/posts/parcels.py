"""The parcels of an order in a message: the lines and paragraphs that the card and ``track`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.addresses import order_page
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.labels import platform_name
from handlers.blocks.parts import carrier_link, newest_first, node_time, node_words
from handlers.blocks.punctuation import labelled, listed
from handlers.blocks.standing import of_parcel, progress
from handlers.blocks.text import sanitize_id, short_ids
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from datetime import datetime

    from pandapon.models import Order
    from pandapon.shipment import Node, Parcel
    from tracking.orders import OrderSnapshot


def parcel_lines(snapshot: OrderSnapshot, order: Order | None, now: datetime, heading: str) -> list[str]:
    """A line for each parcel: carrier and short number, bar, state, time of the last scan.

    ``heading``: the words of the message's heading, which the line of a single parcel does not repeat.
    """
    unrepeated = heading if len(snapshot.shipment.parcels) == 1 else ""
    numbers = short_numbers(snapshot)
    return [
        _line(parcel, numbers[parcel.waybill], bar_of(parcel, snapshot, order, now, unrepeated), now)
        for parcel in snapshot.shipment.parcels
    ]


def short_numbers(snapshot: OrderSnapshot) -> dict[str, str]:
    """The short form of each tracking number of an order, by which its parcels can be told apart."""
    return short_ids(parcel.waybill for parcel in snapshot.shipment.parcels)


def last_scan(snapshot: OrderSnapshot) -> str:
    """The words of the order's newest scan, behind its parcel's number if there are several; empty without a scan.

    The scan's time is left out: the parcel's own line shows it.
    """
    parcels = snapshot.shipment.parcels
    node = next(iter(newest_first(snapshot.shipment.nodes)), None)
    if node is None:
        return ""
    # The parcel is found by the scan, not by the scan's number, which may be the one that the parcel had before.
    parcel = next(parcel for parcel in parcels if node in parcel.nodes)
    number = short_numbers(snapshot)[parcel.waybill]
    return node_words(node) if len(parcels) == 1 else labelled(number, node_words(node))


def bar_of(parcel: Parcel, snapshot: OrderSnapshot, order: Order | None, now: datetime, heading: str = "") -> str:
    """The progress bar of a parcel and its state in words. ``heading``: words that the line does not repeat."""
    reached = [parcel.status_milestone, *(node.milestone for node in parcel.nodes)]
    return progress(parcel.milestone, of_parcel(parcel, snapshot.milestone, order, now=now), reached, heading)


def no_parcel(snapshot: OrderSnapshot, order: Order | None) -> str:
    """Why an order has no parcel yet, or the page on which it can be paid.

    Empty where the heading says it: "Waiting for the seller to ship", or "Cancelled".
    """
    waybills = order.waybills if order else ()
    if waybills:
        names = listed(f"`{sanitize_id(waybill)}`" for waybill in sorted(waybills)[:10])
        return _("Shipped as {numbers}; no scan yet.").format(numbers=names)
    if order and order.is_unpaid and snapshot.milestone in {None, Milestone.ORDERED}:
        return el.link(order_page(order.ref), _("Pay on {platform}").format(platform=platform_name(order.platform)))
    if snapshot.milestone in {Milestone.PAID, Milestone.CANCELLED}:
        return ""
    if snapshot.milestone in {None, Milestone.ORDERED}:
        return _("Not shipped yet.")
    return _("No tracking number yet.")


def more_parcels(n: int) -> str:
    """The line for the ``n`` parcels that did not fit into the message."""
    return ngettext("and {n} more parcel", "and {n} more parcels", n).format(n=n)


def _line(parcel: Parcel, number: str, state: str, now: datetime) -> str:
    newest: Node | None = next(iter(newest_first(parcel.nodes)), None)
    parts = [state, node_time(newest, now) if newest else ""]
    return f"{carrier_link(parcel, number) or number} " + " · ".join(part for part in parts if part)
