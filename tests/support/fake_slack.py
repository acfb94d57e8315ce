"""The Slack stand-in alone, with a clock that the test moves, and a small Bolt app connected to it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.server import SlackServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.async_app import AsyncApp

    from sandbox.clock import SimClock

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
BOT_TOKEN, APP_TOKEN, SIGNING = "xoxb-test-bot", "xapp-test-app", "test-signing-secret"
MEI, TOM = "U0MEI00001", "U0TOM00002"
ORDERS, URGENT, RANDOM = "C0ORDERS01", "C0URGENT02", "C0RANDOM03"
BUYERS, SECRET, OLDIES = "G0BUYERS04", "G0SECRET05", "C0OLDIES06"
SCOPES = ("commands", "chat:write", "channels:read", "groups:read", "channels:history", "groups:history", "users:read")
ACK_SECONDS = 0.4


def manifest(*scopes: str) -> dict[str, Any]:
    """Return the app's manifest, with these scopes or the usual ones."""
    command = {"command": "/ask", "description": "Ask", "usage_hint": "", "should_escape": True}
    plain_command = {"command": "/plain", "description": "Plain", "usage_hint": ""}
    return {
        "features": {"slash_commands": [command, plain_command]},
        "oauth_config": {"scopes": {"bot": list(scopes or SCOPES)}},
    }


def stand_in(clock: SimClock, *scopes: str) -> SlackServer:
    """Make a stand-in that waits only briefly for an acknowledgement."""
    return SlackServer(
        clock,
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret=SIGNING,
        manifest=manifest(*scopes),
        ack_seconds=ACK_SECONDS,
    )


def web_client(slack: SlackServer, token: str = BOT_TOKEN) -> AsyncWebClient:
    """Return Slack's own client for the stand-in."""
    return AsyncWebClient(token=token, base_url=slack.api_url)


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def section(text: str, **fields: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **fields}


def button(action_id: str, text: str = "Press", **fields: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain(text), **fields}


def modal(title: str = "A form", **fields: Any) -> dict[str, Any]:
    field = {"type": "plain_text_input", "action_id": "typed"}
    block = {"type": "input", "block_id": "number", "label": plain("Number"), "element": field}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Send"),
        "blocks": [block],
    } | fields


def typed(value: str) -> dict[str, Any]:
    """Return the state of the only field of :func:`modal`."""
    return {"number": {"typed": {"type": "plain_text_input", "value": value}}}


@asynccontextmanager
async def socket_mode(slack: SlackServer, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """Connect the app over Socket Mode."""
    handler = AsyncSocketModeHandler(app, APP_TOKEN)
    handler.client.web_client = web_client(slack, APP_TOKEN)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt's own
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt's own
        await asyncio.sleep(0)


@asynccontextmanager
async def http_mode(slack: SlackServer, app: AsyncApp) -> AsyncIterator[None]:
    """Serve the app behind a request URL that checks signatures."""

    async def receive(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    served = web.Application()
    served.router.add_post("/slack/events", receive)
    runner = web.AppRunner(served, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield
    finally:
        slack.request_url = ""
        await runner.cleanup()
