"""Runs the jobs with APScheduler: a handful of named jobs, never one per order."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.process.loop import background
from pandapon import log_context
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

log = logging.getLogger(__name__)

AT_ONCE, NEVER = datetime(1970, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)  # past and future on any wall clock
LATE = 60.0  # a job that is silent for two intervals and so many seconds counts as stopped
LONGEST_RUN = 900.0  # seconds; a run that is silent for longer counts as stopped


@dataclass(frozen=True, slots=True)
class Job:
    """A function that runs every ``every``, for the first time ``first`` after the start."""

    name: str
    run: Callable[[], Awaitable[Any]]
    every: timedelta
    first: timedelta = timedelta()


class _OnCall(BaseTrigger):  # type: ignore[misc]  # apscheduler ships no types
    """Never fires by itself; :class:`Scheduler` sets the time."""

    def get_next_fire_time(self, _previous: datetime | None, _now: datetime) -> datetime:
        return NEVER


class Scheduler:
    """The scheduler with its jobs. Missed runs become one run, and no job runs twice at a time.

    APScheduler uses the wall clock. When that is set back, its jobs sleep for as long; when it is set forward,
    APScheduler counts every missed run [its issues 339 and 351]. So this class measures the intervals on the loop's
    monotonic clock, and gives a due job a time that is past on any wall clock.
    """

    def __init__(self, *jobs: Job) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._jobs = jobs
        self._running: dict[str, asyncio.Task[Any]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._ended: dict[str, asyncio.Event] = {}  # set when a run of a job has ended, for those who wait for that
        self._alive_at: dict[str, float] = {}  # when each job last began or ended, in monotonic seconds
        for job in jobs:
            self._scheduler.add_job(self._run, _OnCall(), [job], id=job.name, name=job.name, next_run_time=NEVER)
        self._reporter = _Reporter()
        self._scheduler.add_listener(self._reporter.failed, EVENT_JOB_ERROR)
        self._scheduler.add_listener(self._reporter.worked, EVENT_JOB_EXECUTED)

    def start(self) -> None:
        """Start all jobs. Call it on the event loop."""
        self._scheduler.start()
        now = asyncio.get_running_loop().time()
        for job in self._jobs:
            self._alive_at[job.name] = now + job.first.total_seconds()
            self._set_timer(job, self._alive_at[job.name])

    def pause(self) -> None:
        """Start no further run. Safe to call at any stage."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if self._scheduler.running:
            self._scheduler.pause()

    async def stop(self, patience: float) -> None:
        """Wait ``patience`` seconds for the runs at work, cancel the rest, and end. Safe to call at any stage."""
        self.pause()
        if self._running:
            await asyncio.wait(set(self._running.values()), timeout=patience)
        for task in self._running.values():
            task.cancel()
        if self._running:
            await asyncio.wait(set(self._running.values()))
        await asyncio.sleep(0)  # lets the scheduler's tasks notice that our tasks ended
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def hurry(self, name: str) -> None:
        """Run this job now instead of at its next time, unless it runs already or this process does not have it."""
        job = next((job for job in self._jobs if job.name == name), None)
        if job and (timer := self._timers.pop(name, None)):
            timer.cancel()
            self._set_timer(job, asyncio.get_running_loop().time())

    async def complete(self, name: str) -> None:
        """Run this job once from its beginning to its end. A run at work may have read older facts: it ends first.

        For a demo whose clock jumps, and that wants to show what came of it. A failure is logged as ever.
        """
        while running := self._running.get(name):
            await asyncio.wait({running})
        ended = self._ended.setdefault(name, asyncio.Event())
        ended.clear()
        self.hurry(name)
        if name in self._timers:
            await ended.wait()

    def stopped(self, *, busy: Mapping[str, float] | None = None) -> tuple[str, timedelta] | None:
        """Return the name of the job that has been silent for too long, and for how long; None when all jobs run.

        ``busy``: other signs of life by a job's name, in monotonic seconds: a long run reports its progress there.
        """
        if not self._timers:
            return None
        now = asyncio.get_running_loop().time()
        silent = {job: now - max(self._alive_at[job.name], (busy or {}).get(job.name, 0.0)) for job in self._jobs}
        late = {job: silence for job, silence in silent.items() if silence > self._patience(job)}
        if not late:
            return None
        worst = max(late, key=lambda job: late[job])
        return worst.name, timedelta(seconds=round(late[worst]))

    def _patience(self, job: Job) -> float:
        return LONGEST_RUN if job.name in self._running else 2 * job.every.total_seconds() + LATE

    def _set_timer(self, job: Job, at: float) -> None:
        self._timers[job.name] = asyncio.get_running_loop().call_at(at, self._on_timer, job, at)

    def _on_timer(self, job: Job, at: float) -> None:
        """Start a run and set the next time. A job that still runs skips this time."""
        self._set_timer(job, max(at + job.every.total_seconds(), asyncio.get_running_loop().time()))
        if job.name not in self._running:
            self._scheduler.modify_job(job.name, next_run_time=AT_ONCE)

    async def _run(self, job: Job) -> None:
        """Run the job in a separate task, so that a cancelled run at a stop counts as no failure."""
        loop = asyncio.get_running_loop()
        self._alive_at[job.name] = loop.time()
        with log_context.bound(job=job.name):
            task = background().run(lambda: asyncio.ensure_future(job.run()))
        self._running[job.name] = task
        try:
            await asyncio.wait({task})
        finally:
            self._running.pop(job.name, None)
            if ended := self._ended.get(job.name):
                ended.set()
            self._alive_at[job.name] = loop.time()
        if not task.cancelled():
            task.result()


class _Reporter:
    """Logs once that a job fails and once that it works again, so that a full disk does not fill the log."""

    def __init__(self) -> None:
        self._failing: dict[str, str] = {}

    def failed(self, event: JobExecutionEvent) -> None:
        error = repr(event.exception)
        if self._failing.get(event.job_id) == error:
            return
        self._failing[event.job_id] = error
        fields = {"job": event.job_id, "error": event.exception}
        trace = None if isinstance(event.exception, StorageError) else event.exception
        log.error("job failed, it runs again at its next time", extra=fields, exc_info=trace)

    def worked(self, event: JobExecutionEvent) -> None:
        if self._failing.pop(event.job_id, None):
            log.info("job works again", extra={"job": event.job_id})
