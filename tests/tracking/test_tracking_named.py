"""Parcels that only the order names: counted, told once, and gone when they turn up in a trace or are named no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.effort import examples
from support.tracking_cases import (
    JOURNEY,
    LEFT,
    PICKED,
    SIGNED,
    M,
    TrackedOrder,
    at,
    only_order,
    order,
    parcel,
    reading,
    tracked_order,
)

from bot.jobs.reread import correction
from pandapon.models import Consignment, Order
from pandapon.shipment import Parcel
from tracking.decide import decide
from tracking.named import MOST, is_only_named, since
from tracking.policy import Policy
from tracking.renumber import live
from tracking.stalls import Limits, silences
from tracking.values import Leg

if TYPE_CHECKING:
    from tracking.orders import FetchedOrder

SF, YT, ZT = "SF1234567890123", "YT8801234567890", "78012345678901"
JD = "JDX012345678901"


def names(*waybills: str, milestone: M = M.SHIPPED, **fields: Any) -> Order:
    return order(milestone, waybills=waybills, **fields)


def standing(tracked: TrackedOrder) -> list[str]:
    """The parcels that count, as they are stored."""
    assert tracked.stored
    return [parcel.waybill for parcel in live(tracked.stored.shipment.parcels)]


def test_one_of_two_is_not_the_order() -> None:
    """The sample: two are named, one is traced and signed."""
    decided = decide(None, reading(parcel(*JOURNEY, waybill=SF), detail=names(SF, YT)), at(50))
    assert decided.milestone is M.SHIPPED
    assert [(parcel.waybill, parcel.milestone) for parcel in decided.shipment.parcels] == [
        (SF, M.DELIVERED),
        (YT, None),
    ]
    assert decided.final_at is None


def test_the_platforms_word_ends_it() -> None:
    """What it says is done is done, whatever was never scanned."""
    tracked = tracked_order(parcel(*JOURNEY, waybill=SF), detail=names(SF, YT))
    assert tracked.poll(only_order(names(SF, YT, milestone=M.DELIVERED))).milestone is M.DELIVERED


@pytest.mark.parametrize(
    ("named", "traced", "unseen"),
    [
        ((SF, YT, ZT), (SF,), {YT, ZT}),
        ((SF, YT), (), {SF, YT}),
        ((SF,), (SF,), set()),
        ((SF.lower(), YT), (SF,), {YT}),
        ((SF, "sf 1234-5678 90123", YT), (SF, YT), set()),
        ((f"{JD}-1-1-", YT), (JD,), {YT}),
        ((f"{JD}-1-2-", f"{JD}-2-2-"), (f"{JD}-1-2-",), {f"{JD}-2-2-"}),
        ((f"{JD}-1-2-", f"{JD}-2-2-"), (JD,), set()),
        ((SF, "自提"), (SF,), set()),
        ((SF, YT), (SF, "parcel-2"), set()),  # a parcel whose number the trace does not know yet
        ((SF, YT), (SF, "200048859480"), set()),
        ((SF, YT), (SF, ZT), {YT}),  # the numbers are the trace's, so this one is no spelling of another
        (("8800001111", "8800002222"), (SF, YT), set()),  # no number is found: the order names them otherwise
        (("8800001111", "8800002222", "8800003333"), (SF, YT), {"8800003333"}),
        (("8800001111",), (SF, YT), set()),
    ],
)
def test_who_was_never_seen(named: tuple[str, ...], traced: tuple[str, ...], unseen: set[str]) -> None:
    """In whatever order a reading brings names and parcels."""
    for seen in permutations(traced):
        for numbers in permutations(named):
            detail = names(*numbers, sub_order_ids=("200048859480",))
            fetched = reading(*(parcel(PICKED, waybill=waybill) for waybill in seen), detail=detail)
            decided = decide(None, fetched, at(50))
            assert {parcel.waybill for parcel in decided.shipment.parcels if is_only_named(parcel)} == unseen


def test_the_platforms_own_id_tells_which_is_which() -> None:
    """1688's logisticsCode is taken for the logisticsId of the trace, beside numbers that agree and alone."""
    traced = (Parcel(SF, logistics_id="LP01"), Parcel(YT, logistics_id="LP02"))
    consignments = (Consignment(waybill="8800001111", logistics_id="LP02"),)
    tracked = tracked_order(*traced, detail=names(SF, "8800001111", consignments=consignments))
    assert standing(tracked) == [SF, YT]
    tracked.poll(reading(detail=names(SF, "8800001111", consignments=consignments, seller="Another")))
    assert standing(tracked) == [SF, YT], "it is remembered, also when only the order is read"


