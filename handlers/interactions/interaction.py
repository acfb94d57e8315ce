"""An interaction of a person with the bot, and the answer that the person always gets in time."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from handlers.blocks import failures
from handlers.blocks.i18n import set_language
from handlers.blocks.people import keep
from handlers.interactions.answering import Replier
from handlers.interactions.error_boundary import guarded
from handlers.wire import payloads
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

# Shares of ``answer_seconds``: for the calls to PandaPon and Slack, and for the whole work. The time after the calls is
# for showing the stored state if PandaPon failed, and the time after the work for telling the person that it failed.
ASKING, WORKING = 0.8, 0.93


@dataclass(slots=True)
class PendingAnswer:
    """The facts of an answer that is being worked on.

    ``message``: stands below the working line until the answer comes; None: the working line stands alone. ``asked``:
    the request, for the explanation of an error.
    """

    message: Message | None = None
    asked: failures.Asked = failures.NOTHING_ASKED


@dataclass(frozen=True, slots=True)
class Interaction:
    """Who acted, where, and how to answer. ``channel``: empty where Slack names none."""

    ctx: Context
    user: str
    channel: str
    respond: AsyncRespond
    client: AsyncWebClient
    channel_name: str = ""  # from Slack's payload
    body: Body = field(default_factory=dict)  # the payload as Slack sent it; it holds further ways to answer
    pending: PendingAnswer = field(default_factory=PendingAnswer)

    @property
    def is_between_people(self) -> bool:
        """Whether the person acted in a direct message. One of several people has a channel's id and a special name."""
        return self.channel.startswith("D") or self.channel_name.startswith("mpdm-")

    def speak_to(self, locale: str, time_zone: str) -> None:
        """Learn the person's locale and IANA time zone, and use their language from now on in the current task."""
        ctx = self.ctx
        if ctx.people.profile(self.user, locale, time_zone):
            ctx.hold(asyncio.ensure_future(keep(ctx.store, self.user, ctx.people.of(self.user))))
        set_language(ctx.languages.of_reader(ctx.people.of(self.user), self.spoken_in))

    @property
    def spoken_in(self) -> str:
        """The channel whose language counts where the person's own is not known; empty: the payload names none."""
        return payloads.channel(self.body) or payloads.text(self.body, "view", "private_metadata")

    async def answer(self, work: Coroutine[None, None, Message], working: str, *, replace: bool = False) -> None:
        """Run the work and show its message or its error; show the line ``working`` if the work takes long.

        ``replace``: the answer replaces the pressed message. A stop of the process waits for the answer.
        """
        answering = asyncio.ensure_future(self._answer(work, working, replace=replace))
        self.ctx.hold(answering)
        await answering

    async def _answer(self, work: Coroutine[None, None, Message], working: str, *, replace: bool) -> None:
        until = time.monotonic() + self.ctx.answer_seconds * WORKING
        task = asyncio.ensure_future(run_with_budget(guarded(work, self.pending), self.ctx))
        finished, _pending = await asyncio.wait({task}, timeout=self.ctx.working_after)
        if not finished:  # Slack replaces pressed messages alone; otherwise the working line stays above the answer
            await self.say(self._working(working, stays=not replace), replace=replace)
        late = failures.too_late(self.ctx.answer_seconds, self.pending.asked)
        await self.say(await result_by(task, until, late), replace=replace)

    def _working(self, working: str, *, stays: bool) -> Message:
        line = failures.working(working, stays=stays)
        return line.followed_by(self.pending.message) if self.pending.message else line

    async def say(self, message: Message, *, replace: bool) -> None:
        """Show a message to this person alone, by the first way that Slack accepts."""
        replier = Replier.of(self.body, self.client, self.respond)
        await replier.tell(message, replace=replace)


async def run_with_budget(work: Coroutine[Any, Any, T], ctx: Context) -> T:
    """Run the work of an answer and measure its time. Its calls to PandaPon and Slack may take their share of it."""
    began, is_given_up = time.monotonic(), False
    try:
        with budget.limited(ctx.answer_seconds * ASKING):
            return await work
    except asyncio.CancelledError:
        is_given_up = True
        raise
    finally:
        seconds = time.monotonic() - began
        ctx.answered(seconds, not is_given_up and seconds <= ctx.answer_seconds)


async def result_by(task: asyncio.Task[T], until: float, late: T) -> T:
    """Return the task's result or, when the time is over, ``late``. ``until``: in seconds of ``time.monotonic``.

    A late task is cancelled, so that no change is made that still waits in the database's queue.
    """
    finished, _pending = await asyncio.wait({task}, timeout=max(0.0, until - time.monotonic()))
    if finished:
        return task.result()
    task.cancel()
    log.warning("answer took too long, it is given up")
    return late
