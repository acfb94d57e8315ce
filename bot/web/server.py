"""The HTTP side: Slack's requests in HTTP mode, and the health of the process in either mode."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web
from slack_bolt import BoltResponse
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.process.errors import StartError
from bot.web.connections import Site
from bot.web.request_checks import SlackVerifier, guard

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from slack_bolt.async_app import AsyncApp

    from bot.settings import Shared
    from bot.web.connections import Connections

    Dispatch = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]

log = logging.getLogger(__name__)

ACK_SECONDS = 2.5  # Slack waits three
PASSED_ON = ("X-Slack-Retry-Num", "X-Slack-Retry-Reason")  # the only headers that Bolt gets


def build(
    dispatch: Dispatch,
    *,
    signing_secret: str | None,
    connections: Connections,
    ready: Callable[[], Awaitable[dict[str, object] | str]],
    routes: Iterable[web.RouteDef] = (),
) -> web.Application:
    """Return the web application, for a ``bot.web.connections.Site`` with the same connections.

    ``dispatch`` answers Slack's requests. ``signing_secret``: theirs; without it there is no ``/slack/events``.
    ``ready`` returns facts for ``/readyz``, or the reason as a text when the bot cannot work. ``routes``: others.
    """
    server = web.Application(middlewares=[guard(connections)])

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        state = await ready()
        if isinstance(state, str):
            return web.json_response({"status": "not ready", "reason": state}, status=503)
        return web.json_response({"status": "ready", **state})

    if signing_secret:
        server.router.add_routes(_slack(dispatch, SlackVerifier(signing_secret)))
    server.router.add_get("/healthz", healthz)
    server.router.add_get("/readyz", readyz)
    server.router.add_routes(routes)
    return server


async def listen(application: web.Application, settings: Shared, connections: Connections) -> tuple[web.AppRunner, int]:
    """Serve on the host and port of the settings. Returns the runner, whose cleanup ends it, and the port.

    Raises StartError when the host or port cannot be used.
    """
    runner = web.AppRunner(application, handle_signals=False)
    await runner.setup()
    try:
        await Site(runner, settings.http_host, settings.http_port, connections).start()
    except OSError as error:
        await runner.cleanup()
        raise StartError(_not_bound(settings, error)) from None
    return runner, runner.addresses[0][1]


def _not_bound(settings: Shared, error: OSError) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return (
            f"HTTP_HOST {settings.http_host} is no address of this machine ({error.strerror}). "
            "Set it to 127.0.0.1, or to 0.0.0.0 for every address."
        )
    return (
        f"HTTP_PORT {settings.http_port} on {settings.http_host} cannot be used "
        f"({error.strerror}): another program has it, or it needs more rights. Choose another HTTP_PORT."
    )


async def dispatched(app: AsyncApp, asked: AsyncBoltRequest) -> BoltResponse:
    """Return Bolt's answer, or a plain acknowledgement after :data:`ACK_SECONDS`, so that Slack does not send it again.

    Bolt is late when no listener matches, or when one failed: it then loses an acknowledgement and waits.
    """
    work = asyncio.ensure_future(_answered(app, asked))
    done, _late = await asyncio.wait({work}, timeout=ACK_SECONDS)
    return work.result() if done else BoltResponse(status=HTTPStatus.OK)


async def _answered(app: AsyncApp, asked: AsyncBoltRequest) -> BoltResponse:
    try:
        answer = await app.async_dispatch(asked)
    except Exception as error:  # noqa: BLE001  the error boundary itself failed; its cause is logged with a traceback
        log.error("failure not told to its person", extra={"error": error})  # noqa: TRY400  the cause has the traceback
        return BoltResponse(status=HTTPStatus.OK)
    return answer if answer.status < HTTPStatus.BAD_REQUEST else BoltResponse(status=HTTPStatus.OK)


def _slack(dispatch: Dispatch, verifier: SlackVerifier) -> list[web.RouteDef]:
    async def events(request: web.Request) -> web.Response:
        payload = await verifier.admit(request)
        if not payload:
            return web.Response()
        headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        # The payload was parsed and verified. Bolt gets it as if it came by Socket Mode, so that it does neither again:
        # Bolt's own parser takes any form with "payload" in a text for an interaction.
        asked = AsyncBoltRequest(body=payload, headers=dict(headers), mode="socket_mode")
        return await to_aiohttp_response(await dispatch(asked))

    async def certificate_check(request: web.Request) -> web.Response:
        """Answer Slack's certificate check, which comes by GET too."""
        if request.query.get("ssl_check") == "1":
            return web.Response()
        raise web.HTTPMethodNotAllowed(request.method, ["POST"])

    return [web.post("/slack/events", events), web.get("/slack/events", certificate_check)]
