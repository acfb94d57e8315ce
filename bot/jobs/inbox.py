"""Handles PandaPon's push messages: the orders that they name are read again now."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.process.loop import background
from pandapon.pushes import family_of
from storage.inbox import Outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from storage.store import Store

log = logging.getLogger(__name__)

BATCH = 100


class InboxReader:
    """The job: makes the orders that messages in the inbox name due now."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], poll_now: Callable[[Sequence[str]], Awaitable[object]]
    ) -> None:
        self._store, self._clock, self._poll_now = store, clock, poll_now
        self._polling = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Handle a new message now, without waiting for the tick."""
        task = asyncio.create_task(self._woken(), context=background())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Wait for the handling that has begun."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def tick(self) -> list[str]:
        """Handle every waiting message. Returns the keys of the orders that it made due."""
        due: dict[str, None] = {}
        async with self._polling:
            while messages := await self._store.inbox.waiting(BATCH):
                outcomes = []
                for message in messages:
                    keys = await self._store.inbox.orders_named(message.ids)
                    if keys and await self._store.orders.mark_due(keys, self._clock(), whole=True):
                        due.update(dict.fromkeys(keys))
                    outcomes.append((message.dedup, _outcome(message.kind, known=bool(keys))))
                await self._store.inbox.done(self._clock(), outcomes)
        return list(due)

    async def _woken(self) -> None:
        try:
            if keys := await self.tick():
                await self._poll_now(keys)
        except Exception:  # the tick of the scheduler tries again
            log.exception("push messages not handled yet")


def _outcome(kind: str, *, known: bool) -> Outcome:
    if not known:
        return Outcome.UNKNOWN_ORDER
    return Outcome.LOOKED_AT if family_of(kind) else Outcome.UNKNOWN_TYPE
