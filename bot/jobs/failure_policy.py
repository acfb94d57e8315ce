"""The failure policy: how a refusal by Slack is settled. ``slack_errors`` says which error code means which verdict.

=============  =========================================================================================
not sent       tried again, after Slack's own wait or a backoff
uncertain      searched in the channel before it is sent again; edits and notices are sent again without a search
refused        sent once more as a short text, then given up
channel gone   the channel's watches are paused and their owners told; a card that answers a command is given up
token refused  waits until the operator has renewed the token
card gone      the card is posted anew with the next news
unknown        tried again, ever less often, then as a short text; the status shows Slack's error code
=============  =========================================================================================
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.clients.slack_errors import FAILURES, Failure, Verdict, classify
from bot.jobs.unknown_refusals import UnknownRefusals
from storage.post import DETAIL_OF, Post, PostKind, PostState
from storage.watch import WatchState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.jobs.sender import Sender, Sent
    from bot.process.figures import Figures
    from handlers.blocks.message import Message
    from storage.pace import Pace
    from storage.store import Store

log = logging.getLogger(__name__)

# A repeated edit does no harm. A notice cannot be searched: our scopes do not cover direct messages.
SENT_AGAIN = frozenset({PostKind.REFRESH, PostKind.NOTICE, PostKind.APPROVAL_EDIT})
# These belong to no watch. When Slack refuses one, no watch is paused, and the person who waits is told in another way.
WITHOUT_WATCH = frozenset({PostKind.NOTICE, PostKind.APPROVAL, PostKind.APPROVAL_EDIT})
SHORT_AFTER = 6  # tries with an unknown error code before the short text is sent
BACKOFF = (1, 2, 5, 15, 60, 300)  # seconds between tries of one message


class FailurePolicy:
    """Settles a post that failed, and keeps Slack's refusals for the status."""

    def __init__(
        self, store: Store, sender: Sender, pace: Pace, clock: Callable[[], datetime], figures: Figures
    ) -> None:
        self._store, self._sender, self._pace, self._clock = store, sender, pace, clock
        self._figures = figures
        self.unknown_refusals = UnknownRefusals()
        self.token_refused = ""  # Slack's error code for the bot's token; empty while Slack accepts it
        self.heard_token_refused = ""  # the same, of another process

    async def apply(self, post: Post, message: Message, failure: Failure) -> None:
        """Settle a claimed post by the table above."""
        now = self._clock()
        match failure.verdict:
            case Verdict.REFUSED:
                await self._shorten(post, message, failure)
            case Verdict.UNCERTAIN if post.kind not in SENT_AGAIN:
                await self._store.outbox.mark_uncertain(post, now + backoff(post), failure.code)
            case Verdict.NOT_SENT | Verdict.UNCERTAIN:
                await self._store.outbox.mark_retry(post, now + await self.wait(post, failure), failure.code)
            case Verdict.CHANNEL_GONE:
                await self.close_channel(post, failure.code)
            case Verdict.TOKEN_REFUSED:
                await self._wait_for_token(post, failure.code)
            case Verdict.CARD_GONE if post.watch_id is not None:
                log.info("card was deleted in Slack")
                await self._store.outbox.mark_card_deleted(now, post)
            case Verdict.UNKNOWN:
                await self._try_on(post, message, failure)
            case _:
                await self._give_up(post, failure.code)

    async def accepted(self, post: Post, sent: Sent) -> None:
        """Settle a post that Slack took. ``sent``: where."""
        self.note_token("")
        if post.kind is not PostKind.REFRESH:  # a card can be edited where nothing can be posted
            self.unknown_refusals.forget(post.channel)
        await self.mark_sent(post, sent.ts, sent.channel)

    async def mark_sent(self, post: Post, ts: str, channel: str = "") -> None:
        """Record that Slack took a post under ``ts``, and count it. ``channel``: see the store's ``mark_sent``."""
        if await self._store.outbox.mark_sent(self._clock(), post, ts, channel):
            self._figures.posted(post, ts, await self._told_first_by(post))

    async def _told_first_by(self, post: Post) -> list[Post]:
        """Return the posts whose news this message tells first. A batch's details in threads only repeat its lines."""
        if post.kind is PostKind.BATCH and not post.event_id.startswith(DETAIL_OF):
            return await self._store.outbox.batch_members(post.id)
        return [post] if post.kind is PostKind.NEWS else []

    def note_token(self, code: str) -> None:
        """Record Slack's error code for the token; empty when Slack accepts it. Logs a change."""
        if code and not self.token_refused:
            log.error("Slack refuses the bot's token: nothing can be posted until it is mended", extra={"error": code})
        elif self.token_refused and not code:
            log.info("Slack accepts the bot's token again")
        self.token_refused = code

    async def wait(self, post: Post, failure: Failure) -> timedelta:
        """Return the pause before the next try. A pause that Slack asked for holds for the whole channel."""
        if failure.retry_after is None:
            return backoff(post)
        asked_for = timedelta(seconds=failure.retry_after)
        await self._store.outbox.pause(post.channel, self._clock() + asked_for, self._pace)
        return asked_for

    async def close_channel(self, post: Post, code: str) -> None:
        """Pause the channel's watches until a person changes something.

        A post that belongs to no watch, or that a person waits for, is given up, and no watch is paused.
        """
        now, outbox = self._clock(), self._store.outbox
        if post.kind in WITHOUT_WATCH:
            await self._give_up(post, code)
        elif _is_awaited(post):
            await outbox.mark_failed(now, post, code)
        else:
            # A post that was just sent and refused has not come; one that is searched for may have. If another process
            # has taken the post since, this refusal is outdated, and that process gets the channel's present answer.
            settle = outbox.mark_retry if post.state is PostState.SENDING else outbox.mark_uncertain
            if not await settle(post, now, code):
                log.info("channel refused a post that another process has taken since", extra={"error": code})
                return
            paused = await self._store.watches.pause_channel(now, post.channel, code)
            log.warning("channel takes no posts, its watches are paused", extra={"error": code, "watches": len(paused)})

    async def _shorten(self, post: Post, message: Message, failure: Failure) -> None:
        log.warning("Slack refused the message, sending a short text", extra={"error": failure.code})
        try:
            sent = await self._sender.send_short(post, message)
        except FAILURES as error:
            again = classify(error)
        else:
            await self.accepted(post, sent)
            return
        if again.verdict is Verdict.REFUSED:
            await self._give_up(post, again.code)
        elif again.verdict is Verdict.UNKNOWN:
            await self._retry(post, again.code)
        else:
            await self.apply(post, message, again)

    async def _try_on(self, post: Post, message: Message, failure: Failure) -> None:
        """Try again after an unknown error code: it does not mean that the channel is closed."""
        if self.unknown_refusals.note(post.channel, failure.code):
            log.error("Slack refuses posts for an unknown reason, tried again", extra={"error": failure.code})
        if post.attempts == SHORT_AFTER:
            await self._shorten(post, message, failure)
        elif post.attempts > SHORT_AFTER and post.kind in WITHOUT_WATCH:
            await self._give_up(post, failure.code)
        else:
            await self._retry(post, failure.code)

    async def _wait_for_token(self, post: Post, code: str) -> None:
        """Keep the post until the operator has renewed the token. An awaited card is given up."""
        self.note_token(code)
        if _is_awaited(post):
            await self._store.outbox.mark_failed(self._clock(), post, code)
        else:
            await self._retry(post, code)

    async def _retry(self, post: Post, code: str) -> None:
        now = self._clock()
        await self._store.outbox.mark_retry(post, now + backoff(post), code)

    async def _give_up(self, post: Post, code: str) -> None:
        if post.kind is PostKind.NOTICE and await self._store.outbox.move_to_thread(post):
            log.info("notice goes into its thread: Slack takes no direct message", extra={"error": code})
            return
        log.error("Slack refused the message for good", extra={"error": code})
        await self._store.outbox.mark_failed(self._clock(), post, code)


def backoff(post: Post) -> timedelta:
    """Return the pause before the next try of a post, by the number of its tries."""
    return timedelta(seconds=BACKOFF[min(post.attempts, len(BACKOFF) - 1)])


def _is_awaited(post: Post) -> bool:
    """Return whether a person waits for this post as the answer to a command; they are told at once if it fails."""
    is_first_card = post.kind is PostKind.CARD and post.watch_state is WatchState.OPENING
    return is_first_card or post.kind is PostKind.LIST
