"""One thing a person did in Slack, and the answer they always get."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_sdk.errors import SlackClientError

from handlers.errors import guarded
from handlers.views import errors as error_views

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from slack_bolt.async_app import AsyncRespond
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.context import Context
    from handlers.views.message import Message

log = logging.getLogger(__name__)

OK = 200


@dataclass(frozen=True, slots=True)
class Turn:
    """Who did it, where, and how to answer. ``replace``: the answer takes the place of the pressed message."""

    ctx: Context
    user: str
    channel: str
    respond: AsyncRespond
    client: AsyncWebClient
    replace: bool = False

    async def answer(self, work: Coroutine[None, None, Message], doing: str) -> None:
        """Run the work and show its result, an error in words, and a working line when it takes a while."""
        whole = asyncio.ensure_future(self._answer(work, doing))
        self.ctx.in_hand.add(whole)
        whole.add_done_callback(self.ctx.in_hand.discard)
        await whole

    async def _answer(self, work: Coroutine[None, None, Message], doing: str) -> None:
        task = asyncio.ensure_future(guarded(work))
        finished, _pending = await asyncio.wait({task}, timeout=self.ctx.working_after)
        if finished:
            await self.say(await task, replace=self.replace)
        else:  # Slack replaces pressed messages only: elsewhere the working line stays, and the answer comes below it
            await self.say(error_views.working(doing), replace=self.replace)
            await self.say(await task, replace=self.replace)

    async def say(self, message: Message, *, replace: bool) -> None:
        """Answer only this person. Falls back on the text alone when the URL is used up or the blocks are refused."""
        try:
            answer = await self.respond(
                text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=replace
            )
            if answer.status_code == OK:
                return
            log.warning("a response URL refused an answer: HTTP %s", answer.status_code)
        except (OSError, TimeoutError, SlackClientError) as error:
            log.warning("a response URL could not be reached: %s", type(error).__name__)
        await self._say_directly(message)

    async def _say_directly(self, message: Message) -> None:
        try:
            await self.client.chat_postEphemeral(channel=self.channel, user=self.user, text=message.text)
        except (OSError, TimeoutError, SlackClientError) as error:
            log.warning("an answer could not be shown: %s", type(error).__name__)
