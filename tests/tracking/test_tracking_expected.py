"""Expected dates: from 20 journeys on, never in the past, and lateness told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.tracking_cases import (
    FAILED,
    JOURNEY,
    LEFT,
    OUT,
    PICKED,
    REF,
    SIGNED,
    START,
    M,
    TrackedOrder,
    at,
    node,
    order,
    parcel,
    reading,
)

from pandapon.shipment import FINAL, PROGRESS, Milestone
from tracking.decide import decide
from tracking.event_ids import dedup_key
from tracking.expected import expect
from tracking.fact_ids import fact_ids, remaining, without_shared
from tracking.journeys import ENOUGH, LONGEST, STAGES, History, Journey, journey_of, lane_of, stages_of
from tracking.policy import Policy
from tracking.rest_days import parse
from tracking.stalls import Limits
from tracking.values import Basis, Severity

if TYPE_CHECKING:
    from datetime import datetime

    from pandapon.models import Order
    from pandapon.shipment import Parcel
    from tracking.decide import Decision

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
READY = (41, "快件已存放至菜鸟驿站，请凭取件码取件", M.READY_FOR_PICKUP)
ORIGIN, CARRIER = "义乌", "SF"  # of the parcels in tracking_cases


def journey(number: int, hours: float, *, lane: str = ORIGIN, carrier: str = CARRIER) -> Journey:
    """A journey that was paid ten hours before its first scan, and took so many hours from there to its end."""
    ended_at = START - timedelta(minutes=number)
    picked = ended_at - hours * HOUR
    reached = {M.PAID: picked - 10 * HOUR, M.PICKED_UP: picked, M.IN_TRANSIT: picked + hours / 4 * HOUR}
    return Journey(f"1688:{number}", f"w{number}", carrier, lane, reached, ended_at)


def limits(*journeys: Journey, **fields: Any) -> Limits:
    return Limits(history=History.learnt(journeys), **fields)


def usual(count: int = ENOUGH, **fields: Any) -> list[Journey]:
    """Journeys of 24, 25, 26 … hours."""
    return [journey(number, 24 + number, **fields) for number in range(count)]


def paid(**fields: Any) -> Order:
    return order(M.PAID, paid_at=at(-10), created_at=at(-11), **fields)


def test_nothing_is_expected_before_twenty_journeys_are_known() -> None:
    placed_parcel, detail = placed(parcel(PICKED)), paid()
    assert expect(detail, M.PICKED_UP, [placed_parcel], limits(*usual(19)), at(2)) is None
    twenty = expect(detail, M.PICKED_UP, [placed_parcel], limits(*usual(20)), at(2))
    assert twenty
    assert (twenty.journeys, twenty.usual, twenty.since) == (20, 33 * HOUR, at(1))
    assert (twenty.first, twenty.last) == (at(1 + 28), at(1 + 41)), "a quarter came earlier, a tenth later"


def test_the_journeys_most_alike_count_if_there_are_enough_of_them() -> None:
    """The same carrier from the same place, then the same carrier, then all; the answer says which."""
    elsewhere = [replace(each, key=f"e{each.key}") for each in usual(lane="广州")]
    of_carrier = usual(carrier="ZTO")
    placed_parcel = placed(parcel(PICKED))
    for known, basis, count in (
        ([*usual(), *elsewhere, *of_carrier], Basis.LANE, 20),
        ([*usual(19), *elsewhere, *of_carrier], Basis.CARRIER, 39),
        ([*of_carrier], Basis.ALL, 20),
        ([*usual(19), *usual(19, carrier="ZTO")], Basis.ALL, 38),
    ):
        expected = expect(paid(), M.PICKED_UP, [placed_parcel], limits(*known), at(2))
        assert expected
        assert (expected.basis, expected.journeys) == (basis, count)


def test_each_stage_makes_the_range_narrower_and_later_stages_count() -> None:
    """The range begins anew from the furthest stage that was reached."""
    known = limits(*usual(40))
    ranges = []
    for scans in ((PICKED,), (PICKED, LEFT)):
        placed_parcel = placed(parcel(*scans))
        expected = expect(paid(), placed_parcel.milestone, [placed_parcel], known, at(6))
        assert expected
        ranges.append(expected.last - expected.first)
        assert expected.since == at(1)
    assert ranges[1] < ranges[0]


def test_before_shipping_the_range_counts_from_the_payment() -> None:
    expected = expect(paid(), M.PAID, [], limits(*usual()), at(0))
    assert expected
    assert (expected.since, expected.waybill, expected.usual) == (at(-10), "", 43 * HOUR)
    assert expect(order(M.PAID), M.PAID, [], limits(*usual()), at(0)) is None, "no time of payment"


@pytest.mark.parametrize("scans", [(PICKED, OUT, FAILED), (PICKED, READY), JOURNEY], ids=["problem", "ready", "signed"])
def test_nothing_is_expected_at_a_problem_at_the_pick_up_point_or_at_the_end(scans: Any) -> None:
    placed_parcel = placed(parcel(*scans))
    assert expect(paid(), placed_parcel.milestone, [placed_parcel], limits(*usual()), at(45)) is None


def test_of_several_parcels_the_last_one_is_expected_and_an_arrived_one_does_not_count() -> None:
    early = placed(parcel(PICKED, waybill="SF1"))
    late = placed(parcel((9, PICKED[1], M.PICKED_UP), waybill="SF2"))
    there = placed(parcel(*JOURNEY, waybill="SF3"))
    expected = expect(paid(), M.PICKED_UP, [early, late, there], limits(*usual()), at(45))
    assert expected
    assert expected.waybill == "SF2"
    stuck = placed(parcel(PICKED, OUT, FAILED, waybill="SF4"))
    assert expect(paid(), M.PICKED_UP, [early, stuck], limits(*usual()), at(45)) is None


def test_rest_days_lengthen_the_way() -> None:
    expected = expect(
        paid(), M.PICKED_UP, [placed(parcel(PICKED))], limits(*usual(), rest_days=parse("2026-03-03")), at(2)
    )
    assert expected
    assert expected.last == at(1 + 41 + 24)


# --- learning ---------------------------------------------------------------------------------------------------------


def test_a_journey_goes_from_the_payment_to_the_door_or_the_pick_up_point() -> None:
    journey = journey_of(REF.key, placed(parcel(*JOURNEY)), paid(), at(50))
    assert journey
    assert (journey.lane, journey.carrier, journey.ended_at) == (ORIGIN, CARRIER, at(44))
    assert journey.reached == {M.PAID: at(-10), M.PICKED_UP: at(1), M.IN_TRANSIT: at(5), M.OUT_FOR_DELIVERY: at(40),
                             M.ARRIVED: at(40)}  # fmt: skip
    ready = journey_of(REF.key, placed(parcel(PICKED, LEFT, READY)), paid(), at(50))
    fetched = journey_of(REF.key, placed(parcel(PICKED, LEFT, READY, (90, SIGNED[1], SIGNED[2]))), paid(), at(91))
    assert ready
    assert fetched
    assert ready.ended_at == fetched.ended_at == at(41), "how long people leave it there is not the courier's time"


@pytest.mark.parametrize(
    "scans",
    [(PICKED, LEFT), (SIGNED,), ((43.5, PICKED[1], PICKED[2]), SIGNED), ((-24 * 100, "已揽收", M.PICKED_UP), SIGNED)],
    ids=["under way", "cut to its end", "too short", "another parcel's first scan"],
)
def test_a_trace_that_is_no_whole_way_teaches_nothing(scans: Any) -> None:
    assert journey_of(REF.key, placed(parcel(*scans)), None, at(50)) is None


@pytest.mark.parametrize(
    ("place", "text", "lane"),
    [
        ("", "【义乌市】您的快件已被揽收", "义乌"),
        ("义乌国际商贸城网点", "已揽收", "义乌"),
        ("浙江省 金华市 义乌市", "已揽收", "浙江"),
        ("Bangkok Hub 3", "Picked up", "bangkok"),
        ("", "快件已揽收", ""),
        ("<!channel>", "x", "channel"),
        ("1234", "x", ""),
    ],
)
def test_the_lane_is_the_place_that_the_parcel_left(place: str, text: str, lane: str) -> None:
    first = node((1, text, M.PICKED_UP), place=place)
    assert lane_of([first]) == lane


# --- properties -------------------------------------------------------------------------------------------------------

moments = st.datetimes(timezones=st.just(UTC)).filter(lambda when: 1 < when.year < 9999)
near = st.integers(-2000, 2000).map(at)
scans = st.lists(st.tuples(st.one_of(near, moments), st.sampled_from([None, *Milestone])), max_size=6)
lengths = st.lists(st.floats(2, 24 * 59), min_size=20, max_size=60)


@given(scans, lengths, near, st.one_of(st.none(), near, moments), st.sampled_from([None, *Milestone]))
def test_whatever_is_read_the_range_is_never_in_the_past_nor_upside_down(
    claims: list[tuple[datetime, Milestone | None]],
    hours: list[float],
    now: datetime,
    paid_at: datetime | None,
    milestone: Milestone | None,
) -> None:
    known = limits(*(journey(number, each) for number, each in enumerate(hours)))
    nodes = tuple(
        replace(node((0, f"扫描{number}", claim)), at=when)
        for number, (when, claim) in enumerate(sorted(claims, key=lambda claim: claim[0]))
    )
    shown = replace(parcel(PICKED), nodes=nodes, milestone=milestone)
    detail = order(M.PAID).model_copy(update={"paid_at": paid_at})
    expected = expect(detail, milestone, [shown], known, now)
    if expected is None:
        return
    assert milestone not in FINAL
    assert expected.first <= expected.last < expected.late_at
    first, last = expected.ahead(now)
    assert now <= first <= last
    assert last == max(expected.last, now)
    assert expected.last - expected.first < LONGEST


@given(lengths, st.floats(0, 24 * 90), st.floats(0, 24 * 90))
def test_time_alone_changes_nothing_but_lateness(hours: list[float], earlier: float, later: float) -> None:
    """The range hangs on the scans; so what is told as late is what was shown."""
    known = limits(*(journey(number, each) for number, each in enumerate(hours)))
    placed_parcel = placed(parcel(PICKED))
    early, late = (
        expect(paid(), M.PICKED_UP, [placed_parcel], known, at(1 + hour)) for hour in sorted((earlier, later))
    )
    assert early == late


@given(lengths)
def test_nine_in_ten_of_the_journeys_learnt_from_end_by_the_last_moment(hours: list[float]) -> None:
    known = [journey(number, each) for number, each in enumerate(hours)]
    sample = History.learnt(known).of(M.PICKED_UP, ORIGIN, CARRIER)
    assert sample
    assert sum(each.ended_at - each.reached[M.PICKED_UP] <= sample.share(0.9) for each in known) >= 0.9 * len(known)
    assert sum(each.ended_at - each.reached[M.PICKED_UP] < sample.share(0.25) for each in known) <= 0.25 * len(known)


# --- what is decided --------------------------------------------------------------------------------------------------


class OrderWithHistory(TrackedOrder):
    """A tracked order whose policy has learnt from twenty journeys of 24 to 43 hours."""

    policy = Policy(limits=limits(*usual()))

    def decide(self, fetched: Any) -> Decision:
        return decide(self.stored, fetched, self.now, self.policy)


def test_an_order_that_is_later_than_expected_is_told_once() -> None:
    """A quiet reading after the last date, another one, and one at a later stage: one piece of news."""
    tracked = OrderWithHistory(now=at(2))
    tracked.poll(reading(parcel(PICKED), detail=paid()))
    expected = tracked.last and tracked.last.expected
    assert tracked.last
    assert expected
    assert tracked.last.late_at == expected.late_at
    tracked.now = expected.late_at - HOUR
    assert tracked.poll(reading(parcel(PICKED))).news is None
    tracked.now = expected.late_at
    told = tracked.poll(reading(parcel(PICKED)))
    assert told.news
    assert (told.news.late, told.severity) == (expected, Severity.NODE)
    assert told.audience == {"all", "milestones"}
    assert (told.late_at, told.was_late, told.changed, told.moved) == (None, True, True, False)
    assert told.moved_at == at(1), "it has not moved, so its silence goes on"
    for scans in ((PICKED,), (PICKED, (80, LEFT[1], LEFT[2])), (PICKED, (80, LEFT[1], LEFT[2]), (300, "到达", None))):
        tracked.now += 400 * HOUR
        again = tracked.poll(reading(parcel(*scans)))
        assert again.news is None or again.news.late is None
    assert len([news for news in tracked.news if news.late]) == 1


def test_a_scan_that_brings_it_to_another_stage_makes_it_expected_anew() -> None:
    """The parcel is overdue and moves: the news is the move, with a new range."""
    tracked = OrderWithHistory(now=at(2))
    tracked.poll(reading(parcel(PICKED), detail=paid()))
    tracked.now = at(90)
    moved = tracked.poll(reading(parcel(PICKED, (89, LEFT[1], LEFT[2]))))
    assert moved.news
    assert moved.news.late is None
    assert moved.expected
    assert moved.expected.last > at(90)


def test_an_order_that_is_late_when_it_is_first_watched_is_not_told() -> None:
    tracked = OrderWithHistory(now=at(500))
    first = tracked.poll(reading(parcel(PICKED), detail=paid()))
    assert (first.news, first.was_late, first.late_at) == (None, True, None)
    tracked.now += 24 * HOUR
    assert tracked.poll(reading(parcel(PICKED))).news is None


steps = st.lists(
    st.tuples(st.integers(0, 90), st.sampled_from([None, *PROGRESS[3:8], M.EXCEPTION])), min_size=1, max_size=12
)


@given(steps, st.booleans())
def test_whatever_happens_lateness_is_told_once_and_never_before_the_dates_shown_are_over(
    story: list[tuple[int, Milestone | None]], is_paid: bool
) -> None:
    """Scans come and stay away; each reading is a restart. What the last message showed has passed when it is told."""
    tracked, scans = OrderWithHistory(now=at(2)), list[tuple[float, str, Milestone | None]]([PICKED])
    detail = paid() if is_paid else order(M.SHIPPED)
    shown = tracked.poll(reading(parcel(*scans), detail=detail)).expected
    for number, (hours, claim) in enumerate(story):
        tracked.now += hours * HOUR
        if claim:
            hour = (tracked.now - START) / HOUR
            scans.append((hour, f"第{number}次扫描", claim))
        at_reading, before, decided = tracked.now, shown, tracked.poll(reading(parcel(*scans)))
        shown = decided.expected
        if decided.news and decided.news.late:
            assert before == shown, "a scan that moves it on makes it expected anew"
            assert shown
            assert at_reading >= shown.late_at
    assert sum(bool(news.late) for news in tracked.news) <= 1


def test_a_clock_that_is_known_to_be_wrong_makes_nothing_late() -> None:
    tracked = OrderWithHistory(now=at(2))
    tracked.poll(reading(parcel(PICKED), detail=paid()))
    tracked.now = at(24 * 200)
    tracked.policy = replace(OrderWithHistory.policy, trusts_clock=False)
    ahead = tracked.poll(reading(parcel(PICKED)))
    assert (ahead.news, ahead.was_late) == (None, False)
    tracked.now, tracked.policy = at(400), OrderWithHistory.policy
    told = tracked.poll(reading(parcel(PICKED)))
    assert told.news
    assert told.news.late


def test_lateness_of_a_shared_parcel_is_told_with_one_of_its_orders() -> None:
    tracked = OrderWithHistory(now=at(2))
    tracked.poll(reading(parcel(PICKED), detail=paid()))
    tracked.now = at(400)
    news = tracked.decide(reading(parcel(PICKED))).news
    assert news
    assert without_shared(news, [news]) is None
    assert without_shared(news, [replace(news, late=None)]) == news


def test_lateness_found_again_after_a_restore_is_recognised() -> None:
    """The same fact has the same key and id, whatever was learnt since."""
    tracked = OrderWithHistory(now=at(2))
    tracked.poll(reading(parcel(PICKED), detail=paid()))
    tracked.now = at(400)
    news = tracked.decide(reading(parcel(PICKED))).news
    assert news
    assert news.late
    other = replace(news, late=replace(news.late, journeys=99, last=news.late.last + HOUR))
    assert dedup_key(news) == dedup_key(other)
    assert remaining(REF.key, "k", other, fact_ids(REF.key, "other", news)) is None


def test_the_journey_of_a_parcel_is_recorded_with_the_reading_that_ends_it() -> None:
    tracked = OrderWithHistory(now=at(41))
    assert tracked.poll(reading(parcel(PICKED, LEFT, OUT), detail=paid())).journeys == ()
    tracked.now = at(45)
    (ended,) = tracked.poll(reading(parcel(*JOURNEY))).journeys
    assert ended.ended_at == at(44)
    assert tracked.poll(reading(parcel(*JOURNEY))).journeys == (), "nothing new of it"


def test_stages_are_reached_in_their_order() -> None:
    reached = stages_of(placed(parcel(*JOURNEY)).nodes, paid(), at(50))
    assert list(reached) == [stage for stage in STAGES if stage in reached]
    assert list(reached.values()) == sorted(reached.values())


def placed(parcel: Parcel) -> Parcel:
    """The parcel at the milestone of its last claim."""
    claims = [each.milestone for each in parcel.nodes if each.milestone]
    return replace(parcel, milestone=claims[-1] if claims else None)
