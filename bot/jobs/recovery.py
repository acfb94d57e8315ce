"""Searches the channel for each post that may have been sent, before it is sent again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.clients.slack_errors import FAILURES, Failure, Verdict, classify
from bot.jobs import reconcile
from bot.jobs.failure_policy import SENT_AGAIN
from bot.jobs.lookup import GaveUpError, PostSearch, find_post
from bot.jobs.sender import EVENT_TYPE
from bot.process.failpoints import point
from storage.post import Post, PostKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.jobs.failure_policy import FailurePolicy
    from storage.store import Store

log = logging.getLogger(__name__)

LOOKUPS = 300  # tries, about a day; then the search is given up, so that the channel gets its other posts
MOST_BEGUN = 1_000  # searches whose state is kept
CLOSED = frozenset({"channel_not_found", "is_archived"})  # other codes hide the history but may still allow posts


class Recovery:
    """Settles an uncertain post as sent, as to be sent again, or as still uncertain."""

    def __init__(
        self, store: Store, slack: AsyncWebClient, failures: FailurePolicy, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._slack, self._failures, self._clock = store, slack, failures, clock
        self._begun: dict[int, PostSearch] = {}  # searches that Slack interrupted, by the post's id

    async def resolve(self, post: Post) -> None:
        """Search for the post. Queue it again, or the part that the channel lacks, only when it is not there."""
        now = self._clock()
        if post.kind in SENT_AGAIN:
            await self._store.outbox.mark_retry(post, now, "may have been sent")
            return
        search = self._begun.pop(post.id, None) or PostSearch(now)
        search.now = now
        try:
            await find_post(self._slack, post, EVENT_TYPE, search)
        except GaveUpError as error:
            log.warning("channel holds too much to be searched, a message may repeat", extra={"reason": str(error)})
            await self._store.outbox.mark_retry(post, now, "search given up")
            return
        except FAILURES as error:
            self._keep(post, search)
            await self._not_searched(post, classify(error))
            return
        point("after_search")
        if search.ts:
            await self._failures.mark_sent(post, search.ts)
        elif search.fact_ids and post.kind is PostKind.NEWS:
            await reconcile.settle(self._store, post, search.fact_ids, now)
        else:
            await self._store.outbox.mark_retry(post, now, "not found in the channel")

    def _keep(self, post: Post, search: PostSearch) -> None:
        """Keep how far a search has come. After a restart, and in another process, it begins anew."""
        while len(self._begun) >= MOST_BEGUN:
            self._begun.pop(next(iter(self._begun)))
        self._begun[post.id] = search

    async def _not_searched(self, post: Post, failure: Failure) -> None:
        """Wait if the failure may pass. If Slack never shows the history, send again: the channel must not block."""
        now, verdict = self._clock(), failure.verdict
        passes = verdict is Verdict.NOT_SENT or (verdict is Verdict.UNCERTAIN and post.attempts < LOOKUPS)
        if failure.code in CLOSED:
            await self._failures.close_channel(post, failure.code)
        elif passes or (verdict is Verdict.TOKEN_REFUSED and failure.code != "missing_scope"):
            wait = await self._failures.wait(post, failure)
            await self._store.outbox.mark_uncertain(post, now + wait, failure.code)
        else:
            log.warning("channel cannot be searched, a message may repeat", extra={"error": failure.code})
            await self._store.outbox.mark_retry(post, now, failure.code)
