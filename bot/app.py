"""Builds the bot's parts from the settings, connects them, and schedules the jobs."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp

from bot.account import account_of
from bot.account_pace import AccountPace
from bot.breaker import AccountBreaker
from bot.client_config import api_config
from bot.database import OpenDatabase, listener_of, open_to_run
from bot.decider import Decider
from bot.jobs.deliver import Deliverer
from bot.jobs.digests import Digester
from bot.jobs.discovery import Discoverer
from bot.jobs.inbox import InboxReader
from bot.jobs.poll import LEASE, Poller
from bot.jobs.stalls import StallWatch
from bot.jobs.timekeeper import Timekeeper
from bot.jobs.usual import UsualTimes
from bot.orders import LiveTracker
from bot.process.clock import utc_now
from bot.process.errors import StartError
from bot.process.failpoints import point
from bot.process.figures import Figures
from bot.process.log import for_bolt
from bot.process.presence import Presence
from bot.process.proxies import hide_from_libraries, proxy_for
from bot.process.scheduler import Scheduler
from bot.process.shared_jobs import SharedJobs
from bot.refunds import RefundReader
from bot.roles import ALL, Part, Role, part_of
from bot.running import Bot
from bot.schedule import jobs_of, slow
from bot.slack import SlackClient, bolt_app, web_client
from bot.web import metrics
from bot.web.callbacks import Callbacks
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
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from bot.account import Account
    from bot.jobs.backups import Backups
    from bot.settings import Settings
    from handlers.commands.declarations import Feature
    from handlers.interactions.ports import Connector, Report
    from storage.postgres.listen import Listener
    from storage.store import Store


__all__ = ["Bot", "StartError", "api_config", "build", "run"]

SETTLE_IN = timedelta(minutes=30)  # the first readings of orders that join together are spread over this time


@dataclass(frozen=True, slots=True)
class Hosting:
    """The parts that a process with many workspaces gives to the bot of one of them."""

    open_store: Callable[[], Awaitable[Store]]
    commands: Commands
    connector: Connector
    account: Account | None  # the rows of its PandaPon account; None: it has none yet
    figures: Figures  # of the process
    is_working: bool  # whether its jobs run; without an account there is nothing to do


async def build(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = utc_now,
    features: Sequence[Feature] = FEATURES,
    stand_ins: Mapping[str, str] | None = None,
    roles: frozenset[Role] = ALL,
    hosting: Hosting | None = None,
) -> Bot:
    """Build the bot, not yet started. Raises StorageError when the database cannot be used.

    ``roles``: the part of the work that this process does; on SQLite all of it.
    ``stand_ins``: by a public name, the base address of a local server that stands for it, as of pictures in the demo.
    ``hosting``: of the bot of one workspace among many; its commands take the place of ``features``.
    """
    hide_from_libraries()
    commands = hosting.commands if hosting else Commands(features)
    async with contextlib.AsyncExitStack() as opened:  # closes the opened parts when a later part fails
        return await _build(
            settings,
            clock,
            opened,
            commands,
            stand_ins=stand_ins or {},
            part=part_of(settings, roles),
            hosting=hosting,
        )


async def _build(
    settings: Settings,
    clock: Callable[[], datetime],
    opened: contextlib.AsyncExitStack,
    commands: Commands,
    *,
    stand_ins: Mapping[str, str],
    part: Part,
    hosting: Hosting | None,
) -> Bot:
    resources = await _open_resources(settings, clock, opened, part, hosting)
    workers = _workers(settings, resources, clock, part)
    if part.shares:
        await workers.usual.renew()
    shared = SharedJobs(resources.store, clock, part.worker, slow(settings)) if part.shares else None
    told = part.shares and hosting is None
    presence = Presence(resources.store.workers, clock, part.worker, part.roles) if told else None
    jobs = jobs_of(settings, resources, workers, clock, roles=part.roles, shared=shared, presence=presence)
    scheduler = Scheduler(*jobs)

    async def unfinished() -> None:
        if shared is not None:
            await shared.hurry("discover")
        scheduler.hurry("discover")

    workers.discoverer.unfinished = unfinished
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
        connector=hosting.connector if hosting else None,
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
        presence=presence,
        part=part,
        # A bot among many does without: each listener takes a connection to the server for itself.
        listener=None if hosting else _listener(settings, resources.store, scheduler),
        callbacks=Callbacks(settings.callback_tokens, resources.store, clock, workers.inbox.wake),
        metrics=tuple(
            metrics.routes(
                resources.store, clock, workers.poller, workers.breaker, scheduler, figures=resources.figures
            )
        ),
        started_at=clock(),
        opened=opened.pop_all(),
        is_alone=hosting is None,
        is_working=hosting is None or hosting.is_working,
    )
    return bot


def _listener(settings: Settings, store: Store, scheduler: Scheduler) -> Listener | None:
    """Return what wakes the jobs at other processes' notices.

    A process that answers people sends what it queued itself, and leaves the rest to those that send.
    """
    wakes = {"posts": lambda: scheduler.hurry("deliver"), "due": lambda: scheduler.hurry("poll")}
    return listener_of(settings, store, wakes)


@dataclass(frozen=True, slots=True)
class Resources:
    """The database, the account's rows, both network clients, languages and names as stored, links, and the figures."""

    store: Store
    account: Account
    backups: Backups | None
    api: PandaPon
    session: aiohttp.ClientSession
    slack: SlackClient
    languages: Languages
    people: People
    links: Links
    figures: Figures


