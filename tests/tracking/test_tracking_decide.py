"""The decider: steps, parcels, loudness and what is known from now on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support.tracking_cases import (
    ARRIVED,
    FAILED,
    JOURNEY,
    LEFT,
    OUT,
    PICKED,
    REF,
    SIGNED,
    M,
    TrackedOrder,
    at,
    node,
    only_order,
    order,
    parcel,
    reading,
    tracked_order,
)

from pandapon.shipment import Milestone, Parcel
from tracking.orders import FetchedOrder
from tracking.values import Step

if TYPE_CHECKING:
    from tracking.decide import Decision

ALL = frozenset({"all"})
MILESTONES = ALL | {"milestones"}
EVERYBODY = MILESTONES | {"problems"}


def test_a_plain_scan_is_a_node_for_those_who_want_everything() -> None:
    """A node that moves no milestone reaches only watches with the filter "all"."""
    decision = tracked_order(parcel(PICKED, LEFT)).poll(reading(parcel(PICKED, LEFT, ARRIVED)))
    assert (decision.severity, decision.audience) == ("node", ALL)
    assert decision.news
    assert not decision.news.has_milestone


def test_a_step_says_from_where_to_where() -> None:
    """One reading with several scans is one step, from the known milestone to the present one."""
    decision = tracked_order(parcel(PICKED)).poll(reading(parcel(*JOURNEY)))
    assert decision.news
    assert decision.news.steps == (Step(M.PICKED_UP, M.DELIVERED, "SF1"),)
    assert (decision.severity, decision.audience) == ("milestone", MILESTONES)


def test_two_hundred_new_nodes_in_one_reading_are_one_piece_of_news() -> None:
    """However much one reading holds, it is one message."""
    scans = tuple((hour, f"第{hour}次扫描", M.IN_TRANSIT) for hour in range(2, 202))
    tracked = tracked_order(parcel(PICKED))
    tracked.poll(reading(parcel(PICKED, *scans)))
    assert [len(news.nodes) for news in tracked.news] == [200]


def test_old_nodes_that_arrive_late_are_told_once_and_move_nothing_back() -> None:
    """A scan older than the newest known one is told, without a step."""
    tracked = tracked_order(parcel(PICKED, OUT))
    for _ in range(2):
        tracked.poll(reading(parcel(PICKED, LEFT, ARRIVED, OUT)))
    assert tracked.texts == [LEFT[1], ARRIVED[1]]
    assert tracked.milestones == []


@pytest.mark.parametrize(
    ("before", "after", "level", "audience"),
    [
        (M.ORDERED, M.PAID, "step", MILESTONES),
        (M.PAID, M.SHIPPED, "step", MILESTONES),
        (M.PAID, M.CANCELLED, "problem", EVERYBODY),
        (M.SHIPPED, M.DELIVERED, "milestone", MILESTONES),
    ],
)
def test_a_status_of_the_order_is_a_step_of_its_own(
    before: Milestone, after: Milestone, level: str, audience: frozenset[str]
) -> None:
    """What happens to an order without parcels is a step with an empty waybill."""
    tracked = tracked_order(detail=order(before))
    decision = tracked.poll(only_order(order(after)))
    assert decision.news
    assert decision.news.steps == (Step(before, after, ""),)
    assert (decision.severity, decision.audience, decision.milestone) == (level, audience, after)


def test_the_first_parcel_of_a_watched_order_is_news_with_one_step() -> None:
    """When the order ships, the parcel's step says it; the order does not repeat it."""
    tracked = tracked_order(detail=order(M.PAID))
    decision = tracked.poll(reading(parcel(PICKED), detail=order(M.SHIPPED)))
    assert decision.news
    assert decision.news.added == ("SF1",)
    assert decision.news.steps == (Step(None, M.PICKED_UP, "SF1"),)
    assert decision.milestone is M.PICKED_UP


def test_a_parcel_without_scans_is_news_by_its_number() -> None:
    """A waybill that nobody has scanned yet is told; a state is not made up for it."""
    tracked = tracked_order(parcel(PICKED), detail=order(M.SHIPPED))
    decision = tracked.poll(reading(parcel(PICKED), parcel(waybill="YT2")))
    assert decision.news
    assert decision.news.added == ("YT2",)
    assert decision.news.nodes == ()
    assert all(step.waybill != "YT2" or step.after is M.SHIPPED for step in decision.news.steps)
    assert decision.event_id


