"""When silence is worth an alarm: by the leg of the way, against what is usual here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from statistics import median
from typing import TYPE_CHECKING, TypeGuard

from pandapon.markup import plain
from pandapon.shipment import FINAL, Milestone, Parcel, normalise
from tracking.named import is_only_named
from tracking.named import since as since_named
from tracking.rest_days import RestDays
from tracking.values import Leg, Stall

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pandapon.models import Order

# Before an unpaid order is closed there is an alarm: after three quarters of the time, or with so much of it left.
PAY_SHARE, PAY_NOTICE = 4, timedelta(hours=6)
ENOUGH = 30  # parcels on a leg before this installation's own history says what is usual
GENEROUS = 3  # times the usual silence is too long …
NARROWEST, WIDEST = 0.5, 2.0  # … but within these of the default
EARLIEST, AHEAD = datetime(2000, 1, 1, tzinfo=UTC), timedelta(days=365)

_HANDED_OVER = frozenset({Milestone.SHIPPED, Milestone.PICKED_UP})
# Couriers' words for the way out of China [inferred].
_ABROAD = re.compile(r"出口|清关|报关|海关|国际(?:航班|干线|运输|件|中转|分拨|转运|邮)|境外|航班|customs|export|flight")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each leg may be silent."""

    not_paid: timedelta = timedelta(hours=18)  # where the platform does not say until when it can be paid [inferred]
    not_shipped: timedelta = timedelta(hours=72)
    first_scan: timedelta = timedelta(hours=24)
    domestic: timedelta = timedelta(hours=48)
    abroad: timedelta = timedelta(hours=120)
    pickup: timedelta = timedelta(hours=72)
    problem: timedelta = timedelta(hours=72)
    silent: timedelta = timedelta(days=30)  # nobody may be waiting any more
    grace: timedelta = timedelta(days=7)  # for an answer to that question
    usual: Mapping[Leg, timedelta] = field(default_factory=dict)
    rest: RestDays = field(default_factory=RestDays)

    def since(self, last: datetime, leg: Leg) -> timedelta:
        """How long after ``last`` the silence on this leg is too long, days of rest included."""
        return self.rest.extend(last, self.of(leg))

    def of(self, leg: Leg) -> timedelta:
        """The limit of a leg, moved towards what is usual here once that is known."""
        default: timedelta = getattr(self, leg.value)
        usual = self.usual.get(leg)
        if usual is None:
            return default
        return min(max(usual * GENEROUS, default * NARROWEST), default * WIDEST)


def stall(found: Iterable[Stall], limits: Limits, now: datetime) -> Stall | None:
    """The worst silence that is too long by now; None: all is as it should be. Pure."""
    late = too_long(found, now)
    if not late:
        return None
    worst = max(late, key=lambda one: (now - one.since - one.limit, one.waybill))
    if now - worst.since >= limits.silent:
        return Stall(Leg.SILENT, worst.since, limits.silent, None, worst.waybill, worst.last)
    return worst


def silences(
    order: Order | None,
    milestone: Milestone | None,
    parcels: Sequence[Parcel],
    limits: Limits,
    now: datetime,
    *,
    moved_at: datetime | None = None,
) -> tuple[Stall, ...]:
    """Of every parcel, or of the order as a whole, and when each is too long. Pure.

    No order that is not over is without one, and followed for ever. ``moved_at``: when anything was last heard of the
    order, for what has no scans.
    """
    if milestone in FINAL:
        return ()
    times = [time for time in (moved_at, *((order.paid_at, order.created_at) if order else ())) if plausible(time, now)]
    heard = max(times, default=None)
    found = [one for parcel in parcels if (one := _silence_of(parcel, limits, now, heard))]
    if order and all(is_only_named(parcel) for parcel in parcels):
        found = _before_shipping(order, milestone, limits, now, heard) or found
    return tuple(found or ([Stall(Leg.SILENT, heard, limits.silent)] if heard else []))


def too_long(found: Iterable[Stall], now: datetime) -> tuple[Stall, ...]:
    """Every silence that is too long by now: an alarm for one of them stands, whatever else moves."""
    return tuple(one for one in found if one.since + one.limit <= now)


def silence(stall: Stall) -> str:
    """The name of one silence, the same on whichever leg it is found again: of which parcel, and since when.

    That of an unpaid order is its own, with its deadline: one that was put off is another.
    """
    if stall.leg is Leg.NOT_PAID:
        return f"pay:{(stall.until or stall.since).astimezone(UTC).isoformat()}"
    return f"{stall.waybill}:{stall.since.astimezone(UTC).isoformat()}"


def stall_at(found: Iterable[Stall]) -> datetime | None:
    """When silence from now on becomes too long; None: never, the order is over or nothing is known of its times."""
    return min((one.since + one.limit for one in found), default=None)


def is_same(standing: Stall, found: Stall) -> bool:
    """Whether an alarm that stands is of this silence. A deadline that only came nearer is the same one."""
    if (standing.leg, standing.since) != (found.leg, found.since):
        return False
    return found.until is None or (standing.until is not None and found.until <= standing.until)


def is_pressing(found: Iterable[Stall], now: datetime) -> bool:
    """Whether a deadline that is still ahead has to be told now, however the order came to be looked at."""
    return any(one.until is not None for one in too_long(found, now))


def pay_alarm_at(order: Order | None, milestone: Milestone | None, limits: Limits, now: datetime) -> datetime | None:
    """When an unpaid order is worth an alarm, while that is ahead: it has to be read then, whatever its interval."""
    if order is None or milestone is not Milestone.ORDERED or not order.is_unpaid:
        return None
    return next((one.since + one.limit for one in _not_paid(order, limits, now) if one.since + one.limit > now), None)


