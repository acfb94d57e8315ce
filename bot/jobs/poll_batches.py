"""The batches of a poll: the readings that one transaction records, and the due time up to which all is claimed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.orders.reading import PollOutcome
    from storage.poll import DueOrder

FLUSH_ROWS = 100  # a transaction holds this many readings …
FLUSH_SECONDS = 0.05  # … or those of this many seconds, if fewer come: people wait behind a transaction
FLOOR_SECONDS = 60.0


class Claim(NamedTuple):
    """The orders that one claim leased."""

    orders: list[DueOrder]
    limit: int  # how many it would have leased at most, at least 1

    @property
    def is_full(self) -> bool:
        """Whether more orders may be due. Rows that cannot be read fall out of a claim; the next tick goes on then."""
        return len(self.orders) >= self.limit


class Reading(NamedTuple):
    """A reading of a leased order; an exception where it failed."""

    due: DueOrder
    outcome: PollOutcome | Exception


class Readings:
    """The readings that wait to be recorded."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[Reading | None] = asyncio.Queue()
        self._is_over = False

    def add(self, reading: Reading) -> None:
        """Add a reading."""
        self._waiting.put_nowait(reading)

    def close(self) -> None:
        """Declare that no further reading comes."""
        self._waiting.put_nowait(None)

    async def batch(self) -> list[Reading]:
        """Wait for the readings of one flush window. Empty: all are taken, and no more come."""
        batch: list[Reading] = []
        if await self._take_next(batch):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_SECONDS):
                    while len(batch) < FLUSH_ROWS and await self._take_next(batch):
                        pass
        return batch

    async def _take_next(self, batch: list[Reading]) -> bool:
        """Move the next reading into the batch. False: there is none."""
        if not self._is_over:
            reading = await self._waiting.get()
            self._is_over = reading is None
            if reading is not None:
                batch.append(reading)
        return not self._is_over


class Floor:
    """The due time below which a tick has claimed every order, so that its next claim can skip the dead rows there.

    An order that another process claimed and gave back lies below the floor, so the floor is dropped every minute.
    """

    def __init__(self) -> None:
        self._at: datetime | None = None
        self._falls = 0.0  # monotonic seconds

    def at(self) -> datetime | None:
        """Return the floor; None: there is none at present."""
        if time.monotonic() >= self._falls:
            self._at, self._falls = None, time.monotonic() + FLOOR_SECONDS
        return self._at

    def rise(self, batch: Sequence[DueOrder]) -> None:
        """Raise the floor to the earliest due time of a claimed batch: batches come in the order of their due times."""
        self._at = min((due.due_at for due in batch if due.due_at), default=self._at)