def test_a_parcel_added_after_delivery_reopens_the_order_silently_at_order_level() -> None:
    """The split parcel tells its own step; the order, delivered before, is under way again without a step back."""
    tracked = tracked_order(parcel(*JOURNEY))
    decision = tracked.poll(reading(parcel(*JOURNEY), parcel(PICKED, waybill="YT2")))
    assert decision.news
    assert decision.news.steps == (Step(None, M.PICKED_UP, "YT2"),)
    assert (decision.milestone, decision.final_at) == (M.PICKED_UP, None)


def test_of_several_parcels_each_steps_alone_and_the_order_when_all_are_there() -> None:
    """The order is delivered with its last parcel, and says so."""
    parcels = (parcel(PICKED, OUT), parcel(PICKED, OUT, waybill="YT2"))
    tracked = tracked_order(*parcels)
    first = tracked.poll(reading(parcel(PICKED, OUT, SIGNED), parcels[1]))
    last = tracked.poll(reading(parcel(PICKED, OUT, SIGNED), parcel(PICKED, OUT, SIGNED, waybill="YT2")))
    assert first.news
    assert last.news
    assert first.news.steps == (Step(M.OUT_FOR_DELIVERY, M.DELIVERED, "SF1"),)
    assert first.final_at is None
    assert {(step.waybill, step.after) for step in last.news.steps} == {("YT2", M.DELIVERED), ("", M.DELIVERED)}
    assert last.final_at == at(102)


def test_news_count_the_parcels() -> None:
    """News carry every parcel with its milestone and without its nodes."""
    tracked = tracked_order(parcel(PICKED), parcel(PICKED, waybill="YT2"))
    news = tracked.poll(reading(parcel(PICKED, LEFT))).news
    assert news
    assert [(parcel.waybill, parcel.milestone, parcel.nodes) for parcel in news.parcels] == [
        ("SF1", M.IN_TRANSIT, ()),
        ("YT2", M.PICKED_UP, ()),
    ]


def test_a_cancelled_order_is_told_beside_a_moving_parcel() -> None:
    """The end of an order is not lost because its parcel stepped in the same reading."""
    tracked = tracked_order(parcel(PICKED), detail=order(M.SHIPPED))
    tracked.poll(reading(parcel(PICKED, LEFT), detail=order(M.CANCELLED)))
    assert ("", M.CANCELLED) in tracked.milestones


def test_two_sub_orders_that_name_one_parcel_are_one_parcel() -> None:
    """The same waybill twice in a reply is joined, not told twice."""
    tracked = tracked_order(parcel(PICKED))
    decision = tracked.poll(reading(parcel(PICKED, LEFT), parcel(PICKED, LEFT)))
    assert len(decision.shipment.parcels) == 1
    assert tracked.texts == [LEFT[1]]


def test_whoever_hears_of_problems_hears_that_they_are_over() -> None:
    """A problem and its end both reach the filter "problems", and nothing between them does."""
    tracked = tracked_order(parcel(PICKED, OUT))
    problem = tracked.poll(reading(parcel(PICKED, OUT, FAILED)))
    over = tracked.poll(reading(parcel(PICKED, OUT, FAILED, SIGNED)))
    assert (problem.severity, problem.audience) == ("problem", EVERYBODY)
    assert (over.severity, over.audience) == ("milestone", EVERYBODY)