async def _open_resources(
    settings: Settings,
    clock: Callable[[], datetime],
    opened: contextlib.AsyncExitStack,
    part: Part,
    hosting: Hosting | None,
) -> Resources:
    database = OpenDatabase(await hosting.open_store(), None) if hosting else await open_to_run(settings, clock, point)
    store = database.store
    opened.push_async_callback(store.close)
    await store.engine.read(moved.check)
    figures = hosting.figures if hosting else Figures()
    account = (hosting and hosting.account) or account_of(store)
    pace = AccountPace(account, clock) if part.shares else None
    api = PandaPon(api_config(settings), clock=clock, on_rate_limit=figures.limited_by_pandapon, pace=pace)
    opened.push_async_callback(api.aclose)
    session = await opened.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)))
    team_glosses.use(team_glosses.load(settings.glosses) if settings.glosses else ())
    languages, people = Languages(settings.language), People()
    await languages.learn(store)
    await people.learn(store)
    return Resources(
        store,
        account,
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
class Workers:
    """The parts that do the work, by a job or when they are woken."""

    breaker: AccountBreaker
    deliverer: Deliverer
    usual: UsualTimes
    stalls: StallWatch
    digester: Digester
    discoverer: Discoverer
    tracker: LiveTracker
    poller: Poller
    inbox: InboxReader
    timekeeper: Timekeeper
    writer: Writer


def _deliverer(settings: Settings, resources: Resources, clock: Callable[[], datetime], part: Part) -> Deliverer:
    return Deliverer(
        store=resources.store,
        slack=resources.slack,
        pace=settings.pace,
        clock=clock,
        digest_from=settings.digest_from,
        languages=resources.languages,
        people=resources.people,
        links=resources.links,
        may_act=settings.write_policy.allows(WriteScope.ORDERS),
        figures=resources.figures,
        worker=part.worker,
        sends=part.sends,
    )


def _workers(settings: Settings, resources: Resources, clock: Callable[[], datetime], part: Part) -> Workers:
    store, api, cadence = resources.store, resources.api, settings.cadence
    breaker = AccountBreaker(clock, resources.account, shares=part.shares, on_pause=api.pause)
    figures = resources.figures

    def is_trusted() -> bool:
        return not api.clock_is_off

    deliverer = _deliverer(settings, resources, clock, part)
    usual = UsualTimes(store, clock, settings.limits, shares=part.shares)
    digester = Digester(store, clock, deliverer.wake)
    settle_in = SETTLE_IN * settings.cadence_factor
    discoverer = Discoverer(store=store, api=api, clock=clock, settle_in=settle_in, shares=part.shares)
    decider = Decider(
        cadence,
        lambda: usual.limits,
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
        worker=part.worker,
    )
    clock_keepers = (
        api.clock_moved,
        breaker.clock_moved,
        lambda _by: digester.clock_moved(),
        lambda _by: discoverer.clock_moved(),
    )
    longest_wait = max(cadence.longest, SETTLE_IN * cadence.factor) + LEASE
    return Workers(
        breaker,
        deliverer,
        usual,
        StallWatch(store, clock, lambda: usual.limits, deliverer.wake, is_trusted),
        digester,
        discoverer,
        LiveTracker(store=store, api=api, decider=decider, refunds=refunds, deliverer=deliverer, clock=clock),
        poller,
        InboxReader(store, clock, poller.poll_now if Role.POLL in part.roles else _left_to_others),
        Timekeeper(
            store,
            clock,
            longest_wait,
            clock_keepers,
            lambda: api.clock_moved(timedelta()),
            moves_rows=not part.shares,
        ),
        Writer(api, store, clock, LOOKS, point, on_end=figures.write_settled),
    )


async def _left_to_others(_keys: Sequence[str]) -> None:
    """Leave the reading of due orders to the processes that poll."""


def _context(
    settings: Settings,
    resources: Resources,
    workers: Workers,
    clock: Callable[[], datetime],
    *,
    commands: Commands,
    report: Callable[[], Report],
    outside: Outside,
    connector: Connector | None,
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
        connector=connector,
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


async def run(settings: Settings, stop: asyncio.Event, roles: frozenset[Role] = ALL) -> None:
    """Run the bot until ``stop`` is set. Raises StartError and StorageError."""
    async with await build(settings, roles=roles):
        with contextlib.suppress(asyncio.CancelledError):
            await stop.wait()
