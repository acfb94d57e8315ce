"""Prices and refunds: each change is told, also one that came before, and a channel is shown so many a day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from support.tracking_cases import REF, TrackedOrder, at, due_order, only_order, order

from bot.jobs.poll_results import poll_result
from bot.orders.decider import Decider
from bot.orders.reading import PollOutcome
from handlers.blocks.refunds import news_lines
from pandapon import alibaba
from pandapon.models import Item, Order
from storage.poll import Changed
from tracking.fact_ids import fact_ids, remaining
from tracking.money import MONEY_A_DAY


def polled(*states: Order) -> TrackedOrder:
    """A tracked order that was polled in these states, one after the other."""
    tracked = TrackedOrder()
    for state in states:
        tracked.poll(only_order(state))
    return tracked


ASKED_THREE_TIMES = ("", "waitselleragree", "refundclose", "waitselleragree", "refundclose", "waitselleragree")


@pytest.mark.parametrize(
    "states",
    [
        [order(total_amount=amount) for amount in (10, 15, 10, 15, 10, 15)],
        [order(refund_status=state) for state in ASKED_THREE_TIMES],
    ],
    ids=["price", "refund"],
)
def test_a_change_that_comes_again_is_news_again(states: list[Order]) -> None:
    """Each has a name of its own, and the same one when it is decided again from what was stored."""
    tracked = polled(*states[:-1])
    lost = tracked.decide(only_order(states[-1]))
    tracked.now += timedelta(days=1)
    assert tracked.poll(only_order(states[-1])).event_id == lost.event_id
    assert len({decision.event_id for decision in tracked.told}) == len(tracked.told) == 5


def test_a_refund_of_one_line_is_news() -> None:
    """The order says nothing of it, its line does."""
    shirts, shoes = Item(title="衬衫"), Item(title="鞋")
    asked = shoes.model_copy(update={"refund_status": "WAIT_SELLER_AGREE"})
    tracked = polled(order(items=(shirts, shoes)), order(items=(shirts, asked)), order(items=(shirts, asked)))
    [step] = [step for news in tracked.news for step in news.refunds]
    assert (step.before, step.refund.code, step.refund.title) == ("", "WAIT_SELLER_AGREE", "鞋")


def test_what_was_paid_back_is_told_with_the_amounts() -> None:
    """In words, with what was paid back before and after and the order's total; more of it is news of its own."""
    tracked = polled(
        order(total_amount="128.50"),
        order(total_amount="128.50", refund_status="waitselleragree"),
        order(total_amount="128.50", refund_status="refundsuccess", refunded_amount="20"),
        order(total_amount="128.50", refund_status="refundsuccess", refunded_amount="28.50"),
    )
    assert [news.refunded for news in tracked.news] == [None, (None, Decimal(20)), (Decimal(20), Decimal("28.50"))]
    assert tracked.last
    lines = [news_lines(news, tracked.last.order, tracked.now) for news in tracked.news]
    assert lines[0] == ["💸 *Refund*: requested · order total ¥128.50"]
    assert lines[1] == ["💸 *Refund*: requested → refunded · paid back ¥0.00 → ¥20.00 · order total ¥128.50"]
    assert lines[2] == ["💸 *Refund*: refunded · paid back ¥20.00 → ¥28.50 · order total ¥128.50"]


def test_a_price_that_flaps_is_shown_to_the_channel_so_often_a_day() -> None:
    """The thread is told each change; the next day the channel is shown one again, and other news as ever.

    Each reading is another process's: what counts is stored.
    """
    tracked = polled(order(total_amount=10))
    levels = [_read(tracked, order(total_amount=10 + 5 * (number % 2))) for number in range(1, 6)]
    assert levels == ["milestone"] * MONEY_A_DAY + ["node"] * (5 - MONEY_A_DAY)
    tracked.now += timedelta(days=1)
    assert _read(tracked, order(total_amount=10)) == "milestone"


def test_times_that_a_wrong_clock_left_do_not_silence_an_order() -> None:
    """A clock that was days ahead was set back: what it counted counts no longer."""
    tracked = polled(order(total_amount=10))
    tracked.now += timedelta(days=5)
    ahead = [_read(tracked, order(total_amount=10 + 5 * (number % 2))) for number in range(1, 5)]
    tracked.now -= timedelta(days=5)
    assert (ahead[-1], _read(tracked, order(total_amount=40))) == ("node", "milestone")


def _read(tracked: TrackedOrder, state: Order) -> str:
    """How loud a process that has just started records this reading."""
    results = Decider()
    assert tracked.stored
    due = due_order(tracked.stored, has_parcels=False, polls=1, fails=0, created_at=at(0))
    result = poll_result(results, due, PollOutcome(only_order(state), b"x"), tracked.stored, tracked.now)
    tracked.poll(only_order(state))
    assert isinstance(result, Changed)
    assert result.decision.severity
    return result.decision.severity


@pytest.mark.parametrize(("sent", "known"), [(Decimal("20.5"), Decimal("20.5")), (0, None), (None, None)])
def test_an_order_of_1688_says_what_was_paid_back(sent: Decimal | None, known: Decimal | None) -> None:
    """In yuan, as its other amounts; nothing and null are the same."""
    data = {"baseInfo": {"idOfStr": REF.order_id, "status": "success", "refund": sent}}
    assert alibaba.order(data, REF.order_id).refunded_amount == known


def test_more_paid_back_is_not_what_a_restored_database_takes_for_told() -> None:
    """In the same state, another amount has another mark."""
    paid = [order(refund_status="refundsuccess", refunded_amount=amount) for amount in (20, 28)]
    first, second = polled(order(), *paid).news
    standing = fact_ids(REF.key, "first", first)
    assert remaining(REF.key, "again", first, standing) is None
    assert remaining(REF.key, "more", second, standing) == second
