"""The story of a purchase, played through the demo's page once: from the first search to the refund."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import expect
from support.web_page import person

from bot.commands import demo
from sandbox.web import prelude

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser
    from support.web_page import Person

    from sandbox.pandapon.world import SandboxOrder
    from sandbox.web.server import WebServer

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)


@pytest_asyncio.fixture(loop_scope="session")
async def lived_in() -> AsyncIterator[WebServer]:
    async with demo.serving_page(NOW) as server:
        yield server


class Visitor:
    """A person at the page who follows the guide."""

    def __init__(self, at: Person) -> None:
        self.at = at
        self.guide = at.page.locator(".story")
        self.form = at.page.get_by_role("dialog")

    async def begin(self) -> None:
        """Press the chip."""
        await self.at.page.get_by_role("button", name="The story of a purchase").click()
        await self.is_at("1 of 8 · Search")

    async def is_at(self, step: str, button: str = "") -> None:
        """Wait for a step, and for the next thing to press."""
        await expect(self.guide.locator(".story-head")).to_contain_text(step)
        if button:
            await expect(self.guide.locator(".primary")).to_have_text(button)

    async def do(self, button: str) -> None:
        """Press the guide's main button, which has this text."""
        await expect(self.guide.locator(".primary")).to_have_text(button)
        await self.guide.locator(".primary").click()

    async def send(self, button: str, shows: str) -> None:
        """Send the page of a form, and wait for the next one."""
        await self.form.get_by_role("button", name=button).click()
        await expect(self.form).to_contain_text(shows)

    async def close(self) -> None:
        """Close the form."""
        await self.at.page.keyboard.press("Escape")
        await expect(self.form).to_be_hidden()


def bought(server: WebServer, before: set[str]) -> SandboxOrder:
    """The order of the story."""
    [made] = [order for id_, order in server.hub.sandbox.world.orders.items() if id_ not in before]
    return made


async def test_the_whole_story(browser: Browser, lived_in: WebServer) -> None:
    """Tom searches, compares, fills the cart and orders; Mei approves; he pays, reads the news, and gets a refund."""
    before = set(lived_in.hub.sandbox.world.orders)
    async with person(browser, f"{lived_in.base_url}?as=tom&lang=en") as tom:
        visitor = Visitor(tom)
        await visitor.begin()
        await _chooses(visitor)
        await _orders(visitor)
        order = bought(lived_in, before)
        assert str(order.total(NOW)) == "742.00"
        await _pays(visitor)
        assert order.paid_at(lived_in.hub.sandbox.clock()) is not None
        await _reads_updates(visitor, order.order_id)
        await _is_refunded(visitor)
        assert order.refund(lived_in.hub.sandbox.clock()).status == "waitselleragree"
        await visitor.do("End of the story")
        await expect(tom.page.locator(".tries")).to_be_visible()
        await expect(visitor.guide).to_be_hidden()


async def _chooses(visitor: Visitor) -> None:
    """Search, compare, and put twenty dresses into the cart."""
    await visitor.do("Search red dress")
    await visitor.do("Next: Compare")
    await visitor.do("Compare the first products")
    await visitor.at.sees("Comparing 4 products")
    await visitor.do("Next: Cart")
    await visitor.do("Open the first product")
    await visitor.do("Add to cart…")
    await visitor.form.get_by_label("Quantity").fill("20")
    await expect(visitor.form).to_contain_text("¥736.00")
    await visitor.send("Add to cart", "Added")
    await visitor.close()
    await visitor.do("Show the cart")
    await visitor.at.sees("Cart · 1 product")
    await visitor.do("Next: Order and approval")


async def _orders(visitor: Visitor) -> None:
    """Ask, be Mei and approve, be Tom again and place the order."""
    await visitor.do("Order…")
    await visitor.send("Review", "¥742.00")
    await visitor.send("Place order", "Asked")
    await visitor.close()
    await visitor.do("Be Mei")
    await expect(visitor.at.page.locator("#who option:checked")).to_have_text("Mei Lin 林梅")
    await visitor.do("Approve")
    await visitor.do("Be Tom again")
    await expect(visitor.at.page.locator("h1")).to_have_text("pandabot")
    await visitor.do("Place the order")
    await visitor.send("Place order", "Ordered")
    await visitor.close()
    await visitor.do("Next: Pay")


