"""The Slack server: Web API, response URLs and Socket Mode over HTTP, and what people do, as calls."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import aiohttp
from aiohttp import web

from sandbox.slack import payloads
from sandbox.slack.arguments import read as read_arguments
from sandbox.slack.delivery import Ack, Sockets, post_signed
from sandbox.slack.faults import Fault, Faults, pause
from sandbox.slack.interactions import Interactions
from sandbox.slack.web_api import WebApi
from sandbox.slack.workspace import Message, SlackError, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sandbox.slack.workspace import Channel, User

ACK_SECONDS = 3.0
EVENT_RETRIES = 3
MENTION = re.compile(r"(?<![\w<])([#@])([\w\u4e00-\u9fff-]+)")


@dataclass
class Call:
    """A call that the bot made; tokens are not in it."""

    method: str
    arguments: dict[str, Any]
    at: datetime
    answer: dict[str, Any] = field(default_factory=dict)
    status: int = 200


class SlackServer:
    """Start it, point the bot's SLACK_API_URL at ``api_url``, and act as the people of the workspace."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        bot_token: str = "xoxb-sandbox",  # noqa: S107  it opens nothing but this
        app_token: str = "xapp-sandbox",  # noqa: S107  the same
        signing_secret: str = "sandbox-signing-secret",  # noqa: S107  the same
        manifest: dict[str, Any] | None = None,
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        scopes = frozenset(((manifest or {}).get("oauth_config") or {}).get("scopes", {}).get("bot", ALL_SCOPES))
        self.manifest = manifest or {}
        self.workspace = Workspace(clock)
        self.interactions = Interactions(self.workspace, clock)
        self.web_api = WebApi(self.workspace, self.interactions, scopes)
        self.faults, self.sockets = Faults(), Sockets()
        self.calls: list[Call] = []
        self.acks: list[Ack] = []
        self.on_call: list[Callable[[Call], None]] = []  # who wants to hear of every call once it is answered
        self.on_payload: list[Callable[[str, payloads.Payload, Ack | None], None]] = []  # before it goes, and after
        self.request_url = ""  # set: HTTP mode; empty: Socket Mode
        self.ack_seconds = ack_seconds
        self.signing_secret = signing_secret
        self._clock, self._bot_token, self._app_token = clock, bot_token, app_token
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None
        self._background: set[asyncio.Task[Any]] = set()
        self._events = 0
        self.base_url = ""

    @property
    def api_url(self) -> str:
        """For SLACK_API_URL."""
        return f"{self.base_url}/api/"

    async def start(self, port: int = 0) -> str:
        """Listen on loopback. Returns :attr:`api_url`."""
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._on_api)
        app.router.add_post("/{kind:commands|actions}/{rest:.*}", self._on_response_url)
        app.router.add_get("/link/", self.sockets.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession()
        return self.api_url

    async def stop(self) -> None:
        """Close everything."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self.sockets.close()
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stop()

    # --- what the bot calls -----------------------------------------------------------------------------------------

    async def _on_api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments, token = await read_arguments(request)
        call = Call(method, arguments, self._clock())
        self.calls.append(call)
        try:
            return await self._respond(request, call, token)
        finally:
            _tell(self.on_call, call)

    async def _respond(self, request: web.Request, call: Call, token: str) -> web.StreamResponse:
        if self.faults.down:
            return _hang_up(request)
        method, arguments = call.method, call.arguments
        channel = str(arguments.get("channel", ""))
        fault = self.faults.take(method, channel)
        if fault is not None:
            await pause(fault.delay)
            if (refused := self._met(request, call, fault)) is not None:
                return refused
        if method == "chat.postMessage" and self.faults.too_fast(channel):
            return self._answer(call, {"ok": False, "error": "ratelimited"}, 429, retry_after=1)
        answer = self._do(method, arguments, token)
        if fault is not None and fault.applied:
            call.answer = answer
            return _hang_up(request) if fault.drop else self._answer(call, {}, fault.status)
        return self._answer(call, answer)

    def _met(self, request: web.Request, call: Call, fault: Fault) -> web.StreamResponse | None:
        """The answer of a fault that comes before the work; None where the work is done first, or at all."""
        if fault.retry_after:
            return self._answer(call, {"ok": False, "error": "ratelimited"}, 429, retry_after=fault.retry_after)
        if fault.error:
            return self._answer(call, {"ok": False, "error": fault.error})
        if fault.applied:
            return None
        if fault.drop:
            return _hang_up(request)
        return self._answer(call, {}, fault.status) if fault.status else None

    def _do(self, method: str, arguments: dict[str, Any], token: str) -> dict[str, Any]:
        if method == "apps.connections.open":
            if token != self._app_token:
                return {"ok": False, "error": "invalid_auth"}
            address = self.base_url.replace("http://", "ws://")
            return {"ok": True, "url": f"{address}/link/?ticket={self.sockets.ticket()}&app_id=A0PANDA01"}
        if token != self._bot_token:
            return {"ok": False, "error": "invalid_auth" if token else "not_authed"}
        try:
            return {"ok": True, **self.web_api.call(method, arguments)}
        except SlackError as error:
            return {"ok": False, "error": error.code, **error.more}

    def _answer(self, call: Call, answer: dict[str, Any], status: int = 200, *, retry_after: int = 0) -> web.Response:
        call.answer, call.status = call.answer or answer, status
        headers = {"x-oauth-scopes": ",".join(sorted(self.web_api.scopes))}
        if retry_after:
            headers["Retry-After"] = str(retry_after)
        if not answer:
            return web.Response(status=status, text="upstream failure", headers=headers)
        return web.json_response(answer, status=status, headers=headers)

    async def _on_response_url(self, request: web.Request) -> web.StreamResponse:
        call = Call("response_url", await request.json(), self._clock())
        self.calls.append(call)
        try:
            return await self._accept(request, call.arguments)
        finally:
            _tell(self.on_call, call)

    async def _accept(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        if self.faults.down:
            return _hang_up(request)
        fault = self.faults.take("response_url", "")
        if fault is not None:
            await pause(fault.delay)
            if fault.status:
                return web.Response(status=fault.status)
        try:
            self.interactions.respond(request.path, body)
        except SlackError as error:
            status = 400 if error.code in {"no_text", "invalid_blocks"} else 404
            return web.json_response({"ok": False, "error": error.code, **error.more}, status=status)
        return web.Response(text="ok")

    # --- what people do ---------------------------------------------------------------------------------------------

    async def slash(self, user: str, channel: str, command: str, text: str = "") -> Ack:
        """Type a slash command. Shows "did not respond" when the app is too slow, and the app's ack when it has one."""
        who, where = self.workspace.user(user), self.workspace.channel(channel)
        path = self.interactions.new_url("commands", where.id, who.id)
        payload = payloads.command(
            who,
            where,
            command,
            self._escaped(command, text),
            trigger=self.interactions.new_trigger(),
            url=self.base_url + path,
        )
        ack = await self._deliver("slash_commands", payload)
        if not ack.ok:
            self._failed(where, who, command)
        elif isinstance(ack.payload, dict) and (ack.payload.get("text") or ack.payload.get("blocks")):
            self.interactions.answer(self.interactions.urls[path], ack.payload)
        return ack

    async def press(self, user: str, message: Message, action_id: str, *, value: str | None = None) -> Ack:
        """Press a button, or choose ``value`` in a select, of a message."""
        who, where = self.workspace.user(user), self.workspace.channel(message.channel)
        block, element = _element(message.blocks, action_id)
        path = self.interactions.new_url("actions", where.id, who.id, message)
        payload = payloads.block_actions(
            who,
            where,
            message,
            _action(block, element, self.workspace.next_ts(), value),
            trigger=self.interactions.new_trigger(),
            url=self.base_url + path,
            state={},
        )
        ack = await self._deliver("interactive", payload)
        if not ack.ok:
            self._failed(where, who, "This button")
        return ack

    async def shortcut(self, user: str, message: Message, callback_id: str) -> Ack:
        """Choose a message shortcut."""
        who, where = self.workspace.user(user), self.workspace.channel(message.channel)
        path = self.interactions.new_url("actions", where.id, who.id)
        payload = payloads.message_shortcut(
            who, where, message, callback_id, trigger=self.interactions.new_trigger(), url=self.base_url + path
        )
        ack = await self._deliver("interactive", payload)
        if not ack.ok:
            self._failed(where, who, "This shortcut")
        return ack

    async def global_shortcut(self, user: str, callback_id: str) -> Ack:
        """Choose a global shortcut."""
        who = self.workspace.user(user)
        trigger = self.interactions.new_trigger()
        payload = payloads.global_shortcut(who, callback_id, trigger=trigger, ts=self.workspace.next_ts())
        return await self._deliver("interactive", payload)

    async def submit(self, user: str, view_id: str, values: dict[str, Any]) -> Ack:
        """Submit a modal. An ack without a payload closes it."""
        view = self.workspace.views[view_id]
        payload = payloads.view_submission(
            self.workspace.user(user), view, values, trigger=self.interactions.new_trigger()
        )
        ack = await self._deliver("interactive", payload)
        if ack.ok and not ack.payload:
            self.workspace.views.pop(view_id, None)
            self.workspace.touch()
        return ack

    async def say(
        self, user: str, channel: str, text: str, *, thread_ts: str = "", blocks: list[dict[str, Any]] | None = None
    ) -> Message:
        """Write a plain message."""
        who, where = self.workspace.user(user), self.workspace.channel(channel)
        return self.workspace.post(where, who.id, text, thread_ts=thread_ts, blocks=blocks or [])

    async def event(self, body: dict[str, Any], *, event_id: str = "") -> Ack:
        """Send an event, again while it is not acknowledged."""
        self._events += 1
        payload = payloads.event(body, event_id=event_id or f"Ev{self._events:08d}", at=int(self._clock().timestamp()))
        ack = Ack(ok=False, seconds=0.0)
        for attempt in range(EVENT_RETRIES + 1):
            ack = await self._deliver("events_api", payload, attempt)
            if ack.ok:
                break
        return ack

    async def deliver(self, kind: str, payload: payloads.Payload) -> Ack:
        """Send a payload as it is: a redelivery, or one that a test made."""
        return await self._deliver(kind, payload)

    def visible(self, channel: str, user: str) -> list[Message]:
        """What a person sees in a channel's main view."""
        return self.workspace.visible(self.workspace.channel(channel), self.workspace.user(user).id)

    def thread(self, message: Message) -> list[Message]:
        """The replies to a message."""
        return self.workspace.thread(self.workspace.channel(message.channel), message.ts)

    async def _deliver(self, kind: str, payload: payloads.Payload, attempt: int = 0) -> Ack:
        _tell(self.on_payload, kind, payload, None)
        if not self.request_url:
            ack = await self.sockets.send(kind, payload, self.ack_seconds, attempt)
        else:
            assert self._session is not None
            headers = {"X-Slack-Retry-Num": str(attempt)} if attempt else {}
            ack = await post_signed(
                self._session,
                self.request_url,
                self.signing_secret,
                kind,
                payload,
                self.ack_seconds,
                headers=headers,
            )
        self.acks.append(ack)
        _tell(self.on_payload, kind, payload, ack)
        return ack

    def _failed(self, channel: Channel, user: User, what: str) -> None:
        self.workspace.whisper(channel.id, user.id, f"{what} failed because the app did not respond")

    def _escaped(self, command: str, text: str) -> str:
        """With ``should_escape``, mentions arrive as ids; a channel that the person cannot see stays a word."""
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        commands = (self.manifest.get("features") or {}).get("slash_commands") or []
        if not any(one["command"] == command and one.get("should_escape") for one in commands):
            return text
        return MENTION.sub(self._mention, text)

    def _mention(self, match: re.Match[str]) -> str:
        sign, name = match.groups()
        if sign == "#":
            for channel in self.workspace.channels.values():
                if name in {channel.name, channel.id} and not channel.is_im:
                    return f"<#{channel.id}|{channel.name}>"
        for user in self.workspace.users.values():
            if sign == "@" and name in {user.name, user.id}:
                return f"<@{user.id}|{user.name}>"
        return match[0]


def _element(blocks: list[dict[str, Any]], action_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    for block in blocks:
        for element in (*(block.get("elements") or []), block.get("accessory") or {}):
            if element.get("action_id") == action_id:
                return block, element
    raise LookupError(f"the message has no element {action_id!r}")


def _action(block: dict[str, Any], element: dict[str, Any], ts: str, value: str | None) -> dict[str, Any]:
    action = {
        "action_id": element["action_id"],
        "block_id": block.get("block_id", "generated"),
        "type": element["type"],
        "action_ts": ts,
    }
    if element["type"] == "button":
        action["text"] = element["text"]
        if "value" in element:
            action["value"] = element["value"]
    else:
        options = element.get("options") or []
        action["selected_option"] = next(one for one in options if one.get("value") == value)
    return action


def _tell(listeners: list[Callable[..., None]], *what: Any) -> None:
    for listener in listeners:
        listener(*what)


def _hang_up(request: web.Request) -> web.StreamResponse:
    """The connection ends without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=502)


ALL_SCOPES = (
    "commands",
    "chat:write",
    "chat:write.public",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
    "users:read",
)
