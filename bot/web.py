"""The HTTP side: Slack's requests in HTTP mode, and the health of the process in either mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from slack_bolt.async_app import AsyncApp

BODY_LIMIT = 1024 * 1024  # Slack's payloads are well below this


def build(
    app: AsyncApp,
    *,
    http_mode: bool,
    ready: Callable[[], Awaitable[dict[str, object] | str]],
    more: Iterable[web.RouteDef] = (),
) -> web.Application:
    """The web application. ``ready`` returns facts when the bot can work, or the reason in words when it can't."""
    server = web.Application(client_max_size=BODY_LIMIT)

    async def events(request: web.Request) -> web.Response:
        answer = await app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        state = await ready()
        if isinstance(state, str):
            return web.json_response({"status": "not ready", "reason": state}, status=503)
        return web.json_response({"status": "ready", **state})

    if http_mode:
        server.router.add_post("/slack/events", events)
    server.router.add_get("/healthz", healthz)
    server.router.add_get("/readyz", readyz)
    server.router.add_routes(more)
    return server