@pytest.mark.parametrize("ids", [("LP01", "LP01"), ("", "LP01"), ("ZTO", "ZTO")])
def test_an_id_hides_no_number(ids: tuple[str, str]) -> None:
    """Two numbers of one id, or an id that stands beside the wrong number: the number decides."""
    consignments = tuple(
        Consignment(waybill=waybill, logistics_id=id_) for waybill, id_ in zip((SF, YT), ids, strict=True)
    )
    fetched = reading(Parcel(SF, logistics_id="LP01"), detail=names(SF, YT, consignments=consignments))
    assert [parcel.waybill for parcel in decide(None, fetched, at(50)).shipment.parcels if is_only_named(parcel)] == [
        YT
    ]


def test_a_new_name_is_news_once() -> None:
    """Beside known parcels it is one more; its first scan is a scan, not one more parcel again."""
    tracked = tracked_order(parcel(PICKED, waybill=SF), detail=names(SF))
    decided = tracked.poll(only_order(names(SF, YT)))
    assert decided.news
    assert (decided.news.added, decided.news.steps, decided.severity) == ((YT,), (), "node")
    assert tracked.poll(only_order(names(SF, YT, seller="Another"))).news is None
    scanned = tracked.poll(reading(parcel(PICKED, waybill=SF), parcel(PICKED, waybill=YT)))
    assert scanned.news
    assert (scanned.news.added, scanned.news.renumbered) == ((), ())
    assert [(step.before, step.after, step.waybill) for step in scanned.news.steps] == [(M.SHIPPED, M.PICKED_UP, YT)]
    assert not any(is_only_named(parcel) for parcel in scanned.shipment.parcels)


def test_a_parcel_without_scans_in_the_trace_is_no_news() -> None:
    """The trace only agrees with the order."""
    tracked = tracked_order(parcel(PICKED, waybill=SF), detail=names(SF, YT))
    decided = tracked.poll(reading(parcel(PICKED, waybill=SF), parcel(waybill=YT, status=M.SHIPPED, code="CONSIGN")))
    assert decided.news is None
    assert tracked.parcel(YT).milestone is M.SHIPPED


def test_the_first_name_is_no_news() -> None:
    """That the order was shipped says it."""
    tracked = tracked_order(detail=names(milestone=M.PAID))
    decided = tracked.poll(only_order(names(SF, YT)))
    assert decided.news
    assert (decided.news.added, [step.after for step in decided.news.steps]) == ((), [M.SHIPPED])


def test_what_was_stored_by_an_older_version_is_no_news() -> None:
    """The order is stored with both numbers and one parcel, as versions left it that counted traces only."""
    tracked = TrackedOrder()
    old = decide(None, reading(parcel(*JOURNEY, waybill=SF), detail=names(SF, YT)), tracked.now, Policy(names=False))
    assert (old.milestone, len(old.shipment.parcels)) == (M.DELIVERED, 1)
    tracked.stored = tracked._recorded(old)
    corrected = correction(tracked.stored, tracked.now, Limits())
    assert corrected
    assert (corrected.milestone, corrected.is_final, corrected.was_told_as_over) == ("shipped", False, True)
    assert [(parcel.waybill, parcel.milestone) for parcel in corrected.parcels] == [(YT, None)]
    decided = tracked.poll(reading(parcel(*JOURNEY, waybill=SF)))
    assert (decided.news, decided.milestone, decided.changed) == (None, M.SHIPPED, True)
    assert tracked.stored
    assert correction(tracked.stored, tracked.now, Limits()) is None, "nothing is left to put right"
    off = correction(tracked.stored, tracked.now, Limits(), names=False)
    assert off
    assert (off.milestone, off.was_told_as_over) == ("delivered", False), "the setting takes it back"


