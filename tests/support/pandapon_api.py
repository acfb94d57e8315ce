"""A small API server for the client's tests: it checks every signature and sends the answers of the test."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from pandapon import signing
from pandapon.client import Config, PandaPon
from pandapon.errors import PandaPonError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Reply = web.Response | Callable[[web.Request], Awaitable[web.Response]]

KEY, SECRET, USER = "0123456789abcdef0123456789abcdef", "canary-secret-9f2c", "2100007341207"
ORDER = "2542285634920880794"
READ = "1688.order.list"
BOTH_WAYS = pytest.mark.parametrize("background", [False, True], ids=["a person's", "the poller's"])


def utc_now() -> datetime:
    return datetime.now(UTC)


def ok(data: Any, **fields: Any) -> web.Response:
    """Return a successful answer in the documented envelope."""
    return answer({"requestId": "a" * 32, "code": 200, "developId": None, "msg": "成功", "data": data, **fields})


def refused(code: Any, msg: str, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Return a refusal in the envelope."""
    body = {"requestId": "b" * 32, "code": code, "msg": msg, "data": None}
    return answer(body, status=status, headers=headers)


def answer(body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return web.Response(body=content, status=status, content_type="application/json", headers=headers)


def page(text: str, *, status: int = 200) -> web.Response:
    """Return an answer that is not the API's, such as a proxy's page."""
    return web.Response(text=text, status=status, content_type="text/html")


@dataclass
class ReceivedRequest:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


@dataclass
class Api:
    """A server that sends the answers of a queue, and then the last one again and again.

    ``seen``: the requests in their order; ``signed_badly``: why signatures were refused.
    """

    replies: deque[Reply] = field(default_factory=deque)
    seen: list[ReceivedRequest] = field(default_factory=list)
    signed_badly: list[str] = field(default_factory=list)
    clock: Callable[[], datetime] = utc_now
    url: str = ""

    def queue(self, *replies: Reply) -> None:
        self.replies = deque(replies)

    async def handle(self, request: web.Request) -> web.Response:
        text = await request.text()
        self.seen.append(
            ReceivedRequest(
                request.method,
                request.path,
                dict(request.query),
                json.loads(text) if text else None,
                {**request.headers},
            )
        )
        try:
            signing.verify(request.headers, access_key=KEY, access_secret=SECRET, now=self.clock())
        except signing.SignatureError as error:
            self.signed_badly.append(str(error))
            return refused(401, f"timestamp: {error}" if isinstance(error, signing.StaleError) else str(error))
        reply = self.replies.popleft() if len(self.replies) > 1 else self.replies[0]
        return _copy(reply) if isinstance(reply, web.Response) else await reply(request)


def _copy(reply: web.Response) -> web.Response:
    """Copy a response, as the object can be sent only once."""
    return web.Response(body=reply.body, status=reply.status, headers=reply.headers)


@asynccontextmanager
async def api_server() -> AsyncIterator[Api]:
    api = Api()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", api.handle)
    async with TestServer(app) as server:
        api.url = str(server.make_url("")).rstrip("/")
        yield api


def config(url: str, **changes: Any) -> Config:
    return Config(url, KEY, SECRET, USER, **{"rate_per_second": 0, "read_timeout": 2.0, **changes})


@asynccontextmanager
async def client_of(api: Api, clock: Callable[[], datetime] = utc_now, **changes: Any) -> AsyncIterator[PandaPon]:
    """Make a client of that server."""
    async with PandaPon(config(api.url, **changes), clock=clock) as client:
        yield client


@asynccontextmanager
async def byte_server(
    speak: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """Run a server on which ``speak`` reads and writes the bytes of each connection. Yields its address."""
    done: list[asyncio.Event] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        done.append(ended := asyncio.Event())
        with contextlib.suppress(ConnectionError):
            await speak(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        ended.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    for ended in done:
        await ended.wait()


async def error_of(client: PandaPon, name: str = READ, **options: Any) -> PandaPonError:
    with pytest.raises(PandaPonError) as caught:
        await client.call(name, body={}, **options)
    return caught.value
