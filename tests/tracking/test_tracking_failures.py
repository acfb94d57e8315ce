"""What order trackers are known to get wrong, one scenario for each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

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

from pandapon.shipment import Milestone, Node, Parcel
from tracking.orders import FetchedOrder


def _with(node: Node) -> FetchedOrder:
    return reading(Parcel("SF1", "顺丰速运", nodes=(node,)))


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(node(PICKED, place="浙江省义乌市"), id="city filled in"),
        pytest.param(node(PICKED, code="ACCEPT"), id="code filled in"),
        pytest.param(replace(node(PICKED), text="  【义乌市】您的快件已被揽收　"), id="white space tidied"),
        pytest.param(replace(node(PICKED), sequence=3), id="another place in the list"),
    ],
)
def test_the_same_checkpoint_is_not_told_twice_when_it_is_edited(later: Node) -> None:
    """A node that is enriched or tidied up later keeps its identity and is never announced again."""
    tracked = tracked_order(parcel(PICKED))
    decision = tracked.poll(_with(later))
    assert decision.severity in {None, "edit"}
    assert decision.new_nodes == ()


def test_an_edit_is_told_quietly_and_once() -> None:
    """A place that becomes another one is told in the thread of those who want all; one that is spelt out is not."""
    tracked = tracked_order(Parcel("SF1", nodes=(node(PICKED, place="义乌"),)))
    filled = tracked.poll(_with(node(PICKED, place="浙江省义乌")))
    assert (filled.changed, filled.news) == (True, None)
    decision = tracked.poll(_with(node(PICKED, place="杭州")))
    assert decision.changed
    assert [node.place for node in decision.edited_nodes] == ["杭州"]
    assert tracked.parcel().nodes[0].place == "杭州"
    assert (decision.severity, decision.audience, decision.moved) == ("edit", frozenset({"all"}), False)
    again = tracked.poll(_with(node(PICKED, place="金华")))
    assert again.event_id == decision.event_id


def test_an_edit_rides_along_with_other_news() -> None:
    """When a new node comes in the same reading, the edited one is named as edited, not as new."""
    tracked = tracked_order(Parcel("SF1", nodes=(node(PICKED, place="杭州"),)))
    news = tracked.poll(reading(Parcel("SF1", nodes=(node(PICKED, place="金华"), node(LEFT))))).news
    assert news
    assert [node.text for node in news.nodes] == [LEFT[1]]
    assert [node.text for node in news.edited] == [PICKED[1]]


def test_what_was_filled_in_is_not_emptied_again() -> None:
    """A poorer reply of the same node keeps the city and the code that are known, so nothing flips to and fro."""
    tracked = TrackedOrder()
    tracked.poll(_with(node(PICKED, place="义乌", code="ACCEPT")))
    decision = tracked.poll(_with(replace(node(PICKED), milestone=None)))
    assert not decision.changed
    assert tracked.parcel().milestone is M.PICKED_UP


def test_delivered_is_told_once_however_often_the_bot_restarts() -> None:
    """Every further reading of a delivered parcel, each after a restart, is silent."""
    tracked = tracked_order(parcel(PICKED, LEFT))
    for _ in range(4):
        tracked.poll(reading(parcel(*JOURNEY)))
    assert tracked.milestones == [("SF1", M.DELIVERED)]


def test_a_crash_before_the_record_tells_the_same_news_under_the_same_key() -> None:
    """A decision that was lost with the process is made again, equal in everything."""
    tracked = tracked_order(parcel(PICKED))
    lost = tracked.decide(reading(parcel(PICKED, LEFT)))
    again = tracked.poll(reading(parcel(PICKED, LEFT)))
    assert lost == again
    assert lost.event_id


def test_a_reading_without_logistics_makes_nothing_vanish() -> None:
    """When the logistics call failed, its absence is no statement: parcels, nodes and milestone stay."""
    tracked = tracked_order(parcel(*JOURNEY[:3]), detail=order())
    decision = tracked.poll(only_order(order()))
    assert (decision.news, decision.changed, decision.milestone) == (None, False, M.IN_TRANSIT)
    assert len(decision.shipment.nodes) == 3


def test_a_late_correction_after_delivery_is_still_told() -> None:
    """A parcel marked delivered that then goes back is news, and the end that was recorded is taken back."""
    tracked = tracked_order(parcel(*JOURNEY))
    assert tracked.poll(reading(parcel(*JOURNEY))).final_at == at(100)
    returning = (50, "快件已退回，正在返回寄件方", M.RETURNING)
    decision = tracked.poll(reading(parcel(*JOURNEY, returning)))
    assert decision.severity == "problem"
    assert (decision.milestone, decision.final_at) == (M.RETURNING, None)


def test_the_end_is_dated_once() -> None:
    """The day of archiving counts from the first sight of the end, not from the last reading."""
    tracked = tracked_order(parcel(PICKED))
    ended = tracked.poll(reading(parcel(*JOURNEY))).final_at
    note = (46, "感谢使用顺丰", None)
    assert ended == at(101)
    assert tracked.poll(reading(parcel(*JOURNEY, note))).final_at == ended


def test_a_late_out_for_delivery_does_not_flip_delivered_back() -> None:
    """A straggling scan after the signature is told as a node and moves nothing."""
    tracked = tracked_order(parcel(PICKED, SIGNED))
    straggler = (45, "【广州市】快递员正在派件", M.OUT_FOR_DELIVERY)
    decision = tracked.poll(reading(parcel(PICKED, SIGNED, straggler)))
    assert decision.news
    assert (decision.news.steps, decision.severity, decision.milestone) == ((), "node", M.DELIVERED)


def test_nodes_are_kept_in_order_of_time_then_sequence_with_their_raw_time() -> None:
    """Several scans of one minute keep the courier's order, and the text of the time stays as it was sent."""
    first, second = node((5, "装车", None), sequence=0), node((5, "发车", None), sequence=1)
    tracked = TrackedOrder()
    tracked.poll(reading(Parcel("SF1", nodes=(node(OUT), second, first))))
    assert [node.text for node in tracked.parcel().nodes] == ["装车", "发车", OUT[1]]
    assert tracked.parcel().nodes[0].raw_time == "2026-03-02 14:00:00"


