"""How a request leaves: one httpx client over aiohttp's connections, errors mapped to ours, bodies capped."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from pandapon.errors import DecodeError, TimeoutError, TransportError  # noqa: A004  named as httpx names its own

if TYPE_CHECKING:
    from pandapon.client import Config

BODY_LIMIT = 2 * 1024 * 1024  # bytes; a page of 40 products has about 100 kB
KEEPALIVE = 60.0  # seconds; below the 75 s after which common servers close an idle connection


def build(config: Config, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """The one client of the process, over aiohttp: httpx's own pool collapses beyond some 20 requests in flight."""
    return httpx.AsyncClient(
        transport=transport or _aiohttp_transport(config),
        timeout=httpx.Timeout(connect=3.0, read=config.read_timeout, write=3.0, pool=None),
        follow_redirects=False,
        trust_env=False,
    )


def _aiohttp_transport(config: Config) -> AiohttpTransport:
    context = ssl.create_default_context()

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=config.concurrency + 8, ssl=context, keepalive_timeout=KEEPALIVE)
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    return AiohttpTransport(client=session)


async def exchange(client: httpx.AsyncClient, request: httpx.Request) -> tuple[httpx.Response, bytes]:
    """Send and read the whole answer. Raises TransportError, TimeoutError, DecodeError when it is too large."""
    try:
        response = await client.send(request, stream=True)
        try:
            return response, await _read(response)
        finally:
            await response.aclose()
    except (httpx.TimeoutException, aiohttp.ServerTimeoutError) as error:
        raise TimeoutError(f"no answer in time ({type(error).__name__})") from error
    except httpx.DecodingError as error:
        raise DecodeError("the answer's compression is broken") from error
    except (httpx.TransportError, aiohttp.ClientError, OSError, EOFError) as error:
        raise TransportError(f"no whole answer ({type(error).__name__})") from error


async def _read(response: httpx.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > BODY_LIMIT:
            raise DecodeError(f"the answer is larger than {BODY_LIMIT // 1024} kB")
        parts.append(part)
    return b"".join(parts)
