"""Debian's Chromium for the tests of the demo's page: headless, the one that is installed, nothing is downloaded."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import async_playwright

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

CHROMIUM = Path("/usr/bin/chromium")
MISSING = f"The page's tests need {CHROMIUM}: install it with `sudo apt-get install chromium`."


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """One browser. Skips the test that asks for it, with a word on how to install it, where there is none."""
    if not CHROMIUM.exists():  # noqa: ASYNC240  one look, before anything runs
        pytest.skip(MISSING)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            await browser.close()
