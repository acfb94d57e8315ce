"""The demo's controls: faults, time, scans by hand, the wire."""

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


async def test_a_fault_switched_on_and_off(browser: Browser, server: WebServer) -> None:
    """PandaPon breaks and the bot says so; it is mended and the bot works; every open page shows the switch."""
    async with person(browser, server.base_url) as mei, person(browser, f"{server.base_url}?as=tom") as tom:
        panel = await mei.controls("Faults")
        switch = panel.get_by_role("switch", name="Every answer is HTTP 503")
        await switch.check()
        theirs = (await tom.controls("Faults")).get_by_role("switch", name="Every answer is HTTP 503")
        await expect(theirs).to_be_checked()
        await mei.type(f"/panda order {ORDER}")
        await mei.sees("PandaPon")
        await expect(mei.log).not_to_contain_text("连衣裙")
        await panel.get_by_role("button", name="Close").click()
        opener = mei.page.get_by_role("button", name="Demo controls")
        await expect(opener).to_have_accessible_name("Demo controls 1 fault is on")
        await opener.click()
        await switch.uncheck()
        await expect(opener.first).to_have_accessible_name("Demo controls")
        await expect(theirs).not_to_be_checked()
        server.hub.sandbox.pandapon.faults.clear()
        await mei.type(f"/panda order {ORDER}")
        await mei.sees("连衣裙")


async def test_the_three_seconds(browser: Browser, server: WebServer) -> None:
    """Slack's timer runs out: the person reads that the app did not respond, and sees it nowhere else."""
    async with person(browser, server.base_url) as mei:
        panel = await mei.controls("Faults")
        await panel.get_by_role("switch", name="acknowledgement comes too late").check()
        await mei.type("/panda help")
        await mei.sees("/panda failed because the app did not respond")
        await panel.get_by_role("switch", name="acknowledgement comes too late").uncheck()
        await mei.type("/panda help")
        await mei.sees("Watch")


async def test_time_and_a_scan_by_hand(browser: Browser, server: WebServer) -> None:
    """What is scanned by hand comes as news to whoever watches; time goes forward with a button."""
    async with person(browser, server.base_url) as mei:
        await mei.type(f"/panda watch {ORDER}")
        await expect(mei.card).to_be_visible()
        panel = await mei.controls("Time")
        await expect(mei.page.locator("#rail .clock")).to_contain_text("10:0")
        await panel.get_by_role("button", name="+ 10 min").click()
        await expect(mei.page.locator("#rail .clock")).to_contain_text("10:1")
        await panel.get_by_label("Moment").select_option(label="Out for delivery")
        await panel.get_by_label("What the courier writes").fill("手工扫描 派送中")
        await panel.get_by_role("button", name="Scan").click()
        await expect(mei.page.get_by_role("status")).to_contain_text("Scanned")
        card = mei.card
        await expect(card).to_contain_text("手工扫描 派送中")  # its last change; a press on what is replaced is lost
        await card.locator("button.replies").click()
        await expect(mei.thread).to_contain_text("手工扫描 派送中")


async def test_the_wire(browser: Browser, server: WebServer) -> None:
    """Each request and answer can be opened; what is secret is masked; only failures can be shown."""
    async with person(browser, server.base_url) as mei:
        panel = await mei.controls("Wire")
        await mei.type(f"/panda order {ORDER}")
        lines = panel.get_by_role("listitem")
        asked = lines.filter(has_text="POST /v2/alibaba/order/detail").first
        await asked.locator("summary").click()
        await expect(asked).to_contain_text("signature")
        await expect(asked).to_contain_text("•••")
        await expect(asked).to_contain_text(ORDER)
        await expect(lines.filter(has_text="/panda").first).to_contain_text("acknowledged")
        await panel.get_by_label("Show").select_option("failed")
        await expect(asked).to_be_hidden()
