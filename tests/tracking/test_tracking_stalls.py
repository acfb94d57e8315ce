"""When silence is worth an alarm, against what is usual here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.tracking_cases import FAILED, LEFT, OUT, PICKED, SIGNED, M, at, node, order, parcel, reading

from pandapon.shipment import Milestone, Parcel
from tracking.decide import decide
from tracking.policy import Policy
from tracking.rest_days import parse
from tracking.stalls import Limits, leg_of, silences, stall_at, usual_times, worst_stall
from tracking.values import Leg, Stall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.models import Order

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIMITS = Limits()


def standing(milestone: Milestone, *scans: tuple[float, str, Milestone | None]) -> Parcel:
    """A parcel that stands at a milestone, with these scans."""
    return replace(parcel(*scans), milestone=milestone)


def worst(  # noqa: PLR0917  the rules' own arguments
    detail: Order | None,
    place: Milestone | None,
    parcels: Sequence[Parcel],
    limits: Limits,
    now: datetime,
    moved_at: datetime | None = None,
) -> Stall | None:
    """The worst silence of an order that is too long by now."""
    return worst_stall(silences(detail, place, parcels, limits, now, moved_at=moved_at), limits, now)


@pytest.mark.parametrize(
    ("parcel", "leg"),
    [
        (standing(M.PICKED_UP, PICKED), Leg.FIRST_SCAN),
        (standing(M.SHIPPED, PICKED), Leg.FIRST_SCAN),
        (standing(M.IN_TRANSIT, LEFT), Leg.DOMESTIC),
        (standing(M.OUT_FOR_DELIVERY, OUT), Leg.DOMESTIC),
        (standing(M.EXCEPTION, LEFT), Leg.PROBLEM),
        (standing(M.ATTEMPT_FAILED, FAILED), Leg.PROBLEM),
        (standing(M.READY_FOR_PICKUP, OUT), Leg.PICKUP),
        (standing(M.IN_TRANSIT, (5, "【深圳】出口清关中", M.IN_TRANSIT)), Leg.ABROAD),
        (standing(M.IN_TRANSIT, (5, "【义乌市】 义乌国际商贸城网点 已揽收", M.IN_TRANSIT)), Leg.DOMESTIC),
        (standing(M.DELIVERED, SIGNED), None),
        (standing(M.RETURNING, LEFT), None),
    ],
)
def test_the_leg_of_a_parcel(parcel: Parcel, leg: Leg | None) -> None:
    """By milestone, and abroad by the courier's words; a market that is called international is no border."""
    assert leg_of(parcel) is leg


@pytest.mark.parametrize(
    ("parcel", "hours", "leg"),
    [
        (standing(M.PICKED_UP, PICKED), 24, Leg.FIRST_SCAN),
        (standing(M.IN_TRANSIT, LEFT), 48, Leg.DOMESTIC),
        (standing(M.READY_FOR_PICKUP, OUT), 72, Leg.PICKUP),
        (standing(M.ATTEMPT_FAILED, FAILED), 72, Leg.PROBLEM),
    ],
)
def test_the_alarm_comes_with_the_limit_and_not_before(parcel: Parcel, hours: int, leg: Leg) -> None:
    """The limit counts from the last scan; the schedule names that very moment."""
    last = parcel.nodes[-1].at
    assert last is not None
    due = last + timedelta(hours=hours)
    assert stall_at(silences(None, parcel.milestone, [parcel], LIMITS, at(0))) == due
    assert worst(None, parcel.milestone, [parcel], LIMITS, due - timedelta(seconds=1)) is None
    alarm = worst(None, parcel.milestone, [parcel], LIMITS, due)
    assert alarm
    assert (alarm.leg, alarm.since, alarm.waybill) == (leg, last, parcel.waybill)


