"""The process dies before, during and after a write: it is sent once at most, and what became of it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.write_kill_harness import WriteKillHarness, found_later, recorded

from benchmarks.kill import now
from pandapon.shipment import Platform
from sandbox.clock import SimClock
from sandbox.pandapon.demo import demo_world
from sandbox.pandapon.trading.routes import OWN_PATHS
from tracking.writes import ARRIVES_WITHIN, WriteState

if TYPE_CHECKING:
    from pathlib import Path

PRODUCT, ADD = "1688:A000-1688-demo", OWN_PATHS["1688.cart.add"]


class CartHarness(WriteKillHarness):
    """Stand-ins with goods to buy, and a bot that may change the cart."""

    def in_cart(self) -> list[int]:
        """The quantities in the cart."""
        return [entry.quantity for entry in self.pandapon.account.carts[Platform.ALIBABA].values()]


@pytest.mark.parametrize(
    ("moment", "calls", "first", "last"),
    [
        ("before_write", 0, WriteState.UNCLEAR, WriteState.FOUND_UNDONE),
        ("during", 1, WriteState.FOUND_DONE, WriteState.FOUND_DONE),
        ("after_write", 1, WriteState.FOUND_DONE, WriteState.FOUND_DONE),
    ],
)
async def test_dying_over_a_write_sends_it_once_at_most(
    tmp_path: Path, moment: str, calls: int, first: WriteState, last: WriteState
) -> None:
    """The next process looks for it in the cart, and the form that is sent again does nothing more."""
    harness = CartHarness(tmp_path, "cart")
    harness.world.goods = demo_world(SimClock(now())).goods
    values = {"quantity": {"add_choice:quantity": {"value": "4"}}}
    async with harness.served():
        form = await harness.die_over(
            moment, ADD, lambda: harness.open_form(f"product {PRODUCT}", "add_to_cart:1"), values
        )
        assert (await recorded(harness)).state is WriteState.BEGUN
        await harness.send_again(form, values)
        assert (await recorded(harness)).state is first
        assert await found_later(harness, ARRIVES_WITHIN) is last
        assert harness.pandapon.count(ADD) == calls
        assert harness.in_cart() == [4] * calls
