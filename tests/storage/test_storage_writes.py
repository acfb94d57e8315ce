"""The records of writes, on both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from support.store_harness import NOW

from pandapon.shipment import Platform
from tracking.changes.order_acts import Payment, payments_of
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from support.store_harness import StoreHarness

HOUR = timedelta(hours=1)


async def test_what_may_have_been_done_of_a_target_since_a_time(harness: StoreHarness) -> None:
    """The newest first; neither refusals, nor what is still open, nor another target's."""
    kinds = [WriteState.DONE, WriteState.UNKNOWABLE, WriteState.FOUND_DONE, WriteState.REFUSED, WriteState.BEGUN]
    for at, state in enumerate(kinds):
        for platform in Platform:
            id_ = f"{platform.value} {state}"
            change = Payment(platform, ("1",))
            write = Write(id_, id_, "pay", "U1", "C1", NOW + at * HOUR, state=state, change=change)
            await harness.store.writes.begin(write)
    target = payments_of(Platform.TAOBAO)
    writes = await harness.store.writes.since(target, NOW)
    assert [write.state for write in writes] == [WriteState.FOUND_DONE, WriteState.UNKNOWABLE, WriteState.DONE]
    assert all(write.change == Payment(Platform.TAOBAO, ("1",)) for write in writes)
    assert len(await harness.store.writes.since(target, NOW + HOUR)) == 2
