"""Who may hold a connection, and for how long: before a single line of a request is believed.

The number of connections is bounded, and so is the time in which a request has to be there. When there are too many,
the one that has kept us waiting longest is shown out, of the address that has most of them: whoever sends a request in
one piece is served, however many others drip.
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

REQUEST_SECONDS = 5.0  # for head and body together
IDLE_SECONDS = 75.0  # between two requests of one connection; proxies keep theirs for 60
LINGER_SECONDS = 1.0  # a body that nobody asked for is read on for so long, so that the answer arrives
MOST = 256  # connections, and at most a quarter of the files that this process may open
BURST = 32  # connections taken in one go, before any of them can be shown out
QUEUE = 1024  # connections that the system may hold until they are taken
EVERY = 10.0  # seconds between two lines about the same refusal


class Refusals:
    """Tells what was refused: one line at once, and then how often, so that nobody can fill the log."""

    def __init__(self) -> None:
        self._remaining: Counter[str] = Counter()
        self._told_at: dict[str, float] = {}

    def note(self, what: str) -> None:
        """``what`` is one of our own short sentences, never a word of the request."""
        now = asyncio.get_running_loop().time()
        if now - self._told_at.get(what, -EVERY) < EVERY:
            self._remaining[what] += 1
            return
        self._told_at[what] = now
        more = self._remaining.pop(what, 0)
        log.info("request refused", extra={"reason": what, "more_before": more or None})


class Doors:
    """All connections of the server.

    ``waiting``: those whose request is not there yet; ``idle``: those whose last one is done; the longest first.
    """

    def __init__(self, most: int | None = None) -> None:
        self.refusals = Refusals()
        self.waiting: dict[Door, None] = {}
        self.idle: dict[Door, None] = {}
        self._all: set[Door] = set()
        self._most = _affordable() if most is None else most

    def __len__(self) -> int:
        return len(self._all)

    def enter(self, door: Door) -> None:
        """A new connection; another one leaves when there are too many."""
        self._all.add(door)
        if len(self._all) > self._most:
            # An idle one only after those: Slack may just be sending its next request there.
            (_longest(self.waiting) or _longest(self.idle) or door).show_out(
                HTTPStatus.TOO_MANY_REQUESTS, "too many connections"
            )

    def leave(self, door: Door) -> None:
        """The connection is closed."""
        self._all.discard(door)
        self.forget(door)

    def forget(self, door: Door) -> None:
        """It is neither waited for nor idle now."""
        self.waiting.pop(door, None)
        self.idle.pop(door, None)


def _longest(doors: dict[Door, None]) -> Door | None:
    """The first one of the address that has most of them."""
    crowd = Counter(door.address for door in doors).most_common(1)
    return next((door for door in doors if door.address == crowd[0][0]), None)


class Door(RequestHandler):
    """One connection: aiohttp's protocol, with a time in which the whole request has to be there."""

    __slots__ = ("_doors", "_has_begun", "_is_busy", "_timer", "address", "deadline")

    def __init__(self, doors: Doors, server: web.Server, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # aiohttp's way to have none
            keepalive_timeout=IDLE_SECONDS,
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,  # signatures are of the bytes as they came
        )
        self._doors = doors
        self._has_begun = False  # something of a request is there
        self._is_busy = False
        self._timer: asyncio.TimerHandle | None = None
        self.address = ""
        self.deadline = 0.0  # on the loop's clock: when the request that now comes has to be whole

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Whoever comes has to say something."""
        super().connection_made(transport)
        self.address = str((transport.get_extra_info("peername") or ("",))[0])
        self._doors.enter(self)
        if self.transport is not None and not self.transport.is_closing():
            self._expect()

    def connection_lost(self, exc: BaseException | None) -> None:
        """It is over, however it ended."""
        self._stop_timer()
        self._doors.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """The first bytes of a further request start its time."""
        if self._timer is None and not self._is_busy:
            self._expect()
        self._has_begun = True
        super().data_received(data)

    def head_is_there(self) -> None:
        """The request has a handler now, which reads its body by :attr:`deadline`."""
        self._is_busy = True
        self._stop_timer()

    def request_is_there(self) -> None:
        """It is whole: nobody waits for the sender any more."""
        self._doors.forget(self)

    def request_is_done(self) -> None:
        """It is answered; the connection may stay for the next one."""
        self._is_busy = self._has_begun = False
        self._doors.forget(self)
        self._doors.idle[self] = None

    def show_out(self, status: HTTPStatus, why: str) -> None:
        """Close the connection; whoever has begun a request is told why."""
        self._stop_timer()
        self._doors.forget(self)
        self._doors.refusals.note(f"{status} {why}")
        if self.transport is None or self.transport.is_closing():
            return
        if self._has_begun:  # else the next request of this connection would take it for its own answer
            head = (
                f"HTTP/1.1 {status} {status.phrase}\r\nContent-Type: text/plain\r\nContent-Length: {len(why) + 1}\r\n"
            )
            self.transport.write(f"{head}Connection: close\r\n\r\n{why}\n".encode())
        self.force_close()

    def handle_error(
        self, request: BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Answer what is no HTTP, and a failure of ours, in one short line, with nothing of the request."""
        del message  # it quotes the request
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has been begun")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("request not answered", exc_info=exc)
        else:
            self._doors.refusals.note(f"{status} no HTTP")
        answer = web.Response(status=status, text=f"{HTTPStatus(status).phrase.lower()}\n")
        answer.force_close()
        return answer

    def _expect(self) -> None:
        self._stop_timer()
        self.deadline = self._loop.time() + REQUEST_SECONDS
        self._timer = self._loop.call_at(self.deadline, self._too_slow)
        self._doors.forget(self)
        self._doors.waiting[self] = None

    def _too_slow(self) -> None:
        self.show_out(HTTPStatus.REQUEST_TIMEOUT, "the request did not come in time")

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Site(web.BaseSite):
    """Listens on a TCP port and has a :class:`Door` for each connection."""

    __slots__ = ("_doors", "_host", "_port")

    def __init__(self, runner: web.AppRunner, host: str, port: int, doors: Doors) -> None:
        super().__init__(runner)
        self._host, self._port, self._doors = host, port, doors

    @property
    def name(self) -> str:
        """Its address."""
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        """Listen. Raises OSError."""
        await super().start()
        loop, server = asyncio.get_running_loop(), self._runner.server
        assert server is not None, "the runner is set up"
        listening = await loop.create_server(
            lambda: Door(self._doors, server, loop), self._host, self._port, backlog=BURST
        )
        self._server = listening
        for one in listening.sockets:  # asyncio takes as many at once as may wait: let more of them wait
            with socket.fromfd(one.fileno(), one.family, one.type) as same:
                same.listen(QUEUE)


def _affordable() -> int:
    """How many connections leave enough files for the database, for Slack and for PandaPon."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else max(16, min(MOST, soft // 4))
