"""Looks for writes whose answer was lost, until the outcome of each is known. No write is ever sent again."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.jobs.isolation import isolated

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from handlers.writing.writer import Writer
    from storage.store import Store
    from tracking.writes import Write

log = logging.getLogger(__name__)

LONGEST = timedelta(minutes=5)  # no call lasts longer: a person's answer may take two minutes at most
AT_ONCE = 20  # unclear writes of one tick; each is a reading of a cart


class WriteResolver:
    """The job."""

    def __init__(self, store: Store, writer: Writer, clock: Callable[[], datetime], wake: Callable[[], None]) -> None:
        """``wake``: makes the sender look into the outbox."""
        self._store, self._writer, self._clock, self._wake = store, writer, clock, wake

    async def tick(self) -> None:
        """Look for the oldest unclear writes. Where PandaPon does not answer, they stay for the next tick.

        A write that was recorded just as its person's time ran out stays in the state of being sent; it is unclear,
        too. A write that this process is sending is not, however old a clock that was set forward makes it.
        """
        await self._store.writes.abandon(self._clock() - LONGEST, self._writer.in_flight.under_way)
        for write in await self._store.writes.unclear(AT_ONCE):
            with isolated(log, "an unclear write was not looked for", operation=write.operation):
                await self._resolve(write)

    async def _resolve(self, write: Write) -> None:
        after = await self._writer.verify(write)
        if after.state is write.state:
            return
        log.info("an unclear write was resolved", extra={"operation": write.operation, "state": after.state})
        self._wake()