@pytest.mark.parametrize(
    ("scans", "level", "audience"),
    [
        ([PICKED], "step", MILESTONES),
        ([PICKED, LEFT], "step", ALL),
        ([PICKED, LEFT, (30, "【广州转运中心】已到达", M.ARRIVED)], "step", ALL),
        ([PICKED, LEFT, OUT], "milestone", MILESTONES),
        ([PICKED, OUT, (41, "已存放至驿站，请取件", M.READY_FOR_PICKUP)], "milestone", MILESTONES),
        ([PICKED, OUT, SIGNED], "milestone", MILESTONES),
        ([PICKED, OUT, FAILED], "problem", EVERYBODY),
        ([PICKED, LEFT, (30, "问题件", M.EXCEPTION), (31, "已发出", M.IN_TRANSIT)], "milestone", EVERYBODY),
        ([PICKED, OUT, FAILED, (66, "再次派送", M.OUT_FOR_DELIVERY)], "step", EVERYBODY),
        ([PICKED, OUT, FAILED, SIGNED], "milestone", EVERYBODY),
    ],
    ids=["under way", "to a hub", "at a hub", "at the door", "ready", "over", "trouble", "out of it", "again", "came"],
)
def test_the_channel_is_shown_what_somebody_acts_on(
    scans: list[tuple[float, str, Milestone]], level: str, audience: frozenset[str]
) -> None:
    """The way from hub to hub is the thread's; who asked for milestones hears once that a parcel is under way."""
    tracked = tracked_order(parcel(*scans[:-1]))
    decision = tracked.poll(reading(parcel(*scans)))
    assert (decision.severity, decision.audience) == (level, audience)


def test_a_second_parcel_at_the_same_place_on_the_same_day_stays_in_the_thread() -> None:
    """The first one out for delivery is shown, not those that follow it that day; of the deliveries the last one is."""
    waybills = ("SF1", "YT2", "ZT3")
    out_next_day = (64, OUT[1], OUT[2])
    tracked = tracked_order(*(parcel(PICKED, waybill=waybill) for waybill in waybills))
    told = [
        tracked.poll(
            reading(*(parcel(PICKED, *scans, waybill=waybill) for waybill, scans in zip(waybills, state, strict=True)))
        )
        for state in (
            ([OUT], [], []),
            ([OUT], [OUT], []),
            ([OUT], [OUT], [out_next_day]),
            ([OUT, SIGNED], [OUT, SIGNED], [out_next_day]),
            ([OUT, SIGNED], [OUT, SIGNED], [out_next_day, (66, SIGNED[1], M.DELIVERED)]),
        )
    ]
    assert [decision.severity for decision in told] == ["milestone", "step", "milestone", "step", "milestone"]
    assert told[1].audience == MILESTONES, "in the thread it is told as ever"


def test_the_same_trouble_within_hours_is_shown_once() -> None:
    """A problem that is scanned again the same morning is told in the thread; a day later it is a new attempt."""
    tracked = tracked_order(parcel(PICKED, OUT, FAILED))
    soon, later = (45, "收件人不在，已登记", M.ATTEMPT_FAILED), (66, "再次派送，收件人仍不在", M.ATTEMPT_FAILED)
    again = tracked.poll(reading(parcel(PICKED, OUT, FAILED, soon)))
    next_day = tracked.poll(reading(parcel(PICKED, OUT, FAILED, soon, later)))
    assert (again.severity, again.audience) == ("node", EVERYBODY)
    assert next_day.severity == "problem"


def test_a_second_failed_attempt_is_a_problem_again() -> None:
    """The milestone stays, so there is no step, yet the people who watch for problems are told."""
    tracked = tracked_order(parcel(PICKED, OUT, FAILED))
    again = (66, "再次派送，收件人仍不在", M.ATTEMPT_FAILED)
    decision = tracked.poll(reading(parcel(PICKED, OUT, FAILED, again)))
    assert decision.news
    assert decision.news.steps == ()
    assert (decision.severity, decision.audience) == ("problem", EVERYBODY)


def test_a_problem_that_comes_a_second_time_has_another_key() -> None:
    """Failed, out again, failed again: three pieces of news under three keys."""
    second_out, second_failed = (60, "重新派件", M.OUT_FOR_DELIVERY), (62, "仍未妥投", M.ATTEMPT_FAILED)
    scans = [PICKED, OUT, FAILED, second_out, second_failed]
    tracked = tracked_order(parcel(PICKED, OUT))
    for count in range(3, 6):
        tracked.poll(reading(parcel(*scans[:count])))
    assert len({decision.event_id for decision in tracked.told}) == 3
    assert [after for _, after in tracked.milestones] == [M.ATTEMPT_FAILED, M.OUT_FOR_DELIVERY, M.ATTEMPT_FAILED]


