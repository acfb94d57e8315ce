"""The Socket Mode connection, with the same check of payloads as for signed requests."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.web.payloads import MalformedPayloadError, check
from bot.web.server import dispatched

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.socket_mode.aiohttp import SocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.web.door import Refusals


class Link(AsyncSocketModeHandler):
    """Bolt's handler, which gets only payloads that pass the check."""

    def __init__(self, app: AsyncApp, app_token: str, refusals: Refusals, *, web_client: AsyncWebClient) -> None:
        super().__init__(app, app_token, web_client=web_client, proxy=web_client.proxy)
        self._refusals = refusals

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # as Bolt's own
        """Check and dispatch a payload. A malformed one is acknowledged, or Slack would send it again."""
        try:
            req.payload = check(req.payload)
        except MalformedPayloadError as error:
            self._refusals.note(f"Socket Mode: {error}")
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=str(req.envelope_id)))
            return
        began = time()
        asked = AsyncBoltRequest(mode="socket_mode", body=req.payload, headers=build_headers(req))
        await send_async_response(client, req, await dispatched(self.app, asked), began)
