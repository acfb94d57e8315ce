"""Delivers payloads to the app: over its Socket Mode connections, or as signed POSTs to its request URL."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web
from slack_sdk.signature import SignatureVerifier

if TYPE_CHECKING:
    from sandbox.slack.payloads import Payload

CONNECTION_SECONDS = 18_060  # announced as Slack does, but only Sockets.refresh or close ends a connection


@dataclass
class Ack:
    """The app's acknowledgement: its payload, and the seconds until it arrived. Not ``ok``: none arrived in time."""

    ok: bool
    seconds: float
    payload: Any = None
    status: int = 200


@dataclass
class Sockets:
    """The app's open Socket Mode connections, and the tickets for new ones."""

    tickets: set[str] = field(default_factory=set)
    open: list[web.WebSocketResponse] = field(default_factory=list)
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    connections: int = 0
    _turn: int = 0

    def ticket(self) -> str:
        """Return a new single-use ticket."""
        ticket = secrets.token_urlsafe(12)
        self.tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends. Answers 403 without a valid ticket."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=403)
        self.tickets.remove(ticket)
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        self.connections += 1
        self.open.append(socket)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.open),
                "connection_info": {"app_id": "A0PANDA01"},
                "debug_info": {"host": "sandbox", "approximate_connection_time": CONNECTION_SECONDS},
            }
        )
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._receive(message.data)
        finally:
            self.open.remove(socket)
        return socket

    def _receive(self, text: str) -> None:
        with contextlib.suppress(ValueError, AttributeError):
            body = json.loads(text)
            future = self.waiting.pop(body.get("envelope_id", ""), None)
            if future is not None and not future.done():
                future.set_result(body.get("payload"))

    async def send(self, kind: str, payload: Payload, timeout: float, attempt: int = 0) -> Ack:  # noqa: ASYNC109  the ack timer
        """Send an envelope to ONE connection, as Slack does, and wait ``timeout`` seconds for its acknowledgement."""
        began = time.perf_counter()
        if not self.open:
            return Ack(ok=False, seconds=0.0)
        self._turn += 1
        socket = self.open[self._turn % len(self.open)]
        envelope_id = secrets.token_hex(16)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.waiting[envelope_id] = future
        envelope = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        try:
            await socket.send_json(envelope)
            answer = await asyncio.wait_for(future, timeout)
        except (TimeoutError, ConnectionError):
            self.waiting.pop(envelope_id, None)
            return Ack(ok=False, seconds=time.perf_counter() - began)
        return Ack(ok=True, seconds=time.perf_counter() - began, payload=answer)

    async def refresh(self) -> None:
        """Ask the app to reconnect every connection, as Slack does every few hours."""
        for socket in list(self.open):
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})

    async def close(self) -> None:
        """Close every connection."""
        for socket in list(self.open):
            await socket.close()


async def post_signed(  # noqa: PLR0917  the parts of a request
    session: aiohttp.ClientSession,
    url: str,
    secret: str,
    kind: str,
    payload: Payload,
    timeout: float,  # noqa: ASYNC109  the ack timer
    *,
    sent_at: float | None = None,
    headers: dict[str, str] | None = None,
) -> Ack:
    """Send a signed POST and wait ``timeout`` seconds for its answer.

    Commands are form fields, interactions a form with JSON, events JSON. ``sent_at`` is the Unix time of the signature.
    """
    content_type = "application/x-www-form-urlencoded"
    if kind == "slash_commands":
        body = urlencode(payload)
    elif kind == "interactive":
        body = urlencode({"payload": json.dumps(payload, ensure_ascii=False)})
    else:
        body, content_type = json.dumps(payload, ensure_ascii=False), "application/json"
    stamp = str(int(time.time() if sent_at is None else sent_at))
    signed = {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": str(SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)),
        **(headers or {}),
    }
    began = time.perf_counter()
    try:
        async with session.post(
            url, data=body.encode(), headers=signed, timeout=aiohttp.ClientTimeout(total=timeout)
        ) as answer:
            text = await answer.text()
            seconds = time.perf_counter() - began
            return Ack(ok=answer.status == 200, seconds=seconds, payload=_body(text), status=answer.status)  # noqa: PLR2004  HTTP OK
    except (TimeoutError, aiohttp.ClientError):
        return Ack(ok=False, seconds=time.perf_counter() - began, status=0)


def _body(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return {"text": text}
