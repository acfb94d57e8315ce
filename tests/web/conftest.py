"""The real demo behind a page's server, on free ports and a database of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot import demo
from sandbox.web.server import WebServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def server() -> AsyncIterator[WebServer]:
    async with demo.stage(demo.STARTED) as stage, WebServer(stage) as one:
        await one.start()
        yield one
