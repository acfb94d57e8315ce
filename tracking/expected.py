"""When an order is expected: pure rules over the times of journeys that ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.shipment import FINAL, Milestone
from tracking.journeys import STAGES, carrier_key, lane_of, own_nodes, stages_of
from tracking.values import Expected

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pandapon.models import Order
    from pandapon.shipment import Parcel
    from tracking.journeys import Sample
    from tracking.stalls import Limits

# Shares of the journeys. People read dates, and whole days widen the range: about nine parcels in ten arrive within it
# (benchmarks/expected.py). A range from the median on would be a day narrower and hold seven parcels in ten.
EARLY, USUAL, LATE = 0.25, 0.5, 0.9
# An order on its way without a problem. At the pick-up point the courier's part of the way has ended.
_UNDER_WAY = frozenset(STAGES) | {Milestone.SHIPPED}


def expect(
    order: Order | None, milestone: Milestone | None, parcels: Sequence[Parcel], limits: Limits, now: datetime
) -> Expected | None:
    """Return when an order is expected. Pure.

    None: it is not paid, at its end, at the pick-up point or at a problem, or too few journeys are known. ``parcels``:
    the parcels that count, with their nodes oldest first. ``limits`` holds the learnt times, and the rest days, which
    lengthen the way. Only a scan that reaches another stage changes the answer; ``now`` tells which times are
    plausible.
    """
    if not is_under_way(milestone) or not limits.history.times:
        return None
    if not parcels:
        return _before_shipping(order, limits, now)
    left = [parcel for parcel in parcels if parcel.milestone not in FINAL]
    moving = [parcel for parcel in left if parcel.milestone is not Milestone.READY_FOR_PICKUP]
    ranges = [_of_parcel(parcel, order, limits, now) for parcel in moving]
    known = [each for each in ranges if each is not None]
    return max(known, key=lambda each: (each.last, each.waybill)) if known and len(known) == len(ranges) else None


def is_under_way(milestone: Milestone | None) -> bool:
    """Whether the arrival of an order at this milestone can be expected: paid, not arrived, and without a problem."""
    return milestone in _UNDER_WAY


def _before_shipping(order: Order | None, limits: Limits, now: datetime) -> Expected | None:
    """The range from the payment on."""
    paid_at = stages_of((), order, now).get(Milestone.PAID)
    sample = limits.history.of(Milestone.PAID, "", "")
    return _range(sample, sample, paid_at, limits, since=paid_at) if sample and paid_at else None


def _of_parcel(parcel: Parcel, order: Order | None, limits: Limits, now: datetime) -> Expected | None:
    """The range from the furthest stage that the parcel has reached and from which enough journeys are known."""
    if parcel.milestone is not None and not is_under_way(parcel.milestone):
        return None
    nodes = own_nodes(parcel, order, now)
    reached = stages_of(nodes, order, now)
    lane, carrier = lane_of(nodes), carrier_key(parcel)
    begin = Milestone.PICKED_UP if Milestone.PICKED_UP in reached else Milestone.PAID
    whole = limits.history.of(begin, lane, carrier)
    for stage, at in reversed(reached.items()):
        sample = limits.history.of(stage, lane, carrier)
        if sample and whole:
            return _range(
                sample, whole, at, limits, since=reached[begin], waybill=parcel.waybill, carrier=carrier, lane=lane
            )
    return None


def _range(
    sample: Sample,
    whole: Sample,
    at: datetime,
    limits: Limits,
    *,
    since: datetime,
    waybill: str = "",
    carrier: str = "",
    lane: str = "",
) -> Expected:
    """The range after ``at``. ``sample``: the times from that stage on; ``whole``: those of the whole way."""
    return Expected(
        first=at + limits.rest_days.extend(at, sample.share(EARLY)),
        last=at + limits.rest_days.extend(at, sample.share(LATE)),
        usual=whole.share(USUAL),
        since=since,
        basis=sample.basis,
        journeys=len(sample.times),
        waybill=waybill,
        carrier=carrier,
        lane=lane,
    )
