"""Jobs that several processes share: whoever takes a job's row runs it, and the others let their tick pass.

If a process dies in a job, nobody extends the lease of the job's row, and another process takes the job when it ends.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.process.scheduler import Job
    from storage.store import Store

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
EXTENDED_EVERY = 15.0  # seconds
# The part of its interval by which a job may run early: its row and a process's tick are never due at the same moment.
EARLY = 0.1


class SharedJobs:
    """Makes jobs shared: only one process at a time runs each of them."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], worker: str, tick: timedelta, lease: timedelta = LEASE
    ) -> None:
        """``tick``: the longest time between two looks of a process at a job's row. ``worker``: the process's name."""
        self.worker = worker
        self._store, self._clock, self._tick, self._lease = store, clock, tick, lease

    def of(self, job: Job) -> Job:
        """Return the job as one that first tries to take its row, and runs only if it got the row."""
        return replace(job, run=partial(self._run, job), every=min(job.every, self._tick))

    async def hurry(self, name: str) -> None:
        """Make a job due now, for whichever process looks first. Raises StorageError."""
        await self._store.jobs.hurry(self._clock(), name)

    async def _run(self, job: Job) -> None:
        began = self._clock()
        due = began + min(job.every, self._tick) * EARLY
        fence = await self._store.jobs.take(
            began, job.name, worker=self.worker, until=began + self._lease, due=due, farthest=began + job.every
        )
        if fence is None:
            return
        again = began + job.every
        keeping = asyncio.create_task(self._keep(job.name, fence))
        try:
            await job.run()
        except asyncio.CancelledError:  # this process stops, so another one is to take the job at once
            again = began
            raise
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await self._finish(job.name, fence, again)

    async def _keep(self, name: str, fence: int) -> None:
        """Extend the lease for as long as the job runs."""
        while True:
            await asyncio.sleep(EXTENDED_EVERY)
            try:
                await self._store.jobs.extend(name, fence, self._clock() + self._lease)
            except StorageError as error:
                log.warning("lease of a job not extended", extra={"of": name, "error": error})

    async def _finish(self, name: str, fence: int, again: datetime) -> None:
        try:
            await self._store.jobs.finish(name, fence, again)
        except StorageError as error:
            log.warning("job not marked as done, its lease has to end", extra={"of": name, "error": error})
