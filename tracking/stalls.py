"""When silence raises an alarm: by the leg of the way, and by the silences usual for this installation's parcels."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby, pairwise
from statistics import median
from typing import TYPE_CHECKING, TypeGuard

from pandapon.markup import plain
from pandapon.shipment import FINAL, Milestone, Parcel, normalise
from tracking.journeys import History
from tracking.named import is_only_named
from tracking.named import since as since_named
from tracking.rest_days import RestDays
from tracking.values import Leg, Stall

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pandapon.models import Order
    from tracking.values import Refund

# An unpaid order raises an alarm before the platform closes it: with a quarter of the time left, PAY_NOTICE at most.
PAY_SHARE, PAY_NOTICE = 4, timedelta(hours=6)
# A refund that waits for the buyer does so, too: with a quarter of the time left, REFUND_NOTICE at most, since it takes
# a day or two to send goods back.
REFUND_NOTICE = timedelta(days=2)
ENOUGH = 30  # parcels seen on a leg before their median silence counts as usual
GENEROUS = 3  # a silence of so many times the usual one is too long …
NARROWEST, WIDEST = 0.5, 2.0  # … within these multiples of the leg's default limit
EARLIEST, AHEAD = datetime(2000, 1, 1, tzinfo=UTC), timedelta(days=365)  # the bounds of a plausible time

_HANDED_OVER = frozenset({Milestone.SHIPPED, Milestone.PICKED_UP})
# Words of couriers for the way out of China [inferred].
_ABROAD = re.compile(r"出口|清关|报关|海关|国际(?:航班|干线|运输|件|中转|分拨|转运|邮)|境外|航班|customs|export|flight")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each leg may be silent before an alarm."""

    not_paid: timedelta = timedelta(hours=18)  # where the platform names no deadline for the payment [inferred]
    not_shipped: timedelta = timedelta(hours=72)
    first_scan: timedelta = timedelta(hours=24)
    domestic: timedelta = timedelta(hours=48)
    abroad: timedelta = timedelta(hours=120)
    pickup: timedelta = timedelta(hours=72)
    problem: timedelta = timedelta(hours=72)
    silent: timedelta = timedelta(days=30)  # after it the channel is asked whether anybody still waits
    grace: timedelta = timedelta(days=7)  # for an answer to that question; after it the watches end
    usual: Mapping[Leg, timedelta] = field(default_factory=dict)  # the median silence by leg, see usual_times
    history: History = field(default_factory=History)  # learnt from whole journeys, see tracking.expected
    rest_days: RestDays = field(default_factory=RestDays)

    def since(self, last: datetime, leg: Leg) -> timedelta:
        """Return the limit of a silence that begins at ``last`` (aware), lengthened by the rest days within it."""
        return self.rest_days.extend(last, self.of(leg))

    def of(self, leg: Leg) -> timedelta:
        """Return the limit of a leg: its default, adapted to the usual silence where that is known."""
        default: timedelta = getattr(self, leg.value)
        usual = self.usual.get(leg)
        if usual is None:
            return default
        return min(max(usual * GENEROUS, default * NARROWEST), default * WIDEST)


def worst_stall(stalls: Iterable[Stall], limits: Limits, now: datetime) -> Stall | None:
    """Return the worst silence that is too long by now; None: no silence is too long. Pure.

    A silence longer than ``limits.silent``, unless it is a refund's, is returned with the leg SILENT: the channel is
    asked whether anybody still waits.
    """
    late = overdue_stalls(stalls, now)
    if not late:
        return None
    worst = max(late, key=lambda stall: (now - stall.since - stall.limit, stall.waybill))
    if now - worst.since >= limits.silent and worst.leg is not Leg.REFUND:
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
    refunds: Sequence[Refund] = (),
) -> tuple[Stall, ...]:
    """Return the silence of every parcel, or of the order as a whole, each with its limit. Pure.

    A refund that waits for the buyer until a deadline is a silence, too, even if its order is over.

    An order that is not over always has a silence, so that no order is followed for ever; the answer is empty only
    where no plausible time is known. ``moved_at``: when the order last moved, for an order or parcel without scans.
    Times are aware.
    """
    deadlines = tuple(stall for refund in refunds if (stall := _refund(refund, now)))
    if milestone in FINAL:
        return deadlines
    times = [
        time for time in (moved_at, *((order.paid_at, order.created_at) if order else ())) if is_plausible(time, now)
    ]
    heard = max(times, default=None)
    stalls = [stall for parcel in parcels if (stall := _silence_of(parcel, limits, now, heard))]
    if order and all(is_only_named(parcel) for parcel in parcels):
        stalls = _before_shipping(order, milestone, limits, now, heard) or stalls
    return (*deadlines, *(stalls or ([Stall(Leg.SILENT, heard, limits.silent)] if heard else [])))


