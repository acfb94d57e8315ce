"""The HTTP endpoints that the bot calls: Web API and response URLs, with the faults that are switched on."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from aiohttp import web

from sandbox.partial_answers import send_half
from sandbox.slack.arguments import as_object
from sandbox.slack.arguments import read as read_arguments
from sandbox.slack.faults import Fault, Faults, pause
from sandbox.slack.interactions import URL_USES
from sandbox.slack.names import Names
from sandbox.slack.workspace import SlackError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sandbox.slack.delivery import Sockets
    from sandbox.slack.interactions import Interactions
    from sandbox.slack.web_api import WebApi

BAD_REQUESTS = {"no_text", "invalid_blocks", "invalid_payload"}  # other errors of a response URL are HTTP 404


@dataclass
class Call:
    """A call of the bot, without its token. Status 0: the connection ended without an answer."""

    method: str
    arguments: dict[str, Any]
    at: datetime
    answer: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    remark: str = ""  # a fact about the answer that is not in its body, for the wire tab


class Endpoints:
    """Slack's HTTP endpoints. Every call is kept in ``calls`` and passed to ``on_call`` once it is answered."""

    def __init__(
        self,
        web_api: WebApi,
        interactions: Interactions,
        sockets: Sockets,
        clock: Callable[[], datetime],
        *,
        bot_token: str,
        app_token: str,
    ) -> None:
        self.web_api, self.interactions, self.sockets = web_api, interactions, sockets
        self.faults = Faults()
        self.calls: list[Call] = []
        self.on_call: list[Callable[[Call], None]] = []
        self.base_url = ""
        self._clock, self._app_token = clock, app_token
        self.bot_tokens = frozenset({bot_token})  # the accepted tokens
        self.names = Names()

    async def on_api(self, request: web.Request) -> web.StreamResponse:
        """Serve a Web API method."""
        method = request.match_info["method"]
        call = Call(method, {}, self._clock())
        self.calls.append(call)
        try:
            call.arguments, token = await read_arguments(request)
            return await self._respond(request, call, token)
        except SlackError as error:
            return self._answer(call, {"ok": False, "error": error.code})
        finally:
            notify(self.on_call, call)

    async def _respond(self, request: web.Request, call: Call, token: str) -> web.StreamResponse:
        if self.faults.down:
            return _hang_up(request, call)
        method, arguments = call.method, call.arguments
        channel = str(arguments.get("channel", ""))
        fault = self.faults.take(method, channel)
        if fault is not None:
            await pause(fault.delay)
            if (refusal := self._refuse(request, call, fault)) is not None:
                return refusal
        if method == "chat.postMessage" and self.faults.too_fast(channel):
            return self._answer(call, {"ok": False, "error": "ratelimited"}, 429, retry_after=1)
        if self.faults.too_often(method, arguments):
            wait = math.ceil(self.faults.history_seconds)
            return self._answer(call, {"ok": False, "error": "ratelimited"}, 429, retry_after=wait)
        answer = self._do(method, arguments, token)
        if fault is not None and fault.applied:
            call.answer = answer
            return await self._spoil(request, call, fault)
        return self._answer(call, answer)

    def _refuse(self, request: web.Request, call: Call, fault: Fault) -> web.StreamResponse | None:
        """Return the answer of a fault that prevents the call's work; None if the work is done."""
        if fault.retry_after:
            return self._answer(call, {"ok": False, "error": "ratelimited"}, 429, retry_after=fault.retry_after)
        if fault.error:
            return self._answer(call, {"ok": False, "error": fault.error})
        if fault.applied:
            return None
        if fault.drop:
            return _hang_up(request, call)
        if fault.text:
            return web.Response(text=fault.text, content_type="application/json", status=fault.status or 200)
        return self._answer(call, {}, fault.status) if fault.status else None

    async def _spoil(self, request: web.Request, call: Call, fault: Fault) -> web.StreamResponse:
        """Return the faulty answer after the work was done."""
        if fault.drop:
            return _hang_up(request, call)
        if fault.cut:
            return await send_half(request, json.dumps(call.answer).encode())
        if fault.text:
            return web.Response(text=fault.text, content_type="application/json")
        return self._answer(call, {}, fault.status)

    def _do(self, method: str, arguments: dict[str, Any], token: str) -> dict[str, Any]:
        if method == "apps.connections.open":
            if token != self._app_token:
                return {"ok": False, "error": "invalid_auth"}
            address = self.base_url.replace("http://", "ws://")
            return {"ok": True, "url": f"{address}/link/?ticket={self.sockets.ticket()}&app_id=A0PANDA01"}
        if token not in self.bot_tokens:
            return {"ok": False, "error": "invalid_auth" if token else "not_authed"}
        try:
            return {"ok": True, **self.names.on_the_wire(self.web_api.call(method, arguments))}
        except SlackError as error:
            return {"ok": False, "error": error.code, **error.fields}

    def _answer(
        self, call: Call, answer: dict[str, Any], status: int = 200, *, retry_after: int | str = 0
    ) -> web.Response:
        call.answer, call.status = call.answer or answer, status
        headers = {"x-oauth-scopes": ",".join(sorted(self.web_api.scopes))}
        if retry_after:
            headers["Retry-After"] = str(retry_after)
            call.remark = f"Retry-After {retry_after}"
        if not answer:
            return web.Response(status=status, text="upstream failure", headers=headers)
        return web.json_response(answer, status=status, headers=headers)

    async def on_private_file(self, request: web.Request) -> web.StreamResponse:
        """Serve the bytes of a file to the bot. A caller who may not read it is redirected to the sign-in page."""
        fault = self.faults.take("files.download", "")
        if fault is not None:
            await pause(fault.delay)
            if fault.drop:
                return _hang_up(request, Call("files.download", {}, self._clock()))
            if fault.status:
                return web.Response(status=fault.status, text=fault.text)
            if fault.text:
                return web.Response(text=fault.text, content_type="text/html")
        team, _, file_id = request.match_info["place"].partition("-")
        file = self.web_api.files.readable(file_id) if team == self.web_api.files.team else None
        if bearer(request) not in self.bot_tokens or "files:read" not in self.web_api.scopes or file is None:
            raise web.HTTPFound(f"{self.base_url}/signin?redir={quote(request.path, safe='')}")
        return web.Response(body=file.content, content_type=file.mimetype)

    async def on_sign_in(self, _request: web.Request) -> web.Response:
        """Show the page that Slack shows to a browser without a session, with HTTP status 200."""
        return web.Response(text="<!DOCTYPE html><title>Sign in | Slack</title>", content_type="text/html")

    async def on_response_url(self, request: web.Request) -> web.StreamResponse:
        """Serve a response URL."""
        call = Call("response_url", {}, self._clock())
        self.calls.append(call)
        try:
            return await self._accept(request, call)
        except SlackError as error:
            call.status = 400 if error.code in BAD_REQUESTS else 404
            call.answer = {"ok": False, "error": error.code, **error.fields}
            return web.json_response(call.answer, status=call.status)
        finally:
            notify(self.on_call, call)

    async def _accept(self, request: web.Request, call: Call) -> web.StreamResponse:
        if self.faults.down:
            return _hang_up(request, call)
        call.arguments = as_object(await request.text(), "invalid_payload")
        fault = self.faults.take("response_url", "")
        if fault is not None:
            await pause(fault.delay)
            if fault.status:
                call.status = fault.status
                return web.Response(status=fault.status)
        self.interactions.respond(request.path, call.arguments)
        call.remark = f"use {self.interactions.urls[request.path].uses} of {URL_USES}"
        return web.Response(text="ok")


def bearer(request: web.Request) -> str:
    """Return the token in a request's Authorization header; empty without one."""
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def notify(listeners: list[Callable[..., None]], *event: Any) -> None:
    """Call every listener."""
    for listener in listeners:
        listener(*event)


def _hang_up(request: web.Request, call: Call) -> web.StreamResponse:
    """End the connection without an answer."""
    call.status = 0
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=502)
