"""Kinds of wording that stand in couriers' own scans and once were read wrongly, each by sentences of our own."""

from __future__ import annotations

import pytest

from pandapon.courier import read_entry
from pandapon.shipment import Milestone

M = Milestone


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("当前还未识别到签收", None),  # a denial reaches the end across what a system does
        ("送错，已签收", M.EXCEPTION),
        ("派错单元，显示已签收", M.EXCEPTION),
        ("送错后已取回，重新派送，客户已签收", M.DELIVERED),
        ("取件码已送达寄件人", None),  # a code was brought, and no parcel
        ("验证码已送达您", None),
        ("Courier picked up the item and is returning it to the shipper", M.RETURNING),
        ("The sender picked up the returned parcel", M.RETURNED),
        ("Delivery of your order has been cancelled", M.ATTEMPT_FAILED),
        ("Your order was cancelled", M.CANCELLED),
    ],
)
def test_an_end_of_something_else(text: str, claim: Milestone | None) -> None:
    """A signature that is not there, one at the wrong door, a code, a return that begins, a delivery called off."""
    assert read_entry(text).milestone is claim
