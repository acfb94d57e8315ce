"""APScheduler: which job runs when. A handful of named jobs; never one per order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable  # noqa: TC003  the dataclass's fields
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from pandapon import log_context
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

AT_ONCE, NEVER = datetime(1970, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)  # whatever the wall clock shows
LATE = 60.0  # seconds beyond two of its intervals after which a job counts as stopped
LONGEST_RUN = 900.0  # seconds after which a run that shows no sign of life hangs


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again, for the first time after ``first``."""

    name: str
    run: Callable[[], Awaitable[Any]]
    every: timedelta
    first: timedelta = timedelta()


class _OnCall(BaseTrigger):  # type: ignore[misc]  # apscheduler ships no types
    """Never by itself: :class:`Scheduler` says when."""

    def get_next_fire_time(self, _previous: datetime | None, _now: datetime) -> datetime:
        return NEVER


class Scheduler:
    """The scheduler with its jobs. A run that is late is run once; no job runs twice at a time.

    APScheduler reckons with the wall clock: one that is set back leaves its jobs asleep for as long, one that is set
    forward makes it count every run that was missed [its issues 339 and 351]. So the intervals are measured here, on
    the loop's monotonic clock, and a job whose time has come is given a time that is past on any wall clock.
    """

    def __init__(self, *jobs: Job) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._jobs = jobs
        self._under_way: dict[str, asyncio.Task[Any]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._sign: dict[str, float] = {}  # of life: when a job began or ended last, in monotonic seconds
        for job in jobs:
            self._scheduler.add_job(self._run, _OnCall(), [job], id=job.name, name=job.name, next_run_time=NEVER)
        self._reporter = _Reporter()
        self._scheduler.add_listener(self._reporter.failed, EVENT_JOB_ERROR)
        self._scheduler.add_listener(self._reporter.worked, EVENT_JOB_EXECUTED)

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()
        now = asyncio.get_running_loop().time()
        for job in self._jobs:
            self._sign[job.name] = now + job.first.total_seconds()
            self._wind(job, self._sign[job.name])

    def pause(self) -> None:
        """Begin nothing more. Safe to call at any stage."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if self._scheduler.running:
            self._scheduler.pause()

    async def stop(self, patience: float) -> None:
        """Wait so many seconds for what is under way, cancel the rest, and end. Safe to call at any stage."""
        self.pause()
        if self._under_way:
            await asyncio.wait(set(self._under_way.values()), timeout=patience)
        for task in self._under_way.values():
            task.cancel()
        if self._under_way:
            await asyncio.wait(set(self._under_way.values()))
        await asyncio.sleep(0)  # lets the scheduler's own tasks see that theirs are done
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def hurry(self, name: str) -> None:
        """The time of this job has come, before it would by itself."""
        job = next(job for job in self._jobs if job.name == name)
        if timer := self._timers.pop(name, None):
            timer.cancel()
            self._wind(job, asyncio.get_running_loop().time())

    def stopped(self, *, busy: Mapping[str, float] | None = None) -> tuple[str, timedelta] | None:
        """The job that shows no sign of life for the longest, and for how long; None when all go on.

        ``busy``: what else shows that a long run goes on, by job, in monotonic seconds.
        """
        if not self._timers:
            return None
        now = asyncio.get_running_loop().time()
        silent = {job: now - max(self._sign[job.name], (busy or {}).get(job.name, 0.0)) for job in self._jobs}
        late = {job: silence for job, silence in silent.items() if silence > self._patience(job)}
        if not late:
            return None
        worst = max(late, key=lambda job: late[job])
        return worst.name, timedelta(seconds=round(late[worst]))

    def _patience(self, job: Job) -> float:
        return LONGEST_RUN if job.name in self._under_way else 2 * job.every.total_seconds() + LATE

    def _wind(self, job: Job, at: float) -> None:
        self._timers[job.name] = asyncio.get_running_loop().call_at(at, self._ring, job, at)

    def _ring(self, job: Job, at: float) -> None:
        """Its time has come; one that is still at work begins again at its next time."""
        self._wind(job, max(at + job.every.total_seconds(), asyncio.get_running_loop().time()))
        if job.name not in self._under_way:
            self._scheduler.modify_job(job.name, next_run_time=AT_ONCE)

    async def _run(self, job: Job) -> None:
        """In a task of its own, so that a stop that cancels it is no failure of the job."""
        loop = asyncio.get_running_loop()
        self._sign[job.name] = loop.time()
        with log_context.bound(job=job.name):
            task = asyncio.ensure_future(job.run())
        self._under_way[job.name] = task
        try:
            await asyncio.wait({task})
        finally:
            self._under_way.pop(job.name, None)
            self._sign[job.name] = loop.time()
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
        fields = {"job": event.job_id, "error": event.exception}
        trace = None if isinstance(event.exception, StorageError) else event.exception
        log.error("job failed, it runs again at its next time", extra=fields, exc_info=trace)

    def worked(self, event: JobExecutionEvent) -> None:
        if self._failing.pop(event.job_id, None):
            log.info("job works again", extra={"job": event.job_id})
