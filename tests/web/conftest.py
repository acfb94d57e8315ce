"""The real demo behind a page's server, on free ports and a database of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio
from support.schema_watch import SchemaWatch
from support.web_protocol import Pages

from bot.commands import demo, demo_sandbox
from sandbox.web.server import WebServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest_asyncio.fixture(loop_scope="session")
async def server() -> AsyncIterator[WebServer]:
    async with demo_sandbox.running_sandbox(demo.STARTED) as sandbox, WebServer(sandbox) as web_server:
        watch = SchemaWatch(sandbox.slack)
        await web_server.start()
        yield web_server
        assert watch.problems == []  # in the payloads of the page's people, and in the answers of the bot


@pytest_asyncio.fixture(loop_scope="session")
async def pages(server: WebServer) -> AsyncIterator[Pages]:
    async with Pages(server) as opened:
        yield opened
