"""Builds the running parts from settings: who knows whom, and which job runs when."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import aiohttp

from bot.decider import Decider
from bot.desk import ChannelDesk
from bot.jobs.backups import Backups
from bot.jobs.deliver import Deliverer
from bot.jobs.digests import Digester
from bot.jobs.discovery import Discoverer
from bot.jobs.inbox import Hints
from bot.jobs.pacing import Pacer
from bot.jobs.poll import LEASE, Poller
from bot.jobs.prune import prune, prune_unknown
from bot.jobs.reopen import Reopener
from bot.jobs.stalls import StallWatch
from bot.jobs.timekeeper import Timekeeper
from bot.jobs.token import TokenWatch
from bot.orders import LiveTracker
from bot.process.clock import utc_now
from bot.process.failpoints import point
from bot.process.log import for_bolt
from bot.process.proxies import hide_from_libraries, proxy_for
from bot.process.scheduler import Job, Timetable
from bot.running import Bot, StartError
from bot.slack import bolt_app, web_client
from bot.web import callbacks, metrics
from handlers.admission import Admission
from handlers.context import Context
from handlers.languages import Languages
from handlers.people import People
from handlers.register import register
from pandapon.client import Config, PandaPon
from storage.backup import open_or_restore
from tracking.circuit_breaker import Breaker

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.settings import Settings


__all__ = ["Bot", "StartError", "api_config", "build", "run"]

SETTLE_IN = timedelta(minutes=30)  # the first readings of all orders that join together are spread over this
DISCOVER_EVERY = timedelta(minutes=10)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
HALF_SECOND = timedelta(seconds=0.5)


async def build(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Bot:
    """The bot's parts, wired and not yet started. Raises StorageError when the database cannot be used."""
    hide_from_libraries()
    async with contextlib.AsyncExitStack() as opened:  # what was opened is closed again when a later part fails
        return await _build(settings, clock, opened)


async def _build(settings: Settings, clock: Callable[[], datetime], opened: contextlib.AsyncExitStack) -> Bot:
    store, restored = await open_or_restore(settings.database_path, settings.backups, clock(), point)
    opened.push_async_callback(store.close)
    backups = Backups(store.thread, settings.backups, clock, restored)
    api = PandaPon(api_config(settings), clock=clock)
    opened.push_async_callback(api.aclose)
    session = await opened.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)))
    cadence, breaker = settings.cadence, Breaker()
    languages = Languages(settings.language)
    await languages.learn(store)
    people = People()
    await people.learn(store)
    pacer = Pacer(settings.channel_messages_per_second, settings.channel_burst)
    slack = web_client(settings, session, patient=False)
    deliverer = Deliverer(
        store=store,
        slack=slack,
        pacer=pacer,
        clock=clock,
        digest_from=settings.digest_from,
        languages=languages,
        people=people,
    )
    stalls = StallWatch(store, clock, settings.limits, deliverer.wake, is_trusted=lambda: not api.clock_is_off)
    digester = Digester(store, clock, deliverer.wake)
    discoverer = Discoverer(
        store=store,
        api=api,
        clock=clock,
        settle_in=SETTLE_IN * settings.cadence_factor,
        unfinished=lambda: scheduler.hurry("discover"),
    )
    decider = Decider(cadence, lambda: stalls.limits, names=settings.pandapon_named_parcels)
    tracker = LiveTracker(
        store=store,
        api=api,
        decider=decider,
        deliverer=deliverer,
        clock=clock,
    )
    poller = Poller(
        store=store,
        api=api,
        decider=decider,
        breaker=breaker,
        clock=clock,
        concurrency=settings.pandapon_concurrency,
        on_news=deliverer.wake,
    )
    hints = Hints(store, clock, poller.look)
    timekeeper = Timekeeper(
        store,
        clock,
        max(cadence.longest, SETTLE_IN * cadence.factor) + LEASE,
        (
            api.clock_moved,
            breaker.clock_moved,
            lambda _by: digester.clock_moved(),
            lambda _by: discoverer.clock_moved(),
        ),
        lambda: api.clock_moved(timedelta()),
    )
    app = bolt_app(  # requests are verified before Bolt sees them, by bot.gate, and Bolt is told no secret for that
        web_client(settings, session, patient=True),
        logger=for_bolt(),
        request_verification_enabled=False,
        ssl_check_enabled=False,
    )
    slow = min(MINUTE, settings.poll_interval * 10)  # a demo's clock runs faster, and its jobs with it
    scheduler = Timetable(
        Job("clock", timekeeper.tick, min(HALF_SECOND, settings.poll_interval)),
        Job("poll", poller.tick, settings.poll_interval),
        Job("deliver", deliverer.drain, HALF_SECOND),
        Job("hints", hints.tick, slow),
        Job("stalls", stalls.tick, slow),
        Job("digests", digester.tick, slow),
        Job("discover", discoverer.tick, max(slow, DISCOVER_EVERY * settings.cadence_factor), slow),
        Job("reopen", Reopener(store, slack, clock, deliverer.wake).tick, slow * 5, slow),
        Job("token", TokenWatch(slack, deliverer.failures.note_token).tick, slow * 5, slow * 5),
        Job("learn", stalls.learn, DAY),
        Job("backup", backups.copy, HOUR, MINUTE),
        Job("check", backups.look_through, DAY, HOUR),
        Job("prune", partial(prune, store, clock, api), DAY, MINUTE * 10),
        Job("prune unknown", partial(prune_unknown, store, clock), HOUR, MINUTE * 5),
        Job("log", store.upkeep.truncate_wal, slow, slow),
    )
    holder: list[Bot] = []
    context = Context(
        api=api,
        store=store,
        tracker=tracker,
        desk=ChannelDesk(store=store, digester=digester, discoverer=discoverer, clock=clock),
        clock=clock,
        report=lambda: holder[0].report(),  # noqa: PLW0108  the bot is made after the context
        wake=deliverer.wake,
        default_filter=settings.default_filter,
        answer_seconds=settings.answer_seconds,
        languages=languages,
        admission=Admission(settings.slack_outsiders),
        people=people,
    )
    register(app, context)
    bot = Bot(
        settings=settings,
        clock=clock,
        store=store,
        api=api,
        app=app,
        slack=slack,
        context=context,
        poller=poller,
        deliverer=deliverer,
        scheduler=scheduler,
        breaker=breaker,
        backups=backups,
        hints=hints,
        timekeeper=timekeeper,
        routes=(
            *callbacks.routes(settings.callback_tokens, store, clock, hints.wake),
            *metrics.routes(store, clock, poller, breaker, scheduler),
        ),
        started_at=clock(),
        opened=opened.pop_all(),
    )
    holder.append(bot)
    return bot


def api_config(settings: Settings) -> Config:
    """The PandaPon client's configuration."""
    return Config(
        base_url=settings.pandapon_base_url,
        access_key=settings.pandapon_access_key.get_secret_value(),
        access_secret=settings.pandapon_access_secret.get_secret_value(),
        user_id=settings.pandapon_user_id,
        timestamp_unit=settings.pandapon_timestamp_unit,
        paths=settings.pandapon_paths,
        rate_per_second=settings.pandapon_rate_per_second,
        concurrency=settings.pandapon_concurrency,
        read_timeout=settings.pandapon_read_timeout_seconds,
        taobao_amounts=settings.pandapon_taobao_amounts,
        proxy=proxy_for(settings.pandapon_base_url, settings),
        certificates=str(settings.certificates) if settings.certificates else None,
    )


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Run until asked to stop."""
    async with await build(settings):
        with contextlib.suppress(asyncio.CancelledError):
            await stop.wait()
