"""An approval on the demo's page: Mei orders for more than passes, Tom decides in the channel, and she goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from support.buying import ADDRESS
from support.web_page import person

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_ask_ask_back_approve_and_order(browser: Browser, server: WebServer) -> None:
    """Two people at two pages: the request, a question in its thread, the decision, and the direct message."""
    server.hub.sandbox.pandapon.account.addresses[1] = dict(ADDRESS)
    async with person(browser, server.base_url) as mei, person(browser, f"{server.base_url}?as=tom") as tom:
        await mei.type("/panda product 1688:A000-1688-demo")
        await mei.private.get_by_role("button", name="Buy now").click()
        form = mei.page.get_by_role("dialog")
        await form.get_by_label("Quantity").fill("100")
        await form.get_by_role("button", name="Review").click()
        await form.get_by_role("button", name="Place order").click()
        await expect(form).to_contain_text("for approval · A-1")
        await mei.page.keyboard.press("Escape")

        await tom.sees("asks for approval to place an order")
        request = tom.message("asks for approval to place an order")
        await expect(request).to_contain_text("王∗∗ · 杭州市")
        await request.get_by_role("button", name="Ask…").click()
        asking = tom.page.get_by_role("dialog")
        await asking.get_by_label("Question to").fill("Is it for the spring sale?")
        await asking.get_by_role("button", name="Ask", exact=True).click()
        await expect(asking).to_contain_text("Your question goes to")
        await tom.page.keyboard.press("Escape")
        await request.get_by_role("button", name="Approve").click()
        await expect(request).to_contain_text("Approved by")
        await expect(request.get_by_role("button", name="Approve")).to_be_hidden()

        await mei.page.locator("#rail [data-key^=D0]").first.click()
        await mei.sees("Approved by")
        await mei.message("Approved by").get_by_role("button", name="Place the order").click()
        await form.get_by_role("button", name="Place order").click()
        await expect(form).to_contain_text("Ordered")
        assert mei.problems == tom.problems == []