def test_a_claim_corrected_by_an_edit_is_a_step_without_a_node() -> None:
    """When a code filled in later says what the words did not, the step is told and the node is not repeated."""
    plain = (44, "快件已处理", None)
    tracked = tracked_order(parcel(PICKED, OUT, plain))
    signed = node((44, "快件已处理", M.DELIVERED), code="SIGN")
    decision = tracked.poll(reading(Parcel("SF1", nodes=(node(PICKED), node(OUT), signed))))
    assert decision.news
    assert decision.news.nodes == ()
    assert decision.news.steps == (Step(M.OUT_FOR_DELIVERY, M.DELIVERED, "SF1"),)


def test_the_key_does_not_depend_on_an_edit_beside_the_news() -> None:
    """The same new node with or without a city filled in elsewhere is the same news."""
    tracked = tracked_order(parcel(PICKED))
    plain = tracked.decide(reading(parcel(PICKED, LEFT)))
    beside = tracked.decide(reading(Parcel("SF1", nodes=(node(PICKED, place="义乌"), node(LEFT)))))
    assert plain.event_id == beside.event_id


def test_an_unchanged_reading_changes_nothing() -> None:
    """The same reading again leaves every field of the state as it was."""
    tracked = tracked_order(parcel(*JOURNEY[:3]), detail=order())
    same = reading(parcel(*JOURNEY[:3]), detail=order())
    first, second = tracked.poll(same), tracked.poll(same)
    assert (first.changed, first.news, first.new_nodes, first.edited_nodes) == (False, None, (), ())
    assert first == second


@pytest.mark.parametrize(
    ("fetched", "moved"),
    [
        (reading(parcel(PICKED, LEFT)), at(5)),
        (reading(parcel((500, "时钟走快的扫描枪", M.IN_TRANSIT))), at(100)),
        (only_order(order(M.PAID, created_at=at(-50), paid_at=at(-49))), at(-49)),
        (only_order(order(M.PAID)), at(100)),
    ],
    ids=["last scan", "not in the future", "the order's own times", "the first sight"],
)
def test_a_baseline_knows_when_the_order_last_moved(fetched: FetchedOrder, moved: object) -> None:
    """An order that has been silent for weeks starts as a silent one."""
    assert TrackedOrder().poll(fetched).moved_at == moved


def test_moved_at_is_the_time_of_the_last_news() -> None:
    """News set it, edits and unchanged readings do not."""
    tracked = tracked_order(parcel(PICKED))
    told = tracked.poll(reading(parcel(PICKED, LEFT))).moved_at
    edited = tracked.poll(reading(Parcel("SF1", nodes=(node(PICKED, place="义乌"),))))
    assert told == at(101)
    assert edited.moved_at == told


def test_a_baseline_of_a_delivered_order_dates_its_end_at_the_first_sight() -> None:
    """An order watched after its delivery is followed for the days of corrections, then archived."""
    assert TrackedOrder().poll(reading(parcel(*JOURNEY))).final_at == at(100)


def test_a_reading_of_nothing_is_a_baseline_of_nothing() -> None:
    """An order of which nothing could be read has no milestone and is stored all the same."""
    decision: Decision = TrackedOrder().poll(FetchedOrder(REF))
    assert (decision.milestone, decision.parcels, decision.news, decision.changed) == (None, (), None, True)


def test_only_parcels_that_are_otherwise_now_are_stored_again() -> None:
    """A scan that leaves its parcel where it was stores the scan alone; what changes of a parcel stores that one."""
    known = (parcel(PICKED, LEFT), parcel(PICKED, waybill="SF2"))
    scanned = parcel(PICKED, LEFT, ARRIVED)
    assert not tracked_order(*known).poll(reading(scanned, known[1])).parcels
    for changed in (
        replace(scanned, carrier="顺丰"),
        replace(scanned, logistics_id="LP01"),
        replace(scanned, status_code="SIGN", status_milestone=M.DELIVERED),
        parcel(PICKED, LEFT, OUT),
        replace(scanned, waybill="SF3"),
    ):
        stored = tracked_order(*known).poll(reading(changed, known[1])).parcels
        assert {parcel.waybill for parcel in stored} == {changed.waybill, "SF1"}
        assert not any(parcel.nodes for parcel in stored)