def test_what_is_named_no_more_does_not_count() -> None:
    """The order is over with the parcel that there is; a name that comes and goes is told once."""
    tracked = tracked_order(parcel(*JOURNEY, waybill=SF), detail=names(SF, YT))
    decided = tracked.poll(only_order(names(SF)))
    assert (decided.milestone, standing(tracked)) == (M.DELIVERED, [SF])
    assert decided.news
    assert [step.after for step in decided.news.steps] == [M.DELIVERED]
    again = tracked.poll(only_order(names(SF, YT)))
    assert (again.news, again.milestone, standing(tracked)) == (None, M.SHIPPED, [SF, YT])


def test_an_order_that_says_nothing_keeps_its_names() -> None:
    """Nulls come and go upstream."""
    tracked = tracked_order(parcel(PICKED, waybill=SF), detail=names(SF, YT))
    tracked.poll(reading(parcel(PICKED, LEFT, waybill=SF), detail=names()))
    assert standing(tracked) == [SF, YT]


def test_it_passes_for_no_other_parcel() -> None:
    """While numbers of the order are in the trace, a third number there is a third parcel."""
    tracked = tracked_order(parcel(PICKED, waybill=SF), detail=names(SF, YT))
    news = tracked.poll(reading(parcel(PICKED, waybill=SF), parcel(PICKED, waybill=ZT))).news
    assert news
    assert (news.added, news.renumbered) == ((ZT,), ())
    assert standing(tracked) == [SF, YT, ZT]
    tracked.poll(reading(parcel(PICKED, waybill=ZT)))
    assert standing(tracked) == [SF, YT, ZT], "a reading without the others changes nothing"


def test_a_consignment_that_was_called_back_stands_for_no_other() -> None:
    """The seller sent it anew: the order names the new number only, the trace still shows the old one."""
    tracked = tracked_order(parcel(waybill=SF, status=M.SHIPPED), detail=names(SF))
    decided = tracked.poll(reading(parcel(waybill=SF, status=M.CANCELLED), detail=names(YT)))
    assert [parcel.waybill for parcel in decided.shipment.parcels if is_only_named(parcel)] == [YT]
    assert decided.milestone is M.SHIPPED


def test_numbers_that_are_all_others_come_one_for_one() -> None:
    """None of the order's numbers is in the trace: each parcel there takes the place of one."""
    tracked = tracked_order(detail=names(SF, YT))
    first = tracked.poll(reading(parcel(PICKED, waybill=ZT))).news
    assert first
    assert (first.added, first.renumbered) == ((), ((SF, ZT),))
    assert standing(tracked) == [ZT, YT] or sorted(standing(tracked)) == sorted([ZT, YT])
    tracked.poll(reading(parcel(PICKED, waybill=ZT), parcel(PICKED, waybill="78012345678902")))
    assert sorted(standing(tracked)) == [ZT, "78012345678902"]


@pytest.mark.parametrize("spelling", ["yt8801234567890", "YT 8801-2345 67890", "ＹＴ８８０１２３４５６７８９０"])
def test_another_spelling_is_no_other_number(spelling: str) -> None:
    """Named so and traced otherwise: one parcel, and nobody is told of a number that changed."""
    tracked = tracked_order(parcel(PICKED, waybill=SF), detail=names(SF, spelling))
    news = tracked.poll(reading(parcel(PICKED, waybill=SF), parcel(PICKED, waybill=YT))).news
    assert news
    assert (news.added, news.renumbered, [step.waybill for step in news.steps]) == ((), (), [YT])
    assert standing(tracked) == [SF, YT]
    assert tracked.poll(only_order(names(SF, spelling, YT))).news is None
    assert standing(tracked) == [SF, YT]


def test_a_spelling_may_change_before_the_first_scan() -> None:
    """The order writes the number otherwise by now, and so does the trace."""
    tracked = tracked_order(parcel(PICKED, waybill=SF), detail=names(SF, "yt 8801-2345 67890"))
    assert tracked.poll(only_order(names(SF, YT.lower()))).news is None
    news = tracked.poll(reading(parcel(PICKED, waybill=SF), parcel(PICKED, waybill=YT))).news
    assert news
    assert (news.added, news.renumbered, standing(tracked)) == ((), (), [SF, YT])


