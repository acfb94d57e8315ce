"""Two hundred watched orders whose days pass in minutes: the page stays smooth, and one is heard at once."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

import pytest
from support.web_page import person

from pandapon.shipment import Platform
from sandbox.pandapon.lives import life
from sandbox.pandapon.world import Line

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from sandbox.pandapon.world import World
    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

ORDERS = 200
SPEED = 600.0  # ten minutes a second, the workbench's own "ten minutes a second"
SMOOTH = 50.0  # milliseconds between two frames, for nineteen of twenty
FRAMES = """() => {
  window.frames_ = [];
  let last = 0;
  const one = (at) => {
    if (last) frames_.push(at - last);
    last = at;
    requestAnimationFrame(one);
  };
  requestAnimationFrame(one);
}"""


async def test_two_hundred_watched_orders_in_accelerated_time(browser: Browser, server: WebServer) -> None:
    """While the bot polls them all and news pours in, frames come in time and one's own words are there at once."""
    stage = server.hub.stage
    _fill(stage.world)
    channel = stage.slack.workspace.channel("orders")
    async with person(browser, server.base_url) as mei:
        await mei.type("/panda watch all")
        await mei.sees("Every order of the account is watched")
        await mei.page.evaluate(FRAMES)
        idle = await _worst_of_most(mei.page, 2000)
        server.hub.set_speed(SPEED)
        waits = []
        for number in range(6):
            began = time.monotonic()
            await mei.type(f"my own words {number}")
            await mei.message(f"my own words {number}").wait_for()
            waits.append(time.monotonic() - began)
            await mei.page.wait_for_timeout(1000)
        busy = await _worst_of_most(mei.page, 1000)
    assert len({one.thread_ts or one.ts for one in channel.messages.values() if one.by_bot}) > 3  # news did come
    assert median(waits) < 2  # seconds
    assert busy < max(SMOOTH, 2 * idle)  # a machine that is busy elsewhere has no smooth page to begin with


async def _worst_of_most(page: Page, wait: int) -> float:
    """The milliseconds between two frames that nineteen of twenty kept to since the last look."""
    await page.wait_for_timeout(wait)
    found: list[float] = await page.evaluate("frames_.splice(0)")
    return sorted(found)[int(len(found) * 0.95)]


def _fill(world: World) -> None:
    """Orders that were placed in the last two days, each with its own parcel on the way."""
    rng = random.Random(7)  # noqa: S311  a made-up world, the same in each run
    now = world.clock()
    for number in range(ORDERS):
        order_id = f"{2542285634921000000 + number * 37}"
        goods = world.goods[number % len(world.goods)]
        line = Line(goods.title, goods.price, 10, "均码", goods.product_id, f"30004886{number:04d}")
        created = now - timedelta(hours=20 + number % 30)
        world.add_order(life(rng, Platform.ALIBABA, order_id, created, [line]))
