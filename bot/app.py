"""Builds the bot's parts from the settings, connects them, and schedules the jobs."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import aiohttp

from bot.client_config import api_config
from bot.database import open_to_run
from bot.decider import Decider
from bot.jobs.approvals import ApprovalKeeper
from bot.jobs.deliver import Deliverer
from bot.jobs.digests import Digester
from bot.jobs.discovery import Discoverer
from bot.jobs.inbox import InboxReader
from bot.jobs.new_orders import NewOrders
from bot.jobs.poll import LEASE, Poller
from bot.jobs.prune import prune, prune_unknown
from bot.jobs.reopen import Reopener
from bot.jobs.stalls import StallWatch
from bot.jobs.timekeeper import Timekeeper
from bot.jobs.token import TokenWatch
from bot.jobs.writes import WriteResolver
from bot.orders import LiveTracker
from bot.process.clock import utc_now
from bot.process.failpoints import point
from bot.process.figures import Figures
from bot.process.log import for_bolt
from bot.process.proxies import hide_from_libraries, proxy_for
from bot.process.scheduler import Job, Scheduler
from bot.refunds import RefundReader
from bot.running import Bot, StartError
from bot.slack import SlackClient, bolt_app, web_client
from bot.web import callbacks, metrics
from handlers.access.admission import Admission
from handlers.access.approvers import Approvers
from handlers.access.user_groups import UserGroups
from handlers.access.writers import Gate
from handlers.blocks import team_glosses
from handlers.blocks.links import Links
from handlers.blocks.people import People
from handlers.commands.registry import Commands
from handlers.features import FEATURES
from handlers.interactions.context import ChatLogin, Context
from handlers.interactions.languages import Languages
from handlers.interactions.outside import Outside
from handlers.listeners import register
from handlers.writing.looks import LOOKS
from handlers.writing.writer import Writer
from pandapon.client import PandaPon
from pandapon.transport import trusted
from storage import moved
from tracking.circuit_breaker import CircuitBreaker
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from bot.jobs.backups import Backups
    from bot.settings import Settings
    from handlers.commands.declarations import Feature
    from handlers.interactions.ports import Report
    from storage.store import Store


__all__ = ["Bot", "StartError", "api_config", "build", "run"]

SETTLE_IN = timedelta(minutes=30)  # the first readings of orders that join together are spread over this time
DISCOVER_EVERY = timedelta(minutes=10)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
HALF_SECOND = timedelta(seconds=0.5)


async def build(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = utc_now,
    features: Sequence[Feature] = FEATURES,
    stand_ins: Mapping[str, str] | None = None,
) -> Bot:
    """Build the bot, not yet started. Raises StorageError when the database cannot be used.

    ``stand_ins``: by a public name, the base address of a local server that stands for it, as of pictures in the demo.
    """
    hide_from_libraries()
    async with contextlib.AsyncExitStack() as opened:  # closes the opened parts when a later part fails
        return await _build(settings, clock, opened, Commands(features), stand_ins or {})


async def _build(
    settings: Settings,
    clock: Callable[[], datetime],
    opened: contextlib.AsyncExitStack,
    commands: Commands,
    stand_ins: Mapping[str, str],
) -> Bot:
    resources = await _open_resources(settings, clock, opened)
    workers = _workers(settings, resources, clock)
    scheduler = _scheduled(settings, resources, workers, clock)
    workers.discoverer.unfinished = lambda: scheduler.hurry("discover")
    app = bolt_app(  # bot.web.gate verifies requests before Bolt gets them
        web_client(settings, resources.session, patient=True, on_rate_limit=resources.figures.limited_by_slack),
        logger=for_bolt(),
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )

    def report() -> Report:
        return bot.report()

    context = _context(
        settings,
        resources,
        workers,
        clock,
        commands=commands,
        report=report,
        outside=_outside(settings, stand_ins),
    )
    register(app, context)
    bot = Bot(
        settings=settings,
        clock=clock,
        store=resources.store,
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
        routes=(
            *callbacks.routes(settings.callback_tokens, resources.store, clock, workers.inbox.wake),
            *metrics.routes(
                resources.store, clock, workers.poller, workers.breaker, scheduler, figures=resources.figures
            ),
        ),
        started_at=clock(),
        opened=opened.pop_all(),
    )
    return bot


@dataclass(frozen=True, slots=True)
class _Resources:
    """The database, both network clients, the languages and names that the database holds, links, and the figures."""

    store: Store
    backups: Backups | None
    api: PandaPon
    session: aiohttp.ClientSession
    slack: SlackClient
    languages: Languages
    people: People
    links: Links
    figures: Figures


async def _open_resources(
    settings: Settings, clock: Callable[[], datetime], opened: contextlib.AsyncExitStack
) -> _Resources:
    database = await open_to_run(settings, clock, point)
    store = database.store
    opened.push_async_callback(store.close)
    await store.engine.read(moved.check)
    figures = Figures()
    api = PandaPon(api_config(settings), clock=clock, on_rate_limit=figures.limited_by_pandapon)
    opened.push_async_callback(api.aclose)
    session = await opened.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)))
    team_glosses.use(team_glosses.load(settings.glosses) if settings.glosses else ())
    languages, people = Languages(settings.language), People()
    await languages.learn(store)
    await people.learn(store)
    return _Resources(
        store,
        database.backups,
        api,
        session,
        web_client(settings, session, patient=False, on_rate_limit=figures.limited_by_slack),
        languages,
        people,
        Links(),
        figures,
    )


@dataclass(frozen=True, slots=True)
class _Workers:
    """The parts that do the work, by a job or when they are woken."""

    breaker: CircuitBreaker
    deliverer: Deliverer
    stalls: StallWatch
    digester: Digester
    discoverer: Discoverer
    tracker: LiveTracker
    poller: Poller
    inbox: InboxReader
    timekeeper: Timekeeper
    writer: Writer


def _workers(settings: Settings, resources: _Resources, clock: Callable[[], datetime]) -> _Workers:
    store, api, cadence, breaker = resources.store, resources.api, settings.cadence, CircuitBreaker()
    figures = resources.figures

    def is_trusted() -> bool:
        return not api.clock_is_off

    deliverer = Deliverer(
        store=store,
        slack=resources.slack,
        pace=settings.pace,
        clock=clock,
        digest_from=settings.digest_from,
        languages=resources.languages,
        people=resources.people,
        links=resources.links,
        may_act=settings.write_policy.allows(WriteScope.ORDERS),
        figures=figures,
    )
    stalls = StallWatch(store, clock, settings.limits, deliverer.wake, is_trusted)
    digester = Digester(store, clock, deliverer.wake)
    discoverer = Discoverer(store=store, api=api, clock=clock, settle_in=SETTLE_IN * settings.cadence_factor)
    decider = Decider(
        cadence,
        lambda: stalls.limits,
        names=settings.pandapon_named_parcels,
        is_trusted=is_trusted,
        on_unread=figures.texts_unread,
    )
    refunds = RefundReader(api, clock)
    poller = Poller(
        store=store,
        api=api,
        decider=decider,
        refunds=refunds,
        breaker=breaker,
        clock=clock,
        concurrency=settings.pandapon_concurrency,
        on_news=deliverer.wake,
        figures=figures,
    )
    clock_keepers = (
        api.clock_moved,
        breaker.clock_moved,
        lambda _by: digester.clock_moved(),
        lambda _by: discoverer.clock_moved(),
    )
    longest_wait = max(cadence.longest, SETTLE_IN * cadence.factor) + LEASE
    return _Workers(
        breaker,
        deliverer,
        stalls,
        digester,
        discoverer,
        LiveTracker(store=store, api=api, decider=decider, refunds=refunds, deliverer=deliverer, clock=clock),
        poller,
        InboxReader(store, clock, poller.poll_now),
        Timekeeper(store, clock, longest_wait, clock_keepers, lambda: api.clock_moved(timedelta())),
        Writer(api, store, clock, LOOKS, point, on_end=figures.write_settled),
    )


def _scheduled(
    settings: Settings, resources: _Resources, workers: _Workers, clock: Callable[[], datetime]
) -> Scheduler:
    """Return the scheduler with all jobs."""
    store, deliverer = resources.store, workers.deliverer
    slow = min(MINUTE, settings.poll_interval * 10)  # a demo's clock is faster, and so are its jobs
    return Scheduler(
        Job("clock", workers.timekeeper.tick, min(HALF_SECOND, settings.poll_interval)),
        Job("poll", workers.poller.tick, settings.poll_interval),
        Job("deliver", deliverer.drain, HALF_SECOND),
        Job("inbox", workers.inbox.tick, slow),
        Job("writes", WriteResolver(store, workers.writer, clock, deliverer.wake).tick, slow),
        Job("new orders", NewOrders(store, workers.tracker, clock, settings.default_filter).tick, slow),
        Job("approvals", ApprovalKeeper(store, clock, deliverer.wake).tick, slow),
        Job("stalls", workers.stalls.tick, slow),
        Job("digests", workers.digester.tick, slow),
        Job("discover", workers.discoverer.tick, max(slow, DISCOVER_EVERY * settings.cadence_factor), slow),
        Job("reopen", Reopener(store, resources.slack, clock, deliverer.wake).tick, slow * 5, slow),
        Job("token", TokenWatch(resources.slack, deliverer.failures.note_token).tick, slow * 5, slow * 5),
        Job("learn", workers.stalls.learn, DAY),
        Job("journeys", workers.stalls.learn_journeys, max(slow, HOUR * settings.cadence_factor)),
        Job("prune", partial(prune, store, clock, resources.api), DAY, MINUTE * 10),
        Job("prune unknown", partial(prune_unknown, store, clock), HOUR, MINUTE * 5),
        *_of_file(resources, slow),
    )


def _of_file(resources: _Resources, slow: timedelta) -> Iterator[Job]:
    """Yield the jobs of a SQLite file. A PostgreSQL server is copied, checked and kept tidy by its operator."""
    if (backups := resources.backups) is not None:
        yield Job("backup", backups.copy, HOUR, MINUTE)
        yield Job("check", backups.verify, DAY, HOUR)
        yield Job("log", resources.store.upkeep.tidy_log, slow, slow)


def _context(
    settings: Settings,
    resources: _Resources,
    workers: _Workers,
    clock: Callable[[], datetime],
    *,
    commands: Commands,
    report: Callable[[], Report],
    outside: Outside,
) -> Context:
    """Return the handlers' context. ``report`` calls the bot, which is built later."""
    groups = UserGroups()
    return Context(
        api=resources.api,
        store=resources.store,
        commands=commands,
        tracker=workers.tracker,
        preview_digest=workers.digester.preview,
        subscribe=workers.discoverer.subscribe,
        clock=clock,
        report=report,
        wake=workers.deliverer.wake,
        writer=workers.writer,
        default_filter=settings.default_filter,
        answer_seconds=settings.answer_seconds,
        answered=resources.figures.answered,
        languages=resources.languages,
        admission=Admission(settings.slack_outsiders),
        gate=Gate(settings.write_policy, groups),
        approvers=Approvers(settings.approval_policy, groups),
        people=resources.people,
        links=resources.links,
        outside=outside,
        chat_login=_chat_login(settings),
    )


def _chat_login(settings: Settings) -> ChatLogin | None:
    password = settings.pandapon_login_password
    return ChatLogin(settings.pandapon_login_name, password) if password else None


def _outside(settings: Settings, stand_ins: Mapping[str, str]) -> Outside:
    certificates = settings.certificates
    return Outside(
        ssl=trusted(str(certificates)) if certificates else None,
        is_closed=proxy_for("https://example.com", settings) is not None,
        stand_ins=stand_ins,
    )


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Run the bot until ``stop`` is set. Raises StartError and StorageError."""
    async with await build(settings):
        with contextlib.suppress(asyncio.CancelledError):
            await stop.wait()