def test_an_order_that_is_paid_and_not_shipped() -> None:
    """Counted from its payment; one that has a parcel, or is over, is another matter."""
    paid = order(M.PAID, paid_at=at(0))
    alarm = worst(paid, M.PAID, [], LIMITS, at(73))
    assert alarm
    assert (alarm.leg, alarm.since) == (Leg.NOT_SHIPPED, at(0))
    assert worst(paid, M.PAID, [], LIMITS, at(71)) is None
    assert worst(paid, M.CANCELLED, [], LIMITS, at(500)) is None


def test_of_several_parcels_the_worst_is_named() -> None:
    """One that moves does not hide one that does not."""
    slow = replace(standing(M.IN_TRANSIT, LEFT), waybill="SF2")
    quick = standing(M.IN_TRANSIT, LEFT, (90, "【广州转运中心】已到达", M.IN_TRANSIT))
    alarm = worst(None, M.IN_TRANSIT, [quick, slow], LIMITS, at(100))
    assert alarm
    assert alarm.waybill == "SF2"


def test_after_thirty_days_it_is_another_question() -> None:
    """Nobody may be waiting any more."""
    alarm = worst(None, M.IN_TRANSIT, [standing(M.IN_TRANSIT, LEFT)], LIMITS, at(5) + 30 * DAY)
    assert alarm
    assert alarm.leg is Leg.SILENT


@pytest.mark.parametrize(
    ("detail", "place", "parcels"),
    [
        (order(M.ORDERED, created_at=at(0)), M.ORDERED, []),
        (order(M.SHIPPED, paid_at=at(0)), M.SHIPPED, []),
        (order(M.SHIPPED), M.SHIPPED, []),
        (order(None, code="new_state"), None, []),
        (None, M.RETURNING, [standing(M.RETURNING, LEFT)]),
        (None, None, [parcel(LEFT)]),
        (None, M.SHIPPED, [standing(M.SHIPPED)]),
        (None, M.SHIPPED, [parcel()]),
        (None, M.IN_TRANSIT, [replace(standing(M.IN_TRANSIT), nodes=(replace(node(LEFT), at=None),))]),
    ],
    ids=["unpaid", "no parcel", "no times", "unknown", "going back", "unknown place", "no scan", "no claim", "undated"],
)
def test_no_order_is_followed_for_ever(detail: Order | None, place: Milestone | None, parcels: list[Parcel]) -> None:
    """Whatever is missing, after a month in which nothing was heard of an order that is not over it is asked about."""
    asked = worst(detail, place, parcels, LIMITS, at(5) + 30 * DAY, moved_at=at(0))
    assert asked
    assert asked.leg is Leg.SILENT
    assert stall_at(silences(detail, place, parcels, LIMITS, at(1), moved_at=at(0))) is not None


@pytest.mark.parametrize("parcel", [standing(M.SHIPPED), parcel()], ids=["shipped", "a number only"])
def test_a_parcel_that_nobody_ever_scanned(parcel: Parcel) -> None:
    """A number was entered and nothing was handed over: the first scan is missing since it was heard of."""
    alarm = worst(None, M.SHIPPED, [parcel], LIMITS, at(24), moved_at=at(0))
    assert alarm
    assert (alarm.leg, alarm.since, alarm.waybill) == (Leg.FIRST_SCAN, at(0), parcel.waybill)
    assert worst(None, M.SHIPPED, [parcel], LIMITS, at(23), moved_at=at(0)) is None


def test_what_was_silent_before_it_was_watched_is_no_alarm_and_is_asked_about() -> None:
    """The first reading schedules the question, counted from the last sign of life or, if long ago, from now."""
    for last, asked in ((-60, at(-60) + 30 * DAY), (-1000, at(0) + 30 * DAY)):
        decided = decide(None, reading(parcel((last, LEFT[1], M.IN_TRANSIT))), at(0), Policy(limits=LIMITS))
        assert decided.follow_up.stall_at == asked


