"""The cart on the demo's page: a product is added in a form whose total follows the keyboard, and changed later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from support.web_page import person

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_from_a_product_into_the_cart(browser: Browser, server: WebServer) -> None:
    """The demo may change the cart: a visitor adds, changes, removes and takes that back."""
    async with person(browser, server.base_url) as mei:
        await mei.type("/panda product 1688:A000-1688-demo")
        await expect(mei.private).to_contain_text("红色 / M")
        await mei.private.get_by_role("button", name="Add to cart").click()
        form = mei.page.get_by_role("dialog")
        await expect(form).to_contain_text("¥36.80 × 2 = ¥73.60")
        await form.get_by_label("Variant").select_option(label="红色 / S · 443 left")
        await form.get_by_label("Quantity").fill("1")
        await expect(form).to_contain_text("⚠️ The minimum order is 2.")
        await form.get_by_label("Quantity").fill("100")
        await expect(form).to_contain_text("¥34.96 × 100 = ¥3,496.00")
        await expect(form.get_by_label("Quantity")).to_have_value("100")
        await form.get_by_role("button", name="Add to cart").click()
        await expect(form).to_contain_text("Added")
        await expect(form).to_contain_text("100 pcs")
        await mei.page.keyboard.press("Escape")
        await expect(form).to_be_hidden()
        await mei.type("/panda cart")
        await expect(mei.private).to_contain_text("¥34.96 × 100 = ¥3,496.00")
        await mei.private.get_by_role("button", name="+", exact=True).click()
        await expect(mei.private).to_contain_text("now 101 pcs")
        await mei.private.get_by_role("button", name="Quantity…").click()
        await form.get_by_label("Quantity").fill("7")
        await form.get_by_role("button", name="Change").click()
        await expect(form).to_contain_text("now 7 pcs")
        await mei.page.keyboard.press("Escape")
        await expect(form).to_be_hidden()
        await mei.private.get_by_role("button", name="Refresh").click()
        await expect(mei.private).to_contain_text("¥36.80 × 7")
        await mei.private.get_by_role("button", name="Remove").click()
        await expect(mei.private).to_contain_text("Removed")
        await mei.private.get_by_role("button", name="Undo").click()
        await expect(mei.private).to_contain_text("¥36.80 × 7")
        await mei.type("/panda audit")
        await expect(mei.private).to_contain_text("Audit trail")
        assert mei.problems == []
