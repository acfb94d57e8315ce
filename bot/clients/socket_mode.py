"""The Socket Mode connection, with the same check of payloads as for signed requests."""

from __future__ import annotations

import asyncio
import logging
import sys
from time import time
from typing import TYPE_CHECKING

from slack_bolt.adapter.socket_mode.async_base_handler import AsyncBaseSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.clients.slack_errors import TOKEN_REFUSED
from bot.process.log import for_bolt
from bot.process.log_throttle import ThrottleFilter
from bot.web.payloads import MalformedPayloadError, check
from bot.web.server import dispatched
from handlers.wire.slack import code_of

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.socket_mode.request import SocketModeRequest
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.web.connections import Refusals

log = logging.getLogger(__name__)

# Beginnings of slack_sdk's log records of a failed attempt to connect. It tries every ten seconds and logs a traceback.
FAILED_TO_CONNECT = ("Failed to connect", "Failed to retrieve WSS URL", "Failed to check the current session")
# Beginnings of its log records of a broken connection; the client then makes a new one by itself.
BREAKING = ("Failed to receive or enqueue", "Failed to send a ping", "Failed to close the old session")
HOW_TO_MEND = (
    "Make an app-level token with connections:write on the app's page (Basic Information) and start again; "
    "`pandabot check` tells more."
)
REPEAT_EVERY = 600.0  # seconds between two records that begin alike


class ConnectionState:
    """Whether Socket Mode is connected, and why not. It logs a failure once, and once that it works again."""

    def __init__(self) -> None:
        self.trouble = ""  # Slack's error code, or the error's type
        self.refused = asyncio.Event()  # Slack does not take the app token

    def connect_failed(self, error: BaseException | None) -> None:
        """Record a failed attempt to connect. A refused token is logged in any case, because a person must act."""
        code = code_of(error) if isinstance(error, SlackApiError) else ""
        was_told, was_refused = bool(self.trouble), self.refused.is_set()
        self.trouble = code or type(error).__name__
        if code in TOKEN_REFUSED:
            self.refused.set()
            if not was_refused:
                log.error("Slack refuses SLACK_APP_TOKEN, nobody is answered", extra={"error": code})
            return
        self.refused.clear()
        if not was_told:
            log.warning("Socket Mode cannot connect, it is tried again", extra={"error": self.trouble})

    def connected(self) -> None:
        """Record that it is connected."""
        if self.trouble:
            log.info("Socket Mode is connected again")
        self.trouble = ""
        self.refused.clear()

    def sentence(self) -> str:
        """Say for /readyz why it is not connected."""
        if self.refused.is_set():
            return f"Slack refuses SLACK_APP_TOKEN ({self.trouble})"
        return f"Socket Mode is not connected ({self.trouble})" if self.trouble else "Socket Mode is not connected"


class ConnectionLogHandler(logging.Handler):
    """Takes slack_sdk's log records: notes failures of the connection, and passes all other records to Bolt's log."""

    def __init__(self, state: ConnectionState) -> None:
        super().__init__(logging.WARNING)
        self._state = state
        self._throttle = ThrottleFilter(REPEAT_EVERY)

    def emit(self, record: logging.LogRecord) -> None:
        """Note the failure or pass the record on. slack_sdk logs within ``except``, not always with the error."""
        text = record.getMessage()
        if text.startswith(FAILED_TO_CONNECT):
            self._state.connect_failed(sys.exc_info()[1])
            return
        if kind := next((beginning for beginning in BREAKING if text.startswith(beginning)), ""):
            # The record's text names the session, and its traceback shows nothing but slack_sdk.
            record.msg, record.args, record.exc_info = kind, (), None
            if not self._throttle.filter(record):
                return
        for_bolt().handle(record)


class MonitoredClient(SocketModeClient):
    """slack_sdk's client, which tells whether the connection stands."""

    def __init__(self, app_token: str, web_client: AsyncWebClient) -> None:
        self.state = ConnectionState()
        # A logger of its own, outside the tree: several bots in one process must not get each other's records.
        logger = logging.Logger("slack_sdk.socket_mode", logging.WARNING)  # noqa: LOG001  see above
        logger.addHandler(ConnectionLogHandler(self.state))
        super().__init__(app_token=app_token, logger=logger, web_client=web_client, proxy=web_client.proxy)

    async def connect(self) -> None:
        """See SocketModeClient: this ends when it is connected, or closed."""
        await super().connect()  # type: ignore[no-untyped-call]  # slack_sdk leaves it untyped
        if not self.closed:
            self.state.connected()


class CheckedSocketModeHandler(AsyncBaseSocketModeHandler):
    """Bolt's handler, which gets only payloads that pass the check."""

    app: AsyncApp
    client: MonitoredClient

    def __init__(self, app: AsyncApp, app_token: str, refusals: Refusals, *, web_client: AsyncWebClient) -> None:
        self.app = app
        self.client = MonitoredClient(app_token, web_client)
        self.client.socket_mode_request_listeners.append(self.handle)  # type: ignore[arg-type]  # as Bolt's own
        self._refusals = refusals

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # as Bolt's own
        """Check and dispatch a payload. A malformed payload is acknowledged, too: Slack would send it again."""
        try:
            req.payload = check(req.payload)
        except MalformedPayloadError as error:
            self._refusals.note(f"Socket Mode: {error}")
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=str(req.envelope_id)))
            return
        began = time()
        asked = AsyncBoltRequest(mode="socket_mode", body=req.payload, headers=build_headers(req))
        await send_async_response(client, req, await dispatched(self.app, asked), began)
