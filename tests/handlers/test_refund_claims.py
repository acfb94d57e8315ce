"""Whether an order was sent, for the form that asks for a refund: the claim's stage follows from it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from handlers.features.aftersales.claims import claimable
from pandapon.models import Item, Order
from pandapon.shipment import Milestone, Platform

M = Milestone

PARCEL: dict[str, Any] = {"waybills": ("SF1234567890123",)}


@pytest.mark.parametrize(
    ("milestone", "fields", "known", "is_shipped"),
    [
        (M.SHIPPED, {}, None, True),
        (M.EXCEPTION, {}, None, True),
        (M.DELIVERED, PARCEL, M.DELIVERED, True),
        (M.PAID, {}, None, False),
        (M.PAID, {}, M.PAID, False),
        (M.PAID, PARCEL, None, None),
        (M.PAID, {}, M.IN_TRANSIT, None),
        (None, PARCEL, None, True),
        (None, {}, M.DELIVERED, True),
        (None, {}, M.PAID, None),
        (None, {}, M.CANCELLED, None),
        (None, {}, None, None),
    ],
)
def test_whether_it_was_sent(
    milestone: M | None, fields: dict[str, Any], known: M | None, is_shipped: bool | None
) -> None:
    """An unknown state is none that says "not sent": its parcels tell, or the person is asked."""
    item = Item(title="x", entry_id="9", quantity=Decimal(2), amount=Decimal(10))
    order = Order(
        platform=Platform.ALIBABA, order_id="1", status_code="new", milestone=milestone, items=(item,), **fields
    )
    assert claimable(order, takes_proofs=False, known=known).is_shipped is is_shipped
