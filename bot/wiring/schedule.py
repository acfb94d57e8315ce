"""The jobs of a process, by its roles: how often each runs, and which of them processes share."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.jobs.approvals import ApprovalKeeper
from bot.jobs.new_orders import NewOrders
from bot.jobs.prune import prune, prune_unknown
from bot.jobs.refusal_exchange import RefusalExchange
from bot.jobs.reopen import Reopener
from bot.jobs.token import TokenWatch
from bot.jobs.writes import WriteResolver
from bot.process.presence import SEEN_EVERY
from bot.process.scheduler import Job
from bot.roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from bot.process.presence import Presence
    from bot.process.shared_jobs import SharedJobs
    from bot.settings import Settings
    from bot.wiring.resources import Resources
    from bot.wiring.workers import Workers

DISCOVER_EVERY = timedelta(minutes=10)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
HALF_SECOND = timedelta(seconds=0.5)
LEARN_EVERY = timedelta(seconds=30)
PRESENT_EVERY = timedelta(seconds=SEEN_EVERY)
RENEW_EVERY = timedelta(minutes=1)  # of the usual times, which one process learns once an hour at most


def slow_interval(settings: Settings) -> timedelta:
    """Return the interval of jobs that are not urgent. A demo's clock is faster, and so are its jobs."""
    return min(MINUTE, settings.poll_interval * 10)


def jobs_of(
    settings: Settings,
    resources: Resources,
    workers: Workers,
    clock: Callable[[], datetime],
    *,
    roles: frozenset[Role],
    shared: SharedJobs | None,
    presence: Presence | None,
) -> Iterator[Job]:
    """Yield the jobs of a process with these roles. ``shared`` None: it is the only process.

    ``presence`` None: nobody asks which processes are at work, or the host of many bots has a heartbeat of its own.
    """
    yield Job("clock", workers.timekeeper.tick, min(HALF_SECOND, settings.poll_interval))
    if Role.POLL in roles:
        yield Job("poll", workers.poller.tick, settings.poll_interval)
    if Role.SEND in roles:
        yield Job("deliver", workers.deliverer.drain, HALF_SECOND)
    if shared and roles - {Role.SEND}:
        yield Job("usual times", workers.usual.renew, RENEW_EVERY, RENEW_EVERY)
    if presence:
        yield Job("presence", presence.tick, PRESENT_EVERY)
    if shared:
        yield Job("names", partial(_relearn, resources), LEARN_EVERY, LEARN_EVERY)
        yield Job("outage", workers.breaker.refresh, LEARN_EVERY, LEARN_EVERY)
        exchange = RefusalExchange(resources.store, clock, workers.deliverer.failures, shared.worker)
        yield Job("refusals", exchange.tick, LEARN_EVERY, LEARN_EVERY)
    if Role.JOBS in roles:
        for job in _of_the_installation(settings, resources, workers, clock):
            yield shared.of(job) if shared else job
    yield from _of_file(settings, resources)


async def _relearn(resources: Resources) -> None:
    """Learn what people told other processes: the languages of channels, and people's names."""
    await resources.languages.learn(resources.store)
    await resources.people.learn(resources.store)


def _of_the_installation(
    settings: Settings, resources: Resources, workers: Workers, clock: Callable[[], datetime]
) -> Iterator[Job]:
    """Yield the jobs that one process does for all."""
    store, wake, often = resources.store, workers.deliverer.wake, slow_interval(settings)
    yield Job("inbox", workers.inbox.tick, often)
    yield Job("writes", WriteResolver(store, workers.writer, clock, wake).tick, often)
    yield Job("new orders", NewOrders(store, workers.tracker, clock, settings.default_filter).tick, often)
    yield Job("approvals", ApprovalKeeper(store, clock, wake).tick, often)
    yield Job("learn", workers.usual.learn, DAY)
    yield Job("journeys", workers.usual.learn_journeys, max(often, HOUR * settings.cadence_factor))
    yield Job("stalls", workers.stalls.tick, often)
    yield Job("digests", workers.digester.tick, often)
    yield Job("discover", workers.discoverer.tick, max(often, DISCOVER_EVERY * settings.cadence_factor), often)
    yield Job("reopen", Reopener(store, resources.slack, clock, wake).tick, often * 5, often)
    yield Job("token", TokenWatch(resources.slack, workers.deliverer.failures.note_token).tick, often * 5, often * 5)
    yield Job("prune", partial(prune, store, clock, resources.api, DAY * settings.news_days), DAY, MINUTE * 10)
    yield Job("prune unknown", partial(prune_unknown, store, clock), HOUR, MINUTE * 5)


def _of_file(settings: Settings, resources: Resources) -> Iterator[Job]:
    """Yield the jobs of a SQLite file. A PostgreSQL server is copied, checked and kept tidy by its operator."""
    if (backups := resources.backups) is not None:
        yield Job("backup", backups.copy, HOUR, MINUTE)
        yield Job("check", backups.verify, DAY, HOUR)
        yield Job("log", resources.store.upkeep.tidy_log, slow_interval(settings), slow_interval(settings))
