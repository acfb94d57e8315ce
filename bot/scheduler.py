"""APScheduler: which job runs when. A handful of named jobs; never one per order."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage.protocol import Store

log = logging.getLogger(__name__)

DELIVER_EVERY = timedelta(seconds=0.5)
KEEP = timedelta(days=60)  # sent posts and audit rows older than this are pruned


def build(
    *,
    poll: Callable[[], Awaitable[Any]],
    poll_every: timedelta,
    deliver: Callable[[], Awaitable[Any]],
    prune: Callable[[], Awaitable[Any]],
) -> AsyncIOScheduler:
    """The scheduler with its jobs, not yet started. A run that is late is run once; no job runs twice at a time."""
    scheduler = AsyncIOScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    at_once, later = timedelta(), timedelta(minutes=10)
    jobs = (
        ("poll", poll, poll_every, at_once),
        ("deliver", deliver, DELIVER_EVERY, at_once),
        ("prune", prune, timedelta(hours=24), later),
    )
    for name, job, every, first in jobs:
        trigger = IntervalTrigger(seconds=every.total_seconds(), timezone=UTC)
        scheduler.add_job(job, trigger, id=name, name=name, next_run_time=datetime.now(UTC) + first)
    scheduler.add_listener(_report, EVENT_JOB_ERROR)
    return scheduler


def _report(event: JobExecutionEvent) -> None:
    log.error("job %s failed; it runs again at its next time", event.job_id, exc_info=event.exception)


async def prune(store: Store, clock: Callable[[], datetime]) -> None:
    """Forget what nobody will ask about any more."""
    rows = await store.prune(clock() - KEEP)
    if rows:
        log.info("pruned %d old rows", rows)
