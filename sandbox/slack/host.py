"""One Slack with several workspaces: it finds the workspace of each call by its token, and installs the app by OAuth.

Each workspace is a :class:`SlackServer` that does not listen itself. All of them have the same people and channels, as
their ids are made; on the wire each is called by its own team's id.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from aiohttp import web

from sandbox.slack.arguments import read as read_arguments
from sandbox.slack.endpoints import Call
from sandbox.slack.names import Names
from sandbox.slack.server import SlackServer
from sandbox.slack.web_api import ADDRESS
from sandbox.slack.workspace import BOT_USER, TEAM, SlackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

AUTHORIZE = "/oauth/v2/authorize"


@dataclass
class Team:
    """A workspace of the stand-in. ``token``: of the installed app; empty: it is not installed there."""

    id: str
    name: str
    server: SlackServer
    enterprise: str = ""
    token: str = ""
    revoked: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person granted on Slack's page, until the app fetches the token."""

    team: str
    user: str
    redirect_uri: str
    whole_enterprise: bool


class SlackHost:
    """The server. ``request_url``: where the app gets all payloads."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        client_id: str,
        client_secret: str,
        signing_secret: str,
        manifest: dict[str, Any],
    ) -> None:
        self._clock, self._manifest = clock, manifest
        self.client_id, self.client_secret, self.signing_secret = client_id, client_secret, signing_secret
        self.teams: dict[str, Team] = {}
        self.calls: list[Call] = []  # of the OAuth methods, and those whose token is none of a workspace
        self.expires_in = 0  # seconds after which tokens end: the app has token rotation; 0: it has none
        self._grants: dict[str, Grant] = {}
        self.base_url = ""
        self._runner: web.AppRunner | None = None

    @property
    def api_url(self) -> str:
        """The value for SLACK_API_URL."""
        return f"{self.base_url}/api/"

    @property
    def request_url(self) -> str:
        """The address at which the app gets the payloads of all workspaces."""
        return next((team.server.request_url for team in self.teams.values()), "")

    @request_url.setter
    def request_url(self, url: str) -> None:
        for team in self.teams.values():
            team.server.request_url = url

    def add(self, id_: str, name: str, *, enterprise: str = "") -> Team:
        """Add a workspace in which the app is not installed."""
        server = SlackServer(
            self._clock,
            bot_token="",
            signing_secret=self.signing_secret,
            manifest=self._manifest,
            names=Names({TEAM: id_, "Panda Trading": name, ADDRESS: f"https://{id_.lower()}.slack.com/"}, enterprise),
        )
        server.web_api.enterprise = enterprise
        self.teams[id_] = Team(id_, name, server, enterprise)
        return self.teams[id_]

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._on_api)
        app.router.add_post("/{kind:commands|actions}/{rest:.*}", self._on_response_url)
        app.router.add_get(AUTHORIZE, self._on_authorize)
        app.router.add_post("/upload/v1/{ticket}", self._on_upload)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        for team in self.teams.values():
            team.server.join(self.base_url)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        for team in self.teams.values():
            await team.server.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    # --- the app's installation -------------------------------------------------------------------------------------

    def grant(self, team: str, user: str, redirect_uri: str = "", *, whole_enterprise: bool = False) -> str:
        """Let a person allow the installation; return the code that the app gets."""
        code = secrets.token_hex(12)
        self._grants[code] = Grant(team, user, redirect_uri, whole_enterprise)
        return code

    def install(self, team: str) -> str:
        """Give the workspace's bot a new token, which replaces the former one."""
        place = self.teams[team]
        place.token = f"xoxb-{team}-{secrets.token_hex(8)}"
        place.server.accept(place.token)
        return place.token

    def revoke(self, team: str) -> None:
        """End the bot's token: Slack refuses it from now on."""
        place = self.teams[team]
        place.revoked.add(place.token)
        place.token = ""
        place.server.accept("")

    async def uninstall(self, team: str) -> None:
        """Remove the app from a workspace, and send the two events that Slack sends then, in no certain order."""
        self.revoke(team)
        server = self.teams[team].server
        await server.event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}})
        await server.event({"type": "app_uninstalled"})

    async def _on_authorize(self, request: web.Request) -> web.StreamResponse:
        """Stand for Slack's page on which a person of the workspace ``team`` allows the installation."""
        asked = request.query
        if asked.get("client_id") != self.client_id:
            raise web.HTTPBadRequest
        team = self.teams[asked["team"]]
        code = self.grant(team.id, "U0MEI00001", asked.get("redirect_uri", ""))
        query = urlencode({"code": code, "state": asked.get("state", "")})
        raise web.HTTPFound(f"{asked['redirect_uri']}?{query}")

    # --- the endpoints ----------------------------------------------------------------------------------------------

    async def _on_api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments, token = await read_arguments(request)
        team = next((team for team in self.teams.values() if token and token == team.token), None)
        if team is not None:
            return await team.server.serve_api(request)
        call = Call(
            method, {name: value for name, value in arguments.items() if name != "client_secret"}, self._clock()
        )
        self.calls.append(call)
        try:
            call.answer = {"ok": True, **self._access(request, arguments)} if method == "oauth.v2.access" else {}
        except SlackError as error:
            call.answer = {"ok": False, "error": error.code}
        if not call.answer:
            ended = any(token in each.revoked for each in self.teams.values())
            code = "token_revoked" if ended else "invalid_auth" if token else "not_authed"
            call.answer = {"ok": False, "error": code}
        return web.json_response(call.answer)

    def _access(self, request: web.Request, arguments: dict[str, Any]) -> dict[str, Any]:
        login, _colon, password = _basic(request).partition(":")
        if login != self.client_id:
            raise SlackError("invalid_client_id")
        if password != self.client_secret:
            raise SlackError("bad_client_secret")
        grant = self._grants.pop(str(arguments.get("code", "")), None)
        if grant is None:
            raise SlackError("invalid_code")
        if grant.redirect_uri and grant.redirect_uri != arguments.get("redirect_uri"):
            raise SlackError("bad_redirect_uri")
        team = self.teams[grant.team]
        team.server.names.for_enterprise = grant.whole_enterprise
        return {
            "access_token": self.install(team.id),
            "token_type": "bot",
            "scope": ",".join(sorted(team.server.web_api.scopes)),
            "bot_user_id": BOT_USER,
            "app_id": "A0PANDA01",
            "team": None if grant.whole_enterprise else {"id": team.id, "name": team.name},
            "enterprise": {"id": team.enterprise, "name": team.name} if team.enterprise else None,
            "is_enterprise_install": grant.whole_enterprise,
            "authed_user": {"id": grant.user},
            **self._rotation(),
        }

    def _rotation(self) -> dict[str, Any]:
        if not self.expires_in:
            return {}
        return {"expires_in": self.expires_in, "refresh_token": f"xoxe-1-{secrets.token_hex(8)}"}

    async def _on_response_url(self, request: web.Request) -> web.StreamResponse:
        for server in self._servers():
            if request.path in server.interactions.urls:
                return await server.serve_response_url(request)
        raise web.HTTPNotFound

    async def _on_upload(self, request: web.Request) -> web.Response:
        content = await request.read()
        taken = any(server.web_api.files.take(request.match_info["ticket"], content) for server in self._servers())
        return web.Response(text="OK" if taken else "no such upload", status=200 if taken else 404)

    def _servers(self) -> Iterator[SlackServer]:
        return (team.server for team in self.teams.values())


def _basic(request: web.Request) -> str:
    """The name and the password of a request, joined by a colon; empty where it has none."""
    given = request.headers.get("Authorization", "")
    return base64.b64decode(given.removeprefix("Basic ")).decode() if given.startswith("Basic ") else ""
