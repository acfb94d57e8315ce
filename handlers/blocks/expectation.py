"""When an order is expected, in words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.blocks import carriers
from handlers.blocks.i18n import _
from handlers.blocks.locale_data import days
from handlers.blocks.text import DAY, HOUR, ago, escape, span
from pandapon.shipment import FINAL, Milestone
from tracking.values import Basis

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from tracking.orders import OrderSnapshot
    from tracking.values import Expected

_CARRIED = frozenset({Milestone.PICKED_UP, Milestone.IN_TRANSIT})


def expected_words(snapshot: OrderSnapshot, now: datetime, zone: tzinfo) -> str:
    """``Expected Dec 2 – 4``, or that the order is later than expected; empty where nothing is known.

    The dates are those in ``zone`` and never in the past. An order whose last date is over counts as late only a day
    later, so that it is late in every zone.
    """
    expected = snapshot.expected
    if expected is None:
        return ""
    if expected.is_late(now):
        return _("Later than expected ({date})").format(date=dates(expected.last, expected.last, zone))
    return _("Expected {dates}").format(dates=dates(*expected.ahead(now), zone))


def forecast(snapshot: OrderSnapshot, now: datetime, zone: tzinfo) -> str:
    """The whole forecast, for ``track``: the dates, the pace, and the journeys from which the dates were learnt."""
    basis = basis_words(snapshot.expected) if snapshot.expected else ""
    return " · ".join(part for part in (expected_words(snapshot, now, zone), pace(snapshot, now), basis) if part)


def pace(snapshot: OrderSnapshot, now: datetime) -> str:
    """``ordered 4 days ago · in transit for 2 days · usually 3 days``; parts that are not known are left out."""
    expected, order = snapshot.expected, snapshot.order
    parts = []
    if order and order.created_at:
        parts.append(_("ordered {ago}").format(ago=ago(now - order.created_at)))
    set_out = _set_out(snapshot)
    if set_out and now - set_out >= HOUR and snapshot.milestone not in FINAL:
        parts.append(_("in transit for {span}").format(span=span(now - set_out)))
    if expected:
        words = _("usually {time}") if expected.waybill else _("usually {time} after payment")
        parts.append(words.format(time=_about(expected.usual)))
    return " · ".join(parts)


def _set_out(snapshot: OrderSnapshot) -> datetime | None:
    """When the parcel that is expected last set out; without such a parcel, when the order's first one set out."""
    if snapshot.expected and snapshot.expected.waybill:
        return snapshot.expected.since
    nodes = (node for node in snapshot.shipment.nodes if node.is_timed and node.milestone in _CARRIED)
    return min((node.at for node in nodes if node.at), default=None)


def basis_words(expected: Expected) -> str:
    """The journeys from which the dates were learnt: ``based on 34 ZTO parcels from 义乌``."""
    words = {
        Basis.LANE: _("based on {n} {carrier} parcels from {place}"),
        Basis.CARRIER: _("based on {n} {carrier} parcels"),
        Basis.ALL: _("based on {n} parcels"),
    }[expected.basis]
    carrier = escape(carriers.short_name(expected.carrier))
    return words.format(n=expected.journeys, carrier=carrier, place=escape(expected.lane))


def late_headline(expected: Expected, now: datetime) -> str:
    """The headline of the news that an order is later than expected."""
    words = _("⏳ *Later than expected*: paid {so_far} ago, usually here {usual} after payment")
    if expected.waybill:
        words = _("⏳ *Later than expected*: {so_far} on the way, usually {usual}")
    return words.format(so_far=span(now - expected.since), usual=_about(expected.usual))


def dates(first: datetime, last: datetime, zone: tzinfo) -> str:
    """A range of dates in a zone, such as ``Dec 2 – 4``; a single date where both are the same day."""
    return days(first.astimezone(zone).date(), last.astimezone(zone).date())


def _about(time: timedelta) -> str:
    """A length of time in whole days, rounded; below a day and a half in hours."""
    return span(timedelta(days=round(time / DAY)) if time >= 1.5 * DAY else time)