def overdue_stalls(stalls: Iterable[Stall], now: datetime) -> tuple[Stall, ...]:
    """Return every silence that is too long by now. The alarm of each stays, whichever other parcel moves."""
    return tuple(stall for stall in stalls if stall.since + stall.limit <= now)


def silence_name(stall: Stall) -> str:
    """Return the name of a silence, made from its waybill and its beginning; the leg is left out, since it may change.

    The name of an unpaid order's silence, or of a refund's, is made from the deadline instead, so that a later deadline
    raises a new alarm.
    """
    if stall.leg in {Leg.NOT_PAID, Leg.REFUND}:
        name = "pay" if stall.leg is Leg.NOT_PAID else "refund"
        return f"{name}:{(stall.until or stall.since).astimezone(UTC).isoformat()}"
    return f"{stall.waybill}:{stall.since.astimezone(UTC).isoformat()}"


def stall_at(stalls: Iterable[Stall]) -> datetime | None:
    """Return when the first of these silences becomes too long (aware); None: there are no silences."""
    return min((stall.since + stall.limit for stall in stalls), default=None)


def is_same(standing: Stall, stall: Stall) -> bool:
    """Whether a standing alarm is about this silence. A deadline that only came nearer is the same silence."""
    if (standing.leg, standing.since) != (stall.leg, stall.since):
        return False
    return stall.until is None or (standing.until is not None and stall.until <= standing.until)


def is_pressing(stalls: Iterable[Stall], now: datetime) -> bool:
    """Whether a deadline that lies ahead is so near that the channel is told at once, even at a first reading."""
    return any(stall.until is not None for stall in overdue_stalls(stalls, now))


def pay_alarm_at(order: Order | None, milestone: Milestone | None, limits: Limits, now: datetime) -> datetime | None:
    """Return when the payment alarm of an unpaid order is due, if that lies ahead: the order has to be read by then.

    None: the order is paid, at another milestone, or its alarm was due before.
    """
    if order is None or milestone is not Milestone.ORDERED or not order.is_unpaid:
        return None
    return next((at for stall in _not_paid(order, limits, now) if (at := stall.since + stall.limit) > now), None)


def asks_at(since: datetime | None, limits: Limits, now: datetime) -> datetime:
    """Return when to ask the channel whether anybody still waits for an order that was silent when first watched."""
    asks = since + limits.silent if is_plausible(since, now) else now
    return asks if asks > now else now + limits.silent


def is_plausible(at: datetime | None, now: datetime) -> TypeGuard[datetime]:
    """Whether a time is known and can be true: the upstream sends years such as 1 and 9999, which are ignored."""
    return at is not None and EARLIEST <= at <= now + AHEAD


def leg_of(parcel: Parcel) -> Leg | None:
    """Return the leg on which a parcel is; None: it has no limit, being at its end, on its way back or unknown."""
    place = parcel.milestone
    if place is None or place in FINAL or place is Milestone.RETURNING:
        return None
    if place is Milestone.READY_FOR_PICKUP:
        return Leg.PICKUP
    if any(_is_abroad(node.shown) for node in parcel.nodes[-3:]):
        return Leg.ABROAD
    if place.is_problem:  # the channel knows of the problem, and solving it takes longer than the next scan
        return Leg.PROBLEM
    return Leg.FIRST_SCAN if place in _HANDED_OVER else Leg.DOMESTIC


@lru_cache(maxsize=4_096)
def _is_abroad(words: str) -> bool:
    return _ABROAD.search(normalise(words)) is not None