def parcels(count: int, *hours: float) -> list[tuple[str, str, datetime, str | None]]:
    """The scans of so many parcels, each with gaps of so many hours."""
    times = [sum(hours[:n]) for n in range(len(hours) + 1)]
    return [("k", f"w{n}", at(time), M.IN_TRANSIT.value) for n in range(count) for time in times]


def test_the_usual_time_is_the_parcels_longest_silence_once_there_is_enough() -> None:
    """Thirty parcels on a leg say what is usual; short hops within a hub and a few lost parcels do not move it."""
    assert usual_times(parcels(29, 1, 2, 20, 1)) == {}
    assert usual_times(parcels(30, 1, 2, 20, 1)) == {Leg.DOMESTIC: 20 * HOUR}
    stalled = [(key, f"stalled {waybill}", when, place) for key, waybill, when, place in parcels(9, 200)]
    assert usual_times(parcels(30, 1, 2, 20, 1) + stalled) == {Leg.DOMESTIC: 20 * HOUR}
    one_scan_each = [("k", str(n), at(n), M.IN_TRANSIT.value) for n in range(200)]
    assert usual_times(one_scan_each) == {}, "from one parcel to the next is no gap"


@given(st.floats(0.1, 2000))
def test_what_is_usual_moves_the_limit_within_bounds(hours: float) -> None:
    """Three times the usual silence, and never less than half nor more than twice the default."""
    limits = replace(LIMITS, usual={Leg.DOMESTIC: timedelta(hours=hours)})
    assert 24 * HOUR <= limits.of(Leg.DOMESTIC) <= 96 * HOUR
    assert limits.of(Leg.PICKUP) == LIMITS.pickup


@given(st.lists(st.floats(0, 400), min_size=1, max_size=8), st.floats(0, 2000))
def test_schedule_and_alarm_agree(hours: list[float], now: float) -> None:
    """An alarm is due exactly when its scheduled time has come, whatever was scanned when."""
    parcel = replace(Parcel("SF1", milestone=M.IN_TRANSIT), nodes=tuple(node((h, f"站{h}", None)) for h in hours))
    due = stall_at(silences(None, M.IN_TRANSIT, [parcel], LIMITS, at(0)))
    assert due is not None
    assert (worst(None, M.IN_TRANSIT, [parcel], LIMITS, at(now)) is not None) == (due <= at(now))


CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("days", "since", "hours", "until"),
    [
        ("", "2027-02-04 18:00", 48, "2027-02-06 18:00"),
        ("2027-02-05..2027-02-12", "2027-02-04 18:00", 48, "2027-02-14 18:00"),
        ("2027-02-05..2027-02-12", "2027-02-08 18:00", 24, "2027-02-14 00:00"),
        ("sat sun", "2027-02-05 12:00", 24, "2027-02-08 12:00"),
        ("sun", "2027-02-06 00:00", 24, "2027-02-07 00:00"),
    ],
)
def test_days_of_rest_do_not_count(days: str, since: str, hours: int, until: str) -> None:
    """Silence over the Spring Festival is no alarm: the limit is reached that much later, in China's days."""
    began, end = (datetime.fromisoformat(day).replace(tzinfo=CHINA) for day in (since, until))
    assert parse(days).extend(began, timedelta(hours=hours)) == end - began


def test_an_alarm_waits_for_the_days_of_rest() -> None:
    """The schedule and the alarm itself agree on the moment."""
    parcel = standing(M.IN_TRANSIT, LEFT)
    last = parcel.nodes[-1].at
    assert last is not None
    limits = Limits(rest_days=parse(f"{last.astimezone(CHINA).date() + DAY}"))
    due = last + timedelta(hours=72)
    assert stall_at(silences(None, parcel.milestone, [parcel], limits, at(0))) == due
    assert worst(None, parcel.milestone, [parcel], limits, due - timedelta(seconds=1)) is None
    assert worst(None, parcel.milestone, [parcel], limits, due) is not None
