"""The workers of a bot, which its jobs call and people's acts wake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.clients.breaker import AccountBreaker
from bot.jobs.deliver import Deliverer
from bot.jobs.digests import Digester
from bot.jobs.discovery import Discoverer
from bot.jobs.inbox import InboxReader
from bot.jobs.poll import LEASE, Poller
from bot.jobs.stalls import StallWatch
from bot.jobs.timekeeper import Timekeeper
from bot.jobs.usual_times import UsualTimes
from bot.orders.decider import Decider
from bot.orders.refunds import RefundReader
from bot.orders.tracker import LiveTracker
from bot.process.clock import steady_of
from bot.process.failpoints import point
from bot.roles import Role
from handlers.writing.verifiers import VERIFIERS
from handlers.writing.writer import Writer
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.settings import Settings
    from bot.wiring.resources import Resources
    from bot.wiring.setup import Setup
    from pandapon.client import PandaPon

SETTLE_IN = timedelta(minutes=30)  # the first readings of orders that join together are spread over this time


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


def build_workers(setup: Setup, resources: Resources) -> Workers:
    """Build the workers; nothing runs yet."""
    settings, store, api, clock = setup.settings, resources.store, resources.api, setup.clock
    breaker = AccountBreaker(clock, resources.account, shares=setup.part.shares, on_pause=api.pause)
    refunds = RefundReader(api, clock)
    deliverer = _deliverer(setup, resources)
    usual = UsualTimes(store, clock, settings.limits, shares=setup.part.shares)
    decider = _decider(settings, resources, usual)
    poller = _poller(setup, resources, decider=decider, refunds=refunds, breaker=breaker, on_news=deliverer.wake)
    digester = Digester(store, clock, deliverer.wake)
    discoverer = _discoverer(setup, resources)
    return Workers(
        breaker=breaker,
        deliverer=deliverer,
        usual=usual,
        stalls=StallWatch(store, clock, lambda: usual.limits, deliverer.wake, _is_trusted(api)),
        digester=digester,
        discoverer=discoverer,
        tracker=LiveTracker(store=store, api=api, decider=decider, refunds=refunds, deliverer=deliverer, clock=clock),
        poller=poller,
        inbox=InboxReader(store, clock, poller.poll_now if Role.POLL in setup.part.roles else _left_to_others),
        timekeeper=_timekeeper(setup, resources, breaker, digester, discoverer),
        writer=Writer(
            api, store, clock, VERIFIERS, point, on_end=resources.figures.write_settled, steady=steady_of(clock)
        ),
    )


def _is_trusted(api: PandaPon) -> Callable[[], bool]:
    """Return a function that tells whether the clock agrees with PandaPon's."""
    return lambda: not api.clock_is_off


def _deliverer(setup: Setup, resources: Resources) -> Deliverer:
    settings = setup.settings
    return Deliverer(
        store=resources.store,
        slack=resources.slack,
        pace=settings.pace,
        clock=setup.clock,
        digest_from=settings.digest_from,
        languages=resources.languages,
        people=resources.people,
        links=resources.links,
        may_act=settings.write_policy.allows(WriteScope.ORDERS),
        figures=resources.figures,
        worker=setup.part.worker,
        sends=setup.part.sends,
    )


def _decider(settings: Settings, resources: Resources, usual: UsualTimes) -> Decider:
    return Decider(
        settings.cadence,
        lambda: usual.limits,
        names=settings.pandapon_named_parcels,
        is_trusted=_is_trusted(resources.api),
        on_unread=resources.figures.texts_unread,
    )


def _poller(
    setup: Setup,
    resources: Resources,
    *,
    decider: Decider,
    refunds: RefundReader,
    breaker: AccountBreaker,
    on_news: Callable[[], None],
) -> Poller:
    return Poller(
        store=resources.store,
        api=resources.api,
        decider=decider,
        refunds=refunds,
        breaker=breaker,
        clock=setup.clock,
        concurrency=setup.settings.pandapon_concurrency,
        on_news=on_news,
        figures=resources.figures,
        worker=setup.part.worker,
    )


def _discoverer(setup: Setup, resources: Resources) -> Discoverer:
    return Discoverer(
        store=resources.store,
        api=resources.api,
        clock=setup.clock,
        settle_in=SETTLE_IN * setup.settings.cadence_factor,
        shares=setup.part.shares,
    )


def _timekeeper(
    setup: Setup, resources: Resources, breaker: AccountBreaker, digester: Digester, discoverer: Discoverer
) -> Timekeeper:
    cadence, api = setup.settings.cadence, resources.api
    clock_keepers = (
        api.clock_moved,
        breaker.clock_moved,
        lambda _by: digester.clock_moved(),
        lambda _by: discoverer.clock_moved(),
    )
    return Timekeeper(
        resources.store,
        setup.clock,
        max(cadence.longest, SETTLE_IN * cadence.factor) + LEASE,
        clock_keepers,
        lambda: api.clock_moved(timedelta()),
        moves_rows=not setup.part.shares,
    )


async def _left_to_others(_keys: Sequence[str]) -> None:
    """Leave the reading of due orders to the processes that poll."""
