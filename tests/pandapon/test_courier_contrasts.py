"""Kinds of wording that were read untruly, each beside its neighbours, which mean something else by a word."""

from __future__ import annotations

import pytest

from pandapon.courier import read_entry
from pandapon.shipment import Milestone

M = Milestone


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Delivery cancelled by driver due to time constraints", M.ATTEMPT_FAILED),
        ("Today's delivery has been cancelled; we will try tomorrow", M.ATTEMPT_FAILED),
        ("Redelivery request cancelled", None),
        ("Hold request cancelled", None),
        ("Vessel sailing cancelled", M.IN_TRANSIT),
        ("Insurance cancelled", None),
        ("订单部分取消，其余商品照常发货", M.SHIPPED),
        ("Order has been cancelled by the customer", M.CANCELLED),
        ("Cancelled", M.CANCELLED),
        ("Shipment cancelled at the shipper's request", M.CANCELLED),
        ("The label was cancelled", M.CANCELLED),
        ("订单已取消，感谢您的支持", M.CANCELLED),
        ("Delivery appointment cancelled", None),
        ("Redirect request cancelled by recipient", None),
        ("Order partially cancelled, remaining items shipped", M.SHIPPED),
        ("保险订单已取消", None),
        ("Delivery run cancelled because of vehicle trouble", M.ATTEMPT_FAILED),
        ("Notification subscription cancelled", None),
        ("Pickup point change cancelled", None),
        ("Your purchase was cancelled and refunded", M.CANCELLED),
        ("Parcel cancelled before pickup", M.CANCELLED),
        ("订单已由卖家取消", M.CANCELLED),
        ("Sender cancelled the shipment", M.CANCELLED),
        ("Cancelled by merchant", M.CANCELLED),
    ],
)
def test_what_is_cancelled(text: str, claim: Milestone | None) -> None:
    """Only the whole order's cancellation is an end: no request's, no delivery's, no insurance's, no part's."""
    assert read_entry(text).milestone is claim
