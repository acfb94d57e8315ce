"""Spend a morning on the demo's page as a person would, and keep the recording that the page saves.

Run it from the checkout after the bot's words have changed; it needs Chromium, and takes a minute::

    PYTHONPATH=tests .venv/bin/python -m web.recordings.renew
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.async_api import expect
from support.chromium import chromium
from support.web_page import person

from bot.commands import demo, demo_sandbox
from sandbox.web.server import WebServer

if TYPE_CHECKING:
    from support.web_page import Person

RECORDED = Path(__file__).parent / "a_morning.json"
ORDER, OTHER = "2542285634920880794", "2542285634920880795"


async def renew() -> None:
    """Overwrite the recording."""
    async with (
        demo_sandbox.running_sandbox(demo.STARTED) as sandbox,
        WebServer(sandbox) as server,
        chromium() as browser,
    ):
        await server.start()
        async with person(browser, server.base_url) as mei, person(browser, f"{server.base_url}?as=tom") as tom:
            for scene in (watch, scan, settle, look_around, ask_while_broken, wait, unwatch_and_undo):
                await scene(mei)
            await tom.type("/panda watches")
            await tom.sees("1 order is watched")
            panel = await tom.controls("Time")
            async with tom.page.expect_download() as started:
                await panel.get_by_role("link", name="Save the conversation").click()
            await (await started.value).save_as(RECORDED)


async def watch(mei: Person) -> None:
    """Talk about an order, look it up by the message's menu, and watch it."""
    await mei.type(f"麻烦看一下 {ORDER} <b> #urgent")
    await mei.menu(mei.message("麻烦看一下"), "Track orders in message")
    await expect(mei.private).to_contain_text(ORDER)
    await mei.type(f"/panda watch {ORDER}")
    await expect(mei.private.get_by_role("button", name="Undo")).to_be_visible()
    await expect(mei.card).to_be_visible()


async def scan(mei: Person) -> None:
    """Scan its parcel by hand."""
    panel = await mei.controls("Time")
    await panel.get_by_label("Moment").select_option(label="Out for delivery")
    await panel.get_by_label("What the courier writes").fill("手工扫描 派送中")
    await panel.get_by_role("button", name="Scan").click()
    await mei.page.get_by_role("button", name="Close demo controls").click()
    await mei.sees("手工扫描 派送中")


async def settle(mei: Person) -> None:
    """Choose quiet hours, wrong at first."""
    await mei.type("/panda settings")
    await mei.message("Settings").get_by_role("button", name="Change…").click()
    form = mei.page.get_by_role("dialog")
    times = form.locator("input[type=time]")
    await times.nth(0).fill("22:00")
    await form.locator("button[type=submit]").click()
    await expect(form.locator("[aria-invalid=true]").first).to_be_visible()
    await times.nth(1).fill("08:00")
    await form.locator("button[type=submit]").click()
    await expect(times).to_have_count(0)
    await mei.page.keyboard.press("Escape")


async def look_around(mei: Person) -> None:
    """Open App Home, and ask for an order from there."""
    await mei.go("Home")
    await mei.page.locator(".home-body").get_by_role("button", name="Track").first.click()
    form = mei.page.get_by_role("dialog")
    await form.get_by_role("textbox").first.fill(f"please look at {ORDER}")
    await form.locator("button[type=submit]").click()
    await expect(form).to_contain_text("手工扫描")
    await mei.page.keyboard.press("Escape")
    await mei.go("orders")


async def ask_while_broken(mei: Person) -> None:
    """Ask while PandaPon is broken in a way that the bot does not retry: retries take differently long in each run."""
    panel = await mei.controls("Faults")
    await panel.get_by_role("switch", name="Half of the JSON is missing").check()
    await mei.type(f"/panda order {OTHER}")
    await expect(mei.private).to_contain_text("⚠️")
    await panel.get_by_role("switch", name="Half of the JSON is missing").uncheck()


async def wait(mei: Person) -> None:
    """Let ten minutes pass at once, and then half an hour at a minute a second."""
    panel = mei.page.locator("#panel")
    await panel.get_by_role("tab", name="Time").click()
    await panel.get_by_role("button", name="+ 10 min").click()
    await mei.card.get_by_role("button", name="2 replies").wait_for()
    await panel.get_by_label("Time passes").select_option(label="a minute a second")
    await mei.card.get_by_role("button", name="3 replies").wait_for(timeout=60_000)
    await panel.get_by_label("Time passes").select_option(label="real time")
    await mei.page.get_by_role("button", name="Close demo controls").click()


async def unwatch_and_undo(mei: Person) -> None:
    """Stop watching, and undo that."""
    await mei.type(f"/panda unwatch {ORDER}")
    stopped = mei.private.filter(has=mei.page.get_by_role("button", name="Undo"))
    words = await stopped.locator(".body").inner_text()
    await stopped.get_by_role("button", name="Undo").click()
    await expect(mei.private.locator(".body")).not_to_have_text(words)


if __name__ == "__main__":
    asyncio.run(renew())
