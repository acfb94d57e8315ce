"""A purchase of 20 lines from 8 sellers: its calls, the time to the review and to the orders, and the time to a form.

The bot is the production process; PandaPon takes 80 ms for each call. The same is measured while it polls watched
orders at the default budget. Times are ratios of the serial sum: the time of the same calls one after the other.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.kill import KillHarness, kill, until
from benchmarks.table import percentile, show
from pandapon.shipment import Platform
from sandbox.pandapon.trading.account import CartEntry
from sandbox.pandapon.trading.products import skus
from sandbox.pandapon.trading.routes import OWN_PATHS
from sandbox.pandapon.world import Goods

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

LATENCY = 0.08  # seconds of each call
LINES, SELLERS, WATCHED, OPENED = 20, 8, 300, 100
TARGET = 1.0  # seconds until a form is open, at the 99th percentile
ADDRESS = {"name": "王", "province": "浙江省", "city": "杭州市", "district": "", "address": "文三路", "phone": "1"}
POLLED = ("/order/detail", "/logistics")  # the calls of the poller, and of the watches of new orders


class PurchaseHarness(KillHarness):
    """Stand-ins with a full cart, and a bot that may order."""

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of the kill benchmark, with orders switched on."""
        return super().environment | {"WRITES": "orders", "PANDAPON_PATHS": json.dumps(OWN_PATHS)}

    def fill(self) -> None:
        """Fill both carts: 20 lines of 8 sellers, every fourth of Taobao."""
        account = self.pandapon.account
        account.addresses[1] = dict(ADDRESS)
        platforms = [Platform.TAOBAO if seller % 4 == 3 else Platform.ALIBABA for seller in range(SELLERS)]
        self.world.goods = tuple(
            Goods(platforms[n % SELLERS], f"p{n}", f"商品 {n}", Decimal(10), f"卖家 {n % SELLERS}", 1)
            for n in range(LINES)
        )
        for cart in account.carts.values():
            cart.clear()
        for goods in self.world.goods:
            entry = CartEntry(account.next_number(), skus(goods)[0], 2)
            account.carts[goods.platform][entry.number] = entry

    def bought(self) -> int:
        """Return the number of calls so far that are no polls."""
        return sum(not any(part in seen.path for part in POLLED) for seen in self.pandapon.requests)

    def filled(self) -> list[dict[str, Any]]:
        """Return the open forms that wait for the person."""
        return [view for view in self.slack.workspace.views.values() if view.get("private_metadata")]


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds and calls of a step."""

    seconds: float
    calls: int

    def row(self, name: str, load: str) -> list[str]:
        """Return the step as a row, with its ratio to the serial sum."""
        serial = self.calls * LATENCY
        times = [f"{serial:.2f}", f"{self.seconds:.2f}", f"{self.seconds / serial:.2f} ×"]
        return [f"{name}, {load}", str(self.calls), *times]


async def _timed(harness: PurchaseHarness, act: Coroutine[Any, Any, Any], is_there: Callable[[], bool]) -> Measured:
    calls, began = harness.bought(), time.monotonic()
    await act
    await until(is_there)
    return Measured(time.monotonic() - began, harness.bought() - calls)


async def _cart(harness: PurchaseHarness) -> tuple[Any, str]:
    """Show the cart; return the message and the id of the button that orders everything."""
    answers, channel = harness.slack.workspace.ephemeral, harness.channels[0]
    count = len(answers)
    await harness.slack.slash("mei", channel, "/panda", "cart")
    await until(lambda: len(answers) > count and "order_cart:0" in str(answers[-1].blocks))
    return answers[-1], "order_cart:0"


async def _opened(harness: PurchaseHarness) -> list[float]:
    """Press the button again and again; return the seconds until each form is open."""
    message, button = await _cart(harness)
    views, times = harness.slack.workspace.views, []
    for _ in range(OPENED):
        count, began = len(views), time.monotonic()
        press = asyncio.create_task(harness.slack.press("mei", message, button))
        await until(lambda count=count: len(views) > count)  # type: ignore[misc]  # mypy infers no lambda with a default
        times.append(time.monotonic() - began)
        await press
    return times


async def _purchase(harness: PurchaseHarness) -> list[Measured]:
    """Fill, review and confirm the form; return the figures of each step."""
    harness.fill()
    message, button = await _cart(harness)
    harness.slack.workspace.views.clear()
    opened = await _timed(harness, harness.slack.press("mei", message, button), lambda: bool(harness.filled()))
    view = harness.filled()[-1]
    option = {"value": "1", "text": {"type": "plain_text", "text": "x"}}
    sent = harness.slack.submit("mei", view["id"], {"address": {"value": {"selected_option": option}}})
    shown = harness.slack.workspace.views
    reviewed = await _timed(harness, sent, lambda: "review" in str(shown[view["id"]].get("callback_id")))
    placed = await _timed(
        harness, harness.slack.submit("mei", view["id"], {}), lambda: "Ordered" in str(shown[view["id"]]["blocks"])
    )
    return [opened, reviewed, placed]


async def measure() -> None:
    """Print both tables."""
    steps, forms = [], []
    with tempfile.TemporaryDirectory() as folder:
        harness = PurchaseHarness(Path(folder), WATCHED)
        harness.fill()
        await harness.slack.start()
        await harness.pandapon.start()
        harness.pandapon.faults.delay = LATENCY
        process = await harness.spawn()
        try:
            await harness.connected(process)
            for load in ("idle", "polling"):
                if load == "polling":
                    await harness.slack.slash("mei", harness.channels[1], "/panda", "watch all")
                    await asyncio.sleep(20)
                for name, step in zip(("form", "review", "orders"), await _purchase(harness), strict=True):
                    steps.append(step.row(name, load))
                harness.fill()
                polls, began = len(harness.pandapon.requests), time.monotonic()
                times = await _opened(harness)
                rate = (len(harness.pandapon.requests) - polls) / (time.monotonic() - began)
                p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
                forms.append([load, f"{rate:.0f}", f"{p50 * 1000:.0f}", f"{p99 * 1000:.0f}", f"{p99 / TARGET:.2f} ×"])
        finally:
            await kill(process, harness)
            await harness.slack.stop()
            await harness.pandapon.stop()
    show(f"A purchase of {LINES} lines from {SELLERS} sellers", ["", "calls", "serial s", "took s", "of serial"], steps)
    show(f"Opening the form {OPENED} times", ["", "calls/s", "p50 ms", "p99 ms", "p99 of the target"], forms)


if __name__ == "__main__":
    asyncio.run(measure())
