"""What the account's list and an order's detail say of a write whose answer was lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pandapon.models import Item, Order
from pandapon.shipment import Milestone, Platform
from tracking.changes.order_acts import (
    BARS_FOR,
    PAYS_WITHIN,
    Cancellation,
    PayLink,
    Payment,
    Receipt,
    Submitted,
    WarehouseChange,
    newest_payments,
)
from tracking.changes.orders import LISTED_WITHIN, SKEW, Basket, OrderCreation, OrderedLine, judge
from tracking.writes import ARRIVES_WITHIN, Write, WriteState

S = WriteState
ALIBABA, TAOBAO = Platform.ALIBABA, Platform.TAOBAO
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SOON, LATER = timedelta(seconds=5), LISTED_WITHIN + timedelta(seconds=1)


def order(order_id: str, title: str = "裙", quantity: int = 4, **fields: Any) -> Order:
    """A new order of the account's list."""
    items = (Item(title=title, quantity=Decimal(quantity)),)
    made = Order(platform=ALIBABA, order_id=order_id, created_at=NOW, seller="甲", items=items)
    return made.model_copy(update=fields)


def creation(*sellers: str, **fields: Any) -> OrderCreation:
    """The creation of an order of each seller, all of the same products."""
    baskets = tuple(Basket(seller, (OrderedLine("裙", "红", 4),)) for seller in sellers or ("甲",))
    made = OrderCreation(ALIBABA, "f:0", baskets, NOW)
    return replace(made, **fields)


@pytest.mark.parametrize(
    ("change", "seen", "soon", "later"),
    [
        (creation(), [], None, S.FOUND_UNDONE),
        (creation(), [order("1")], S.FOUND_DONE, S.FOUND_DONE),
        (creation(known=("1",)), [order("1")], None, S.FOUND_UNDONE),
        (creation(known=("1",)), [order("1"), order("2")], S.FOUND_DONE, S.FOUND_DONE),
        (creation(), [order("1", quantity=5)], None, S.UNKNOWABLE),
        (creation(), [order("1", title="衣")], None, S.UNKNOWABLE),
        (creation(), [order("1"), order("2")], None, S.UNKNOWABLE),
        (creation(), [order("1"), order("2", seller="乙")], S.FOUND_DONE, S.FOUND_DONE),
        (creation("甲", "乙"), [order("1"), order("2", seller="乙")], S.FOUND_DONE, S.FOUND_DONE),
        (creation("甲", "乙"), [order("1")], None, S.UNKNOWABLE),
        (creation(), [order("1", created_at=NOW - SKEW - SOON)], None, S.FOUND_UNDONE),
        (creation(), [order("1", created_at=None)], S.FOUND_DONE, S.FOUND_DONE),
        (creation(outer_id="o"), [order("1", quantity=9, outer_id="o")], S.FOUND_DONE, S.FOUND_DONE),
        (creation(outer_id="o"), [order("1", outer_id="o"), order("2")], S.FOUND_DONE, S.FOUND_DONE),
    ],
)
def test_a_list_says_what_became_of_a_creation(
    change: OrderCreation, seen: list[Order], soon: WriteState | None, later: WriteState
) -> None:
    """At once, and when the call could no longer arrive."""
    for age, state in ((SOON, soon), (LATER, later)):
        judged = judge(change, seen, age, is_whole=True)
        assert (judged[0] if judged else None) is state


def test_a_list_that_is_not_whole_proves_nothing() -> None:
    """The order may stand on a page that was not read."""
    judged = judge(creation(), [], LATER, is_whole=False)
    assert judged == (S.UNKNOWABLE, ())


PAID: dict[str, Any] = {"milestone": Milestone.PAID, "paid_at": NOW}
UNPAID: dict[str, Any] = {"milestone": Milestone.ORDERED, "status_code": "waitbuyerpay"}


