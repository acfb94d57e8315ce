"""The delivery: send the outbox to Slack, in order per channel, exactly once as a reader sees it."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.jobs import retold, shared
from bot.jobs.compose import Composer, folding, goes_to_thread, is_broadcast
from bot.jobs.lookup import GaveUpError, find_post
from bot.jobs.puzzles import Puzzles
from bot.jobs.slack_errors import Failure, Verdict, understand
from bot.killpoints import point
from bot.tracking.quiet import hold_until
from handlers import channel_settings
from handlers.languages import Languages
from handlers.people import People
from handlers.slack import OddAnswerError, ts_of
from handlers.text import clip
from handlers.views.message import Message
from pandapon import budget
from storage.errors import StorageError
from storage.records import NOTHING_TO_SAY, TOLD_OF_PARCEL, Post, PostKind, PostState, WatchState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.jobs.pacing import Pacer
    from storage.protocol import Store

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
CLAIM = 50  # channels served at a time
# A refresh may be sent again without harm. A notice too: a person's own conversation cannot be read with our scopes.
NOT_LOOKED_UP = frozenset({PostKind.REFRESH, PostKind.NOTICE})
# What waits for less than this is told piece by piece: at Slack's pace that is a burst of some sixty posts, which a
# thread or a channel can bear; after it each further post would be told later and later.
BEHIND = timedelta(seconds=60)
FOLD_MOST = 20  # pieces of news in one digest, for Slack's sake and the reader's
SHORT = 1000  # characters of what Slack refused at full length
SHORT_AFTER = 6  # tries of what Slack refuses for no known reason, before it is said as a short text
LOOKUPS = 300  # tries, about a day of them: a search that fails for so long is given up for the channel's sake
CLOSED = frozenset({"channel_not_found", "is_archived"})  # whatever else hides a history, a post may be taken there
BACKOFF = (1, 2, 5, 15, 60, 300)  # seconds between tries of one message
EVENT_TYPE = "pandabot_post"  # the metadata's type; its payload is an opaque id and opaque marks


class Deliverer:
    """Claims the oldest waiting message of each channel and sends it."""

    def __init__(
        self,
        *,
        store: Store,
        slack: AsyncWebClient,
        pacer: Pacer,
        clock: Callable[[], datetime],
        digest_from: int = 8,
        languages: Languages | None = None,
        people: People | None = None,
    ) -> None:
        """``digest_from``: so many pieces of news become one message, in a channel that is behind (``BEHIND``)."""
        self._store, self._slack, self._pacer, self._clock = store, slack, pacer, clock
        self._composer = Composer(store, slack, languages or Languages(), people or People())
        self._digest_from = digest_from
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        self._draining = asyncio.Lock()
        self._again = False
        self._stopping = False
        self._watchers: list[asyncio.Event] = []
        self._drains: set[asyncio.Task[None]] = set()
        self.puzzles = Puzzles()
        self.refused = ""  # Slack's word for what is wrong with the bot's token; empty while it is taken

    async def drain(self) -> None:
        """Start sending everything that may go now. Cheap when there is nothing; safe to call at any time."""
        self._again = True
        if self._draining.locked():
            return
        async with self._draining:
            while self._again and not self._stopping:
                self._again = False
                while not self._stopping and await self._start_some():
                    pass

    async def stop(self) -> None:
        """Start nothing more and finish what is on its way."""
        self._stopping = True
        async with self._draining:
            pass
        going = {*self._in_flight.values(), *self._drains}
        if going:
            await asyncio.wait(going, timeout=15)

    def outcome(self) -> asyncio.Event:
        """An event that is set after the next message, sent or refused; for those who wait for theirs."""
        event = asyncio.Event()
        self._watchers.append(event)
        return event

    async def _start_some(self) -> int:
        busy = set(self._in_flight) | self._pacer.waiting(time.monotonic())
        posts = await self._store.claim_posts(self._clock(), CLAIM, LEASE, busy)
        for post in posts:
            self._pacer.spend(post.channel, time.monotonic())
            context = budget.unlimited()  # whoever set this off may have no time left for it
            task = asyncio.create_task(self._deliver(post), name=f"post-{post.id}", context=context)
            self._in_flight[post.channel] = task
            task.add_done_callback(partial(self._finished, post.channel))
        return len(posts)

    def _finished(self, channel: str, task: asyncio.Task[None]) -> None:
        self._in_flight.pop(channel, None)
        watchers, self._watchers = self._watchers, []
        for event in watchers:
            event.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("delivery failed; its lease will bring the message back", exc_info=error)
        else:
            self.wake()

    def wake(self) -> None:
        """Something may go now: look without waiting for the tick."""
        if not self._stopping:
            task = asyncio.create_task(self.drain(), context=budget.unlimited())
            self._drains.add(task)
            task.add_done_callback(self._drained)

    def _drained(self, task: asyncio.Task[None]) -> None:
        self._drains.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("delivery stopped early; the next tick goes on", exc_info=error)

    async def _deliver(self, post: Post) -> None:
        if post.state is PostState.UNCERTAIN:
            await self._resolve(post)
            return
        if await self._kept_back(post):
            point("after_hold")
            return
        if post.kind is PostKind.NEWS:
            post = await self._folded(post)
        if post.kind is PostKind.NEWS:
            left = await shared.untold(self._store, post)
            if left is None:
                await self._store.mark_skipped(self._clock(), post, TOLD_OF_PARCEL)
                return
            post = left
        message = await self._composed(post)
        if message is None:
            return
        point("before_send")
        try:
            ts = await self._send(post, message)
        except Exception as error:  # noqa: BLE001  understand() raises again what is not Slack's
            await self._failed(post, message, understand(error))
        else:
            point("after_send")
            self._taken(post)
            await self._store.mark_sent(self._clock(), post, ts)
            point("after_mark")

    async def _composed(self, post: Post) -> Message | None:
        """The message; None, and the post is settled, where there is none: it must not stand in its channel's way."""
        try:
            message = await self._composer.compose(post, self._clock())
        except StorageError:  # passes: the lease brings the post back
            raise
        except Exception:
            log.exception("the %s post %d cannot be composed; it is given up", post.kind.value, post.id)
            await self._store.mark_failed(self._clock(), post, "cannot be composed")
            return None
        if message is None:  # its order or watch is gone
            await self._store.mark_failed(self._clock(), post, NOTHING_TO_SAY)
        return message

    async def _kept_back(self, post: Post) -> bool:
        """Muted by a person, or held by the channel's quiet hours; a card that its first news brings waits with it."""
        brought = post.kind is PostKind.CARD and post.watch_state is WatchState.ACTIVE  # one in OPENING is an answer
        if not brought and post.kind is not PostKind.NEWS:
            return False
        now = self._clock()
        if brought and post.muted_until is not None:
            await self._store.mark_held(post, post.muted_until, f"muted by {post.muted_by}")
        elif post.muted_by:
            await self._store.mark_skipped(now, post, f"muted by {post.muted_by}")
        elif (until := hold_until(channel_settings.load(post.settings), post.level, now)) is not None:
            await self._store.mark_held(post, until, "quiet hours")
        elif post.card_held and not brought:
            await self._store.card_first(now, post)
        else:
            return False
        return True

    async def _folded(self, post: Post) -> Post:
        """A channel that fell behind, or wakes from its quiet hours, gets one message instead of a queue of them."""
        now = self._clock()
        fewest = 2 if post.was_held else self._digest_from
        is_late = post.was_held or now - post.created_at >= BEHIND
        if not is_late or post.behind + 1 < fewest:
            return post
        digest = await self._store.fold(now, post, FOLD_MOST, LEASE, folding(post, now, fewest))
        point("after_fold")
        return digest or post

    async def _send(self, post: Post, message: Message) -> str:
        content: dict[str, Any] = {"text": message.text, "blocks": message.blocks}
        if post.kind is PostKind.REFRESH:
            await self._slack.chat_update(channel=post.channel, ts=post.thread_ts, **content)
            return post.thread_ts
        if goes_to_thread(post):
            content |= {"thread_ts": post.thread_ts, "reply_broadcast": is_broadcast(post)}
        response = await self._slack.chat_postMessage(
            channel=post.channel,
            metadata={"event_type": EVENT_TYPE, "event_payload": await retold.identity(self._store, post)},
            unfurl_links=False,
            unfurl_media=False,
            **content,
        )
        ts = ts_of(response)
        if not ts and post.kind is not PostKind.NOTICE:  # nobody ever refers to a notice
            raise OddAnswerError("Slack took a post and did not say under which ts")
        return ts

    async def _failed(self, post: Post, message: Message, failure: Failure) -> None:
        now = self._clock()
        match failure.verdict:
            case Verdict.REFUSED:
                await self._send_short(post, message, failure)
            case Verdict.UNCERTAIN if post.kind not in NOT_LOOKED_UP:
                await self._store.mark_uncertain(now, post, now + self._backoff(post), failure.code)
            case Verdict.NOT_SENT | Verdict.UNCERTAIN:
                wait = self._wait(post, failure)
                await self._store.mark_retry(now, post, now + wait, failure.code)
            case Verdict.CHANNEL_GONE:
                await self._channel_gone(post, failure.code)
            case Verdict.UNKNOWN:
                await self._puzzled(post, message, failure)
            case Verdict.TOKEN_REFUSED:
                await self._token_refused(post, failure.code)
            case Verdict.CARD_GONE if post.watch_id is not None:
                log.info("the card of order %s was deleted in Slack", post.key)
                await self._store.card_lost(now, post)
            case _:
                await self._give_up(post, failure.code)

    async def _send_short(self, post: Post, message: Message, failure: Failure) -> None:
        """Newer blocks are not on every workspace, and limits change: say it once more as a short text."""
        log.warning("Slack refused a %s post (%s); sending a short text", post.kind.value, failure.code)
        try:
            ts = await self._send(post, Message(clip(message.text, SHORT), []))
        except Exception as error:  # noqa: BLE001  understand() raises again what is not Slack's
            again = understand(error)
            if again.verdict is Verdict.REFUSED:
                await self._give_up(post, again.code)
            elif again.verdict is Verdict.UNKNOWN:
                now = self._clock()
                await self._store.mark_retry(now, post, now + self._backoff(post), again.code)
            else:
                await self._failed(post, message, again)
        else:
            self._taken(post)
            await self._store.mark_sent(self._clock(), post, ts)

    async def _puzzled(self, post: Post, message: Message, failure: Failure) -> None:
        """Nothing says that the channel is closed: try on, ever less often, and in the end as a short text."""
        if self.puzzles.note(post.channel, failure.code):
            log.error("Slack refuses a post for a reason that is not known (%s); it is tried again", failure.code)
        if post.attempts == SHORT_AFTER:
            await self._send_short(post, message, failure)
        elif post.attempts > SHORT_AFTER and post.kind is PostKind.NOTICE:
            await self._give_up(post, failure.code)
        else:
            now = self._clock()
            await self._store.mark_retry(now, post, now + self._backoff(post), failure.code)

    async def _give_up(self, post: Post, code: str) -> None:
        if post.kind is PostKind.NOTICE and await self._store.say_in_thread(post):
            log.info("a reminder goes under its card: Slack takes no direct message (%s)", code)
            return
        log.error("Slack refused a %s post: %s", post.kind.value, code)
        await self._store.mark_failed(self._clock(), post, code)

    async def _channel_gone(self, post: Post, code: str) -> None:
        now = self._clock()
        if post.kind is PostKind.NOTICE:
            await self._give_up(post, code)
            return
        if post.kind is PostKind.CARD and post.watch_state is WatchState.OPENING:  # somebody waits for the answer
            await self._store.mark_failed(now, post, code)
            return
        paused = await self._store.pause_channel(now, post.channel, code)
        log.warning("channel %s cannot be posted to (%s); %d watches are paused", post.channel, code, len(paused))

    async def _token_refused(self, post: Post, code: str) -> None:
        """Nothing is wrong with the channel: its messages wait until somebody has mended the token."""
        now = self._clock()
        self.token_told(code)
        if post.kind is PostKind.CARD and post.watch_state is WatchState.OPENING:  # somebody waits for the answer
            await self._store.mark_failed(now, post, code)
        else:
            await self._store.mark_retry(now, post, now + self._backoff(post), code)

    def _taken(self, post: Post) -> None:
        self.token_told("")
        if post.kind is not PostKind.REFRESH:  # a card can be edited where nothing can be posted
            self.puzzles.solved(post.channel)

    def token_told(self, code: str) -> None:
        """Slack's word for what is wrong with the token, or nothing: it is taken."""
        if code and not self.refused:
            log.error("Slack refuses the bot's token (%s): nothing can be posted until it is mended", code)
        elif self.refused and not code:
            log.info("Slack takes the bot's token again")
        self.refused = code

    async def _resolve(self, post: Post) -> None:
        """A message that may have gone out: look for it in the channel before sending it again."""
        now = self._clock()
        if post.kind in NOT_LOOKED_UP:
            await self._store.mark_retry(now, post, now, "may have been sent")
            return
        try:
            found = await find_post(self._slack, post, EVENT_TYPE, now)
        except GaveUpError as error:
            log.warning("channel %s holds too much to be searched (%s): a message may repeat", post.channel, error)
            await self._store.mark_retry(now, post, now, "search given up")
            return
        except Exception as error:  # noqa: BLE001  understand() raises again what is not Slack's
            await self._not_searched(post, understand(error))
            return
        point("after_search")
        if found.ts:
            await self._store.mark_sent(now, post, found.ts)
        elif found.told and post.kind is PostKind.NEWS:
            await retold.settle(self._store, post, found.told, now)
        else:
            await self._store.mark_retry(now, post, now, "not found in the channel")

    async def _not_searched(self, post: Post, failure: Failure) -> None:
        """What passes is waited for. Where Slack will never show the history, the post must not block its channel."""
        now, verdict = self._clock(), failure.verdict
        passes = verdict is Verdict.NOT_SENT or (verdict is Verdict.UNCERTAIN and post.attempts < LOOKUPS)
        if failure.code in CLOSED:
            await self._channel_gone(post, failure.code)
        elif passes or (verdict is Verdict.TOKEN_REFUSED and failure.code != "missing_scope"):
            await self._store.mark_uncertain(now, post, now + self._wait(post, failure), failure.code)
        else:
            log.warning("channel %s cannot be searched (%s): a message may repeat", post.channel, failure.code)
            await self._store.mark_retry(now, post, now, failure.code)

    def _wait(self, post: Post, failure: Failure) -> timedelta:
        if failure.retry_after is None:
            return self._backoff(post)
        self._pacer.pause(post.channel, time.monotonic(), failure.retry_after)
        return timedelta(seconds=failure.retry_after)

    @staticmethod
    def _backoff(post: Post) -> timedelta:
        return timedelta(seconds=BACKOFF[min(post.attempts, len(BACKOFF) - 1)])
