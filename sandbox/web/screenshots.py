"""Takes the README's picture of the page: a browser plays a short scene on it, as a person would."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.async_api import Page

CHROMIUM = "/usr/bin/chromium"
WIDTH, HEIGHT = 1400, 890
ORDER = "2542285634920880794"
SCANS = (11, 31, 45, 95, 120, 180)  # minutes from one piece of news to the next, up to the delivery
CARD = "News comes in this thread"


async def photograph(address: str, path: Path, forward: Callable[[float], None]) -> None:
    """Write a PNG of a watched order's card, its thread and the channel. ``forward`` moves the clock by seconds.

    Needs Playwright, a development dependency, and Debian's Chromium. Where no font has emoji, they are empty boxes.
    """
    from playwright.async_api import async_playwright  # noqa: PLC0415  the demo itself runs without it

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        await page.goto(address)
        await _scene(page, forward)
        await page.mouse.move(0, 0)
        await page.screenshot(path=path, animations="disabled")
        await browser.close()


async def _scene(page: Page, forward: Callable[[float], None]) -> None:
    log = page.locator("#main [role=log]")
    await _type(page, f"{ORDER} is for the spring sale. Please keep an eye on it!")
    await _type(page, f"/panda watch {ORDER}")
    card = log.get_by_role("article").filter(has_text=CARD)
    await card.wait_for()
    for minutes in SCANS:
        before = await _replies(page)
        forward(minutes * 60)
        await page.wait_for_function(
            "before => (document.querySelector('.replies')?.textContent ?? null) !== before", arg=before
        )
    await card.filter(has_text="Delivered").wait_for()
    await page.reload()  # what only one person saw goes, as in Slack, and leaves what the whole channel has
    await card.locator(".replies").click()
    await page.locator("#thread article").nth(len(SCANS)).wait_for()
    await page.wait_for_load_state("networkidle")


async def _replies(page: Page) -> str | None:
    line = page.locator(".replies")
    return await line.text_content() if await line.count() else None


async def _type(page: Page, text: str) -> None:
    box = page.locator("#composer-box")
    await box.fill(text)
    await box.press("Enter")
