"""When an unpaid order is worth an alarm, and when it is looked at for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.tracking_cases import REF, M, TrackedOrder, at, due_order, only_order, order, reading

from bot.jobs.poll_results import poll_result
from bot.orders.decider import Decider
from bot.orders.reading import PollOutcome
from pandapon.shipment import Shipment
from storage.poll import DueOrder, Unchanged
from tracking.cadence import Cadence
from tracking.decide import decide
from tracking.orders import StoredOrder
from tracking.policy import Policy
from tracking.rest_days import parse
from tracking.stalls import (
    PAY_NOTICE,
    Limits,
    is_pressing,
    is_same,
    pay_alarm_at,
    silence_name,
    silences,
    stall_at,
    worst_stall,
)
from tracking.values import Leg, Stall

if TYPE_CHECKING:
    from pandapon.models import Order

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
LIMITS = Limits()
CODE = "waitbuyerpay"


def unpaid(hours: float | None, created_at: datetime | None = at(0), **fields: object) -> Order:  # noqa: B008  a constant
    """An order of ``at(0)`` that is closed so many hours later."""
    return order(M.ORDERED, CODE, created_at=created_at, pay_by=None if hours is None else at(hours), **fields)


def alarm_of(order: Order, now: datetime, limits: Limits = LIMITS) -> Stall | None:
    """What is worth an alarm by now."""
    return worst_stall(silences(order, M.ORDERED, (), limits, now, moved_at=order.created_at), limits, now)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(72, 66), (24, 18), (20, 15), (1, 0.75), (24 * 30, 24 * 30 - 6), (None, 18)],
    ids=["days", "a day", "less than a day", "an hour", "a month", "not said"],
)
def test_a_quarter_of_the_time_before_and_six_hours_at_most(hours: float | None, expected: float) -> None:
    """Not a second sooner, and the schedule names the moment; without a deadline the setting does."""
    order = unpaid(hours)
    assert alarm_of(order, at(expected) - SECOND) is None
    alarm = alarm_of(order, at(expected))
    assert alarm is not None
    assert (alarm.leg, alarm.since, alarm.until) == (Leg.NOT_PAID, at(0), order.pay_by)
    assert stall_at(silences(order, M.ORDERED, (), LIMITS, at(0), moved_at=at(0))) == at(expected)
    assert pay_alarm_at(order, M.ORDERED, LIMITS, at(0)) == at(expected)


@pytest.mark.parametrize("hours", [1, 20, 72, 24 * 30])
def test_nothing_after_the_deadline(hours: float) -> None:
    """The platform has closed it, or left it open: either way it is too late to be told of it."""
    assert alarm_of(unpaid(hours), at(hours) - SECOND) is not None
    late = alarm_of(unpaid(hours), at(hours))
    assert late is None or late.leg is Leg.SILENT
    assert pay_alarm_at(unpaid(hours), M.ORDERED, LIMITS, at(hours)) is None
    asked = alarm_of(unpaid(hours), at(0) + 31 * DAY)
    assert asked is not None
    assert asked.leg is Leg.SILENT, "it is not followed for ever either"


def test_without_a_time_of_creation() -> None:
    """The deadline alone is enough; with neither there is nothing to count from."""
    assert alarm_of(unpaid(72, None), at(66) - SECOND) is None
    assert alarm_of(unpaid(72, None), at(66)) is not None
    assert alarm_of(unpaid(None, None), at(1000)) is None


@pytest.mark.parametrize("year", [1, 1999, 2100, 9999])
def test_times_that_cannot_be_are_as_good_as_none(year: int) -> None:
    """The upstream sends such years. Neither an alarm nor a reading is put off or called for by them."""
    odd = datetime(year, 1, 1, tzinfo=UTC)
    assert alarm_of(unpaid(None).model_copy(update={"pay_by": odd}), at(18)) == alarm_of(unpaid(None), at(18))
    assert pay_alarm_at(unpaid(None, odd), M.ORDERED, LIMITS, at(0)) is None
    alarm = alarm_of(unpaid(72, odd), at(67))
    assert alarm is not None
    assert alarm.until == at(72)


@pytest.mark.parametrize(
    ("order", "place"),
    [
        (order(M.ORDERED, "0", created_at=at(0)), M.ORDERED),
        (order(M.ORDERED, "1", created_at=at(0)), M.ORDERED),
        (order(M.PAID, "waitsellersend", created_at=at(0), pay_by=at(72)), M.PAID),
        (unpaid(72), M.CANCELLED),
        (unpaid(72), M.SHIPPED),
        (unpaid(72, paid_at=at(60)), M.ORDERED),
    ],
    ids=["another platform's code", "finance", "paid", "cancelled", "shipped", "paid a moment ago"],
)
def test_only_what_the_platform_calls_unpaid(order: Order, place: M) -> None:
    """Nothing else has this alarm, or is read for it."""
    assert Leg.NOT_PAID not in {silence.leg for silence in silences(order, place, (), LIMITS, at(67), moved_at=at(0))}
    assert pay_alarm_at(order, place, LIMITS, at(1)) is None


def test_days_of_rest_do_not_put_off_a_deadline() -> None:
    """The platform closes it on a holiday too, and what is usual for parcels says nothing about it."""
    limits = Limits(rest_days=parse("2026-03-01..2026-03-12"), usual={Leg.DOMESTIC: HOUR})
    for hours in (72, None):
        assert alarm_of(unpaid(hours), at(67), limits) is not None
    assert alarm_of(unpaid(None), at(20), replace(limits, not_paid=21 * HOUR)) is None


@given(st.floats(0.01, 720), st.floats(0, 800))
def test_alarm_and_schedule_agree(hours: float, now: float) -> None:
    """It is due from its moment to the deadline, of which a quarter or six hours are left; then never again."""
    order = unpaid(hours)
    unpaid_silences = [
        silence for silence in silences(order, M.ORDERED, (), LIMITS, at(now)) if silence.leg is Leg.NOT_PAID
    ]
    assert bool(unpaid_silences) == (at(now) < at(hours))
    for each in unpaid_silences:
        due = each.since + each.limit
        assert at(0) < due < at(hours)
        assert at(hours) - due == min((at(hours) - at(0)) / 4, PAY_NOTICE)
        assert pay_alarm_at(order, M.ORDERED, LIMITS, at(now)) == (due if due > at(now) else None)
        assert is_pressing(unpaid_silences, at(now)) == (due <= at(now))


def test_which_alarm_it_is() -> None:
    """A deadline that was put off is another one, one that came nearer is not; being shipped late is another matter."""
    first, later, sooner, unsaid = (alarm_of(unpaid(hours), at(71.5)) for hours in (73, 75, 72, None))
    assert first
    assert later
    assert sooner
    assert unsaid
    assert is_same(first, first)
    assert is_same(first, sooner)
    assert is_same(unsaid, unsaid)
    assert not is_same(first, later)
    assert not is_same(unsaid, first)
    unshipped = Stall(Leg.NOT_SHIPPED, at(0), 72 * HOUR)
    assert not is_same(first, replace(unshipped, since=first.since))
    assert len({silence_name(case) for case in (first, later, unsaid, unshipped)}) == 4
    assert f":{silence_name(unshipped)}" not in f"stall:{unsaid.leg}:{silence_name(unsaid)}", "its end clears the alarm"


def test_a_late_payment_without_a_time_is_not_a_late_shipment() -> None:
    """Paid after four days, so the seller has had no time yet: it counts from when that was heard."""
    paid = order(M.PAID, "waitsellersend", created_at=at(0))
    paid_silences = silences(paid, M.PAID, (), LIMITS, at(97), moved_at=at(96))
    assert worst_stall(paid_silences, LIMITS, at(97)) is None
    assert stall_at(paid_silences) == at(96 + 72)


def due(detail: Order) -> DueOrder:
    """The order as it is leased; nothing of its stored state knows of the alarm."""
    stored = StoredOrder(detail, Shipment(REF), M.ORDERED, moved_at=at(0))
    return due_order(stored, polls=2, created_at=at(0))


@pytest.mark.parametrize(("hours", "moment"), [(5, 3.75), (72, None), (None, None)])
def test_the_next_reading_comes_no_later_than_the_alarm(hours: float | None, moment: float | None) -> None:
    """By its turn it is read every four hours; an unchanged reading also schedules the alarm itself."""
    decider = Decider(Cadence(jitter=0), lambda: LIMITS)
    result = poll_result(decider, due(unpaid(hours)), PollOutcome(None, b""), None, at(1))
    assert isinstance(result, Unchanged)
    assert result.next_poll_at == at(5 if moment is None else moment)
    assert result.stall_at == pay_alarm_at(unpaid(hours), M.ORDERED, LIMITS, at(1))


@pytest.mark.parametrize(("now", "moment", "presses"), [(60, 66, False), (67, 66, True), (73, None, False)])
def test_at_first_sight(now: float, moment: float | None, presses: bool) -> None:
    """A deadline ahead is told at once where it is near; what is over before it was watched is asked about later."""
    result = decide(None, reading(detail=unpaid(72)), at(now), Policy(limits=LIMITS)).follow_up
    assert result.is_pressing is presses
    assert result.stall_at == (at(0) + 30 * DAY if moment is None else at(moment))


@pytest.mark.parametrize(
    ("after", "settled"),
    [
        (order(M.ORDERED, CODE, created_at=at(0), paid_at=at(1)), True),
        (order(M.PAID, "waitsellersend", created_at=at(0)), False),
        (order(M.CANCELLED, "cancel", created_at=at(0)), False),
        (order(None, "brand_new_state", created_at=at(0)), False),
        (unpaid(80, total_amount=Decimal(5)), False),
    ],
    ids=["paid without a step", "paid", "cancelled", "unknown", "still unpaid"],
)
def test_what_ends_the_waiting_is_news(after: Order, settled: bool) -> None:
    """A step says it by itself; where none does, the news says it, once."""
    tracked = TrackedOrder()
    tracked.poll(reading(detail=unpaid(72)))
    decided = tracked.poll(only_order(after))
    assert bool(decided.news and decided.news.settled) is settled
    if settled:
        assert decided.moved
        assert tracked.poll(only_order(after)).news is None
