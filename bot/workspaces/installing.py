"""The two pages of an installation: Bolt's own flow, with our stores, and without its log of codes."""

from __future__ import annotations

import logging
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clients.slack import connection_options
from bot.commands import manifest
from bot.process.log import for_bolt
from bot.web.request_checks import RefusedError
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt import BoltResponse
    from slack_bolt.oauth.async_callback_options import AsyncFailureArgs
    from slack_bolt.request.async_request import AsyncBoltRequest

    from bot.workspaces.settings import HostSettings
    from bot.workspaces.stores import OAuthStates, SealedInstallations

log = logging.getLogger(__name__)

INSTALL, RETURN = "/slack/install", "/slack/oauth_redirect"
LONGEST_QUERY = 4096  # characters; Slack's code and state have some hundred
FAILURES = (SlackClientError, aiohttp.ClientError, OSError, TimeoutError, StorageError)


def routes(
    settings: HostSettings, installations: SealedInstallations, states: OAuthStates, session: aiohttp.ClientSession
) -> list[web.RouteDef]:
    """Return the routes of the page with "Add to Slack", and of the return from Slack."""
    flow = _flow(settings, installations, states, session)
    return [web.get(INSTALL, _guarded(flow.handle_installation)), web.get(RETURN, _guarded(flow.handle_callback))]


def _flow(
    settings: HostSettings, installations: SealedInstallations, states: OAuthStates, session: aiohttp.ClientSession
) -> AsyncOAuthFlow:
    secret = settings.slack_client_secret.get_secret_value()
    slack = settings.slack_api_url.removesuffix("api/")
    client = AsyncWebClient(base_url=settings.slack_api_url, session=session, **connection_options(settings))
    oauth = AsyncOAuthSettings(
        client_id=settings.slack_client_id,
        client_secret=secret,
        scopes=sorted(manifest.scopes()),
        user_scopes=(),
        redirect_uri=f"{settings.public_url}{RETURN}" if settings.public_url else None,
        install_path=INSTALL,
        redirect_uri_path=RETURN,
        authorization_url=f"{slack}oauth/v2/authorize",
        installation_store=installations,
        state_store=states,
        logger=for_bolt(),
    )
    flow = AsyncOAuthFlow(client=client, settings=oauth, logger=for_bolt())
    flow.failure_handler = partial(_failed, flow.default_callback_options.failure)
    return flow


async def _failed(page: Callable[[AsyncFailureArgs], Awaitable[BoltResponse]], args: AsyncFailureArgs) -> BoltResponse:
    """Log only the reason, because Bolt's own log line holds the code, and show Bolt's page."""
    log.warning("installation failed", extra={"reason": args.reason[:100], "error": args.error})
    return await page(args)


def _guarded(
    page: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        if len(request.query_string) > LONGEST_QUERY or request.can_read_body:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "the request is none of Slack's")
        try:
            return await to_aiohttp_response(await page(await to_bolt_request(request)))
        except FAILURES as error:
            log.warning("installation failed", extra={"error": error})
            text = "Slack or the database did not answer, so nothing was installed. Please try again in a minute.\n"
            return web.Response(text=text, status=HTTPStatus.SERVICE_UNAVAILABLE)

    return answer
