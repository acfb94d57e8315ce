"""The real demo behind a page's server, on free ports and a database of its own; and one browser for all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio
from support.chromium import chromium
from support.schema_watch import SchemaWatch
from support.web_protocol import Pages

from bot.commands import demo
from sandbox.web.server import WebServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser


@pytest_asyncio.fixture(loop_scope="session")
async def server() -> AsyncIterator[WebServer]:
    async with demo.running_sandbox(demo.STARTED) as sandbox, WebServer(sandbox) as one:
        watch = SchemaWatch(sandbox.slack)
        await one.start()
        yield one
        assert watch.problems == []  # what the page sent in a person's name, and what the bot answered


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as one:
        yield one


@pytest_asyncio.fixture(loop_scope="session")
async def pages(server: WebServer) -> AsyncIterator[Pages]:
    async with Pages(server) as found:
        yield found
