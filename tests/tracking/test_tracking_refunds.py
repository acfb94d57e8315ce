"""Refunds: each state is told once, whatever the readings look like, and what waits for the buyer is told loudly."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.tracking_cases import REF, M, TrackedOrder, at, only_order, order, parcel, reading

from pandapon.models import Item, Order
from pandapon.refunds import RefundDetail, RefundState, claims, refund_state
from tracking.cadence import Cadence
from tracking.decide import decide
from tracking.orders import FetchedOrder
from tracking.policy import Policy
from tracking.refunds import merge_refunds
from tracking.stalls import Limits, silence_name, silences, worst_stall
from tracking.values import Filter, Leg, Refund, Severity

SHIRT, SHOES, HAT = (Item(title=title) for title in ("衬衫", "鞋", "帽"))
ASKED, AGREED, SENT, PAID = "waitselleragree", "waitbuyersend", "waitsellerreceive", "refundsuccess"


def having(item: Item, code: str, refund_id: str = "") -> Item:
    """The line with a refund."""
    return item.model_copy(update={"refund_status": code, "refund_id": refund_id})


def steps(*states: Order) -> list[tuple[str, str, str]]:
    """The refunds told of an order in these states: before, after, and the title of the line."""
    tracked = TrackedOrder()
    for state in states:
        tracked.poll(only_order(state))
    return [(step.before, step.refund.code, step.refund.title) for news in tracked.news for step in news.refunds]


def states(*codes: str) -> list[Order]:
    """An order in these states of its own refund, after a first reading without one."""
    return [order(), *(order(refund_status=code) for code in codes)]


def told_states(*codes: str) -> list[str]:
    """The states that are told of these readings."""
    return [after for _before, after, _title in steps(*states(*codes))]


@pytest.mark.parametrize(
    ("code", "state"),
    [
        *[("waitselleragree", "requested"), ("WAIT_SELLER_AGREE", "requested"), ("10", "requested")],
        *[("waitbuyersend", "agreed"), ("20", "agreed"), ("AGREE_TO_REFUND", "agreed")],
        *[("waitbuyermodify", "to_change"), ("-10", "refused"), ("SELLER_REFUSES_REFUND", "refused")],
        *[("waitsellerreceive", "sent_back"), ("30", "sent_back"), ("refundsuccess", "refunded"), ("100", "refunded")],
        *[("refundclose", "closed"), ("REFUND_CLOSED", "closed"), ("-20", "closed"), ("退款中", None), ("0", None)],
    ],
)
def test_the_codes_of_both_platforms(code: str, state: str | None) -> None:
    assert refund_state(code) == (RefundState(state) if state else None)


@pytest.mark.parametrize(
    ("codes", "news"),
    [
        ([ASKED, AGREED, SENT, PAID], [ASKED, AGREED, SENT, PAID]),
        ([ASKED, ASKED, ASKED], [ASKED]),
        ([ASKED, "", ASKED, "", AGREED, "", AGREED], [ASKED, AGREED]),
        ([ASKED, "0", ASKED], [ASKED]),
        ([ASKED, AGREED, ASKED, AGREED], [ASKED, AGREED]),
        ([ASKED, SENT, AGREED, SENT, PAID, PAID], [ASKED, SENT, PAID]),
        (["10", "-10", "10", "-10", "20"], ["10", "-10", "10", "-10", "20"]),
        ([ASKED, "refundclose", ASKED, PAID], [ASKED, "refundclose", ASKED, PAID]),
        ([PAID], [PAID]),
        (["WAIT_SELLER_AGREE", ASKED], ["WAIT_SELLER_AGREE"]),
        (["退款中", "", "退款中", ASKED], ["退款中", ASKED]),
    ],
    ids=[
        *["its course", "the same again", "nulls", "zeros", "a stale answer", "two stale ones"],
        *["refused twice", "asked again after its end", "at once", "two spellings", "an unknown state"],
    ],
)
def test_each_state_is_told_once(codes: list[str], news: list[str]) -> None:
    assert told_states(*codes) == news


@given(st.lists(st.sampled_from([ASKED, AGREED, SENT, PAID, "", "0"]), max_size=12))
def test_whatever_comes_no_state_of_one_refund_is_told_twice(codes: list[str]) -> None:
    """A refund with an id goes one way, and its last state is the furthest that was read."""
    named = [order(), *(order(refund_status=code, refund_id="TQ1") for code in codes)]
    news = [after for _before, after, _title in steps(*named)]
    course = [ASKED, AGREED, SENT, PAID]
    assert len(set(news)) == len(news)
    assert [course.index(code) for code in news] == sorted(course.index(code) for code in news)
    known = [code for code in codes if code in course]
    assert news[-1:] == ([max(known, key=course.index)] if known else [])


@pytest.mark.parametrize(
    ("readings", "news"),
    [
        pytest.param(
            [order(items=(SHIRT, SHOES)), order(items=(having(SHIRT, ASKED, "TQ1"), having(SHOES, ASKED, "TQ2")))],
            [("", ASKED, "衬衫"), ("", ASKED, "鞋")],
            id="two lines, two refunds",
        ),
        pytest.param(
            [order(items=(SHIRT, SHOES)), order(items=(having(SHIRT, ASKED), having(SHOES, ASKED)))],
            [("", ASKED, "")],
            id="all lines, one refund",
        ),
        pytest.param(
            [
                order(items=(SHIRT, SHOES, HAT)),
                order(items=(having(SHIRT, ASKED, "TQ1"), having(SHOES, ASKED, "TQ1"), HAT), refund_status=ASKED),
            ],
            [("", ASKED, "衬衫")],
            id="some lines, one refund, and the order repeats it",
        ),
        pytest.param(
            [
                order(items=(SHIRT, SHOES)),
                order(items=(SHIRT, SHOES), refund_status=ASKED),
                order(items=(having(SHIRT, ASKED), SHOES), refund_status=ASKED),
                order(items=(SHOES, having(SHIRT, AGREED)), refund_status=AGREED),
            ],
            [("", ASKED, ""), (ASKED, AGREED, "衬衫")],
            id="first the order, then its line, then in another sequence",
        ),
        pytest.param(
            [
                order(items=(SHIRT, SHOES)),
                order(items=(having(SHIRT, ASKED), SHOES), refund_status=ASKED),
                order(items=(), refund_status=ASKED),
                order(items=()),
                order(items=(having(SHIRT, ASKED), SHOES)),
                order(items=(having(SHIRT, AGREED), SHOES), refund_status=AGREED),
            ],
            [("", ASKED, "衬衫"), (ASKED, AGREED, "衬衫")],
            id="lines that come and go",
        ),
        pytest.param(
            [
                order(items=(SHIRT, SHOES)),
                order(items=(having(SHIRT, "10", "TQ1"), SHOES)),
                order(items=(having(SHIRT, "-20", "TQ1"), SHOES)),
                order(items=(having(SHIRT, "10", "TQ2"), SHOES)),
            ],
            [("", "10", "衬衫"), ("10", "-20", "衬衫"), ("", "10", "衬衫")],
            id="another refund of the same line",
        ),
        pytest.param(
            [
                order(items=(SHIRT, SHOES)),
                order(items=(having(SHIRT, ASKED), having(SHOES, ASKED))),
                order(items=(having(SHIRT, AGREED), having(SHOES, ASKED))),
                order(items=(having(SHIRT, AGREED), having(SHOES, "waitbuyermodify"))),
            ],
            [("", ASKED, ""), (ASKED, AGREED, "衬衫"), (ASKED, "waitbuyermodify", "鞋")],
            id="one refund that becomes two",
        ),
        pytest.param(
            [
                order(items=(SHIRT, SHOES)),
                order(items=(having(SHIRT, ASKED), SHOES), refund_status=ASKED),
                order(items=(having(SHIRT, ASKED), SHOES), refund_status=PAID),
                order(items=(having(SHIRT, PAID), SHOES), refund_status=PAID),
            ],
            [("", ASKED, "衬衫"), ("", PAID, "")],
            id="the order is ahead of its line",
        ),
    ],
)
def test_the_refunds_of_lines(readings: list[Order], news: list[tuple[str, str, str]]) -> None:
    assert steps(*readings) == news


def test_an_order_that_an_earlier_version_stored_tells_nothing_again() -> None:
    """Its refund stands in its fields alone."""
    tracked = TrackedOrder()
    tracked.poll(only_order(order(refund_status=ASKED)))
    assert tracked.stored
    object.__setattr__(tracked.stored, "refunds", ())
    tracked.poll(only_order(order(refund_status=ASKED)))
    assert tracked.news == []
    tracked.poll(only_order(order(refund_status=AGREED)))
    assert [step.before for news in tracked.news for step in news.refunds] == [ASKED]


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        *[(ASKED, Severity.MILESTONE), (SENT, Severity.MILESTONE), (PAID, Severity.MILESTONE)],
        *[("refundclose", Severity.MILESTONE), ("退款中", Severity.MILESTONE)],
        *[(AGREED, Severity.PROBLEM), ("waitbuyermodify", Severity.PROBLEM), ("-10", Severity.PROBLEM)],
    ],
)
def test_what_waits_for_the_buyer_is_loud(code: str, severity: Severity) -> None:
    """Every watch is told of a refund."""
    tracked = TrackedOrder()
    for state in states(code):
        tracked.poll(only_order(state))
    assert tracked.last
    assert tracked.last.severity is severity
    assert tracked.last.audience == frozenset(Filter)


DEADLINE = at(300)
DETAIL = RefundDetail("TQ1", AGREED, Decimal("20.5"), DEADLINE)


def agreed(*details: RefundDetail) -> FetchedOrder:
    """The order with a refund that waits for the goods."""
    return FetchedOrder(REF, order(M.DELIVERED, refund_status=AGREED, refund_id="TQ1"), None, details)


def test_a_detail_brings_amount_and_deadline_and_is_no_news() -> None:
    tracked = TrackedOrder()
    tracked.poll(only_order(order(M.DELIVERED)))
    tracked.poll(agreed())
    tracked.poll(agreed(DETAIL))
    assert [len(news.refunds) for news in tracked.news] == [1]
    assert tracked.last
    [refund] = tracked.last.refunds
    assert (refund.amount, refund.until) == (Decimal("20.5"), DEADLINE)
    assert tracked.last.follow_up.stall_at
    assert tracked.last.follow_up.stall_at < DEADLINE
    tracked.poll(agreed())
    assert tracked.last.refunds == (refund,), "a reading without the detail takes nothing away"


@pytest.mark.parametrize(
    "detail",
    [
        pytest.param(RefundDetail("TQ2", AGREED, Decimal(9), DEADLINE), id="of another refund"),
        pytest.param(RefundDetail("TQ1", SENT, None, DEADLINE), id="of another state"),
    ],
)
def test_a_deadline_of_something_else_raises_no_alarm(detail: RefundDetail) -> None:
    merged = merge_refunds((), agreed().order, (detail,), at(0))
    assert [refund.until for refund in merged.refunds] == [None]


def test_a_refund_without_an_id_takes_the_only_detail_of_its_state() -> None:
    listed = order(items=(having(SHIRT, "20"), SHOES))
    (refund,) = merge_refunds((), listed, (DETAIL, RefundDetail("TQ2", "10")), at(0)).refunds
    assert (refund.refund_id, refund.until) == ("TQ1", DEADLINE)
    (unclear,) = merge_refunds((), listed, (DETAIL, RefundDetail("TQ2", "20")), at(0)).refunds
    assert unclear.refund_id == ""


@pytest.mark.parametrize("place", [M.DELIVERED, M.IN_TRANSIT, M.PAID])
def test_the_alarm_comes_with_a_quarter_of_the_time_left_or_two_days(place: M) -> None:
    """Wherever the order stands; none after the deadline, and none once the goods are sent."""
    week = Refund(AGREED, at(0), until=at(7 * 24))
    day = Refund(AGREED, at(0), until=at(24))
    for refund, due in ((week, 7 * 24 - 42), (day, 18)):
        refund_silences = silences(None, place, (), Limits(), at(1), refunds=(refund,))
        assert worst_stall(refund_silences, Limits(), at(due) - timedelta(minutes=1)) is None
        worst = worst_stall(refund_silences, Limits(), at(due))
        assert worst
        assert (worst.leg, worst.until) == (Leg.REFUND, refund.until)
        assert silence_name(worst).startswith("refund:")
    assert silences(None, place, (), Limits(), at(7 * 24), refunds=(week,)) == ()
    assert silences(None, place, (), Limits(), at(1), refunds=(Refund(SENT, at(0), until=at(24)),)) == ()


def test_an_open_refund_keeps_its_order_from_the_archive() -> None:
    """For two months at most; and its order is read every few hours."""
    policy = Policy(Cadence(jitter=0))
    signed = reading(parcel((1, "已签收，签收人：本人", M.DELIVERED)), detail=order(M.DELIVERED, refund_status=ASKED))
    first = decide(None, signed, at(2), policy)
    tracked = TrackedOrder()
    tracked.poll(signed)
    for days, archived in ((5, False), (59, False), (70, True)):
        assert tracked.stored
        again = decide(
            tracked.stored,
            only_order(order(M.DELIVERED, refund_status=ASKED)),
            tracked.now + timedelta(days=days),
            policy,
        )
        assert (again.follow_up.next_poll_at is None) is archived
    assert first.follow_up.next_poll_at
    assert first.follow_up.next_poll_at - at(2) < timedelta(hours=5)
    over = only_order(order(M.DELIVERED, refund_status=PAID))
    assert tracked.stored
    assert decide(tracked.stored, over, tracked.now + timedelta(days=5), policy).follow_up.next_poll_at is None


def test_lines_in_any_sequence_are_the_same_refunds() -> None:
    lines = (having(SHIRT, ASKED, "TQ1"), having(SHOES, AGREED, "TQ2"), HAT, HAT)
    named = {frozenset(claims(order(items=each))) for each in permutations(lines)}
    assert len(named) == 1
