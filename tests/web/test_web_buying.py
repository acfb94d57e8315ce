"""A purchase on the demo's page: a product is ordered, watched, and the link to its pay page is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from support.web_page import person

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_from_a_product_to_the_pay_page(browser: Browser, server: WebServer) -> None:
    """Fill, review, back, confirm; the result leads to the pay link, which opens the stand-in's pay page."""
    async with person(browser, server.base_url) as mei:
        await mei.type("/panda product 1688:A000-1688-demo")
        await mei.private.get_by_role("button", name="Buy now").click()
        form = mei.page.get_by_role("dialog")
        await expect(form).to_contain_text("Deliver to")
        await form.get_by_label("Quantity").fill("1")
        await form.get_by_role("button", name="Review").click()
        await expect(form).to_contain_text("The minimum order is 2.")
        await form.get_by_label("Quantity").fill("4")
        await form.get_by_label("Note to").fill("请用纸箱")
        await form.get_by_role("button", name="Review").click()
        await expect(form).to_contain_text("Total: ¥153.20")
        await expect(form).to_contain_text("请用纸箱")
        await form.get_by_role("button", name="Back").click()
        await expect(form.get_by_label("Quantity")).to_have_value("4")
        await form.get_by_role("button", name="Review").click()
        await form.get_by_role("button", name="Place order").click()
        await expect(form).to_contain_text("✅ Ordered")
        await expect(form).to_contain_text("watched in")
        await form.get_by_role("button", name="Pay…").click()
        top = mei.page.get_by_role("dialog").last
        await expect(top).to_contain_text("You get the link")
        await top.get_by_role("button", name="Get the pay link").click()
        link = top.get_by_role("link", name="Open the pay page")
        await expect(link).to_be_visible()
