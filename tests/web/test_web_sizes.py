"""Long channels, small and large screens, light and dark, and what a screen reader needs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from support.accessibility import SERIOUS, violations
from support.patience import PATIENCE
from support.web_page import person

from benchmarks.page import card
from sandbox.slack.workspace import BOT_USER

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

IN_SIGHT = """() => {
  const log = document.querySelector("#main [role=log]"), all = [...log.querySelectorAll("article")];
  const at = all.findIndex((one) => one.getBoundingClientRect().bottom > log.getBoundingClientRect().top);
  return { ts: all[at].dataset.ts, top: all[at].getBoundingClientRect().top, above: all[at - 1].dataset.ts };
}"""
ORDER = "2542285634920880794"
ORDERLY = {"heading-order", "landmark-unique"}  # moderate, and none of them has to be


async def test_five_thousand_messages(browser: Browser, server: WebServer) -> None:
    """A long channel opens at once at its end, draws few messages, and stays in place as older ones come."""
    workspace = server.hub.sandbox.slack.workspace
    channel = workspace.channel("orders")
    for number in range(5000):
        workspace.post(channel, "U0TOM00002", f"number {number}")
    async with person(browser, server.base_url) as mei:
        await mei.sees("number 4999")
        articles = mei.log.get_by_role("article")
        assert await articles.count() <= 50
        wanted = articles.filter(has_text="number 4600")
        async with asyncio.timeout(PATIENCE):
            while not await wanted.count():
                await mei.log.evaluate("log => { log.scrollTop = 0; }")
                await mei.page.wait_for_timeout(50)
                assert await articles.count() <= 120
        top = await _first_in_sight(mei.page)
        workspace.post(channel, "U0TOM00002", "the very last")
        await mei.page.wait_for_timeout(300)
        assert await _first_in_sight(mei.page) == top
        await mei.page.get_by_role("button", name="Newest messages").click()
        await expect(mei.message("the very last")).to_be_in_viewport()
        await mei.log.evaluate("log => { log.scrollTop = 0; }")
        await expect(mei.page.get_by_role("button", name="Newest messages")).to_be_visible()
        await mei.type("my own words")
        await expect(mei.message("my own words")).to_be_in_viewport()


async def test_what_is_read_stays_where_it_is(browser: Browser, server: WebServer) -> None:
    """While one reads in the middle, messages above that change, grow or get their true height move nothing."""
    workspace = server.hub.sandbox.slack.workspace
    channel = workspace.channel("orders")
    posted = [workspace.post(channel, BOT_USER, f"card {number}", blocks=card(number)) for number in range(200)]
    async with person(browser, server.base_url) as mei:
        await mei.sees("Order 199")
        await mei.log.hover()
        for _ in range(20):
            await mei.page.mouse.wheel(0, -300)
            await mei.page.wait_for_timeout(30)
        await mei.page.wait_for_timeout(300)
        before = await mei.page.evaluate(IN_SIGHT)
        above = next(message for message in posted if message.ts == before["above"])
        above.blocks = [*above.blocks, *card(7), *card(8)]
        workspace.touch()
        await expect(mei.log.locator(f"[data-ts='{above.ts}']")).to_contain_text("Order 8")
        await mei.page.wait_for_timeout(300)
        after = await mei.page.evaluate(IN_SIGHT)
        assert after["ts"] == before["ts"]
        assert abs(after["top"] - before["top"]) < 2


async def _first_in_sight(page: Page) -> str:
    ts: str = await page.locator("#main [role=log]").evaluate(
        """log => [...log.querySelectorAll("article")]
            .find(one => one.getBoundingClientRect().bottom > log.getBoundingClientRect().top).innerText"""
    )
    return ts


@pytest.mark.parametrize("width", [360, 800, 1400])
async def test_no_sideways_scroll(browser: Browser, server: WebServer, width: int) -> None:
    """Everything that can be open fits the width: messages, rail, thread, controls, the list of commands."""
    async with person(browser, server.base_url, width=width, height=740) as mei:
        await mei.type(f"/panda watch {ORDER}")
        await expect(mei.card).to_be_visible()
        await mei.type("/panda search 连衣裙")
        await mei.type("https://example.com/" + "long" * 60)
        await mei.sees("long")
        await mei.box.fill("/")
        await _fits(mei.page)
        await mei.box.fill("")
        if width < 800:
            await mei.page.get_by_role("button", name="Channels").click()
            await _fits(mei.page)
            await mei.go("orders")
        card = mei.card
        await card.hover()
        await card.get_by_role("button", name="Reply in thread").click()
        await expect(mei.thread).to_be_visible()
        await _fits(mei.page)
        await mei.page.keyboard.press("Escape")
        for tab in ("Faults", "Time", "Wire"):
            panel = await mei.controls(tab)
            await _fits(mei.page)
            await panel.get_by_role("button", name="Close").click()


async def test_a_picture_stands_beside_its_words(browser: Browser, server: WebServer) -> None:
    """On a wide screen a message is no wider than in Slack, so a product's picture is not far from its name."""
    async with person(browser, server.base_url, width=1920) as mei:
        await mei.type("/panda search 连衣裙")
        picture = mei.log.locator(".bk-side-picture").first
        await expect(picture).to_be_attached()
        words_box = await mei.log.locator(".bk-section:has(.bk-side-picture) .bk-said").first.bounding_box()
        seen = await picture.bounding_box()
        assert words_box
        assert seen
        assert seen["x"] + seen["width"] - words_box["x"] <= 680


async def _fits(page: Page) -> None:
    overflowing = await page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll(".log, .rail, .side, [role=tabpanel], .home")]
            .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.className || one.tagName)"""
    )
    assert overflowing == []


@pytest.mark.parametrize("dark", [False, True])
async def test_no_serious_violation(browser: Browser, server: WebServer, *, dark: bool) -> None:
    """axe-core finds nothing serious, and no heading out of order, on any part of the page, light and dark."""
    async with person(browser, server.base_url, dark=dark) as mei:
        await mei.type("please look")
        await mei.type(f"/panda watch {ORDER}")
        card = mei.card
        await expect(card).to_be_visible()
        await card.hover()
        await card.get_by_role("button", name="Reply in thread").click()
        await _clean(mei.page)
        await mei.type(f"/panda order {ORDER}")  # its heading stands in the channel
        await expect(mei.log.get_by_role("heading").first).to_be_attached()
        await mei.box.fill("/")
        await _clean(mei.page)
        await mei.box.fill("")
        for tab in ("Faults", "Time", "Wire"):
            panel = await mei.controls(tab)
            await _clean(mei.page)
            await panel.get_by_role("button", name="Close").click()
        await card.hover()
        await card.get_by_role("button", name="More actions").click()
        await _clean(mei.page)
        await mei.page.keyboard.press("Escape")
        await mei.go("Home")
        await expect(mei.page.locator(".home-body :is(h1, h2, h3)").first).to_be_visible()
        await _clean(mei.page)


async def _clean(page: Page) -> None:
    assert [
        (violation["id"], violation["nodes"][0]["html"], violation["nodes"][0].get("failureSummary"))
        for violation in await violations(page)
        if violation["impact"] in SERIOUS or violation["id"] in ORDERLY
    ] == []
