"""How a poll reads an order: beside what is known of it, and every so often afresh."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from support.fake_pandapon import fake_pandapon
from support.tracking_cases import due_order

from bot.reading import READ_AFRESH_EVERY, poll_order
from pandapon.shipment import Milestone, OrderRef, Platform, Shipment
from sandbox.pandapon.demo import FIRST
from tracking.orders import StoredOrder

if TYPE_CHECKING:
    from storage.poll import DueOrder

REF = OrderRef(Platform.ALIBABA, FIRST)


def due(polls: int) -> DueOrder:
    """The order, leased for its next reading."""
    stored = StoredOrder(None, Shipment(REF), Milestone.IN_TRANSIT)
    created = datetime(2026, 3, 1, tzinfo=UTC)
    return due_order(stored, fingerprint=b"another answer", has_parcels=True, polls=polls, created_at=created)


@pytest.mark.parametrize(
    ("polls", "claim"),
    [
        pytest.param(READ_AFRESH_EVERY + 1, Milestone.LOST, id="a usual reading keeps it"),
        pytest.param(READ_AFRESH_EVERY, None, id="one afresh mends it"),
    ],
)
async def test_a_claim_of_an_older_version(polls: int, claim: Milestone | None) -> None:
    """What an older version made of a scan's words holds until the order is read afresh."""
    async with fake_pandapon() as pandapon, pandapon.client() as api:
        alone = (await api.trace(REF)).trace
        assert alone is not None
        (parcel, *_) = alone.shipment().parcels
        (first, *others) = parcel.nodes
        stored = replace(parcel, nodes=(replace(first, milestone=Milestone.LOST), *others))
        fetched = (await poll_order(api, due(polls))).beside(Shipment(REF, (stored,)))
    assert fetched.shipment is not None
    assert fetched.shipment.nodes[0].milestone is (claim or first.milestone)
    assert fetched.shipment.nodes[1:] == parcel.nodes[1:]
