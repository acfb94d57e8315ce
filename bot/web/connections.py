"""Limits the connections and the time of each request, before any of its contents is read.

When there are too many connections, the address with most unfinished requests loses its oldest connection. So a sender
who sends a request at once is served, however many others send slowly.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
from collections import Counter
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

if TYPE_CHECKING:
    from aiohttp.web_request import BaseRequest

log = logging.getLogger(__name__)

REQUEST_SECONDS = 5.0  # for the head and body of a request
IDLE_SECONDS = 75.0  # between two requests of one connection; proxies keep theirs for 60
LINGER_SECONDS = 1.0  # how long an unread body is still read, so that the answer arrives
MOST = 256  # connections, and at most a quarter of the files that this process may open
BURST = 32  # connections accepted at a time, before any can be closed
QUEUE = 1024  # connections that the system holds until they are accepted
EVERY = 10.0  # seconds between two log lines about the same refusal


class Refusals:
    """Logs refusals: the first at once, then only their number, so that nobody can fill the log."""

    def __init__(self) -> None:
        self._remaining: Counter[str] = Counter()
        self._logged_at: dict[str, float] = {}

    def note(self, reason: str) -> None:
        """Log or count a refusal. ``reason``: a short sentence of ours, without any text of the request."""
        now = asyncio.get_running_loop().time()
        if now - self._logged_at.get(reason, -EVERY) < EVERY:
            self._remaining[reason] += 1
            return
        self._logged_at[reason] = now
        unlogged = self._remaining.pop(reason, 0)
        log.info("request refused", extra={"reason": reason, "more_before": unlogged or None})


class Connections:
    """All connections of the server.

    ``waiting``: those whose request is incomplete. ``idle``: those between two requests. Both hold the oldest first.
    """

    def __init__(self, most: int | None = None) -> None:
        self.refusals = Refusals()
        self.waiting: dict[ClientConnection, None] = {}
        self.idle: dict[ClientConnection, None] = {}
        self._all: set[ClientConnection] = set()
        self._most = _affordable() if most is None else most

    def __len__(self) -> int:
        return len(self._all)

    def enter(self, connection: ClientConnection) -> None:
        """Add a connection, and close one when there are too many.

        If all others are being answered or closed, as on a busy machine after a rush, :data:`BURST` more may come in.
        """
        self._all.add(connection)
        if len(self._all) <= self._most:
            return
        # Idle connections come second: Slack may be about to send its next request there.
        surplus = _longest(self.waiting) or _longest(self.idle)
        if surplus is None and len(self._all) > self._most + BURST:
            surplus = connection
        if surplus is not None:
            surplus.refuse(HTTPStatus.TOO_MANY_REQUESTS, "too many connections")

    def leave(self, connection: ClientConnection) -> None:
        """Remove a closed connection."""
        self._all.discard(connection)
        self.forget(connection)

    def forget(self, connection: ClientConnection) -> None:
        """Count the connection as neither waiting nor idle."""
        self.waiting.pop(connection, None)
        self.idle.pop(connection, None)


def _longest(connections: dict[ClientConnection, None]) -> ClientConnection | None:
    """Return the oldest connection of the address that has most of them; None without any."""
    crowd = Counter(connection.address for connection in connections).most_common(1)
    return next((connection for connection in connections if connection.address == crowd[0][0]), None)


class ClientConnection(RequestHandler):
    """One connection: aiohttp's protocol with a time limit for the whole request."""

    __slots__ = ("_connections", "_has_begun", "_is_busy", "_timer", "address", "deadline")

    def __init__(self, connections: Connections, server: web.Server, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # aiohttp's way to have none
            keepalive_timeout=IDLE_SECONDS,
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,  # signatures cover the raw bytes
        )
        self._connections = connections
        self._has_begun = False  # bytes of a request have arrived
        self._is_busy = False
        self._timer: asyncio.TimerHandle | None = None
        self.address = ""
        self.deadline = 0.0  # on the loop's clock: the time limit of the present request

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Register the connection and start the time of its first request."""
        super().connection_made(transport)
        self.address = str((transport.get_extra_info("peername") or ("",))[0])
        self._connections.enter(self)
        if self.transport is not None and not self.transport.is_closing():
            self._expect()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the connection."""
        self._stop_timer()
        self._connections.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Start the time of a further request at its first bytes."""
        if self._timer is None and not self._is_busy:
            self._expect()
        self._has_begun = True
        super().data_received(data)

    def head_received(self) -> None:
        """Note that the head is complete; a handler reads the body by :attr:`deadline`."""
        self._is_busy = True
        self._stop_timer()

    def request_received(self) -> None:
        """Note that the request is complete: the connection no longer waits for its sender."""
        self._connections.forget(self)

    def request_answered(self) -> None:
        """Note that the request is answered; the connection stays open for the next request."""
        self._is_busy = self._has_begun = False
        self._connections.forget(self)
        self._connections.idle[self] = None

    def refuse(self, status: HTTPStatus, why: str) -> None:
        """Close the connection. A sender who has begun a request gets the reason."""
        self._stop_timer()
        self._connections.forget(self)
        self._connections.refusals.note(f"{status} {why}")
        if self.transport is None or self.transport.is_closing():
            return
        if self._has_begun:  # otherwise the client would take it as the answer to its next request
            head = (
                f"HTTP/1.1 {status} {status.phrase}\r\nContent-Type: text/plain\r\nContent-Length: {len(why) + 1}\r\n"
            )
            self.transport.write(f"{head}Connection: close\r\n\r\n{why}\n".encode())
        self.force_close()

    def handle_error(
        self, request: BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Answer malformed HTTP, and our own failures, in one line that quotes nothing of the request."""
        del message  # it quotes the request
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has been begun")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("request not answered", exc_info=exc)
        else:
            self._connections.refusals.note(f"{status} no HTTP")
        answer = web.Response(status=status, text=f"{HTTPStatus(status).phrase.lower()}\n")
        answer.force_close()
        return answer

    def _expect(self) -> None:
        self._stop_timer()
        self.deadline = self._loop.time() + REQUEST_SECONDS
        self._timer = self._loop.call_at(self.deadline, self._too_slow)
        self._connections.forget(self)
        self._connections.waiting[self] = None

    def _too_slow(self) -> None:
        self.refuse(HTTPStatus.REQUEST_TIMEOUT, "the request did not come in time")

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Site(web.BaseSite):
    """Listens on a TCP port and has a :class:`ClientConnection` for each connection."""

    __slots__ = ("_connections", "_host", "_port")

    def __init__(self, runner: web.AppRunner, host: str, port: int, connections: Connections) -> None:
        super().__init__(runner)
        self._host, self._port, self._connections = host, port, connections

    @property
    def name(self) -> str:
        """The site's address, as aiohttp shows it."""
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        """Listen. Raises OSError."""
        await super().start()
        loop, server = asyncio.get_running_loop(), self._runner.server
        assert server is not None, "the runner is set up"
        listening = await loop.create_server(
            lambda: ClientConnection(self._connections, server, loop), self._host, self._port, backlog=BURST
        )
        self._server = listening
        for listener in listening.sockets:  # asyncio's backlog is also how many it accepts at a time; let more wait
            with socket.fromfd(listener.fileno(), listener.family, listener.type) as duplicate:
                duplicate.listen(QUEUE)


def _affordable() -> int:
    """Return how many connections leave enough open files for the database, Slack and PandaPon."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else max(16, min(MOST, soft // 4))
