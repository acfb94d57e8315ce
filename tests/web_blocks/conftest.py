"""One page for all tests of the renderer; each test draws anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio
from aiohttp.test_utils import TestServer
from support import block_board

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Route


async def _picture(route: Route) -> None:
    await route.fulfill(status=404)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def board(browser: Browser) -> AsyncIterator[block_board.Board]:
    async with TestServer(block_board.app()) as server:
        context = await browser.new_context(base_url=str(server.make_url("")))
        # No request leaves the machine: pictures of other hosts are not found.
        await context.route(lambda address: not address.startswith(str(server.make_url("/"))), _picture)
        page = await context.new_page()
        await page.goto("/")
        yield block_board.Board(page)
        await context.close()
