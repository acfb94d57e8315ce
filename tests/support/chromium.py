"""Starts the installed Chromium of Debian, headless, for the tests of the demo's page. Nothing is downloaded."""

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
    """Start a browser. Where there is none, skip the test and say how to install it."""
    if not CHROMIUM.exists():  # noqa: ASYNC240  once, before anything else runs
        pytest.skip(MISSING)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            await browser.close()