def test_a_submitted_payment_shows_later() -> None:
    """A minute without it proves nothing; ten do."""
    payment = Payment(TAOBAO, ("1", "2"))
    for first, end in ((UNPAID, S.FOUND_UNDONE), (PAID, S.UNKNOWABLE)):
        orders = [order("1", **first), order("2", **UNPAID)]
        assert payment.judge(orders, PAYS_WITHIN - SOON) is None
        assert payment.judge(orders, PAYS_WITHIN) is end


def paid(at: datetime, *order_ids: str, by: str = "U1", state: S = S.DONE) -> Write:
    """The record of a payment."""
    return Write(by, by, "taobao.order.pay", by, "C1", at, state=state, change=Payment(TAOBAO, order_ids))


def test_the_newest_payment_of_each_order_bars_another_for_some_hours() -> None:
    """One of which nobody knows whether it was made bars nothing: the review warns of it."""
    later = NOW + timedelta(days=1)
    doubtful = paid(later, "1", by="U2", state=S.UNKNOWABLE)
    orders = newest_payments(("1", "2", "3"), [doubtful, paid(NOW, "1", "2")])
    assert orders == (Submitted("1", "U2", later, is_sure=False), Submitted("2", "U1", NOW))
    assert [each.bars(later) for each in orders] == [False, False]
    assert orders[1].bars(NOW + BARS_FOR - SOON)
    assert not orders[1].bars(NOW + BARS_FOR)


def test_another_variant_is_another_order() -> None:
    """The names of the values make no difference; another value does."""
    for variant, state in (
        ("颜色:红;尺码:M", S.FOUND_DONE),
        ("", S.FOUND_DONE),
        ("蓝", S.UNKNOWABLE),
        ("深红", S.UNKNOWABLE),
    ):
        items = (Item(title="裙", quantity=Decimal(4), variant=variant),)
        judged = judge(creation(), [order("1", items=items)], LATER, is_whole=True)
        assert judged is not None
        assert judged[0] is state


@pytest.mark.parametrize(
    ("change", "orders", "soon", "later"),
    [
        (PayLink(ALIBABA, "1"), [order("1", **UNPAID)], None, S.FOUND_UNDONE),
        (PayLink(ALIBABA, "1"), [order("1", **PAID)], S.FOUND_DONE, S.FOUND_DONE),
        (Payment(ALIBABA, ("1", "2")), [order("1", **PAID), order("2", **PAID)], S.FOUND_DONE, S.FOUND_DONE),
        (Payment(ALIBABA, ("1", "2")), [order("1", **PAID), order("2", **UNPAID)], None, None),
        (Payment(ALIBABA, ("1", "2")), [order("1", **UNPAID), order("2", **UNPAID)], None, None),  # it shows later
        (Cancellation(ALIBABA, "1", "x"), [order("1", milestone=Milestone.CANCELLED)], S.FOUND_DONE, S.FOUND_DONE),
        (Cancellation(ALIBABA, "1", "x"), [order("1", **UNPAID)], None, S.FOUND_UNDONE),
        (Cancellation(TAOBAO, "1", "x"), [order("1", **UNPAID)], None, None),  # accepted is not cancelled yet
        (Receipt(ALIBABA, "1"), [order("1", status_code="SUCCESS")], S.FOUND_DONE, S.FOUND_DONE),
        (Receipt(ALIBABA, "1"), [order("1", status_code="waitbuyerreceive")], None, S.FOUND_UNDONE),
        (WarehouseChange(TAOBAO, "1", "仓"), [order("1")], None, S.UNKNOWABLE),
    ],
)
def test_an_order_says_what_became_of_an_act(
    change: PayLink | Payment | Cancellation | Receipt | WarehouseChange,
    orders: list[Order],
    soon: WriteState | None,
    later: WriteState | None,
) -> None:
    """At once, and when the call could no longer arrive."""
    assert change.judge(orders, SOON) is soon
    assert change.judge(orders, ARRIVES_WITHIN + timedelta(seconds=1)) is later
