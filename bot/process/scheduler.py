"""Runs the jobs with APScheduler: a handful of named jobs, never one per order."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.process.loop import background
from pandapon import log_context
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

log = logging.getLogger(__name__)

AT_ONCE, NEVER = datetime(1970, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)  # past and future on any wall clock
LATE = 60.0  # a job that is silent for two intervals plus this many seconds counts as stopped
LONGEST_RUN = 900.0  # seconds; a run that is silent for longer counts as stopped


@dataclass(frozen=True, slots=True)
class Job:
    """A function that runs every ``every``, for the first time ``first`` after the start."""

    name: str
    run: Callable[[], Awaitable[Any]]
    every: timedelta
    first: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class _Run:
    """A run at work. ``whole``: APScheduler's task, which waits for the job's own task and logs its outcome."""

    job: asyncio.Task[Any]
    whole: asyncio.Task[Any]


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
        self._running: dict[str, _Run] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._ended: dict[str, asyncio.Event] = {}  # set when a run of a job has ended, for callers that wait for it
        self._alive_at: dict[str, float] = {}  # when each job last began or ended, in monotonic seconds
        for job in jobs:
            self._scheduler.add_job(self._run, _OnCall(), [job], id=job.name, name=job.name, next_run_time=NEVER)
        self._reporter = _Reporter()

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
        """Wait ``patience`` seconds for the runs at work, cancel the others, and end. Safe to call at any stage."""
        self.pause()
        await asyncio.sleep(0)  # a run that APScheduler has just planned begins, so that it is waited for
        if runs := [run.whole for run in self._running.values()]:
            await asyncio.wait(runs, timeout=patience)
            for run in self._running.values():
                run.job.cancel()
            await asyncio.wait(runs)  # otherwise APScheduler would cancel its tasks, and count that as failures
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def hurry(self, name: str) -> None:
        """Run this job now instead of at its next time, unless it runs already or this process does not have it."""
        job = next((job for job in self._jobs if job.name == name), None)
        if job and (timer := self._timers.pop(name, None)):
            timer.cancel()
            self._set_timer(job, asyncio.get_running_loop().time())

    async def complete(self, name: str) -> None:
        """Run this job once and wait for its end. A run at work may have read older data, so it ends first.

        For a demo whose clock jumps, and that then shows the result. A failure is logged as usual.
        """
        while running := self._running.get(name):
            await asyncio.wait({running.whole})
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
        """Run the job as background work, in a task of its own, and log its failure.

        APScheduler's own events come later than a stop can wait for, and report a cancelled run as a failed one.
        """
        loop = asyncio.get_running_loop()
        self._alive_at[job.name] = loop.time()
        with log_context.bound(job=job.name):
            task = asyncio.create_task(_do(job), context=background())
        whole = asyncio.current_task()
        assert whole is not None, "APScheduler runs it in a task"
        self._running[job.name] = _Run(task, whole)
        try:
            await asyncio.wait({task})
            self._reporter.ended(job.name, task)
        finally:
            self._running.pop(job.name, None)
            if ended := self._ended.get(job.name):
                ended.set()
            self._alive_at[job.name] = loop.time()


async def _do(job: Job) -> None:
    await job.run()


class _Reporter:
    """Logs once that a job fails and once that it works again, so that a full disk does not fill the log."""

    def __init__(self) -> None:
        self._failing: dict[str, str] = {}

    def ended(self, job: str, run: asyncio.Task[Any]) -> None:
        if run.cancelled():
            log.info("job was cancelled before its end", extra={"job": job})
        elif error := run.exception():
            self._failed(job, error)
        elif self._failing.pop(job, None):
            log.info("job works again", extra={"job": job})

    def _failed(self, job: str, error: BaseException) -> None:
        if self._failing.get(job) == repr(error):
            return
        self._failing[job] = repr(error)
        trace = None if isinstance(error, StorageError) else error
        log.error("job failed, it runs again at its next time", extra={"job": job, "error": error}, exc_info=trace)