def test_a_node_without_a_readable_time_is_told_and_does_not_pass_for_the_latest() -> None:
    """A time that cannot be read is not invented; such a node goes before the dated ones."""
    tracked = tracked_order(parcel(PICKED, LEFT))
    undated = replace(node((0, "包裹信息已更新", None)), at=None, raw_time="刚刚")
    news = tracked.poll(reading(Parcel("SF1", nodes=(node(PICKED), undated, node(LEFT))))).news
    assert news
    assert [node.raw_time for node in news.nodes] == ["刚刚"]
    assert tracked.parcel().nodes[0].at is None


def test_a_failed_delivery_is_a_problem_and_not_a_delivery() -> None:
    """A claim of a failed attempt is told as a problem."""
    tracked = tracked_order(parcel(PICKED, LEFT, ARRIVED, OUT))
    decision = tracked.poll(reading(parcel(PICKED, LEFT, ARRIVED, OUT, FAILED)))
    assert decision.severity == "problem"
    assert tracked.milestones == [("SF1", M.ATTEMPT_FAILED)]


def test_an_old_order_starts_with_a_baseline() -> None:
    """The first reading of a parcel with thirty scans stores them all and tells none."""
    scans = tuple((hour, f"第{hour}次扫描", M.IN_TRANSIT) for hour in range(30))
    tracked = TrackedOrder()
    decision = tracked.poll(reading(parcel(*scans), detail=order()))
    assert (decision.news, decision.severity, decision.audience, decision.event_id) == (None, None, frozenset(), "")
    assert len(decision.new_nodes) == 30
    assert decision.changed
    assert decision.milestone is M.IN_TRANSIT


