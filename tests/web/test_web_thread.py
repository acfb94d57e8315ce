"""The side pane with a thread: where the keyboard is when it closes, and what it offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from support.web_page import person

from sandbox.slack.workspace import BOT_USER

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_keyboard_goes_back_to_where_the_thread_was_opened(browser: Browser, server: WebServer) -> None:
    """Escape and the cross lead back to the button that opened the thread, also when its message was drawn anew."""
    async with person(browser, server.base_url) as mei:
        await mei.type("who has time?")
        message = mei.message("who has time?")
        await message.get_by_role("button", name="Reply in thread").focus()
        await mei.page.keyboard.press("Enter")
        box = mei.thread.get_by_role("combobox", name="Reply")
        await expect(box).to_be_focused()
        await mei.page.keyboard.press("Escape")
        await expect(message.get_by_role("button", name="Reply in thread")).to_be_focused()
        await mei.page.keyboard.press("Enter")
        await box.fill("I do")
        await box.press("Enter")
        await expect(message).to_contain_text("1 reply")
        await mei.page.keyboard.press("Escape")
        await expect(message.locator("button.replies")).to_be_focused()
        await mei.page.keyboard.press("Enter")
        await expect(box).to_be_focused()
        await mei.thread.get_by_role("button", name="Close thread").click()
        await expect(message.locator("button.replies")).to_be_focused()


async def test_a_reply_to_all_says_to_what(browser: Browser, server: WebServer) -> None:
    """What a thread also tells the channel stands under the thread's first words, which lead to it."""
    workspace = server.hub.sandbox.slack.workspace
    channel = workspace.channel("orders")
    parent = workspace.post(channel, BOT_USER, "*Order 2542285634920880794* is on its way\nand more")
    workspace.post(channel, BOT_USER, "It has been delivered", thread_ts=parent.ts, broadcast=True)
    async with person(browser, server.base_url) as mei:
        told = mei.message("It has been delivered")
        await expect(told).to_contain_text("replied to: Order 2542285634920880794 is on its way")
        await told.get_by_role("button", name="Order 2542285634920880794").click()
        await expect(mei.thread).to_contain_text("and more")
