"""Tells the other processes, and the commands that need the database alone, that this process is at work.

They judge by their own clocks whether this process still works, so it compares its clock with the server's each time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.process.server_clock import ServerClock
from bot.process.version import VERSION
from storage.errors import StorageError
from storage.workers import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from datetime import datetime

    from storage.store import Workers

log = logging.getLogger(__name__)

SEEN_EVERY = 20.0  # seconds; a process that was not seen for a minute counts as dead


@dataclass(slots=True)
class Presence:
    """The row of this process."""

    rows: Workers
    clock: Callable[[], datetime]
    worker: str  # the name of this process
    roles: Iterable[str]
    server_clock: ServerClock = field(init=False)

    def __post_init__(self) -> None:
        self.server_clock = ServerClock(self.rows.engine, self.clock)

    async def tick(self) -> None:
        """Record that this process is at work, and compare the clocks. Raises StorageError."""
        await self.rows.seen(Worker(self.worker, ",".join(sorted(self.roles)), VERSION, self.clock()))
        await self.server_clock.compare()

    @contextlib.asynccontextmanager
    async def heartbeat(self) -> AsyncIterator[None]:
        """Tick every 20 seconds for the length of the block, in a process that has no scheduler; then leave."""
        keeping = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await self.leave()

    async def _keep(self) -> None:
        while True:
            try:
                await self.tick()
            except StorageError as error:
                log.debug("process cannot say that it is at work", extra={"error": error})
            await asyncio.sleep(SEEN_EVERY)

    async def leave(self) -> None:
        """Record that this process has stopped."""
        try:
            await self.rows.left(self.worker)
        except StorageError as error:
            log.warning("process cannot say that it stopped, it counts as at work for a minute", extra={"error": error})
