"""Settles a post whose delivery raised an unexpected error, so that it does not block its channel for ever."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.jobs.failure_policy import BACKOFF
from storage.errors import StorageError
from storage.post import PostState

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime
    from typing import Any

    from storage.post import Post
    from storage.store import Store

log = logging.getLogger(__name__)

BROKE = "broke"  # the outcome of such a delivery, in its span
MOST_BROKEN = 1_000  # posts whose errors are counted


class DeliveryErrors:
    """Counts each post's errors that are no refusals of Slack and no failures of the whole database."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._errors: dict[int, int] = {}

    async def guarded(self, post: Post, work: Coroutine[Any, Any, str]) -> str:
        """Return the outcome of the work on a claimed post. After an unexpected error put the post off, or give it up.

        The post may have been sent, so it is looked for before it is sent again. If the work has settled it, or put
        another post in its place, its fence has grown and nothing is changed. Raises an error that concerns the whole
        database; the post then comes back when its lease ends.
        """
        try:
            outcome = await work
        except Exception as error:
            if _concerns_database(error):
                raise
            log.exception("delivery of a post failed")
            await self._put_off(post, type(error).__name__)
            return BROKE
        if outcome != BROKE and post.state is not PostState.UNCERTAIN:  # a search of the channel has sent nothing yet
            self._errors.pop(post.id, None)
        return outcome

    async def _put_off(self, post: Post, error: str) -> None:
        count, now = self._errors.pop(post.id, 0), self._clock()
        if count >= len(BACKOFF):
            log.error("delivery of a post failed too often, it is given up", extra={"error": error})
            await self._store.outbox.mark_failed(now, post, error)
            return
        while len(self._errors) >= MOST_BROKEN:
            self._errors.pop(next(iter(self._errors)))
        self._errors[post.id] = count + 1
        await self._store.outbox.mark_uncertain(post, now + timedelta(seconds=BACKOFF[count]), error)


def _concerns_database(error: Exception) -> bool:
    """Whether every post would meet the error. A StorageError that is of no subclass concerns one statement."""
    return isinstance(error, StorageError) and type(error) is not StorageError
