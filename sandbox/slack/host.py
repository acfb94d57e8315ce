"""One Slack with several workspaces: it finds the workspace of each call by its token, and installs the app by OAuth.

Each workspace is a :class:`SlackServer` that does not listen itself. All workspaces have people and channels with the
same ids; on the wire each has a team id of its own (:mod:`sandbox.slack.names`).
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from aiohttp import web

from sandbox.loopback import serve
from sandbox.slack.arguments import read as read_arguments
from sandbox.slack.endpoints import Call, bearer
from sandbox.slack.names import Names
from sandbox.slack.rotation import Tokens
from sandbox.slack.server import SlackServer
from sandbox.slack.web_api import ADDRESS
from sandbox.slack.workspace import BOT_USER, TEAM, SlackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

AUTHORIZE = "/oauth/v2/authorize"
ACCESS = "oauth.v2.access"
REFRESH = "refresh_token"  # the grant_type with which a token is renewed
DOWN = "down"
SECRET = ("client_secret", "refresh_token")  # arguments that no call is recorded with


@dataclass
class Team:
    """A workspace of the stand-in."""

    id: str
    name: str
    server: SlackServer
    tokens: Tokens
    enterprise: str = ""

    @property
    def token(self) -> str:
        """The newest token of the app; empty: the app is not installed here."""
        return self.tokens.newest


@dataclass(frozen=True, slots=True)
class Grant:
    """A person's grant on Slack's page, until the app fetches the token."""

    team: str
    user: str
    redirect_uri: str
    whole_enterprise: bool


class SlackHost:
    """The server of all workspaces. ``request_url``: the address at which the app gets all payloads."""

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
        self.calls: list[Call] = []  # calls of the OAuth methods, and calls whose token belongs to no workspace
        self.lost_refreshes = 0  # the number of next answers with a renewed token that get lost
        self.refresh_error = ""  # the error with which each renewal is refused; "down": the connection ends
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
        server.web_api.enterprise, server.web_api.files.team = enterprise, id_
        self.teams[id_] = Team(id_, name, server, Tokens(id_), enterprise)
        return self.teams[id_]

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._on_api)
        app.router.add_post("/{kind:commands|actions}/{rest:.*}", self._on_response_url)
        app.router.add_get(AUTHORIZE, self._on_authorize)
        app.router.add_post("/upload/v1/{ticket}", self._on_upload)
        app.router.add_get("/files-pri/{place}/{rest:.+}", self._on_private_file)
        app.router.add_get("/signin", self._on_sign_in)
        self._runner, self.base_url = await serve(app)
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
        """Let a person allow the installation, and return the code that the app gets."""
        code = secrets.token_hex(12)
        self._grants[code] = Grant(team, user, redirect_uri, whole_enterprise)
        return code

    def install(self, team: str) -> str:
        """Give the workspace's bot a new token, which replaces the former one, and return it."""
        place = self.teams[team]
        place.tokens.install(self._clock())
        place.server.accept(place.token)
        return place.token

    def revoke(self, team: str) -> None:
        """Revoke the bot's token: Slack refuses it from now on."""
        self.teams[team].tokens.end()
        self.teams[team].server.accept()

    def rotate(self, *, lasts: float, forgives: bool = False, revokes: bool = False) -> None:
        """Switch token rotation on for the tokens that are made from now on (see :mod:`sandbox.slack.rotation`).

        ``lasts``: the life of a token in seconds.
        """
        for team in self.teams.values():
            team.tokens.lasts, team.tokens.forgives, team.tokens.revokes = lasts, forgives, revokes

    @property
    def refreshes(self) -> int:
        """The number of calls that asked for a renewed token."""
        return sum(call.arguments.get("grant_type") == "refresh_token" for call in self.calls)

    async def uninstall(self, team: str) -> None:
        """Remove the app from a workspace, and send the two events that Slack then sends, in no certain order."""
        self.revoke(team)
        server = self.teams[team].server
        await server.event({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}})
        await server.event({"type": "app_uninstalled"})

    async def _on_authorize(self, request: web.Request) -> web.StreamResponse:
        """Stand in for Slack's page on which a person of the workspace ``team`` allows the installation."""
        arguments = request.query
        if arguments.get("client_id") != self.client_id:
            raise web.HTTPBadRequest
        team = self.teams[arguments["team"]]
        code = self.grant(team.id, "U0MEI00001", arguments.get("redirect_uri", ""))
        query = urlencode({"code": code, "state": arguments.get("state", "")})
        raise web.HTTPFound(f"{arguments['redirect_uri']}?{query}")

    # --- the endpoints ----------------------------------------------------------------------------------------------

    async def _on_api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments, token = await read_arguments(request)
        call = Call(method, {name: arguments[name] for name in arguments if name not in SECRET}, self._clock())
        try:
            if method != ACCESS:
                return await self._team_of(token).server.serve_api(request)
            call.answer = {"ok": True, **self._access(request, arguments)}
        except SlackError as error:
            call.answer = {"ok": False, "error": error.code}
        self.calls.append(call)
        if arguments.get("grant_type") == REFRESH and self._loses_refresh():
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(call.answer)

    def _team_of(self, token: str) -> Team:
        """Return the workspace whose app calls. Raises SlackError for a token that is not valid."""
        team = next((team for team in self.teams.values() if team.tokens.knows(token)), None)
        if team is None:
            raise SlackError("invalid_auth" if token else "not_authed")
        team.tokens.check(token, self._clock())
        return team

    def _loses_refresh(self) -> bool:
        if self.refresh_error == DOWN:
            return True
        self.lost_refreshes -= 1
        return self.lost_refreshes >= 0

    def _access(self, request: web.Request, arguments: dict[str, Any]) -> dict[str, Any]:
        login, _colon, password = _basic(request).partition(":")
        if login != self.client_id:
            raise SlackError("invalid_client_id")
        if password != self.client_secret:
            raise SlackError("bad_client_secret")
        if arguments.get("grant_type") == REFRESH:
            return self._renewed(str(arguments.get("refresh_token", "")))
        grant = self._grants.pop(str(arguments.get("code", "")), None)
        if grant is None:
            raise SlackError("invalid_code")
        if grant.redirect_uri and grant.redirect_uri != arguments.get("redirect_uri"):
            raise SlackError("bad_redirect_uri")
        team = self.teams[grant.team]
        team.server.names.for_enterprise = grant.whole_enterprise
        self.install(team.id)
        return {
            **team.tokens.answer,
            "scope": ",".join(sorted(team.server.web_api.scopes)),
            "bot_user_id": BOT_USER,
            "app_id": "A0PANDA01",
            "team": None if grant.whole_enterprise else {"id": team.id, "name": team.name},
            "enterprise": {"id": team.enterprise, "name": team.name} if team.enterprise else None,
            "is_enterprise_install": grant.whole_enterprise,
            "authed_user": {"id": grant.user},
        }

    def _renewed(self, refresh_token: str) -> dict[str, Any]:
        """Return the next pair of tokens of the workspace to which this refresh token belongs."""
        if self.refresh_error:
            raise SlackError(self.refresh_error)
        given = {refresh_token} - {""}
        owners = (team for team in self.teams.values() if given & team.tokens.refresh_tokens)
        team = next(owners, None)
        if team is None:
            raise SlackError("invalid_refresh_token")
        team.tokens.refresh(refresh_token, self._clock())
        team.server.accept(*team.tokens.valid)
        return {
            **team.tokens.answer,
            "scope": ",".join(sorted(team.server.web_api.scopes)),
            "bot_user_id": BOT_USER,
            "app_id": "A0PANDA01",
            "team": {"id": team.id, "name": team.name},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    async def _on_response_url(self, request: web.Request) -> web.StreamResponse:
        for server in self._servers():
            if request.path in server.interactions.urls:
                return await server.serve_response_url(request)
        raise web.HTTPNotFound

    async def _on_private_file(self, request: web.Request) -> web.StreamResponse:
        """Let the token's workspace answer, which has no files of the other workspaces."""
        try:
            return await self._team_of(bearer(request)).server.serve_private_file(request)
        except SlackError:
            raise web.HTTPFound(f"{self.base_url}/signin") from None

    async def _on_sign_in(self, _request: web.Request) -> web.Response:
        return web.Response(text="<!DOCTYPE html><title>Sign in | Slack</title>", content_type="text/html")

    async def _on_upload(self, request: web.Request) -> web.Response:
        content = await request.read()
        taken = any(server.web_api.files.take(request.match_info["ticket"], content) for server in self._servers())
        return web.Response(text="OK" if taken else "no such upload", status=200 if taken else 404)

    def _servers(self) -> Iterator[SlackServer]:
        return (team.server for team in self.teams.values())


def _basic(request: web.Request) -> str:
    """The name and the password of a request's Basic authorisation, joined by a colon; empty without one."""
    given = request.headers.get("Authorization", "")
    return base64.b64decode(given.removeprefix("Basic ")).decode() if given.startswith("Basic ") else ""
