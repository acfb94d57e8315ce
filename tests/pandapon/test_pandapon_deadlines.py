"""Until when an unpaid order can be paid, in whatever form the platform says it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pandapon import alibaba, taobao
from pandapon.deadlines import LONGEST, pay_by
from pandapon.fields import loads
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from pandapon.models import Order

CREATED = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "value",
    [
        259200,
        "259200",
        " 259200 ",
        "259200.0",
        259_200_000,
        "259200000",
        int((CREATED + 3 * DAY).timestamp()),
        int((CREATED + 3 * DAY).timestamp() * 1000),
        "2026-03-05 10:00:00",
        "20260305100000000+0800",
        "20260304190000000-0700",
        "2026-03-05T02:00:00Z",
    ],
    ids=["s", "text", "spaces", "fraction", "ms", "ms text", "epoch", "epoch ms", "naive", "compact", "west", "iso"],
)
def test_three_days_in_every_form(value: object) -> None:
    """Seconds as documented; milliseconds, epochs and times should they come. Naive times are China's."""
    assert pay_by(value, CREATED) == CREATED + 3 * DAY


NOT_TIMES: list[object] = [
    None,
    "",
    0,
    "0",
    -1,
    -259200,
    True,
    "5天",
    "nan",
    "Infinity",
    "1e999999999",
    "9" * 40,
    [],
    {},
    "soon",
]
NOT_THEN = ["2026-03-01 10:00:00", "2026-03-02 10:00:00", "9999-12-31 00:00:00", "0001-01-01", 31 * 86400, 2_592_001]


@pytest.mark.parametrize("value", [*NOT_TIMES, *NOT_THEN, int((CREATED - DAY).timestamp())])
def test_what_makes_no_sense_is_no_deadline(value: object) -> None:
    """No time at all, before or at the creation, or years away."""
    assert pay_by(value, CREATED) is None


def test_a_length_needs_a_beginning() -> None:
    """Without the time of creation only a moment says when; near the end of time nothing breaks."""
    assert pay_by(259200, None) is None
    assert pay_by("2026-03-05 10:00:00", None) == CREATED + 3 * DAY
    assert pay_by(259200, datetime.max.replace(tzinfo=UTC)) is None


ODD = st.one_of(st.none(), st.booleans(), st.integers(), st.decimals(), st.text(max_size=30), st.just([]), st.just({}))


@given(ODD, st.datetimes(timezones=st.just(UTC)))
@example("9" * 5000, CREATED)
@example(259200, datetime.max.replace(tzinfo=UTC))
def test_whatever_comes_the_deadline_is_after_the_order_and_near(value: object, created: datetime) -> None:
    """Nothing that the upstream sends leads to an error, or to a deadline that cannot be one."""
    deadline = pay_by(value, created)
    assert deadline is None or timedelta() < deadline - created <= LONGEST


@given(st.integers(1, int(LONGEST.total_seconds())))
def test_seconds_are_seconds(seconds: int) -> None:
    """The documented unit is believed for every length that makes sense."""
    assert pay_by(seconds, CREATED) == pay_by(str(seconds), CREATED) == CREATED + timedelta(seconds=seconds)


def of_1688(status: object, **fields: Any) -> Order:
    base = {"idOfStr": "2542285634920880794", "status": status, "createTime": "20260302100000000+0800", **fields}
    return alibaba.order(loads(json.dumps({"baseInfo": base})), "2542285634920880794")


def of_taobao(status: object, **fields: Any) -> Order:
    body = {"purchaseId": 330507534199000, "status": status, "createdTime": int(CREATED.timestamp() * 1000), **fields}
    return taobao.order(loads(json.dumps(body)), "330507534199000")


@pytest.mark.parametrize("order", [of_1688("waitbuyerpay", payTimeout=259200), of_taobao(0, payTimeout=259200)])
def test_an_unpaid_order_says_so_and_until_when(order: Order) -> None:
    """Both platforms, by their own codes."""
    assert order.is_unpaid
    assert not order.is_settled
    assert order.pay_by == CREATED + 3 * DAY


@pytest.mark.parametrize(
    "status", ["0", "WAIT_BUYER_P", "WAIT_BUYER_PAY", "TAOBAO_ORDER_WAIT_BUYER_PAY", " wait_buyer_pay "]
)
def test_every_name_of_taobaos_unpaid_state(status: str) -> None:
    """The number, the upstream's column as it is cut off there, and both enumerations."""
    assert of_taobao(status).is_unpaid


@pytest.mark.parametrize("status", [1, 2, 3, 5, "ORDER_PAY_STATUS", "WAIT_FINANCE_PAY"])
def test_an_order_with_a_finance_team_is_not_unpaid(status: object) -> None:
    """It is not paid for the seller either: it stays where it was, and has no deadline for the buyer."""
    order = of_taobao(status, payTimeout=259200)
    assert (order.is_unpaid, order.is_settled, order.milestone, order.pay_by) == (False, True, Milestone.ORDERED, None)


@pytest.mark.parametrize(
    "order",
    [
        of_1688("waitsellersend", payTimeout=259200),
        of_1688("cancel", payTimeout=259200),
        of_1688("brand_new_state", payTimeout=259200),
        of_1688("0", payTimeout=259200),
        of_1688("waitbuyerpay", payTime="20260302110000000+0800"),
        of_taobao(12, payTimeout=259200),
        of_taobao(10, payTimeout=259200),
        of_taobao(0, subPurchaseOrders=[{"status": "WAIT_SELLER_SEND_GOODS"}]),
        of_taobao(4),
    ],
    ids=["paid", "closed", "unknown", "another platform's", "paid a moment ago", "being created", "10", "line", "4"],
)
def test_what_is_not_unpaid(order: Order) -> None:
    """A code that is not known says nothing, and neither does one that something else contradicts."""
    assert not order.is_unpaid
