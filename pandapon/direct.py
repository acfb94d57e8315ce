"""Exchanges on connections of aiohttp's pool without aiohttp's session, request and response.

The poller's requests are equal but for an id and the signature, and the session would build all of each anew: that is
half of a request's processor time. Connections, TLS, their pool and the parser are aiohttp's here, too.
"""

from __future__ import annotations

import asyncio
import math
import re
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import hdrs
from aiohttp.client_reqrep import ClientRequest
from aiohttp.helpers import TimerNoop
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import TypeVar

    from aiohttp.connector import Connection
    from aiohttp.http import RawResponseMessage
    from aiohttp.streams import StreamReader

    T = TypeVar("T")

_TARGET = re.compile(r"[/?][!-~]*")  # an address that needs no quoting in a request line
_NEVER_SENT = re.compile(r"[^ -~]")  # a character that no header may hold, such as an end of line
_OWN = frozenset({hdrs.ACCEPT, hdrs.ACCEPT_ENCODING})  # headers that each request brings itself
_TIMER = TimerNoop()  # a timeout around the whole exchange takes its place
_INTERIM = range(102, 200)


class DirectExchange:
    """Exchanges with one host."""

    def __init__(self, base: str, connector: aiohttp.BaseConnector, timeout: aiohttp.ClientTimeout) -> None:
        """``base``: the URL with which all addresses begin. ``timeout``: for connecting, for each read, and in all.

        Needs the running event loop. Raises ValueError for a base without scheme or host, or with a query or fragment.
        """
        url = URL(base)
        if url.scheme not in {"http", "https"} or not url.host or url.query_string or url.fragment:
            raise ValueError("a base has a scheme, a host and a path")
        self._base, self._path = base, url.raw_path.rstrip("/")
        self._connector, self._part, self._whole = connector, timeout.sock_read, timeout.total or math.inf
        self._connect = aiohttp.ClientTimeout(connect=timeout.total, sock_connect=timeout.sock_connect)
        self._template = ClientRequest("GET", url, loop=asyncio.get_running_loop())
        common = [f"{name}: {value}\r\n" for name, value in self._template.headers.items() if name not in _OWN]
        self._common = "".join(common)

    def request(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None) -> bytes | None:
        """Return the bytes of a request. None: its address or a header needs aiohttp's session, which may refuse it."""
        target = self._path + url.removeprefix(self._base)
        if not _TARGET.fullmatch(target) or _NEVER_SENT.search("".join(headers.values())):
            return None
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        length = "" if content is None else f"Content-Length: {len(content)}\r\n"
        head = f"{method} {target} HTTP/1.1\r\n{self._common}{lines}{length}\r\n"
        return head.encode("ascii") + (content or b"")

    async def exchange(self, request: bytes, read: Callable[[RawResponseMessage, StreamReader], Awaitable[T]]) -> T:
        """Send a request and return the result of ``read``, which must read the answer's body to its end.

        Raises aiohttp's ClientError and HttpProcessingError, OSError and TimeoutError. Any exception closes the
        connection.
        """
        ends = asyncio.get_running_loop().time() + self._whole
        connection = await self._connector.connect(self._template, [], self._connect)
        try:
            async with asyncio.timeout(self._part) as limit:
                message, body = await _answered(connection, request)
                if not body.is_eof():  # the body mostly arrives with the head, and then one timer is enough
                    _limit_parts(connection, self._part)
                    limit.reschedule(ends)
                answer = await read(message, body)
        except BaseException:
            connection.close()
            raise
        connection.release()
        return answer


async def _answered(connection: Connection, request: bytes) -> tuple[RawResponseMessage, StreamReader]:
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None:
        raise aiohttp.ServerDisconnectedError
    protocol.set_response_params(timer=_TIMER, read_until_eof=True, auto_decompress=False)
    transport.write(request)
    message, body = await protocol.read()
    while message.code == 100 or message.code in _INTERIM:  # noqa: PLR2004  "Continue"
        message, body = await protocol.read()
    return message, body


def _limit_parts(connection: Connection, seconds: float | None) -> None:
    if connection.protocol is not None:
        connection.protocol.read_timeout = seconds
        connection.protocol.start_timeout()
