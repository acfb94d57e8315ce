"""A person at the demo's page: acts with keyboard and mouse, and the parts of the page."""

from __future__ import annotations

import contextlib
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playwright.async_api import expect
from support.patience import PATIENCE_MS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, ConsoleMessage, Error, Locator, Page

_idle: weakref.WeakKeyDictionary[Browser, list[Page]] = weakref.WeakKeyDictionary()


@dataclass
class Person:
    """A person with a page. ``problems`` are the errors of its scripts."""

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
        """The composer's text box."""
        return self.page.locator("#composer-box")

    @property
    def card(self) -> Locator:
        """The newest card of an order: a message of the bot that the channel sees, with a heading, and no reply."""
        public = self.log.locator("article:not(.private):has(.app-tag):has(.bk-header)")
        return public.filter(has_not=self.page.locator(".broadcast")).last

    @property
    def private(self) -> Locator:
        """The newest message that only this person sees."""
        return self.log.locator("article.private").last

    def message(self, text: str) -> Locator:
        """The newest message of the channel that holds a text."""
        return self.log.get_by_role("article").filter(has_text=text).last

    async def type(self, text: str) -> None:
        """Type and send."""
        await self.box.fill(text)
        await self.box.press("Enter")

    async def sees(self, text: str) -> None:
        """Wait for a message with this text."""
        await expect(self.message(text)).to_be_attached(timeout=PATIENCE_MS)

    async def menu(self, message: Locator, entry: str) -> None:
        """Choose from a message's ⋯ menu."""
        await message.hover()
        await message.get_by_role("button", name="More actions").click()
        await self.page.get_by_role("menuitem", name=entry).click()

    async def go(self, channel: str) -> None:
        """Go to a channel."""
        await self.page.locator("#rail").get_by_role("button", name=channel).click()

    async def controls(self, tab: str) -> Locator:
        """Open the demo's controls on one of its tabs."""
        await self.page.get_by_role("button", name="Demo controls").click()
        await self.page.get_by_role("tab", name=tab).click()
        return self.page.locator("#panel")


@contextlib.asynccontextmanager
async def person(
    browser: Browser, address: str, *, width: int = 1400, height: int = 900, dark: bool = False
) -> AsyncIterator[Person]:
    """Open the page as a person: Mei, unless the address names another. Fails at the end if a script had an error."""
    async with _blank_page(browser) as page:
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme="dark" if dark else "light")
        visitor = Person(page)

        def on_error(error: Error) -> None:
            visitor.problems.append(str(error))

        def on_console(line: ConsoleMessage) -> None:
            if line.type == "error":
                visitor.problems.append(line.text)

        page.on("pageerror", on_error)
        page.on("console", on_console)
        await page.goto(address if "as=" in address or "lang=" in address else _as_mei(address))
        await expect(page.locator("#rail button").first).to_be_attached()
        yield visitor
        assert visitor.problems == []
        page.remove_listener("pageerror", on_error)
        page.remove_listener("console", on_console)


def _as_mei(address: str) -> str:
    start, sign, place = address.partition("#")
    return f"{start}?as=mei{sign}{place}"


@contextlib.asynccontextmanager
async def _blank_page(browser: Browser) -> AsyncIterator[Page]:
    """A page in a browser context of its own, which is used again if the test succeeds.

    A new context starts two or three processes, and that costs more than most tests. One that is used again shares
    nothing with the test before: each test serves the page from another port, which is another origin.
    """
    idle = _idle.setdefault(browser, [])
    page = idle.pop() if idle else await (await browser.new_context()).new_page()
    page.set_default_timeout(PATIENCE_MS)
    try:
        yield page
        await page.mouse.move(0, 0)
        await page.evaluate("sessionStorage.clear()")
        await page.goto("about:blank")
    except BaseException:
        await page.context.close()
        raise
    idle.append(page)
