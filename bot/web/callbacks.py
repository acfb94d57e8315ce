"""Takes PandaPon's push messages: checks the token and the form, stores the message, and answers at once.

PandaPon waits 1,000 ms, repeats five times, and promises no order [stated]. No signature is documented. So the address
holds a secret token, and a message only makes its orders due; it is never taken as a fact.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from typing import TYPE_CHECKING

from aiohttp import hdrs, web

from bot.web import request_checks
from pandapon.pushes import MalformedError, read_push
from storage.errors import StorageError
from storage.inbox import PushMessage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from storage.store import Store

BODY_LIMIT = 256 * 1024  # bytes
STORE_SECONDS = 0.7  # the sender hangs up after 1 s; an unstored message must not be acknowledged
MOST_WAITING = 50  # messages that wait for a slow database; any further one gets 503 at once
TAKEN = ("GET", "HEAD", "POST")
PATH = "/pandapon/callbacks/{token}"


def route(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.RouteDef:
    """Return the route of the address."""
    return web.route(hdrs.METH_ANY, PATH, answer)


class Callbacks:
    """Takes the messages for one account. A wrong token gets 404 for every method, and every token if none is set."""

    def __init__(
        self, tokens: tuple[str, ...], store: Store, clock: Callable[[], datetime], wake: Callable[[], None]
    ) -> None:
        self.digests = [digest(token) for token in tokens]
        self._store, self._clock, self._wake = store, clock, wake
        self._waiting: set[asyncio.Task[bool]] = set()

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a request. PandaPon's console tries the address before it saves it; by which request is not stated."""
        self._admit(request)
        if request.method in {hdrs.METH_GET, hdrs.METH_HEAD}:
            return _ok()
        if request.method != hdrs.METH_POST:
            raise web.HTTPMethodNotAllowed(request.method, TAKEN)
        body = await request_checks.body(request, BODY_LIMIT)
        return await self._take(body) if body.strip() else _ok()

    def _admit(self, request: web.Request) -> None:
        given = digest(request.match_info["token"])
        # A sum compares every token, each in constant time, so that the duration shows nothing.
        if not sum(hmac.compare_digest(given, good) for good in self.digests):
            raise web.HTTPNotFound

    async def _take(self, body: bytes) -> web.Response:
        try:
            message = read_push(body)
        except MalformedError as error:
            return web.json_response({"code": 400, "msg": str(error)}, status=400)
        push = PushMessage(hashlib.sha256(body).hexdigest(), message.kind, message.ids, self._clock())
        if await self._is_stored(push):
            return _ok()
        return web.json_response({"code": 503, "msg": "not stored; please send it again"}, status=503)

    async def _is_stored(self, message: PushMessage) -> bool:
        """Return whether the message is stored in time. A late message is stored, too; its repetition is then known."""
        if len(self._waiting) >= MOST_WAITING:
            return False
        task = asyncio.ensure_future(self._store_it(message))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)
        done, _late = await asyncio.wait({task}, timeout=STORE_SECONDS)
        return bool(done) and task.result()

    async def _store_it(self, message: PushMessage) -> bool:
        try:
            if await self._store.inbox.put(message):
                self._wake()
        except StorageError:
            return False
        return True


def _ok() -> web.Response:
    return web.json_response({"code": 200, "msg": "ok"})


def digest(token: str) -> bytes:
    """Return the hash by which a token is compared and found."""
    return hashlib.sha256(token.encode()).digest()