def usual_times(scans: Iterable[tuple[str, str, datetime, str | None]]) -> dict[Leg, timedelta]:
    """Return the usual silence by leg: the median, over the parcels, of a parcel's longest silence on that leg.

    A leg with fewer than :data:`ENOUGH` parcels is left out. The median of all gaps would be wrong: gaps within a hub
    last hours, so the long haul, a day of silence for every parcel, would look eight times too long. A few parcels that
    did stall hardly change the median over the parcels.

    ``scans``: tuples of order key, waybill, aware time and milestone (None: a plain scan), parcel by parcel, each
    parcel's oldest scan first.
    """
    longest: dict[Leg, list[timedelta]] = {}
    for _parcel, parcel_scans in groupby(scans, key=lambda scan: scan[:2]):
        for leg, gap in _longest_gaps(parcel_scans).items():
            longest.setdefault(leg, []).append(gap)
    return {leg: median(gaps) for leg, gaps in longest.items() if len(gaps) >= ENOUGH}  # type: ignore[type-var]  # timedeltas add and halve


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
    """The silences of an order without a scanned parcel. An unpaid order that is never closed is asked about, too."""
    if milestone is Milestone.PAID:
        return _not_shipped(order, limits, now, heard)
    if milestone is not Milestone.ORDERED or not order.is_unpaid:
        return []
    return [*_not_paid(order, limits, now), *([Stall(Leg.SILENT, heard, limits.silent)] if heard else [])]


def payment_is_due(order: Order, now: datetime) -> bool:
    """Whether an unpaid order is so near to the platform's deadline that it would raise an alarm if it was watched."""
    if not order.is_unpaid or order.pay_by is None:
        return False
    return any(stall.since + stall.limit <= now for stall in _not_paid(order, Limits(), now))


def _not_paid(order: Order, limits: Limits, now: datetime) -> list[Stall]:
    """The silence before the payment deadline; empty after it. Rest days count, as they do for the platform."""
    created = order.created_at if is_plausible(order.created_at, now) else None
    until = order.pay_by if is_plausible(order.pay_by, now) else None
    if until is None:
        return [Stall(Leg.NOT_PAID, created, limits.not_paid)] if created else []
    if until <= now:
        return []
    since = created if created and created < until else until - PAY_NOTICE
    notice = min((until - since) / PAY_SHARE, PAY_NOTICE) if since is created else PAY_NOTICE
    return [Stall(Leg.NOT_PAID, since, until - notice - since, until=until)]


def _refund(refund: Refund, now: datetime) -> Stall | None:
    """The silence before the deadline of a refund that waits for the buyer; None: none is awaited, or it has passed."""
    until = refund.until
    if not (refund.needs_buyer and is_plausible(until, now)) or until <= max(now, refund.since):
        return None
    notice = min((until - refund.since) / PAY_SHARE, REFUND_NOTICE)
    return Stall(Leg.REFUND, refund.since, until - notice - refund.since, last=refund.code, until=until)


def _not_shipped(order: Order, limits: Limits, now: datetime, heard: datetime | None) -> list[Stall]:
    """The silence since the payment or, where its time is unknown, since the order last moved."""
    since = order.paid_at if is_plausible(order.paid_at, now) else heard
    if since is None:
        return []
    return [Stall(Leg.NOT_SHIPPED, since, limits.since(since, Leg.NOT_SHIPPED), limits.usual.get(Leg.NOT_SHIPPED))]


def _silence_of(parcel: Parcel, limits: Limits, now: datetime, heard: datetime | None) -> Stall | None:
    """The silence of one parcel. A parcel without a scan is silent since its order last moved."""
    if parcel.milestone in FINAL:
        return None
    last = next((node for node in reversed(parcel.nodes) if is_plausible(node.at, now)), None)
    since = last.at if last else since_named(parcel) or heard
    if since is None:
        return None
    leg = leg_of(parcel) if parcel.nodes or parcel.milestone else Leg.FIRST_SCAN
    last_words = (last.shown or plain(last.place)) if last else ""
    if leg is None:
        return Stall(Leg.SILENT, since, limits.silent, None, parcel.waybill, last_words)
    return Stall(leg, since, limits.since(since, leg), limits.usual.get(leg), parcel.waybill, last_words)