def test_a_source_that_names_without_end() -> None:
    """The first of them are followed, and no more are stored."""
    many = names(*(f"YT{n:013}" for n in range(20_000)))
    decided = decide(None, reading(parcel(PICKED, waybill=SF), detail=many), at(50))
    assert len(decided.shipment.parcels) == MOST


def test_its_silence_begins_when_it_was_named() -> None:
    """An alarm of its own after a day, whatever its fellow does; the order is not reproached as unshipped beside it."""
    tracked = tracked_order(parcel(PICKED, waybill=SF), detail=names(SF))
    tracked.poll(only_order(names(SF, YT)))
    named_at = tracked.now - timedelta(hours=1)
    tracked.poll(reading(parcel(PICKED, LEFT, waybill=SF)))
    decided = tracked.poll(reading(parcel(PICKED, LEFT, waybill=SF)))
    all_silences = silences(
        decided.order, decided.milestone, live(decided.shipment.parcels), Limits(), tracked.now, moved_at=tracked.now
    )
    (mine,) = [silence for silence in all_silences if silence.waybill == YT]
    assert (mine.leg, mine.since, mine.limit) == (Leg.FIRST_SCAN, named_at, timedelta(hours=24))
    assert since(tracked.parcel(YT)) == named_at
    paid = decide(None, reading(detail=names(YT, milestone=M.PAID, paid_at=at(1))), at(5))
    (only,) = silences(paid.order, paid.milestone, paid.shipment.parcels, Limits(), at(5), moved_at=at(5))
    assert (only.leg, only.since) == (Leg.NOT_SHIPPED, at(1)), "a label is no shipping"


pool = st.sampled_from([SF, SF.lower(), YT, "yt 8801234567890", ZT, JD, f"{JD}-1-1-"])
events = st.lists(
    st.one_of(
        st.lists(pool, max_size=4).map(lambda numbers: only_order(names(*dict.fromkeys(numbers)))),
        st.lists(pool, max_size=4, unique=True).map(
            lambda numbers: reading(*(parcel(PICKED, SIGNED, waybill=waybill) for waybill in numbers))
        ),
    ),
    max_size=6,
)


@settings(max_examples=examples(150, 2000), deadline=None)
@given(events)
def test_whatever_comes(happened: list[FetchedOrder]) -> None:
    """A second look changes nothing, no number is told as new twice, and nobody is delivered while one is unseen."""
    tracked = tracked_order(parcel(PICKED, waybill=SF), detail=names(SF))
    for fetched in happened:
        decided = tracked.poll(fetched)
        again = tracked.poll(fetched)
        assert (again.news, again.changed, again.milestone) == (None, False, decided.milestone)
        unseen = [parcel for parcel in live(decided.shipment.parcels) if is_only_named(parcel)]
        assert not unseen or decided.milestone is not M.DELIVERED
        shown = [parcel.waybill for parcel in live(decided.shipment.parcels)]
        assert len(shown) == len(set(shown))
    added = [waybill for news in tracked.news for waybill in news.added]
    assert len(added) == len(set(added))


def test_a_trace_without_a_carrier_takes_the_orders() -> None:
    """1688's traces name none: the order does, by the number in any spelling. It is no news; a trace's own stays."""
    named = names(
        SF,
        "yt-8801234567890",
        consignments=(
            Consignment(waybill=SF, carrier="中通快递"),
            Consignment(waybill="yt-8801234567890", carrier="圆通速递"),
        ),
    )
    tracked = tracked_order(carried("", SF), carried("韵达快递", YT))
    decision = tracked.poll(reading(carried("", SF), carried("", YT), detail=named))
    assert decision.news is None
    assert [(parcel.waybill, parcel.carrier) for parcel in decision.shipment.parcels] == [
        (SF, "中通快递"),
        (YT, "韵达快递"),
    ]
    assert tracked.parcel(SF).carrier == "中通快递"


def carried(carrier: str, waybill: str) -> Parcel:
    """A parcel whose trace names this carrier."""
    return replace(parcel(PICKED, waybill=waybill), carrier=carrier)
