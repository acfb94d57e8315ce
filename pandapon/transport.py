"""Sends a request over aiohttp's connections, with our errors and a limit on bodies: through httpx, or past it.

Nearly all requests are the poller's, and these differ only in an id. An httpx request and response for each would cost
a third of a poll's processor time, and aiohttp's session as much again, so the poller's requests bypass both and go to
aiohttp's connections directly. Both ways share the connections and raise the same errors.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

import aiohttp
import httpx
from aiohttp.http import HttpProcessingError
from httpx_aiohttp import AiohttpTransport

from pandapon import errors
from pandapon.connector import Connector
from pandapon.direct import DirectExchange

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from aiohttp.http import RawResponseMessage
    from aiohttp.streams import StreamReader

    from pandapon.config import Config

BODY_LIMIT = 2 * 1024 * 1024  # bytes; a page of 40 products has about 100 kB
PIECE = 256 * 1024  # bytes; pictures are sent as base64
KEEPALIVE = 60.0  # seconds; below the 75 s after which common servers close an idle connection
CONNECT = 3.0  # seconds
UNUSABLE = "the request's address cannot be used"


class Head(Protocol):
    """The head of an answer, whichever way it came."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; names are found in any case."""


class _PlainHead(NamedTuple):
    status_code: int
    headers: Mapping[str, str]


Answer = tuple[Head, bytes]


class Client(httpx.AsyncClient):
    """An httpx client without cookies, redirects, auth flow and hooks, over aiohttp's connections.

    This API needs none of these, and looking for them costs a tenth of a poll. httpx's own pool collapses beyond some
    20 requests in flight, so aiohttp's is used.
    """

    def __init__(self, config: Config, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """``transport`` replaces the connections; then nothing bypasses httpx."""
        self.deadline = CONNECT + 2 * config.read_timeout  # seconds for a whole answer, however slowly it comes
        self._connections = transport or Connections(config, self.deadline)
        self.bypass = self._connections if isinstance(self._connections, Connections) else None
        timeout = httpx.Timeout(connect=CONNECT, read=config.read_timeout, write=3.0, pool=None)
        super().__init__(transport=self._connections, timeout=timeout, trust_env=False)

    async def send(self, request: httpx.Request, **_options: object) -> httpx.Response:
        """Send a request and return the answer as an open stream, which the caller closes."""
        return await self._connections.handle_async_request(request)


@cache  # loading the system's certificates takes longer than the rest of a start
def trusted(certificates: str | None) -> ssl.SSLContext:
    """Return a TLS context that trusts the system's certificates and those of a PEM file, if one is named.

    Raises OSError for a file that cannot be read, and ssl.SSLError for one without a usable certificate.
    """
    context = ssl.create_default_context()
    if certificates:
        context.load_verify_locations(certificates)
    return context


class Connections(AiohttpTransport):
    """The connections: an httpx transport, and :meth:`exchange`, which bypasses httpx for the poller's requests."""

    def __init__(self, config: Config, deadline: float) -> None:
        """``deadline``: seconds for a whole answer that bypasses httpx."""
        context = trusted(config.certificates)
        self._base = None if config.proxy else config.base_url.rstrip("/")  # only the session can use a proxy
        timeout = aiohttp.ClientTimeout(total=deadline, sock_connect=CONNECT, sock_read=config.read_timeout)
        self._timeout = timeout

        def session() -> aiohttp.ClientSession:
            made = aiohttp.ClientSession(
                connector=Connector(limit=config.concurrency + 8, ssl=context, keepalive_timeout=KEEPALIVE),
                cookie_jar=aiohttp.DummyCookieJar(),
                proxy=config.proxy,
                timeout=timeout,
                auto_decompress=False,
            )
            # aiohttp sends a GET again by itself when its connection is lost; but a GET of this API may pay an order.
            # The wire repeats the calls that only read.
            made._retry_connection = False  # noqa: SLF001  there is no public switch
            return made

        super().__init__(verify=context, trust_env=False, client=session)

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session, made at its first use, because it needs the running event loop."""
        if not isinstance(self.client, aiohttp.ClientSession):
            self.client = self.get_client()
        return self.client

    @cached_property
    def _direct(self) -> DirectExchange | None:
        """The exchange past aiohttp's session; None: every request takes the session."""
        connector = self.session.connector
        if self._base is None or connector is None:
            return None
        with contextlib.suppress(ValueError):
            return DirectExchange(self._base, connector, self._timeout)
        return None

    async def exchange(self, method: str, url: str, headers: dict[str, str], content: bytes | None) -> Answer:
        """Send a request and read the whole answer. Raises what :func:`exchange` raises."""
        try:
            if self._direct and (request := self._direct.request(method, url, headers, content)):
                return await self._direct.exchange(request, _whole)
            sent = self.session.request(method, url, headers=headers, data=content, allow_redirects=False)
            async with sent as response:
                return _PlainHead(response.status, response.headers), await _joined(
                    _raw_parts(response.status, response.headers, response.content)
                )
        except LIBRARY_ERRORS as error:
            raise _own_error(error) from error


async def exchange(client: Client, request: httpx.Request) -> Answer:
    """Send a request and read the whole answer within the client's deadline.

    Raises TransportError, TimeoutError, and DecodeError when the answer is too large or its compression is broken.
    """
    try:
        async with asyncio.timeout(client.deadline):
            response = await client.send(request)
            try:
                return response, await _joined(_parts(response))
            finally:
                await response.aclose()
    except LIBRARY_ERRORS as error:
        raise _own_error(error) from error


def request_body(content: bytes | None, headers: dict[str, str]) -> bytes | AsyncIterator[bytes] | None:
    """Return the body of a request as httpx takes it: a large one in pieces, so that it does not block the event loop.

    The length of a body in pieces is added to ``headers``.
    """
    if content is None or len(content) <= PIECE:
        return content
    headers["content-length"] = str(len(content))
    return _pieces(content)


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), PIECE):
        yield content[at : at + PIECE]


