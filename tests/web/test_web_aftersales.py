"""A refund on the demo's page: from an order through the form with a picture to the refund, which is then handled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from support.web_page import person

from sandbox.pandapon.demo import FIRST

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_refund_from_an_order(browser: Browser, server: WebServer) -> None:
    """Lines, reason, review, done; the list shows it."""
    async with person(browser, server.base_url) as mei:
        await mei.type(f"/panda order {FIRST}")
        await mei.private.get_by_role("button", name="Refund…").click()
        await expect(mei.private).to_contain_text("No refund was asked for yet")
        await mei.private.get_by_role("button", name="Ask for a refund…").click()
        form = mei.page.get_by_role("dialog")
        await form.get_by_label("夏季新款红色连衣裙").fill("21")
        await form.get_by_role("button", name="Next").click()
        await expect(form).to_contain_text("from 0 to 20")
        await form.get_by_label("夏季新款红色连衣裙").fill("2")
        await form.get_by_label("Received", exact=True).check()
        await form.get_by_role("button", name="Next").click()
        await expect(form.get_by_label("Refund amount in yuan")).to_have_value("73.60")
        await form.get_by_label("Reason").select_option(label="货物破损")
        await form.get_by_label("What is wrong?").fill("外包装破损")
        await form.get_by_role("button", name="Blue mug").click()
        await form.get_by_role("button", name="Review").click()
        await expect(form).to_contain_text("1 picture is attached")
        await form.get_by_role("button", name="Back").click()
        await form.get_by_label("Refund amount in yuan").fill("50")
        await form.get_by_role("button", name="Review").click()
        await expect(form).to_contain_text("¥50.00")
        await form.get_by_role("button", name="Ask for refund").click()
        await expect(form).to_contain_text("Asked for a refund of ¥50.00")
        await mei.page.keyboard.press("Escape")
        await expect(form).to_be_hidden()
        await mei.type(f"/panda refund {FIRST}")
        await expect(mei.private).to_contain_text("Wait for the seller's answer")
        await mei.private.get_by_role("button", name="Details", exact=True).click()
        await expect(mei.private).to_contain_text("货物破损")
        assert mei.problems == []
