"""The process dies before, during and after a write: it is sent once at most, and what became of it is known."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from support.killed import found_later, recorded
from support.patience import in_time, until

from benchmarks.kill import KillHarness, kill, now
from pandapon.shipment import Platform
from sandbox.clock import SimClock
from sandbox.pandapon.demo import demo_world
from sandbox.pandapon.trading.routes import OWN_PATHS
from tracking.writes import LATE, WriteState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PRODUCT, ADD = "1688:A000-1688-demo", OWN_PATHS["1688.cart.add"]


class WritingHarness(KillHarness):
    """Stand-ins with goods to buy, and a bot that may change the cart."""

    @property
    def environment(self) -> dict[str, str]:
        """As for other kills, with the cart switched on."""
        return super().environment | {"WRITES": "cart", "PANDAPON_PATHS": json.dumps(OWN_PATHS)}

    def in_cart(self) -> list[int]:
        """The quantities in the cart."""
        return [entry.quantity for entry in self.pandapon.account.carts[Platform.ALIBABA].values()]


@asynccontextmanager
async def writing(folder: Path) -> AsyncIterator[WritingHarness]:
    """Start everything but the bot."""
    harness = WritingHarness(folder, 1)
    harness.world.goods = demo_world(SimClock(now())).goods
    await harness.slack.start()
    await harness.pandapon.start()
    try:
        yield harness
    finally:
        await harness.slack.stop()
        await harness.pandapon.stop()


async def open_form(harness: WritingHarness) -> dict[str, Any]:
    """Show a product and open its form. Returns the form."""
    said, views, where = harness.slack.workspace.ephemeral, harness.slack.workspace.views, harness.channels[0]
    count = len(said)
    await harness.slack.slash("mei", where, "/panda", f"product {PRODUCT}")
    await until(lambda: len(said) > count and "Add to cart" in str(said[-1].blocks))
    assert (await harness.slack.press("mei", said[-1], "add_to_cart:1")).ok
    await until(lambda: any(view["private_metadata"] for view in views.values()))
    return next(view for view in views.values() if view["private_metadata"])


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
    async with writing(tmp_path) as harness:
        process = await harness.spawn("" if moment == "during" else moment)
        await harness.connected(process)
        form = await open_form(harness)
        if moment == "during":  # the stand-in has done it, and its answer goes to nobody
            harness.pandapon.on_request.append(lambda seen, *_: process.kill() if seen.path == ADD else None)
        await harness.slack.submit("mei", form["id"], {"quantity": {"add_choice:quantity": {"value": "4"}}})
        await in_time(process.wait())
        await kill(process, harness)
        assert (await recorded(harness)).state is WriteState.BEGUN
        harness.pandapon.on_request.clear()

        process = await harness.spawn()
        await harness.connected(process)
        harness.slack.workspace.views[form["id"]] = form
        ack = await harness.slack.submit("mei", form["id"], {"quantity": {"add_choice:quantity": {"value": "4"}}})
        assert ack.ok
        await asyncio.sleep(2)
        await kill(process, harness)
        assert (await recorded(harness)).state is first
        assert await found_later(harness, LATE) is last
        assert harness.pandapon.count(ADD) == calls
        assert harness.in_cart() == [4] * calls
