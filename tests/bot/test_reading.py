"""How a poll reads an order: beside what is known of it, and every so often afresh."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.fake_pandapon import fake_pandapon
from support.tracking_cases import due_order

from bot.orders.reading import DETAIL_EVERY, READ_AFRESH_EVERY, poll_order, read_order
from bot.orders.refunds import RefundReader
from pandapon.shipment import Milestone, OrderRef, Platform, Shipment
from sandbox.pandapon.demo import FIRST
from sandbox.pandapon.world import Refund
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
        (first, *later) = parcel.nodes
        stored = replace(parcel, nodes=(replace(first, milestone=Milestone.LOST), *later))
        fetched = (await poll_order(api, due(polls))).parsed_beside(Shipment(REF, (stored,)))
    assert fetched.shipment is not None
    assert fetched.shipment.nodes[0].milestone is (claim or first.milestone)
    assert fetched.shipment.nodes[1:] == parcel.nodes[1:]


async def test_missing_details_of_a_refund_are_read_next_time_by_any_process() -> None:
    """PandaPon does not answer the first process. The next reading is another one's, or one after a restart."""
    async with fake_pandapon() as pandapon, pandapon.client() as api:
        at = pandapon.clock()
        pandapon.world.orders[FIRST].refunds.append((at, Refund("waitselleragree", refund_id="TQ1", amount=Decimal(9))))
        pandapon.server.faults.path, pandapon.server.faults.status = "refund", 502
        lacking = await poll_order(api, due(DETAIL_EVERY), RefundReader(api, pandapon.clock))
        lacking_for_a_person = await read_order(api, REF, RefundReader(api, pandapon.clock))
        assert (lacking.fingerprint, lacking_for_a_person.fingerprint) == (b"", b"")
        pandapon.server.faults.clear()
        stored = StoredOrder(await api.order(REF), Shipment(REF), Milestone.IN_TRANSIT)
        again = due_order(stored, fingerprint=lacking.fingerprint, has_parcels=True, polls=2, created_at=at)
        mended = await poll_order(api, again, RefundReader(api, pandapon.clock))
        assert mended.fetched is not None
        assert [(detail.refund_id, detail.amount) for detail in mended.fetched.refunds] == [("TQ1", Decimal(9))]
        assert len(mended.fingerprint) == 16
        later = due_order(stored, fingerprint=mended.fingerprint, has_parcels=True, polls=3, created_at=at)
        assert (await poll_order(api, later, RefundReader(api, pandapon.clock))).fetched is None


async def test_a_refused_detail_is_not_asked_for_with_each_reading() -> None:
    """The platform says no, and it would say so again."""
    async with fake_pandapon() as pandapon, pandapon.client() as api:
        pandapon.world.orders[FIRST].refunds.append((pandapon.clock(), Refund("waitselleragree", refund_id="unknown")))
        pandapon.server.faults.path, pandapon.server.faults.status = "refund", 403
        read = await poll_order(api, due(DETAIL_EVERY), RefundReader(api, pandapon.clock))
        assert len(read.fingerprint) == 16
