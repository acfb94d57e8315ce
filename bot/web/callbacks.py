"""Takes PandaPon's push messages: checks the token and the form, stores the message, and answers at once.

The sender waits 1,000 ms, repeats five times, and promises no sequence [stated]. No signature is documented. So the
address holds a secret token, and a message only makes its orders due; it is never taken as a fact.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import hdrs, web

from bot.web import gate
from storage.errors import StorageError
from storage.inbox import PushMessage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from storage.store import Store

BODY_LIMIT = 256 * 1024  # bytes
STORE_SECONDS = 0.7  # the sender hangs up after 1 s; an unstored message must not be acknowledged
MOST_WAITING = 50  # messages that wait for a slow database; any further one gets 503 at once
TAKEN = ("GET", "HEAD", "POST")
PATH = "/pandapon/callbacks/{token}"
# Every name under which a message may carry the number of an order, sub-order or parcel [stated and inferred].
ID_NAMES = frozenset(
    name.lower()
    for name in (
        "salesOrderId",
        "purchaseOrderId",
        "purchase_id",
        "orderId",
        "order_id",
        "idOfStr",
        "outer_purchase_id",
        "outOrderId",
        "purchase_order_outer_id",
        "purchase_order_line_outer_id",
        "subPurchaseOrderId",
        "sub_purchase_order_id",
        "subOrderId",
        "mailNo",
        "logistic_number",
        "logisticsBillNo",
    )
)
NUMBER = re.compile(r"[A-Za-z0-9-]{5,40}")
MOST_IDS, DEEPEST = 50, 8


class MalformedError(ValueError):
    """The body is no message; the text says in a sentence why."""


@dataclass(frozen=True, slots=True)
class Message:
    """A parsed message. ``ids``: of orders, sub-orders and parcels in it."""

    kind: str  # messageType without its platform; empty when there is none
    ids: tuple[str, ...]


def routes(
    tokens: tuple[str, ...], store: Store, clock: Callable[[], datetime], wake: Callable[[], None]
) -> list[web.RouteDef]:
    """Return the route. A wrong token gets 404 for every method, as does every token when none is set."""
    return [web.route(hdrs.METH_ANY, PATH, _Callbacks(tokens, store, clock, wake).answer)]


class _Callbacks:
    def __init__(
        self, tokens: tuple[str, ...], store: Store, clock: Callable[[], datetime], wake: Callable[[], None]
    ) -> None:
        self._digests = [_digest(token) for token in tokens]
        self._store, self._clock, self._wake = store, clock, wake
        self._waiting: set[asyncio.Task[bool]] = set()

    async def answer(self, request: web.Request) -> web.Response:
        """Answer. The vendor's console tries the address before it saves it; its method and body are not stated."""
        self._admit(request)
        if request.method in {hdrs.METH_GET, hdrs.METH_HEAD}:
            return _ok()
        if request.method != hdrs.METH_POST:
            raise web.HTTPMethodNotAllowed(request.method, TAKEN)
        body = await gate.body(request, BODY_LIMIT)
        return await self._take(body) if body.strip() else _ok()

    def _admit(self, request: web.Request) -> None:
        given = _digest(request.match_info["token"])
        # A sum compares every token, each in constant time, so that the duration shows nothing.
        if not sum(hmac.compare_digest(given, good) for good in self._digests):
            raise web.HTTPNotFound

    async def _take(self, body: bytes) -> web.Response:
        try:
            message = read(body)
        except MalformedError as error:
            return web.json_response({"code": 400, "msg": str(error)}, status=400)
        push = PushMessage(hashlib.sha256(body).hexdigest(), message.kind, message.ids, self._clock())
        if await self._is_stored(push):
            return _ok()
        return web.json_response({"code": 503, "msg": "not stored; please send it again"}, status=503)

    async def _is_stored(self, message: PushMessage) -> bool:
        """Return whether it is stored in time. A late one is stored too, and its repeat is then a known message."""
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


def read(body: bytes) -> Message:
    """Parse a body. Its message body is an object, or a string that holds JSON. Raises MalformedError."""
    outer = _json(body)
    if isinstance(outer, str):
        outer = _json(outer)
    if not isinstance(outer, dict):
        raise MalformedError("a message is a JSON object")
    inner = outer.get("messageBody", outer.get("message", outer))
    if isinstance(inner, str):
        inner = _json(inner) if inner.strip() else {}
    kind = outer.get("messageType")
    return Message(_suffix(str(kind)) if isinstance(kind, str | int) else "", tuple(_ids({"": inner}))[:MOST_IDS])


def _json(body: bytes | str) -> Any:
    """Parse JSON with numbers as text: 19 digits do not survive a float."""
    try:
        return json.loads(body, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise MalformedError("the body is not JSON") from None


def _suffix(kind: str) -> str:
    """Return a type without its platform: ``1688_ORDER_…`` and ``TAOBAO_ORDER_…`` mean the same."""
    storable = kind.encode("utf-8", "replace").decode()  # JSON may carry half of a surrogate pair
    return re.sub(r"^(?:TAOBAO|1688)_", "", storable.strip().upper())[:80]


def _ids(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield each number under a name of an order, sub-order or parcel, anywhere in the message."""
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        for item in value[:MOST_IDS]:
            yield from _ids(item, depth + 1)
    elif isinstance(value, dict):
        for name, part in value.items():
            named = str(name).lower() in ID_NAMES or (depth > 0 and name == "id")
            if named and isinstance(part, str) and NUMBER.fullmatch(part):
                yield part
            else:
                yield from _ids(part, depth + 1)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