async def _pays(visitor: Visitor) -> None:
    """Get the link, and pay on the stand-in's page."""
    await visitor.do("Pay…")
    await visitor.send("Get the pay link", "pay page")
    async with visitor.at.page.expect_popup() as opened:
        await visitor.form.get_by_role("link", name="Open the pay page").click()
    pay_page = await opened.value
    await pay_page.get_by_role("button", name="Pay ¥742.00").click()
    await expect(pay_page.locator("body")).to_contain_text("Paid")
    await pay_page.close()
    await visitor.close()
    await visitor.do("Next: Updates")


async def _reads_updates(visitor: Visitor, order_id: str) -> None:
    """Let a day pass, read the thread, and damage the parcel."""
    await visitor.do("Let a day pass")
    await visitor.do("Open the order's thread")
    await expect(visitor.at.thread).to_contain_text("Picked up")
    await visitor.do("Next: A damaged parcel")
    await visitor.do("Damage the parcel")
    alarm = visitor.at.log.get_by_role("article").filter(has_text="Delivery problem").filter(has_text=order_id[-6:])
    await expect(alarm.last).to_be_in_viewport()
    await expect(visitor.at.page.locator("#main .to-end")).to_be_hidden()
    await visitor.do("Next: Refund")


async def _is_refunded(visitor: Visitor) -> None:
    """Ask for the price of two dresses, with a picture as proof."""
    await visitor.do("Ask for a refund…")
    await visitor.form.get_by_label("夏季新款红色连衣裙").fill("2")
    await visitor.form.get_by_label("Received", exact=True).check()
    await visitor.form.get_by_role("button", name="Next").click()
    await visitor.form.get_by_label("Reason").select_option(label="货物破损")
    await visitor.form.get_by_label("What is wrong?").fill("外包装破损")
    await visitor.form.get_by_role("button", name="Blue mug").click()
    await visitor.send("Review", "1 picture is attached")
    await visitor.send("Ask for refund", "Asked for a refund of ¥73.60")
    await visitor.close()


async def test_it_goes_on_after_a_reload_and_can_be_left(browser: Browser, lived_in: WebServer) -> None:
    """The step is kept for the window; steps without an order lead back; left, it begins anew."""
    async with person(browser, f"{lived_in.base_url}?as=tom&lang=en") as tom:
        visitor = Visitor(tom)
        await visitor.begin()
        await visitor.guide.get_by_role("button", name="Skip").click()
        await visitor.is_at("2 of 8 · Compare")
        await tom.page.reload()
        await visitor.is_at("2 of 8 · Compare", "Compare the first products")
        for _step in range(3):
            await visitor.guide.get_by_role("button", name="Skip").click()
        await visitor.do("Back to Order and approval")
        await visitor.is_at("4 of 8", "Order…")
        await visitor.guide.get_by_role("button", name="Leave the story").click()
        await expect(visitor.guide).to_be_hidden()
        await visitor.begin()


@pytest.mark.parametrize("language", ["zh", "th"])
async def test_each_language_and_a_narrow_window(browser: Browser, lived_in: WebServer, language: str) -> None:
    """The guide begins in the channel of the language, fits a telephone's width, and works by keyboard alone."""
    part = prelude.PARTS[language]
    async with person(browser, f"{lived_in.base_url}?lang={language}", width=390, height=800) as visitor:
        await visitor.page.locator(".story-chip").press("Enter")
        guide = visitor.page.locator(".story")
        await expect(guide.locator(".primary")).to_be_focused()
        await visitor.page.keyboard.press("Enter")
        await expect(visitor.private.locator("img").first).to_be_attached()
        await visitor.page.keyboard.press("Enter")
        await expect(guide.locator("strong")).to_contain_text("2")
        box = await guide.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        await expect(visitor.page.locator("h1")).to_have_text(f"#{part.name}")
