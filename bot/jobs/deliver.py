"""The delivery: send the outbox to Slack, in order per channel, exactly once as a reader sees it."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.clients.slack_errors import FAILURES, classify
from bot.jobs import shared_parcels
from bot.jobs.compose import Composer, batch_rule
from bot.jobs.delivery_errors import DeliveryErrors
from bot.jobs.failure_policy import FailurePolicy
from bot.jobs.isolation import isolated
from bot.jobs.recovery import Recovery
from bot.jobs.sender import Sender
from bot.process.failpoints import point
from bot.process.figures import Claimed, Figures
from bot.process.loop import background
from handlers.blocks.links import Links
from handlers.blocks.people import People
from handlers.interactions.languages import Languages
from pandapon import log_context, spans
from storage.errors import StorageError
from storage.post import NOTHING_TO_SAY, QUIET_HOURS, TOLD_OF_PARCEL, Post, PostKind, PostState, muted_by
from storage.watch import WatchState
from tracking.quiet_hours import hold_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.blocks.message import Message
    from storage.pace import Pace
    from storage.store import Store

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)  # of a post; sender.SENT_WITHIN is within it
CLAIM = 50  # channels served at a time
# News that waits for less than this is sent piece by piece: at Slack's pace that is a burst of about sixty posts.
# Beyond it each further post would be sent later and later.
BEHIND = timedelta(seconds=60)
# Outcomes of a post, in its span; a failure's outcome is its verdict.
SENT, LOOKED_UP, KEPT_BACK, NOTHING_LEFT = "sent", "looked_up", "kept_back", "nothing_left"
BATCH_MOST = 20  # pieces of news in one batch: Slack limits blocks, and a reader reads no more


class Deliverer:
    """Claims the oldest waiting message of each channel and sends it."""

    def __init__(
        self,
        *,
        store: Store,
        slack: AsyncWebClient,
        pace: Pace,
        clock: Callable[[], datetime],
        digest_from: int = 8,
        languages: Languages | None = None,
        people: People | None = None,
        links: Links | None = None,
        may_act: bool = False,
        figures: Figures | None = None,
        worker: str = "",
        sends: bool = True,
    ) -> None:
        """``digest_from``: the least number of waiting pieces that become one message in a channel late by ``BEHIND``.

        ``worker``: the name of this process. ``sends`` False: it leaves the posts to other processes.
        """
        self._worker, self._sends = worker, sends
        self._store, self._pace, self._clock = store, pace, clock
        self._composer = Composer(
            store, slack, languages or Languages(), people or People(), links or Links(), may_act=may_act
        )
        self._sender, self._figures = Sender(store, slack, clock), figures or Figures()
        self.failures = FailurePolicy(store, self._sender, pace, clock, self._figures)
        self._recovery = Recovery(store, slack, self.failures, clock)
        self._errors = DeliveryErrors(store, clock)
        self._digest_from = digest_from
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        self._draining = asyncio.Lock()
        self._again = False
        self._stopping = False
        self._waiting: list[asyncio.Event] = []
        self._drains: set[asyncio.Task[None]] = set()

    async def drain(self) -> None:
        """Start sending every post that may go now. Cheap when there is none; safe to call at any time."""
        self._again = True
        if not self._sends or self._draining.locked():
            return
        with spans.apart():  # the posts are not only those of the request that woke the delivery
            await self._drain()

    async def _drain(self) -> None:
        async with self._draining:
            while self._again and not self._stopping:
                self._again = False
                while not self._stopping and await self._start_claimed():
                    pass

    async def stop(self) -> None:
        """Start no further post, and wait up to 15 seconds for those being sent."""
        self._stopping = True
        async with self._draining:
            pass
        tasks = {*self._in_flight.values(), *self._drains}
        if tasks:
            await asyncio.wait(tasks, timeout=15)

    def next_settled(self) -> asyncio.Event:
        """Return an event that is set when the next post is settled, for callers that wait for a certain post."""
        event = asyncio.Event()
        self._waiting.append(event)
        return event

    async def _start_claimed(self) -> int:
        posts = await self._store.outbox.claim(
            self._clock(), CLAIM, LEASE, set(self._in_flight), pace=self._pace, worker=self._worker
        )
        self._figures.claimed(Claimed.POST, len(posts))
        for post in posts:
            task = asyncio.create_task(self._deliver(post), name=f"post-{post.id}", context=background())
            self._in_flight[post.channel] = task
            task.add_done_callback(partial(self._finished, post.channel))
        return len(posts)

    def _finished(self, channel: str, task: asyncio.Task[None]) -> None:
        self._in_flight.pop(channel, None)
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            event.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("delivery failed, the post comes back when its lease ends", exc_info=error)
        else:
            self.wake()

    def wake(self) -> None:
        """Start sending now, without waiting for the tick."""
        if self._sends and not self._stopping:
            task = asyncio.create_task(self.drain(), context=background())
            self._drains.add(task)
            task.add_done_callback(self._drained)

    def _drained(self, task: asyncio.Task[None]) -> None:
        self._drains.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("delivery stopped early, the next tick goes on", exc_info=error)

    async def _deliver(self, post: Post) -> None:
        log_context.bind(post=post.id, kind=post.kind, channel=post.channel, order=post.key)
        with spans.span("post", kind=post.kind, severity=post.severity or "none") as span:
            span.note(outcome=await self._errors.guarded(post, self._settle(post)))

    async def _settle(self, post: Post) -> str:
        """Send a post or keep it back. Returns the outcome, for its span."""
        if post.state is PostState.UNCERTAIN:
            await self._recovery.resolve(post)
            return LOOKED_UP
        if await self._kept_back(post):
            point("after_hold")
            return KEPT_BACK
        going = await self._batched(post) if post.kind is PostKind.NEWS else post
        return await self._errors.guarded(going, self._send(going))

    async def _send(self, post: Post) -> str:
        left = await self._remaining(post)
        message = await self._composed(left) if left else None
        if left is None or message is None:
            return NOTHING_LEFT
        point("before_send")
        try:
            sent = await self._sender.send(left, message)
        except FAILURES as error:
            failure = classify(error)
            await self.failures.apply(left, message, failure)
            return failure.verdict
        point("after_send")
        await self.failures.accepted(left, sent)
        point("after_mark")
        return SENT

    async def _remaining(self, post: Post) -> Post | None:
        """Return the post without the news of its parcel's other orders; None, and it is skipped, when none is left."""
        if post.kind is not PostKind.NEWS:
            return post
        left = await shared_parcels.remaining(self._store, post)
        if left is None:
            await self._store.outbox.mark_skipped(self._clock(), post, TOLD_OF_PARCEL)
        return left

    async def _composed(self, post: Post) -> Message | None:
        """Return the message. Without one, settle the post, so that it does not block its channel, and return None."""
        # A failure of the database passes: the post comes back when its lease ends.
        with isolated(log, "post cannot be composed, it is given up", passing=(StorageError,)):
            message = await self._composer.compose(post, self._clock())
            if message is None:  # its order or watch is gone
                await self._store.outbox.mark_failed(self._clock(), post, NOTHING_TO_SAY)
            return message
        await self._store.outbox.mark_failed(self._clock(), post, "cannot be composed")
        return None

    async def _kept_back(self, post: Post) -> bool:
        """Hold or skip a post that is muted or in quiet hours; its card waits with it. Returns whether it did."""
        # The card of an OPENING watch is an answer to a person.
        is_card_of_news = post.kind is PostKind.CARD and post.watch_state is WatchState.ACTIVE
        if not is_card_of_news and post.kind is not PostKind.NEWS:
            return False
        now = self._clock()
        if is_card_of_news and post.muted_until is not None:
            await self._store.outbox.mark_held(post, post.muted_until, muted_by(post.muted_by))
        elif post.muted_by:
            await self._store.outbox.mark_skipped(now, post, muted_by(post.muted_by))
        elif (until := hold_until(post.settings, post.severity, now)) is not None:
            await self._store.outbox.mark_held(post, until, QUIET_HOURS)
        elif post.card_held and not is_card_of_news:
            await self._store.outbox.queue_card_before(now, post)
        else:
            return False
        return True

    async def _batched(self, post: Post) -> Post:
        """Join the waiting news of a channel that is late, or leaves its quiet hours, into one message."""
        now = self._clock()
        fewest = 2 if post.was_held else self._digest_from
        is_late = post.was_held or now - post.created_at >= BEHIND
        if not is_late or post.behind + 1 < fewest:
            return post
        batch = await self._store.outbox.batch(now, post, BATCH_MOST, LEASE, rule=batch_rule(post, now, fewest))
        point("after_batch")
        return batch or post
