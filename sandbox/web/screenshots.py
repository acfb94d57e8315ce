"""Takes the README's picture of the page as it opens: a channel that is lived in, and a thread of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = "/usr/bin/chromium"
WIDTH, HEIGHT = 1400, 890


async def photograph(address: str, path: Path) -> None:
    """Write a PNG of the channel with the thread of its first card open.

    Needs Playwright, a development dependency, and Debian's Chromium. Where no font has emoji, they are empty boxes.
    """
    from playwright.async_api import async_playwright  # noqa: PLC0415  the demo itself runs without it

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        await page.goto(address)
        await page.locator("#main .replies").last.click()
        await page.locator("#thread article").nth(1).wait_for()
        await page.wait_for_load_state("networkidle")
        await page.mouse.move(0, 0)
        await page.screenshot(path=path, animations="disabled")
        await browser.close()
