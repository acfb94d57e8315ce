"""A page without a browser, which uses the same websocket protocol as the real one."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any, Self

import aiohttp
from support.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.web.server import WebServer


class Page:
    """A page without a browser. ``told`` holds the messages that it has received."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.told: list[dict[str, Any]] = []

    async def say(self, kind: str, **body: Any) -> None:
        await self.ws.send_json({"type": kind, **body})

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            while True:
                told = await self.ws.receive_json()
                self.told.append(told)
                if wanted(told):
                    return dict(told)

    async def of(self, kind: str) -> dict[str, Any]:
        return await self.until(lambda told: told["type"] == kind)

    async def holding(self, text: str) -> dict[str, Any]:
        return await self.until(lambda told: text in json.dumps(told, ensure_ascii=False))


class Pages(contextlib.AsyncExitStack):
    def __init__(self, server: WebServer) -> None:
        super().__init__()
        self.server = server

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self.session = await self.enter_async_context(aiohttp.ClientSession())
        return self

    async def open(self, user: str = "mei") -> Page:
        base = self.server.base_url
        ws = await self.session.ws_connect(f"{base}/ws?user={user}", headers={"Origin": base})
        self.push_async_callback(ws.close)
        return Page(ws)
