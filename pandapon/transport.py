"""Sends a request: an httpx client over aiohttp's connections, with our errors and a limit on bodies."""

from __future__ import annotations

import asyncio
import ssl
from functools import cache
from typing import TYPE_CHECKING

import aiohttp
import httpx
from aiohttp.http import HttpProcessingError
from httpx_aiohttp import AiohttpTransport

from pandapon import errors

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pandapon.config import Config

BODY_LIMIT = 2 * 1024 * 1024  # bytes; a page of 40 products has about 100 kB
PIECE = 256 * 1024  # bytes; pictures are sent as base64
KEEPALIVE = 60.0  # seconds; below the 75 s after which common servers close an idle connection
CONNECT = 3.0  # seconds


class Client(httpx.AsyncClient):
    """An httpx client without cookies, redirects, auth flow and hooks, over aiohttp's connections.

    This API needs none of these, and looking for them costs a tenth of a poll. httpx's own pool collapses beyond some
    20 requests in flight, so aiohttp's is used.
    """

    def __init__(self, config: Config, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._way = transport or _aiohttp_transport(config)
        timeout = httpx.Timeout(connect=CONNECT, read=config.read_timeout, write=3.0, pool=None)
        super().__init__(transport=self._way, timeout=timeout, trust_env=False)

    async def send(self, request: httpx.Request, **_options: object) -> httpx.Response:
        """Send a request and return the answer as an open stream, which the caller closes."""
        return await self._way.handle_async_request(request)


@cache  # loading the system's certificates takes longer than the rest of a start
def trusted(certificates: str | None) -> ssl.SSLContext:
    """Return a context that trusts the system's certificates and those of a file. Raises OSError, ssl.SSLError."""
    context = ssl.create_default_context()
    if certificates:
        context.load_verify_locations(certificates)
    return context


def _aiohttp_transport(config: Config) -> AiohttpTransport:
    context = trusted(config.certificates)

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=config.concurrency + 8, ssl=context, keepalive_timeout=KEEPALIVE)
        made = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), proxy=config.proxy)
        # aiohttp sends a GET again by itself when its connection is lost; but a GET of this API may pay an order. The
        # wire repeats what only reads.
        made._retry_connection = False  # noqa: SLF001  there is no public switch
        return made

    return AiohttpTransport(verify=context, trust_env=False, client=session)


async def exchange(client: Client, request: httpx.Request, deadline: float) -> tuple[httpx.Response, bytes]:
    """Send a request and read the whole answer within ``deadline`` seconds, however slowly it comes.

    Raises TransportError, TimeoutError, and DecodeError when the answer is too large or its compression is broken.
    """
    try:
        async with asyncio.timeout(deadline):
            response = await client.send(request)
            try:
                return response, await _read(response)
            finally:
                await response.aclose()
    except (httpx.TimeoutException, TimeoutError) as error:
        raise _late_or_broken(error) from error
    except httpx.DecodingError as error:
        raise errors.DecodeError("the answer's compression is broken") from error
    # ValueError: aiohttp and httpx let the error of a garbled status line or header through.
    except (httpx.TransportError, aiohttp.ClientError, HttpProcessingError, OSError, EOFError, ValueError) as error:
        raise errors.TransportError(f"no whole answer ({type(error).__name__})") from error


def sent(content: bytes | None, headers: dict[str, str]) -> bytes | AsyncIterator[bytes] | None:
    """Return the body of a request as the transport takes it: a large one in pieces, so that nothing waits for it.

    ``headers`` get the length of a body in pieces.
    """
    if content is None or len(content) <= PIECE:
        return content
    headers["content-length"] = str(len(content))
    return _pieces(content)


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), PIECE):
        yield content[at : at + PIECE]


def _late_or_broken(error: Exception) -> errors.TransportError:
    """The error of a timeout or lost connection: the transport calls both a timeout, and only the cause differs."""
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientConnectionError) and not isinstance(cause, aiohttp.ServerTimeoutError):
        return errors.TransportError(f"no whole answer ({type(cause).__name__})")
    return errors.TimeoutError(f"no answer in time ({type(error).__name__})")


def _parts(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body in parts, raw if it is not compressed: httpx's decoding costs time for every answer."""
    if "content-encoding" in response.headers:
        return response.aiter_bytes()
    assert isinstance(response.stream, httpx.AsyncByteStream), "an asynchronous transport gives one"
    return aiter(response.stream)


async def _read(response: httpx.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in _parts(response):
        size += len(part)
        if size > BODY_LIMIT:
            raise errors.DecodeError(f"the answer is larger than {BODY_LIMIT // 1024} kB")
        parts.append(part)
    return b"".join(parts)
