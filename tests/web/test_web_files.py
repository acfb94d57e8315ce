"""Pictures on the demo's page: attached to a message, put into a form, and searched by; no file chooser is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from support.web_page import person

from sandbox.pandapon import pictures

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_picture_is_attached_and_searched_by(browser: Browser, server: WebServer) -> None:
    """An offered picture goes with a message; the message's menu finds red dresses; Details follow."""
    async with person(browser, server.base_url) as mei:
        await mei.page.locator("#main").get_by_role("button", name="Attach").click()
        await mei.page.get_by_role("menuitem", name="Red dress").click()
        attached = mei.page.locator("#main").get_by_role("list", name="Files to send")
        await expect(attached.get_by_role("img", name="Red dress.png")).to_be_visible()
        await mei.type("who has this one?")
        message = mei.message("who has this one?")
        picture = message.get_by_role("img", name="Red dress.png")
        await expect(picture).to_be_visible()
        assert await picture.evaluate("image => image.naturalWidth") == pictures.SIDE
        await expect(attached.get_by_role("listitem")).to_have_count(0)
        await mei.menu(message, "Search this picture")
        await expect(mei.private).to_contain_text("Products like this picture")
        await expect(mei.private.locator(".bk-block", has_text="1. ").first).to_contain_text("红色连衣裙")
        await mei.private.get_by_role("button", name="Details 1", exact=True).click()
        await expect(mei.private).to_contain_text("红色 / M")
        assert mei.problems == []


async def test_a_picture_in_the_form(browser: Browser, server: WebServer) -> None:
    """The command's form takes an offered picture, or a file that the browser chooses; a JPEG becomes a PNG."""
    async with person(browser, server.base_url) as mei:
        await mei.type("/panda picture")
        form = mei.page.get_by_role("dialog")
        await form.get_by_role("button", name="Search").click()
        await expect(form).to_contain_text("Choose a picture.")
        await form.get_by_role("button", name="Blue mug").click()
        await expect(form).to_contain_text("📎 Blue mug.png")
        photo = {"name": "earphones.png", "mimeType": "image/png", "buffer": pictures.draw("earphones", "black")}
        await form.get_by_label("Picture").set_input_files(photo)  # type: ignore[arg-type]  # a FilePayload
        await expect(form).to_contain_text("📎 earphones.png")
        await expect(form).not_to_contain_text("Blue mug.png")
        await form.get_by_label("1688", exact=True).check()
        await form.get_by_role("button", name="Search", exact=True).click()
        await expect(form.locator(".bk-block", has_text="1. ").first).to_contain_text("黑色头戴式耳机")
        assert mei.problems == []
