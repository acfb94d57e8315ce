"""The bot of a process: built from its settings, connected, and run."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from bot.clients.slack import bolt_app, web_client
from bot.database import listener_of
from bot.process.clock import utc_now
from bot.process.log import for_bolt
from bot.process.presence import Presence
from bot.process.proxies import hide_from_libraries
from bot.process.scheduler import Scheduler
from bot.process.shared_jobs import SharedJobs
from bot.roles import ALL, Role, part_of
from bot.running import JOBS, Bot
from bot.web import metrics
from bot.web.callbacks import Callbacks
from bot.wiring.context import build_context
from bot.wiring.resources import open_resources
from bot.wiring.schedule import jobs_of, slow_interval
from bot.wiring.setup import Hosting, Setup
from bot.wiring.workers import build_workers
from handlers.commands.registry import Commands
from handlers.features.all import FEATURES
from handlers.listeners import register

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from slack_bolt.async_app import AsyncApp

    from bot.settings import Settings
    from bot.wiring.resources import Resources
    from bot.wiring.workers import Workers
    from handlers.commands.declarations import Feature
    from handlers.interactions.context import Context
    from handlers.interactions.ports import Report
    from storage.postgres.listen import Listener


async def build(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = utc_now,
    features: Sequence[Feature] = FEATURES,
    stand_ins: Mapping[str, str] | None = None,
    roles: frozenset[Role] = ALL,
    hosting: Hosting | None = None,
) -> Bot:
    """Build the bot without starting it. Raises StorageError when the database cannot be used.

    ``roles``: the parts of the work that this process does. Raises ValueError for less than all of them on SQLite.
    ``stand_ins``, ``hosting``: see :class:`bot.wiring.setup.Setup`; the host's commands take the place of ``features``.
    """
    hide_from_libraries()
    setup = Setup(
        settings,
        commands=hosting.commands if hosting else Commands(features),
        clock=clock,
        part=part_of(settings, roles),
        stand_ins=stand_ins or {},
        hosting=hosting,
    )
    async with contextlib.AsyncExitStack() as opened:  # closes the opened parts when a later part fails
        return await _build(setup, opened)


async def _build(setup: Setup, opened: contextlib.AsyncExitStack) -> Bot:
    resources = await open_resources(setup, opened)
    workers = build_workers(setup, resources)
    if setup.part.shares:
        await workers.usual.renew()
    presence = _presence(setup, resources)
    scheduler = _scheduler(setup, resources, workers, presence)
    app = _bolt(setup.settings, resources)

    def report() -> Report:
        return bot.report()

    context = build_context(setup, resources, workers, report)
    register(app, context)
    bot = _bot(setup, resources, workers, scheduler, presence, app=app, context=context, opened=opened)
    return bot


def _presence(setup: Setup, resources: Resources) -> Presence | None:
    """Return this process's heartbeat; None on SQLite, where it is alone, and under a host, which has its own."""
    if not setup.part.shares or setup.hosting:
        return None
    return Presence(resources.store.workers, setup.clock, setup.part.worker, setup.part.roles)


def _scheduler(setup: Setup, resources: Resources, workers: Workers, presence: Presence | None) -> Scheduler:
    """Return the scheduler of the process's jobs. A discovery that did not finish makes its next run start at once."""
    settings, clock, part = setup.settings, setup.clock, setup.part
    shared = SharedJobs(resources.store, clock, part.worker, slow_interval(settings)) if part.shares else None
    jobs = jobs_of(settings, resources, workers, clock, roles=part.roles, shared=shared, presence=presence)
    scheduler = Scheduler(*jobs)

    async def unfinished() -> None:
        if shared is not None:
            await shared.hurry("discover")
        scheduler.hurry("discover")

    workers.discoverer.unfinished = unfinished
    return scheduler


def _bolt(settings: Settings, resources: Resources) -> AsyncApp:
    """Return the app, still without listeners. ``bot.web.request_checks`` verifies requests before Bolt gets them."""
    return bolt_app(
        web_client(
            settings,
            resources.session,
            patient=True,
            on_rate_limit=resources.figures.limited_by_slack,
            token=resources.slack.bot_token,
        ),
        logger=for_bolt(),
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )


def _bot(
    setup: Setup,
    resources: Resources,
    workers: Workers,
    scheduler: Scheduler,
    presence: Presence | None,
    *,
    app: AsyncApp,
    context: Context,
    opened: contextlib.AsyncExitStack,
) -> Bot:
    settings, store, clock, hosting = setup.settings, resources.store, setup.clock, setup.hosting
    return Bot(
        settings=settings,
        clock=clock,
        store=store,
        api=resources.api,
        app=app,
        slack=resources.slack,
        context=context,
        poller=workers.poller,
        deliverer=workers.deliverer,
        scheduler=scheduler,
        breaker=workers.breaker,
        backups=resources.backups,
        inbox=workers.inbox,
        timekeeper=workers.timekeeper,
        presence=presence,
        part=setup.part,
        listener=_listener(setup, scheduler),
        callbacks=Callbacks(settings.callback_tokens, store, clock, workers.inbox.wake),
        metrics=tuple(
            metrics.routes(
                store,
                clock,
                workers.poller,
                workers.breaker,
                scheduler,
                presence=presence,
                figures=resources.figures,
            )
        ),
        started_at=clock(),
        opened=opened.pop_all(),
        is_alone=hosting is None,
        is_working=hosting is None or hosting.is_working,
        is_first=hosting is None or hosting.is_first,
    )


def _listener(setup: Setup, scheduler: Scheduler) -> Listener | None:
    """Return the listener that wakes jobs when another process notifies this one.

    None for a bot among many: the bots of a process share its listener, which wakes the right bot (:meth:`Bot.wake`).
    """
    if setup.hosting:
        return None
    return listener_of(setup.settings, lambda kind: scheduler.hurry(JOBS[kind]))


async def run(settings: Settings, stop: asyncio.Event, roles: frozenset[Role] = ALL) -> None:
    """Run the bot until ``stop`` is set. Raises StartError and StorageError."""
    async with await build(settings, roles=roles):
        with contextlib.suppress(asyncio.CancelledError):
            await stop.wait()