def asks_at(since: datetime | None, limits: Limits, now: datetime) -> datetime:
    """When an order that is silent at first sight is asked about; that it was so before it was watched is no alarm."""
    asks = since + limits.silent if plausible(since, now) else now
    return asks if asks > now else now + limits.silent


def plausible(at: datetime | None, now: datetime) -> TypeGuard[datetime]:
    """Whether something can have happened then: the upstream sends years like 1 and 9999, with which nothing counts."""
    return at is not None and EARLIEST <= at <= now + AHEAD


def leg_of(parcel: Parcel) -> Leg | None:
    """The leg on which a parcel is; None: it is over, or on a way (back) that no limit is known for."""
    place = parcel.milestone
    if place is None or place in FINAL or place is Milestone.RETURNING:
        return None
    if place is Milestone.READY_FOR_PICKUP:
        return Leg.PICKUP
    if _ABROAD.search(normalise("\n".join(node.shown for node in parcel.nodes[-3:]))):
        return Leg.ABROAD
    if place.is_problem:  # told already: what follows takes longer, and is no surprise
        return Leg.PROBLEM
    return Leg.FIRST_SCAN if place in _HANDED_OVER else Leg.DOMESTIC


def usual_times(scans: Iterable[tuple[str, str, datetime, str | None]]) -> dict[Leg, timedelta]:
    """By leg, the longest silence of a parcel in the middle of all parcels, where there are enough of them.

    Not the middle of all gaps: those within a hub are hours, and the long haul, a day of silence for every parcel,
    would look eight times too long. A few parcels that did stall move the middle of the parcels hardly at all.
    ``scans``: (order, waybill, time, milestone) parcel by parcel, oldest first.
    """
    longest: dict[Leg, list[timedelta]] = {}
    for _parcel, ours in groupby(scans, key=lambda scan: scan[:2]):
        for leg, gap in _longest_gaps(ours).items():
            longest.setdefault(leg, []).append(gap)
    return {leg: median(found) for leg, found in longest.items() if len(found) >= ENOUGH}  # type: ignore[type-var]  # timedeltas add and halve


def _longest_gaps(scans: Iterable[tuple[str, str, datetime, str | None]]) -> dict[Leg, timedelta]:
    gaps: dict[Leg, timedelta] = {}
    place: str | None = None
    for before, after in pairwise(scans):
        place = before[3] or place
        if (leg := _leg_of_gap(place)) and after[2] > before[2]:
            gaps[leg] = max(gaps.get(leg, timedelta()), after[2] - before[2])
    return gaps


def _leg_of_gap(place: str | None) -> Leg | None:
    if place in {Milestone.SHIPPED, Milestone.PICKED_UP}:
        return Leg.FIRST_SCAN
    if place in {Milestone.IN_TRANSIT, Milestone.ARRIVED, Milestone.OUT_FOR_DELIVERY}:
        return Leg.DOMESTIC
    return Leg.PICKUP if place == Milestone.READY_FOR_PICKUP else None


def _before_shipping(
    order: Order, milestone: Milestone | None, limits: Limits, now: datetime, heard: datetime | None
) -> list[Stall]:
    """Of an order without a parcel that anybody has scanned. One that is unpaid and never closed is asked about too."""
    if milestone is Milestone.PAID:
        return _not_shipped(order, limits, now, heard)
    if milestone is not Milestone.ORDERED or not order.is_unpaid:
        return []
    return [*_not_paid(order, limits, now), *([Stall(Leg.SILENT, heard, limits.silent)] if heard else [])]


def _not_paid(order: Order, limits: Limits, now: datetime) -> list[Stall]:
    """None once the deadline is over: it is closed, or never will be. Days of rest count, the platform knows none."""
    created = order.created_at if plausible(order.created_at, now) else None
    until = order.pay_by if plausible(order.pay_by, now) else None
    if until is None:
        return [Stall(Leg.NOT_PAID, created, limits.not_paid)] if created else []
    if until <= now:
        return []
    since = created if created and created < until else until - PAY_NOTICE
    notice = min((until - since) / PAY_SHARE, PAY_NOTICE) if since is created else PAY_NOTICE
    return [Stall(Leg.NOT_PAID, since, until - notice - since, until=until)]


def _not_shipped(order: Order, limits: Limits, now: datetime, heard: datetime | None) -> list[Stall]:
    """Counted from its payment or, where that has no time, from the last that was heard: it was unpaid before."""
    since = order.paid_at if plausible(order.paid_at, now) else heard
    if since is None:
        return []
    return [Stall(Leg.NOT_SHIPPED, since, limits.since(since, Leg.NOT_SHIPPED), limits.usual.get(Leg.NOT_SHIPPED))]


def _silence_of(parcel: Parcel, limits: Limits, now: datetime, heard: datetime | None) -> Stall | None:
    """A parcel's own. One that nobody has scanned yet is silent since anything was heard of its order."""
    if parcel.milestone in FINAL:
        return None
    last = next((node for node in reversed(parcel.nodes) if plausible(node.at, now)), None)
    since = last.at if last else since_named(parcel) or heard
    if since is None:
        return None
    leg = leg_of(parcel) if parcel.nodes or parcel.milestone else Leg.FIRST_SCAN
    said = (plain(last.place) or last.shown) if last else ""
    if leg is None:
        return Stall(Leg.SILENT, since, limits.silent, None, parcel.waybill, said)
    return Stall(leg, since, limits.since(since, leg), limits.usual.get(leg), parcel.waybill, said)
