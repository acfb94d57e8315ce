"""APScheduler: which job runs when. A handful of named jobs; never one per order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable  # noqa: TC003  the dataclass's fields
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.clock import utc_now
from storage.errors import StorageError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again, for the first time after ``first``."""

    name: str
    run: Callable[[], Awaitable[Any]]
    every: timedelta
    first: timedelta = timedelta()


class Timetable:
    """The scheduler with its jobs. A run that is late is run once; no job runs twice at a time."""

    def __init__(self, *jobs: Job) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._under_way: set[asyncio.Task[Any]] = set()
        for job in jobs:
            trigger = IntervalTrigger(seconds=job.every.total_seconds(), timezone=UTC)
            first = utc_now() + job.first
            self._scheduler.add_job(self._run, trigger, [job], id=job.name, name=job.name, next_run_time=first)
        reporter = _Reporter()
        self._scheduler.add_listener(reporter.failed, EVENT_JOB_ERROR)
        self._scheduler.add_listener(reporter.worked, EVENT_JOB_EXECUTED)

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def pause(self) -> None:
        """Begin nothing more. Safe to call at any stage."""
        if self._scheduler.running:
            self._scheduler.pause()

    async def stop(self, patience: float) -> None:
        """Wait so many seconds for what is under way, cancel the rest, and end. Safe to call at any stage."""
        self.pause()
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=patience)
        for task in set(self._under_way):
            task.cancel()
        if self._under_way:
            await asyncio.wait(set(self._under_way))
        await asyncio.sleep(0)  # lets the scheduler's own tasks see that theirs are done
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _run(self, job: Job) -> None:
        """In a task of its own, so that a stop that cancels it is no failure of the job."""
        task = asyncio.ensure_future(job.run())
        self._under_way.add(task)
        try:
            await asyncio.wait({task})
        finally:
            self._under_way.discard(task)
        if not task.cancelled():
            task.result()


class _Reporter:
    """Says once that a job fails and once that it works again: a full disk must not fill the log as well."""

    def __init__(self) -> None:
        self._failing: dict[str, str] = {}

    def failed(self, event: JobExecutionEvent) -> None:
        said = repr(event.exception)
        if self._failing.get(event.job_id) == said:
            return
        self._failing[event.job_id] = said
        if isinstance(event.exception, StorageError):
            log.error("job %s: %s It is tried again.", event.job_id, event.exception)
        else:
            log.error("job %s failed; it runs again at its next time", event.job_id, exc_info=event.exception)

    def worked(self, event: JobExecutionEvent) -> None:
        if self._failing.pop(event.job_id, None):
            log.info("job %s works again", event.job_id)
