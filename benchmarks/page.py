"""The speed of the demo's page in Chromium: first screen, a long channel, and two hundred watched orders in a hurry.

The bot, both stand-ins and the page's server run in this process. Needs Debian's Chromium.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from playwright.async_api import async_playwright

from benchmarks.table import percentile, show
from bot.commands import demo, demo_sandbox
from pandapon.shipment import Platform
from sandbox.pandapon.scenarios import shipped_order
from sandbox.pandapon.world import Line
from sandbox.slack.workspace import BOT_USER
from sandbox.web.server import WebServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from playwright.async_api import Browser, Page

    from sandbox.pandapon.world import World
    from sandbox.slack.workspace import Workspace

CHROMIUM = "/usr/bin/chromium"
VISITS = 7
MESSAGES = 5000
ORDERS = 200
SPEED = 600.0  # simulated seconds in a real one
WHEEL = 400  # pixels in one turn of the wheel
TURNED = 3.0  # seconds of turning the wheel in one direction
LINES = 20  # messages of the person while the news comes
LONG = 50.0  # milliseconds, from which on a browser calls a task long

# The milliseconds from the request of the page until rail, composer and a message are drawn.
DRAWN = """(() => {
  const look = () => {
    const drawn = ["#rail .place", "#composer-box", "#main article"].every((one) => document.querySelector(one));
    if (drawn) window.drawn = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()"""
# The milliseconds of each long task, and those between two frames.
LISTEN = """() => {
  window.tasks = [];
  window.frames_ = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({ type: "longtask" });
  let last = 0;
  const one = (at) => {
    if (last) frames_.push(at - last);
    last = at;
    requestAnimationFrame(one);
  };
  requestAnimationFrame(one);
}"""


async def measure() -> None:
    """Measure and print the tables."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        await _first_screen(browser)
        await _long_channel(browser)
        await _many_orders(browser)
        await browser.close()


async def _first_screen(browser: Browser) -> None:
    async with _server() as server:
        workspace = server.hub.sandbox.slack.workspace
        workspace.post(workspace.channel("orders"), BOT_USER, "hello")
        waits: dict[str, list[float]] = {"first visit": [], "second visit": []}
        for _ in range(VISITS):
            context = await browser.new_context()
            await context.add_init_script(DRAWN)
            for times in waits.values():
                page = await context.new_page()
                await page.goto(server.base_url)
                await page.wait_for_function("() => window.drawn")
                times.append(await page.evaluate("drawn"))
            await context.close()
    rows = [
        [name, str(len(times)), f"{median(times):.0f}", f"{max(times):.0f}", f"{median(times) / 1000:.2f}"]
        for name, times in waits.items()
    ]
    show("The first useful screen", ["", "visits", "median ms", "slowest ms", "of the second allowed"], rows)


async def _long_channel(browser: Browser) -> None:
    async with _server() as server, _page(browser, server) as page:
        _post_many(server.hub.sandbox.slack.workspace)
        await page.locator("#main article", has_text=f"number {MESSAGES - 1}").wait_for()
        await page.locator("#main [role=log]").hover()
        rows = []
        for name, step in (("still", 0), ("to older ones", -WHEEL), ("back", WHEEL), ("to older ones again", -WHEEL)):
            tasks, frames = await _watched(page, lambda step=step: _turn(page, step))  # type: ignore[misc]  # mypy infers no lambda with a default
            busy = sum(tasks) / 1000 / TURNED
            drawn = await page.locator("#main article").count()
            worst = max(tasks, default=0.0)
            rows.append([name, f"{percentile(frames, 0.95):.1f}", f"{worst:.0f}", f"{busy:.0%}", str(drawn)])
    header = [
        "",
        "95 % of frames within ms",
        f"worst task ms, from {LONG:.0f}",
        "time in long tasks",
        "messages drawn",
    ]
    show(f"The wheel through {MESSAGES:,} messages, every other one a card", header, rows)


async def _many_orders(browser: Browser) -> None:
    async with _server() as server, _page(browser, server) as page:
        fill(server.hub.sandbox.world)
        await _say(page, "/panda watch all")
        await page.locator("#main article", has_text="Every order of the account is watched").first.wait_for()
        _, idle = await _watched(page, lambda: asyncio.sleep(TURNED))
        server.hub.set_speed(SPEED)
        waits: list[float] = []
        tasks, frames = await _watched(page, lambda: _talk(page, waits))
        channel = server.hub.sandbox.slack.workspace.channel("orders")
        news = sum(message.by_bot for message in channel.messages.values())
    still, busy = percentile(idle, 0.95), percentile(frames, 0.95)
    rows = [
        ["95 % of frames within ms", f"{still:.1f}", f"{busy:.1f}", f"{busy / still:.2f}"],
        ["worst task ms", "", f"{max(tasks, default=0.0):.0f}", ""],
        ["own words seen after ms (median)", "", f"{median(waits) * 1000:.0f}", ""],
        ["messages of the bot by then", "", str(news), ""],
    ]
    show(f"{ORDERS} watched orders, {SPEED:.0f} seconds in one", ["", "still", "in a hurry", "ratio"], rows)


@contextlib.asynccontextmanager
async def _server() -> AsyncIterator[WebServer]:
    async with demo_sandbox.running_sandbox(demo.STARTED) as sandbox, WebServer(sandbox) as server:
        await server.start()
        yield server


@contextlib.asynccontextmanager
async def _page(browser: Browser, server: WebServer) -> AsyncIterator[Page]:
    page = await browser.new_page(viewport={"width": 1400, "height": 900})
    await page.goto(server.base_url)
    await page.locator("#rail button").first.wait_for()
    await page.evaluate(LISTEN)
    yield page
    await page.close()


async def _watched(page: Page, act: Callable[[], Awaitable[Any]]) -> tuple[list[float], list[float]]:
    """Return the milliseconds of long tasks and of frames during an act."""
    await page.evaluate("tasks.length = frames_.length = 0")
    await act()
    await page.wait_for_timeout(200)
    tasks: list[float] = await page.evaluate("tasks")
    frames: list[float] = await page.evaluate("frames_")
    return tasks, frames


async def _turn(page: Page, step: int) -> None:
    ends = time.monotonic() + TURNED
    while time.monotonic() < ends:
        await page.mouse.wheel(0, step)
        await page.wait_for_timeout(16)


async def _talk(page: Page, waits: list[float]) -> None:
    for number in range(LINES):
        began = time.monotonic()
        await _say(page, f"my own words {number}")
        await page.locator("#main article", has_text=f"my own words {number}").last.wait_for()
        waits.append(time.monotonic() - began)
        await page.wait_for_timeout(1000)


async def _say(page: Page, text: str) -> None:
    box = page.locator("#composer-box")
    await box.fill(text)
    await box.press("Enter")


def _post_many(workspace: Workspace) -> None:
    channel = workspace.channel("orders")
    for number in range(MESSAGES):
        if number % 2:
            workspace.post(channel, "U0TOM00002", f"number {number}")
        else:
            workspace.post(channel, BOT_USER, f"card {number}", blocks=card(number))


def card(number: int) -> list[dict[str, Any]]:
    """Return the blocks of a message about as large as the bot's own."""
    fields = [{"type": "mrkdwn", "text": f"*Field {field}*\nvalue"} for field in range(6)]
    text = f"*Order {number}* `2542285634920880794` <!date^1772416800^{{date_short_pretty}} {{time}}|x>"
    ago = {"type": "mrkdwn", "text": ":package: <!date^1772416800^{ago}|x>"}
    button = {"type": "button", "text": {"type": "plain_text", "text": "Stop"}, "action_id": "stop", "value": "1"}
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text}, "fields": fields},
        {"type": "context", "elements": [ago]},
        {"type": "actions", "elements": [button]},
    ]


def fill(world: World) -> None:
    """Add orders of the last two days, each with a parcel on its way."""
    rng = random.Random(7)  # noqa: S311  a made-up world, the same in each run
    now = world.clock()
    for number in range(ORDERS):
        order_id = f"{2542285634921000000 + number * 37}"
        goods = world.goods[number % len(world.goods)]
        line = Line(goods.title, goods.price, 10, "均码", goods.product_id, f"30004886{number:04d}")
        created = now - timedelta(hours=20 + number % 30)
        world.add_order(shipped_order(rng, Platform.ALIBABA, order_id, created, [line]))
