"""The Slack server: the endpoints that the bot calls, the app's sockets, and the people of the workspace."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import aiohttp
from aiohttp import web

from sandbox.loopback import serve
from sandbox.slack.delivery import Ack, Sockets, post_signed
from sandbox.slack.endpoints import Call, Endpoints, notify
from sandbox.slack.faults import pause
from sandbox.slack.interactions import Interactions
from sandbox.slack.names import Names
from sandbox.slack.people import People
from sandbox.slack.web_api import ALL_SCOPES, WebApi
from sandbox.slack.workspace import Message, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sandbox.slack.payloads import Payload

__all__ = ["Call", "SlackServer"]

ACK_SECONDS = 3.0


class SlackServer(People):
    """A Slack of one workspace: point the bot's SLACK_API_URL at ``api_url``, and act as its people.

    Each listener of ``on_payload`` gets kind, payload and None before a delivery, and the Ack after it.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        bot_token: str = "xoxb-sandbox",  # noqa: S107  a stand-in's token
        app_token: str = "xapp-sandbox",  # noqa: S107  the same
        signing_secret: str = "sandbox-signing-secret",  # noqa: S107  the same
        manifest: dict[str, Any] | None = None,
        ack_seconds: float = ACK_SECONDS,
        rights_clock: Callable[[], datetime] | None = None,
        names: Names | None = None,
    ) -> None:
        """``names``: the workspace's ids on the wire, if a :class:`sandbox.slack.host.SlackHost` has several.

        ``rights_clock``: the clock by which trigger ids and response URLs expire; None: ``clock``. ``ack_seconds``: the
        time that the app has for an acknowledgement.
        """
        workspace = Workspace(clock)
        super().__init__(workspace, Interactions(workspace, rights_clock or clock), clock, manifest or {})
        scopes = frozenset((self.manifest.get("oauth_config") or {}).get("scopes", {}).get("bot", ALL_SCOPES))
        self.web_api = WebApi(workspace, self.interactions, scopes, self.links)
        self.sockets = Sockets()
        self._endpoints = Endpoints(
            self.web_api, self.interactions, self.sockets, clock, bot_token=bot_token, app_token=app_token
        )
        self.names = self._endpoints.names = names or Names()
        self.faults, self.calls, self.on_call = self._endpoints.faults, self._endpoints.calls, self._endpoints.on_call
        self.acks: list[Ack] = []
        self.on_payload: list[Callable[[str, Payload, Ack | None], None]] = []
        self.request_url = ""  # set: HTTP mode; empty: Socket Mode
        self.ack_seconds = ack_seconds
        self.signing_secret = signing_secret
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    @property
    def api_url(self) -> str:
        """The value for SLACK_API_URL."""
        return f"{self.base_url}/api/"

    async def start(self, port: int = 0) -> str:
        """Listen on loopback; port 0 is any free one. Returns :attr:`api_url`."""
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._endpoints.on_api)
        app.router.add_post("/{kind:commands|actions}/{rest:.*}", self._endpoints.on_response_url)
        app.router.add_get("/link/", self.sockets.serve)
        app.router.add_post("/upload/v1/{ticket}", self._upload)
        app.router.add_get("/files/{file}/{name}", self._download)
        app.router.add_get("/files-pri/{place}/{rest:.+}", self._endpoints.on_private_file)
        app.router.add_get("/signin", self._endpoints.on_sign_in)
        app.on_response_prepare.append(self._date)
        self._runner, base_url = await serve(app, port)
        self.join(base_url)
        return self.api_url

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Put the time of the stand-in's clock, which also makes the ``ts`` of messages, into each answer."""
        response.headers["Date"] = format_datetime(self._clock(), usegmt=True)

    async def _upload(self, request: web.Request) -> web.Response:
        """Take the bytes of a file at the address that files.getUploadURLExternal gave."""
        taken = self.web_api.files.take(request.match_info["ticket"], await request.read())
        return web.Response(text="OK" if taken else "no such upload", status=200 if taken else 404)

    async def _download(self, request: web.Request) -> web.Response:
        file = self.web_api.files.shared.get(request.match_info["file"])
        if file is None:
            raise web.HTTPNotFound
        disposition = f'attachment; filename="{quote(file.name)}"'
        return web.Response(body=file.content, headers={"Content-Disposition": disposition})

    def join(self, base_url: str) -> None:
        """Become a workspace of a server that listens at this address. Replaces :meth:`start`."""
        self.base_url = self._endpoints.base_url = self.web_api.files.base_url = base_url
        self._session = aiohttp.ClientSession()

    def accept(self, *tokens: str) -> None:
        """Accept the bot's calls with these tokens only."""
        self._endpoints.bot_tokens = frozenset(tokens)

    async def serve_api(self, request: web.Request) -> web.StreamResponse:
        """Serve a call of the Web API for the server that this workspace has joined."""
        return await self._endpoints.on_api(request)

    async def serve_private_file(self, request: web.Request) -> web.StreamResponse:
        """Serve the bytes of a file for the server that this workspace has joined."""
        return await self._endpoints.on_private_file(request)

    async def serve_response_url(self, request: web.Request) -> web.StreamResponse:
        """Serve a response URL for the server that this workspace has joined."""
        return await self._endpoints.on_response_url(request)

    async def stop(self) -> None:
        """Close the connections and the server."""
        await self.leave()
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

    def visible(self, channel: str, user: str) -> list[Message]:
        """Return the messages that a person sees in a channel's main view."""
        return self.workspace.visible(self.workspace.channel(channel), self.workspace.user(user).id)

    def thread(self, message: Message) -> list[Message]:
        """Return the replies to a message, oldest first."""
        return self.workspace.thread(self.workspace.channel(message.channel), message.ts)

    async def deliver(self, kind: str, payload: Payload, attempt: int = 0) -> Ack:
        """Send a payload over the socket or to the request URL, and return the app's acknowledgement.

        ``attempt``: 0 for the first delivery, then the number of the redelivery.
        """
        payload = self.names.on_the_wire(payload)
        notify(self.on_payload, kind, payload, None)
        if self.request_url:
            ack = await self._post(kind, payload, attempt)
        else:
            ack = await self.sockets.send(kind, payload, self.ack_seconds, attempt)
        if self.faults.late_acks:
            await pause(max(0.0, self.ack_seconds - ack.seconds))
            ack = Ack(ok=False, seconds=self.ack_seconds, status=0)
        self.acks.append(ack)
        notify(self.on_payload, kind, payload, ack)
        return ack

    async def _post(self, kind: str, payload: Payload, attempt: int) -> Ack:
        assert self._session is not None
        headers = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_timeout"} if attempt else {}
        return await post_signed(
            self._session, self.request_url, self.signing_secret, kind, payload, self.ack_seconds, headers=headers
        )
