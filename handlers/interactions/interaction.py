"""One thing a person did in Slack, and the answer they always get, within the time that a question has."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from handlers.blocks import failures
from handlers.interactions.answering import Ways
from handlers.interactions.error_boundary import guarded
from pandapon import budget

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from slack_bolt.async_app import AsyncRespond
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.blocks.message import Message
    from handlers.interactions.context import Context
    from handlers.wire.payloads import Body

T = TypeVar("T")

log = logging.getLogger(__name__)

# Of a question's time, what is there for asking others, and what is there for the whole of the work: whoever asked is
# to read that it failed before the time is over, and what is stored is still to be shown after PandaPon has failed.
ASKING, WORKING = 0.8, 0.93


@dataclass(slots=True)
class Meanwhile:
    """What is known before the answer: shown beneath the working line when the answer takes a while."""

    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Interaction:
    """Who did it, where, and how to answer."""

    ctx: Context
    user: str
    channel: str
    respond: AsyncRespond
    client: AsyncWebClient
    channel_name: str = ""  # as Slack's payloads call it
    body: Body = field(default_factory=dict)  # as Slack sent it: it holds further ways to answer
    meanwhile: Meanwhile = field(default_factory=Meanwhile)

    @property
    def is_between_people(self) -> bool:
        """Whether it was done in a direct message; of several people it has a channel's id and a name of its own."""
        return self.channel.startswith("D") or self.channel_name.startswith("mpdm-")

    async def answer(self, work: Coroutine[None, None, Message], working: str, *, replace: bool = False) -> None:
        """Run the work and show its result, an error in words, and a working line when it takes a while.

        ``replace``: the answer takes the place of the pressed message.
        """
        whole = asyncio.ensure_future(self._answer(work, working, replace=replace))
        self.ctx.hold(whole)
        await whole

    async def _answer(self, work: Coroutine[None, None, Message], working: str, *, replace: bool) -> None:
        until = time.monotonic() + self.ctx.answer_seconds * WORKING
        task = asyncio.ensure_future(within(guarded(work), self.ctx.answer_seconds))
        finished, _pending = await asyncio.wait({task}, timeout=self.ctx.working_after)
        if not finished:  # Slack replaces pressed messages only: elsewhere this stays, and the answer comes below it
            await self.say(self._working(working), replace=replace)
        late = failures.too_late(self.ctx.answer_seconds)
        await self.say(await in_time(task, until, late), replace=replace)

    def _working(self, working: str) -> Message:
        line = failures.working(working)
        return line.followed_by(self.meanwhile.message) if self.meanwhile.message else line

    async def say(self, message: Message, *, replace: bool) -> None:
        """Answer only this person, by whatever way Slack takes."""
        ways = Ways.of(self.body, self.client, self.respond)
        await ways.tell(message, replace=replace)


async def within(work: Coroutine[Any, Any, T], seconds: float) -> T:
    """The work, with its share of a question's time for all that it asks of others."""
    with budget.limited(seconds * ASKING):
        return await work


async def in_time(task: asyncio.Task[T], until: float, late: T) -> T:
    """What the work made or, when the time is over, ``late``; ``until`` is monotonic.

    What is still under way is given up: a change that waits in the database's queue is not made any more.
    """
    finished, _pending = await asyncio.wait({task}, timeout=max(0.0, until - time.monotonic()))
    if finished:
        return task.result()
    task.cancel()
    log.warning("answer took too long, it is given up")
    return late