@pytest.mark.parametrize(
    "flaky",
    [
        pytest.param(reading(), id="no parcels"),
        pytest.param(reading(parcel()), id="no nodes"),
        pytest.param(reading(parcel(ARRIVED)), id="some nodes"),
        pytest.param(reading(parcel(PICKED, waybill="YT2")), id="another parcel"),
    ],
)
def test_a_poor_reply_deletes_nothing_and_makes_nothing_new(flaky: FetchedOrder) -> None:
    """After an empty or partial reply the full one holds nothing new."""
    parcels = (parcel(*JOURNEY[:4]), parcel(PICKED, waybill="YT2"))
    tracked = tracked_order(*parcels)
    assert tracked.poll(flaky).news is None
    again = tracked.poll(reading(*parcels))
    assert (again.news, again.changed, len(again.shipment.nodes)) == (None, False, 5)


def test_a_push_and_a_poll_that_find_the_same_agree_on_the_key() -> None:
    """Two readings of the same fact, decided at different moments from the same state, have one key."""
    tracked = tracked_order(parcel(PICKED))
    push = tracked.decide(reading(parcel(PICKED, LEFT)))
    tracked.now += timedelta(seconds=3)
    poll = tracked.decide(reading(parcel(LEFT, PICKED)))
    assert push.event_id == poll.event_id


@pytest.mark.parametrize("scans", [JOURNEY, tuple(reversed(JOURNEY))], ids=["oldest first", "newest first"])
def test_the_order_of_a_reply_is_not_trusted(scans: tuple[tuple[float, str, Milestone]]) -> None:
    """A trace that comes newest first is told oldest first, with the same milestone."""
    tracked = tracked_order(parcel(PICKED))
    tracked.poll(reading(parcel(*scans)))
    assert tracked.texts == [scan[1] for scan in JOURNEY[1:]]
    assert tracked.milestone is M.DELIVERED


def test_two_parcels_with_the_same_scan_are_told_separately() -> None:
    """The parcel is part of a node's identity: equal words at the same moment are two facts."""
    tracked = tracked_order(parcel(PICKED), parcel(PICKED, waybill="YT2"))
    news = tracked.poll(reading(parcel(PICKED, LEFT), parcel(PICKED, LEFT, waybill="YT2"))).news
    assert news
    assert [(node.waybill, node.text) for node in news.nodes] == [("SF1", LEFT[1]), ("YT2", LEFT[1])]


def test_an_unknown_code_keeps_the_last_milestone_and_shows_itself() -> None:
    """A status nobody has seen before moves nothing, and its raw text is there for the card."""
    tracked = tracked_order(parcel(PICKED, status=M.IN_TRANSIT), detail=order(M.SHIPPED))
    detail = order(None, code="some_new_state")
    decision = tracked.poll(reading(parcel(PICKED, code="ZZZ"), detail=detail))
    assert (decision.news, decision.milestone, decision.changed) == (None, M.IN_TRANSIT, True)
    assert tracked.parcel().status_code == "ZZZ"
    assert decision.order
    assert decision.order.status_code == "some_new_state"


def test_a_stale_reply_does_not_take_a_status_back() -> None:
    """A lower status from some cache is not believed, of a parcel as of an order."""
    tracked = tracked_order(parcel(status=M.OUT_FOR_DELIVERY), detail=order(M.SHIPPED))
    decision = tracked.poll(reading(parcel(status=M.IN_TRANSIT), detail=order(M.PAID)))
    assert (decision.news, decision.changed, decision.milestone) == (None, False, M.OUT_FOR_DELIVERY)


def test_nulls_in_an_order_keep_what_is_known() -> None:
    """A field that comes empty keeps its value; a refund that is over is allowed to disappear."""
    tracked = tracked_order(detail=order(M.PAID, total_amount="128.50", refund_status="waitselleragree"))
    decision = tracked.poll(only_order(order(M.PAID, seller="")))
    assert decision.order
    assert str(decision.order.total_amount) == "128.50"
    assert decision.order.seller == "义乌某某服饰厂"
    assert decision.order.refund_status == ""
    assert decision.news is None


def test_an_order_never_read_in_full_is_still_tracked() -> None:
    """Logistics alone suffice: without the order's detail the parcels decide."""
    tracked = tracked_order(parcel(PICKED))
    decision = tracked.poll(FetchedOrder(REF, None, reading(parcel(PICKED, LEFT)).shipment))
    assert decision.order is None
    assert decision.milestone is M.IN_TRANSIT
