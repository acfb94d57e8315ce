"""A person at the demo's page: what they do with keyboard and mouse, and what they see."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playwright.async_api import expect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Locator, Page

PATIENCE = 8_000  # milliseconds that something may take to be seen


@dataclass
class Person:
    """One browser of their own. ``problems``: what the page's scripts complained about."""

    page: Page
    problems: list[str] = field(default_factory=list)

    @property
    def log(self) -> Locator:
        """The channel's messages."""
        return self.page.locator("#main [role=log]")

    @property
    def thread(self) -> Locator:
        """The side pane with a thread."""
        return self.page.locator("#thread")

    @property
    def box(self) -> Locator:
        """Where one types."""
        return self.page.locator("#composer-box")

    def message(self, text: str) -> Locator:
        """The newest message of the channel that holds a text."""
        return self.log.get_by_role("article").filter(has_text=text).last

    async def type(self, text: str) -> None:
        """Type and send."""
        await self.box.fill(text)
        await self.box.press("Enter")

    async def sees(self, text: str) -> None:
        """A message with this text is there."""
        await expect(self.message(text)).to_be_attached(timeout=PATIENCE)

    async def menu(self, message: Locator, entry: str) -> None:
        """Choose from a message's ⋯ menu."""
        await message.hover()
        await message.get_by_role("button", name="More actions").click()
        await self.page.get_by_role("menuitem", name=entry).click()

    async def go(self, channel: str) -> None:
        """Go to a channel."""
        await self.page.locator("#rail").get_by_role("button", name=channel).click()

    async def workbench(self, tab: str) -> Locator:
        """Open the workbench on one of its tabs."""
        await self.page.get_by_role("button", name="Workbench").click()
        await self.page.get_by_role("tab", name=tab).click()
        return self.page.locator("#panel")


@contextlib.asynccontextmanager
async def person(
    browser: Browser, address: str, *, width: int = 1400, height: int = 900, dark: bool = False
) -> AsyncIterator[Person]:
    """Somebody opens the page; at the end its scripts must have complained about nothing."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
    )
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    one = Person(page)
    page.on("pageerror", lambda error: one.problems.append(str(error)))
    page.on("console", lambda line: one.problems.append(line.text) if line.type == "error" else None)
    try:
        await page.goto(address)
        await expect(page.locator("#rail button").first).to_be_attached()
        yield one
        assert one.problems == []
    finally:
        await context.close()
