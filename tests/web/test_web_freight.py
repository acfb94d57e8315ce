"""Addresses and freight abroad on the demo's page: an address is saved, and an order is previewed and booked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from support.web_page import person

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")
ORDER = "2542285634920880794"


async def test_an_address_is_saved_and_shown(browser: Browser, server: WebServer) -> None:
    """Masked until Show is pressed."""
    async with person(browser, server.base_url) as mei:
        await mei.type("/panda address")
        await mei.private.get_by_role("button", name="Add…").click()
        form = mei.page.get_by_role("dialog")
        await form.get_by_label("Name of the recipient").fill("王小明")
        await form.get_by_label("Telephone").fill("138 1234 567")
        await form.get_by_label("Province").select_option(label="Zhejiang 浙江省")
        await form.get_by_label("City").fill("杭州市")
        await form.get_by_label("Street").fill("文三路 1 号")
        await form.get_by_role("button", name="Review").click()
        await expect(form).to_contain_text("a Chinese mobile number of 11 digits")
        await form.get_by_label("Telephone").fill("138 1234 5678")
        await form.get_by_role("button", name="Review").click()
        await expect(form).to_contain_text("Save this address?")
        await form.get_by_role("button", name="Save", exact=True).click()
        await expect(form).to_contain_text("Saved the new address.")
        await mei.page.keyboard.press("Escape")
        await expect(form).to_be_hidden()
        await mei.type("/panda address")
        await expect(mei.private).to_contain_text("杭州市 · ∗∗78")
        await expect(mei.private).not_to_contain_text("文三路")
        await mei.private.get_by_role("button", name="Show").last.click()
        await expect(mei.private).to_contain_text("文三路 1 号")
        assert mei.problems == []


async def test_an_order_is_booked_abroad(browser: Browser, server: WebServer) -> None:
    """Receiver, services, preview, booking; closing the form half-way forgets the receiver."""
    async with person(browser, server.base_url) as mei:
        await mei.type(f"/panda freight {ORDER}")
        await mei.private.get_by_role("button", name="Services and prices…").click()
        form = mei.page.get_by_role("dialog")
        await form.get_by_label("Country or region").select_option(label="Thailand")
        await form.get_by_label("Name of the recipient").fill("Somchai Jaidee")
        await form.get_by_label("Telephone").fill("+66 82 345 6789")
        await form.get_by_label("Street").fill("99 Sukhumvit Road")
        await form.get_by_label("City").fill("Bangkok")
        await form.get_by_label("Postal code").fill("10110")
        await form.get_by_role("button", name="Show services").click()
        await form.get_by_label("Panda Line · AIR").check()
        await form.get_by_role("button", name="Preview").click()
        await expect(form).to_contain_text("Panda Line · AIR · 3-5 days")
        await expect(form).to_contain_text("Somchai Jaidee")
        await form.get_by_role("button", name="Book").click()
        await expect(form).to_contain_text("Booked freight abroad for order")
        await mei.page.keyboard.press("Escape")
        await expect(form).to_be_hidden()
        assert mei.problems == []
