"""The side pane with a thread: where the keyboard is when it closes, and what it offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from support.web_page import person

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_keyboard_goes_back_to_where_the_thread_was_opened(browser: Browser, server: WebServer) -> None:
    """Escape and the cross lead back to the button that opened the thread, also when its message was drawn anew."""
    async with person(browser, server.base_url) as mei:
        await mei.type("who has time?")
        said = mei.message("who has time?")
        await said.get_by_role("button", name="Reply in thread").focus()
        await mei.page.keyboard.press("Enter")
        box = mei.thread.get_by_role("combobox", name="Reply")
        await expect(box).to_be_focused()
        await mei.page.keyboard.press("Escape")
        await expect(said.get_by_role("button", name="Reply in thread")).to_be_focused()
        await mei.page.keyboard.press("Enter")
        await box.fill("I do")
        await box.press("Enter")
        await expect(said).to_contain_text("1 reply")
        await mei.page.keyboard.press("Escape")
        await expect(said.locator("button.replies")).to_be_focused()
        await mei.page.keyboard.press("Enter")
        await expect(box).to_be_focused()
        await mei.thread.get_by_role("button", name="Close thread").click()
        await expect(said.locator("button.replies")).to_be_focused()
