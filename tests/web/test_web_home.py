"""The real bot's home and its form on the page: an error first, then success."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from support.web_page import person

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

ORDER = "2542285634920880794"


async def test_the_home_of_a_newcomer_and_of_a_watcher(browser: Browser, server: WebServer) -> None:
    """It says how to begin, and later what the channels watch."""
    async with person(browser, server.base_url) as mei:
        await mei.go("Home")
        await expect(mei.page.locator("#main")).to_contain_text("Nothing is watched in your channels yet")
        await mei.go("orders")
        await mei.type(f"/panda watch {ORDER}")
        await expect(mei.card).to_be_visible()
        await mei.go("Home")
        home = mei.page.locator("#main")
        await expect(home).to_contain_text("On the way · 1")
        await expect(home).to_contain_text(ORDER[-6:])
        await home.get_by_role("link", name="夏季新款红色连衣裙").click()
        await expect(mei.page.locator("#thread")).to_contain_text(ORDER[-6:])
        await expect(mei.page).to_have_url(re.compile("#orders$"))


async def test_the_buttons_of_the_home(browser: Browser, server: WebServer) -> None:
    """Each opens a form in which one can go on: pages of orders and results, and a channel's settings."""
    async with person(browser, server.base_url) as mei:
        await mei.go("Home")
        form, home = mei.page.get_by_role("dialog"), mei.page.locator("#main")
        await home.get_by_role("button", name="My orders").click()
        await expect(form).to_contain_text(ORDER[-6:])
        await form.get_by_role("button", name="Next page").click()
        await expect(form.get_by_role("button", name="Previous page")).to_be_visible()
        await mei.page.keyboard.press("Escape")
        await home.get_by_role("button", name="Search…").click()
        await form.get_by_label("Products").fill("连衣裙")
        await form.get_by_role("button", name="Search", exact=True).click()
        await expect(form).to_contain_text("¥")
        await mei.page.keyboard.press("Escape")
        await home.get_by_role("button", name="Settings…").click()
        await form.get_by_label("Channel").select_option(label="#orders")
        await form.get_by_role("button", name="Next").click()
        await expect(form.get_by_role("button", name="Save")).to_be_visible()


async def test_the_form_refuses_then_answers(browser: Browser, server: WebServer) -> None:
    """Its menu has channels only; a wrong field is marked with what would be right; a right one brings the parcels."""
    async with person(browser, server.base_url) as mei:
        await mei.go("Home")
        await mei.page.get_by_role("button", name="Track or watch orders").click()
        form = mei.page.get_by_role("dialog")
        channels = form.locator("select:has(option:text-is('#orders')) option:not([value=''])")
        await expect(channels).to_have_text(["#orders", "#random", "#urgent", "buyers (private)"])
        await form.get_by_role("textbox").first.fill("12345")
        await form.locator("button[type=submit]").click()
        await expect(form.locator("[aria-invalid=true]").first).to_be_visible()
        await form.get_by_role("textbox").first.fill(f"please look at {ORDER}")
        await form.locator("button[type=submit]").click()
        await expect(form).to_contain_text("义乌分拨中心")
        await expect(form.locator("[aria-invalid=true]")).to_have_count(0)
        await mei.page.keyboard.press("Escape")
        await expect(form).to_be_hidden()


async def test_the_settings_of_a_channel(browser: Browser, server: WebServer) -> None:
    """The form behind /panda settings: quiet hours without an end are refused, then saved."""
    async with person(browser, server.base_url) as mei:
        await mei.type("/panda settings")
        await mei.message("Settings").get_by_role("button", name="Change…").click()
        form = mei.page.get_by_role("dialog")
        begin, end = (form.locator("input[type=time]").nth(number) for number in (0, 1))
        await begin.fill("22:00")
        await form.locator("button[type=submit]").click()
        await expect(form.locator("[aria-invalid=true]").first).to_be_visible()
        await end.fill("08:00")
        await form.locator("button[type=submit]").click()
        await expect(form.locator("input[type=time]")).to_have_count(0)
        await expect(form).to_contain_text("Quiet hours from 22:00 to 08:00")
