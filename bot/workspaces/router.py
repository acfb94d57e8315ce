"""Gives each request of Slack to the bot of its workspace. The request's signature was checked before."""

from __future__ import annotations

import asyncio
import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
from slack_bolt import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.clients.slack import connection_options
from bot.web.server import dispatched
from bot.workspaces.installation_lookup import candidate_ids
from bot.workspaces.workspace import State
from handlers.blocks.i18n import use_language
from handlers.features.connecting import unavailable
from handlers.wire import payloads
from pandapon import log_context

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.request.async_request import AsyncBoltRequest

    from bot.workspaces.registry import Registry
    from bot.workspaces.settings import HostSettings
    from bot.workspaces.workspace import Workspace
    from handlers.blocks.message import Message
    from handlers.wire.payloads import Body

log = logging.getLogger(__name__)

SAY_SECONDS = 5
LEAVING = frozenset({"app_uninstalled", "tokens_revoked"})  # events of an installation that ends


class Router:
    """Answers Slack's requests. ``on_leave`` gets the id of an installation that Slack says has ended."""

    def __init__(
        self,
        registry: Registry,
        settings: HostSettings,
        session: aiohttp.ClientSession,
        on_leave: Callable[[str], Awaitable[None]],
    ) -> None:
        self._registry, self._settings, self._session, self._on_leave = registry, settings, session, on_leave
        self._at_work: set[asyncio.Task[None]] = set()

    async def dispatch(self, asked: AsyncBoltRequest) -> BoltResponse:
        """Return the answer of the workspace's bot, or a sentence if it has none; then nothing is done."""
        body = asked.body
        if payloads.text(body, "type") == "url_verification":
            return BoltResponse(status=HTTPStatus.OK, body=json.dumps({"challenge": payloads.text(body, "challenge")}))
        workspace = self._registry.find(candidate_ids(asked))
        if payloads.text(body, "event", "type") in LEAVING:
            if workspace is not None and _ends_the_bot(body):
                self._hold(self._on_leave(workspace.id))
            return BoltResponse(status=HTTPStatus.OK)
        if workspace is None or workspace.bot is None:
            return self._refused(body, workspace)
        with log_context.bound(workspace=workspace.id):  # Bolt's listeners are tasks that begin here
            return await dispatched(workspace.bot.app, asked)

    async def stop(self) -> None:
        """Finish the sentences that are being sent."""
        if self._at_work:
            await asyncio.wait(set(self._at_work), timeout=SAY_SECONDS)

    def _refused(self, body: Body, workspace: Workspace | None) -> BoltResponse:
        with use_language(self._settings.language):
            message = _sentence(workspace)
            page = unavailable.page(message)
        if "command" in body:
            answer = {"response_type": "ephemeral", "text": message.text}
            return BoltResponse(status=HTTPStatus.OK, body=json.dumps(answer))
        if payloads.text(body, "type") == "view_submission":
            return BoltResponse(status=HTTPStatus.OK, body=json.dumps({"response_action": "update", "view": page}))
        if url := payloads.text(body, "response_url"):
            self._hold(self._say(url, message))
        return BoltResponse(status=HTTPStatus.OK)

    async def _say(self, url: str, message: Message) -> None:
        options = connection_options(self._settings)
        client = AsyncWebhookClient(url, timeout=SAY_SECONDS, session=self._session, **options)
        try:
            await client.send(text=message.text, response_type="ephemeral", replace_original=False)
        except (SlackClientError, aiohttp.ClientError, OSError, ValueError) as error:
            log.info("answer not accepted", extra={"error": error})

    def _hold(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)


def _ends_the_bot(body: Body) -> bool:
    """Whether the event is about the bot's own token. Slack may name people's tokens, too; the app has none."""
    if payloads.text(body, "event", "type") == "app_uninstalled":
        return True
    revoked = payloads.part(body, "event", "tokens", "bot")
    return isinstance(revoked, list) and bool(revoked)


def _sentence(workspace: Workspace | None) -> Message:
    if workspace is None:
        return unavailable.not_installed()
    return unavailable.not_running() if workspace.state is State.FAILED else unavailable.starting()
