"""The PandaPon stand-in alone, with requests made by hand or by the bot's own client."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp

from pandapon.client import Config, PandaPon
from pandapon.signing import Signer
from sandbox.clock import SimClock
from sandbox.pandapon.demo import demo_world
from sandbox.pandapon.server import PandaPonServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.pandapon.world import World

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
KEY, SECRET, USER = "stage-access-key", "stage-access-secret", "2100007341207"
PATHS = {
    "trace": "/v2/alibaba/order/logistics",
    "taobao trace": "/v2/taobao/order/logistics/detail/get",
    "order": "/v2/alibaba/order/detail",
    "taobao order": "/v2/taobao/order/detail",
    "orders": "/v2/alibaba/order/page",
    "taobao orders": "/v2/taobao/order/page",
    "search": "/v2/alibaba/product/keywords/query",
    "taobao search": "/v2/taobao/product/item/search",
}
POSTED = {"order", "orders", "taobao orders", "search", "taobao search"}


@dataclass
class FakePandaPon:
    """The stand-in and a session. ``ask`` signs like a client; ``raw`` sends the given headers."""

    server: PandaPonServer
    world: World
    clock: SimClock
    session: aiohttp.ClientSession

    def headers(self, shift: float = 0, secret: str = SECRET, key: str = KEY) -> dict[str, str]:
        """Return headers with a signature made so many seconds from now."""
        return Signer(key, secret, USER).headers(self.clock() + timedelta(seconds=shift))

    async def raw(self, name: str, headers: dict[str, str], **arguments: Any) -> tuple[int, str]:
        """Return status and text of an answer."""
        url = self.server.base_url + PATHS[name]
        if name in POSTED:
            request = self.session.post(url, headers=headers, json=arguments)
        else:
            request = self.session.get(url, headers=headers, params=arguments)
        async with request as answer:
            return answer.status, await answer.text()

    async def ask(self, name: str, headers: dict[str, str] | None = None, **arguments: Any) -> dict[str, Any]:
        """Return the envelope of an answer."""
        status, text = await self.raw(name, headers or self.headers(), **arguments)
        assert status == 200
        body: dict[str, Any] = json.loads(text)
        return body

    def client(self, **changes: Any) -> PandaPon:
        """Return the bot's own client."""
        settings: dict[str, Any] = {"rate_per_second": 0, "read_timeout": 1.0, "retries": 0, **changes}
        return PandaPon(Config(self.server.base_url, KEY, SECRET, USER, **settings), clock=self.clock)


@asynccontextmanager
async def fake_pandapon() -> AsyncIterator[FakePandaPon]:
    """Serve the demo's account at a fixed time, on a free port."""
    clock = SimClock(START)
    world = demo_world(clock)
    server = PandaPonServer(world, clock, access_key=KEY, access_secret=SECRET)
    async with server, aiohttp.ClientSession() as session:
        yield FakePandaPon(server, world, clock, session)
