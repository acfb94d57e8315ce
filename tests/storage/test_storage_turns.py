"""Turns: one holder at a time, over all processes, and a dead one's turn ends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from support.store_harness import MINUTE, NOW

from pandapon.shipment import Platform
from tracking.changes.cart import CartChange
from tracking.writes import Write, WriteState

if TYPE_CHECKING:
    from support.store_harness import StoreHarness

CHANGE = CartChange(Platform.ALIBABA, "p", "s", "", "title", "M", 2, 6)
UNTIL = NOW + 5 * MINUTE


async def test_one_holder_at_a_time(harness: StoreHarness) -> None:
    """The second waits until the first gives it back; a name that nobody holds is free."""
    writes = harness.store.writes
    assert await writes.take_turn(NOW, "cart", "a", UNTIL)
    assert not await writes.take_turn(NOW + MINUTE, "cart", "b", UNTIL)
    assert await writes.take_turn(NOW, "other", "b", UNTIL)
    await writes.end_turn("cart", "b")  # not theirs to give
    assert not await writes.take_turn(NOW + MINUTE, "cart", "b", UNTIL)
    await writes.end_turn("cart", "a")
    assert await writes.take_turn(NOW + MINUTE, "cart", "b", UNTIL)


async def test_a_dead_holders_turn_ends(harness: StoreHarness) -> None:
    """After its time, and not before."""
    assert await harness.store.writes.take_turn(NOW, "cart", "dead", UNTIL)
    assert not await harness.store.writes.take_turn(UNTIL - timedelta(seconds=1), "cart", "b", UNTIL)
    assert await harness.store.writes.take_turn(UNTIL, "cart", "b", UNTIL + MINUTE)


async def test_a_target_has_one_write_at_a_time(harness: StoreHarness) -> None:
    """Another process began one since the caller looked: it is named instead, until its end is known."""
    writes = harness.store.writes
    first, second = write("first"), write("second")
    assert await writes.begin(first) is None
    assert await writes.begin(second) == first
    assert await writes.of_key("second") is None
    await writes.settle("first", WriteState.REFUSED, NOW)
    assert await writes.begin(second) is None


async def test_what_is_done_once_is_not_begun_again(harness: StoreHarness) -> None:
    """A payment that another process made meanwhile; what may be done again, such as a quantity, is begun."""
    writes = harness.store.writes
    await writes.begin(write("first"))
    await writes.settle("first", WriteState.DONE, NOW)
    former = await writes.begin(write("second"), is_single=True)
    assert former is not None
    assert (former.id, former.state) == ("first", WriteState.DONE)
    assert await writes.begin(write("second")) is None


def write(key: str) -> Write:
    return Write(key, key, "1688.cart.add", "U1", "C1", NOW, change=CHANGE)