# ValueError: aiohttp and httpx let the error of a garbled status line or header through.
LIBRARY_ERRORS = (
    httpx.TransportError,
    httpx.DecodingError,
    aiohttp.ClientError,
    HttpProcessingError,
    OSError,
    EOFError,
    ValueError,
)


def _own_error(error: Exception) -> errors.PandaPonError:
    """Our error for one of :data:`LIBRARY_ERRORS`."""
    if isinstance(error, httpx.DecodingError):
        return errors.DecodeError("the answer's compression is broken")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return _late_or_broken(error)
    if isinstance(error, aiohttp.InvalidURL):
        return errors.TransportError(UNUSABLE)
    return errors.TransportError(f"no whole answer ({type(error).__name__})")


def _late_or_broken(error: Exception) -> errors.TransportError:
    """Our error for a timeout or a lost connection: the transport reports both as a timeout, so the cause decides."""
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientConnectionError) and not isinstance(cause, aiohttp.ServerTimeoutError):
        return errors.TransportError(f"no whole answer ({type(cause).__name__})")
    return errors.TimeoutError(f"no answer in time ({type(error).__name__})")


def _parts(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body in parts. An uncompressed one is taken raw, because httpx's decoding costs time for every answer."""
    if "content-encoding" in response.headers:
        return response.aiter_bytes()
    assert isinstance(response.stream, httpx.AsyncByteStream), "an asynchronous transport gives one"
    return aiter(response.stream)


async def _whole(head: RawResponseMessage, body: StreamReader) -> Answer:
    if body.is_eof() and body.total_bytes <= BODY_LIMIT and "content-encoding" not in head.headers:
        return _PlainHead(head.code, head.headers), body.read_nowait()
    return _PlainHead(head.code, head.headers), await _joined(_raw_parts(head.code, head.headers, body))


def _raw_parts(status: int, headers: Mapping[str, str], body: StreamReader) -> AsyncIterator[bytes]:
    """The body in parts. httpx unpacks a compressed one, so that a broken one raises the same error on every way."""
    if "content-encoding" in headers:
        return httpx.Response(status, headers=headers, stream=_Stream(body)).aiter_bytes()
    return body.iter_any()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, body: StreamReader) -> None:
        self._body = body

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._body.iter_any())


async def _joined(parts: AsyncIterator[bytes]) -> bytes:
    """The whole body. Raises DecodeError as soon as it exceeds the limit, without reading the rest."""
    pieces: list[bytes] = []
    size = 0
    async for piece in parts:
        size += len(piece)
        if size > BODY_LIMIT:
            raise errors.DecodeError(f"the answer is larger than {BODY_LIMIT // 1024} kB")
        pieces.append(piece)
    return b"".join(pieces)
