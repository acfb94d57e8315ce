"""Answers a person by the first way that Slack accepts: response URL, form, channel, direct message, or App Home."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from handlers.blocks.pages import answer_page, home_page
from handlers.wire import payloads
from handlers.wire.slack import BLOCKS, FAILURES, code_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from slack_bolt.async_app import AsyncRespond
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.blocks.message import Block, Message
    from handlers.wire.payloads import Body

log = logging.getLogger(__name__)

OK, REFUSED = 200, 400  # statuses of a response URL; 404 or 410 after its five uses or its thirty minutes
STEP_SECONDS = 4.0  # for each way that is tried


@dataclass(frozen=True, slots=True)
class Replier:
    """Answers a person in the ways that a payload of Slack allows. Many payloads have no response URL.

    ``user`` and ``channel`` are Slack ids; what a payload does not have is None or empty.
    """

    client: AsyncWebClient
    user: str
    channel: str = ""
    respond: AsyncRespond | None = None
    trigger: str = ""  # opens one form, within three seconds
    view: str = ""  # the id of the form in which the person acted
    title: str = ""  # the title of that form

    @classmethod
    def of(cls, body: Body, client: AsyncWebClient, respond: AsyncRespond | None) -> Replier:
        """Read from a payload the ways to answer it."""
        is_form = payloads.text(body, "view", "type") == "modal"
        return cls(
            client=client,
            user=payloads.user(body),
            channel=payloads.channel(body),
            respond=respond,
            trigger=payloads.text(body, "trigger_id"),
            view=payloads.text(body, "view", "id") if is_form else "",
            title=payloads.text(body, "view", "title", "text") if is_form else "",
        )

    async def tell(self, message: Message, *, replace: bool = False) -> bool:
        """Show a message to this person alone, by the first way that Slack accepts. False: it accepted none."""
        for name, way in self._open(message, replace=replace):
            try:
                async with asyncio.timeout(STEP_SECONDS):
                    await way()
            except (*FAILURES, ValueError) as error:  # ValueError: the answer's bytes are no text
                log.info("answer not accepted", extra={"way": name, "error": code_of(error) or str(error) or error})
            else:
                return True
        log.warning("answer not accepted in any way")
        return False

    def _open(self, message: Message, *, replace: bool) -> Iterator[tuple[str, Callable[[], Awaitable[Any]]]]:
        if getattr(self.respond, "response_url", None):
            yield "by its URL", partial(self._by_url, message, replace=replace)
        if self.view:
            page = answer_page(message, title=self.title)
            yield "in its form", partial(self.client.views_update, view_id=self.view, view=page)
        if self.channel and self.user:
            yield "in the channel", partial(self._as_blocks, self._in_channel, message.text, message.blocks)
        if self.user:
            # The page leaves out the buttons that act on the channel: here, they would act on the direct message.
            blocks = answer_page(message)["blocks"]
            yield "directly", partial(self._as_blocks, self._directly, message.text, blocks)
        if self.trigger:
            yield "as a form", partial(self.client.views_open, trigger_id=self.trigger, view=answer_page(message))
        if self.user:
            view = home_page(message)
            yield "in App Home", partial(self.client.views_publish, user_id=self.user, view=view)

    async def _by_url(self, message: Message, *, replace: bool) -> None:
        """Send blocks, or the text alone where Slack refuses them. Raises OSError with the status where both fail."""
        assert self.respond is not None
        status = 0
        for blocks in (message.blocks, []):
            answer = await self.respond(
                text=message.text, blocks=blocks, response_type="ephemeral", replace_original=replace
            )
            status = answer.status_code
            if status == OK:
                return
            if status != REFUSED:
                break
        raise OSError(f"HTTP {status}")

    async def _as_blocks(
        self, say: Callable[[str, list[Block]], Awaitable[Any]], text: str, blocks: list[Block]
    ) -> None:
        try:
            await say(text, blocks)
        except FAILURES as error:
            if not code_of(error).startswith(BLOCKS):
                raise
            await say(text, [])

    async def _in_channel(self, text: str, blocks: list[Block]) -> Any:
        return await self.client.chat_postEphemeral(channel=self.channel, user=self.user, text=text, blocks=blocks)

    async def _directly(self, text: str, blocks: list[Block]) -> Any:
        return await self.client.chat_postMessage(channel=self.user, text=text, blocks=blocks)
