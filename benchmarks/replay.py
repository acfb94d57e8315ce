"""Many orders over many days in simulated time: the messages of a channel, their delay, and the API calls.

The bot's own poller, decisions, database and delivery run on a clock that jumps from event to event; only the two
networks are left out. The figures of a naive bot are computed from the same scenarios: it polls every order every ten
minutes, and posts each entry that it has not seen in exactly this form.
"""

from __future__ import annotations

import heapq
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.networks import Api, Clock, Database, Ledger, config
from benchmarks.replay_counts import START, Result, claims, is_false, mark, naive, tables, waits_of
from benchmarks.replay_queries import due_times, folded_posts, open_alarms, waits_to_be_sent
from bot.clients.breaker import AccountBreaker
from bot.jobs.deliver import Deliverer
from bot.jobs.digests import Digester
from bot.jobs.poll import Poller
from bot.jobs.stalls import StallWatch
from bot.jobs.usual_times import UsualTimes
from bot.orders.decider import Decider
from bot.orders.tracker import LiveTracker
from handlers.features.watching.alarms import SNOOZE
from pandapon.client import PandaPon
from sandbox.pandapon.generator import Event, scenarios
from sandbox.pandapon.world import World
from storage.alarm import AlarmState
from storage.pace import Pace, Rate
from storage.sqlite.database import thread_of
from storage.store import Store
from tracking.channel_settings import ChannelSettings
from tracking.digest_schedule import next_digest
from tracking.stalls import Limits
from tracking.values import Filter

if TYPE_CHECKING:
    from sandbox.pandapon.generator import Scenario

TICK = timedelta(seconds=5)
WATCHER, COLLEAGUE = "U0MEI00001", "U0TOM00002"
LAST = timedelta(hours=5)  # an event just before the end may be found only after it


@dataclass(frozen=True, slots=True)
class Way:
    """A way to use the bot."""

    filter: Filter = Filter.ALL
    push: bool = False  # PandaPon pushes a message two seconds after each change
    settings: ChannelSettings = ChannelSettings()  # noqa: RUF009  frozen
    share: int = 0  # orders in each channel; 0: all orders in one
    pace: float = 0.0  # messages a second that Slack accepts in a channel; 0: no limit
    off: tuple[timedelta, timedelta] = (timedelta(), timedelta())  # the bot is off between these times since the start
    snooze: bool = False  # somebody presses "Remind me in 24 h" on each alarm, once


WAYS = {
    "all news": Way(),
    "milestones": Way(Filter.MILESTONES),
    "problems only in the channel": Way(settings=ChannelSettings(threads="problems")),
    "in threads, and a daily digest": Way(settings=ChannelSettings(threads="thread", digest_at="09:00")),
    "all news, with pushes": Way(push=True),
    "each alarm snoozed once": Way(snooze=True),
    "100 orders a channel, a day off": Way(share=100, pace=1.0, off=(timedelta(days=9), timedelta(days=10))),
}


async def ours(orders: list[Scenario], days: int, way: Way) -> Result:
    """Run the bot on the jumping clock."""
    clock = Clock(START)
    world = World(clock)
    api, ledger = Api(world, clock), Ledger(clock)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Database())
        await thread_of(store.engine).open(Path(folder) / "replay.db")
        try:
            # No power failure has to be survived here.
            await thread_of(store.engine).direct(lambda conn: conn.execute("PRAGMA synchronous=OFF"))
            await _Run(
                orders=orders, days=days, clock=clock, world=world, api=api, ledger=ledger, store=store, way=way
            ).run()
            folded = await folded_posts(store)
        finally:
            await store.close()
    last = START + timedelta(days=days) - LAST
    events = [
        event
        for scenario in orders
        for event in scenario.events
        if event.scan and not event.is_edit and event.at < last
    ]
    return Result(
        channel=ledger.channel,
        thread=ledger.thread,
        calls=api.calls,
        waits=waits_of(events, ledger),
        missed=sum(not ledger.told.get(mark(event)) for event in claims(events)),
        twice=sum(len(times) > 1 for times in ledger.told.values()),
        alarms=len(ledger.alarms),
        false_alarms=sum(is_false(orders, text, at) for text, at in ledger.alarms),
        folded=folded,
        broadcast=ledger.broadcast,
        direct=ledger.direct,
        unseen=ledger.unseen,
        mentions=sum(ledger.mentions.values()),
        lines=ledger.lines,
        channel_lines=ledger.channel_lines,
        most_mentions=max(ledger.mentions.values(), default=0),
    )


class _Run:
    """The parts of the bot, connected as in production, without its scheduler."""

    def __init__(
        self,
        *,
        orders: list[Scenario],
        days: int,
        clock: Clock,
        world: World,
        api: Api,
        ledger: Ledger,
        store: Store,
        way: Way,
    ) -> None:
        self.clock, self.world, self.store, self.way = clock, world, store, way
        self.end = START + timedelta(days=days)
        self.off, self.on = (START + moment for moment in way.off)
        self.queue: list[tuple[datetime, int, Any]] = []
        self.ledger = ledger
        self.number = 0  # of the newest entry of the queue
        self.late = 0  # orders whose watch had to wait while the bot was off
        self.snoozed: set[str] = set()  # names of alarms
        self.posts = False  # whether posts wait to be sent
        self.stall_at: datetime | None = None  # the time of the next check for a stalled order
        self.channels = {scenario.order.order_id: _channel(at, way.share) for at, scenario in enumerate(orders)}
        for scenario in orders:
            self._at(scenario.watched_at, scenario)
            for event in scenario.events:
                self._at(event.at, event)
        client = PandaPon(config(), transport=api, clock=clock)
        pace = Pace(Rate(way.pace or 1e6, 4 if way.pace else 10**6), Rate(1e6, 10**6))
        self.deliverer = Deliverer(store=store, slack=ledger, pace=pace, clock=clock)  # type: ignore[arg-type]  # it has the three methods that are called
        self.usual = UsualTimes(store, clock, Limits())
        self.stalls = StallWatch(store, clock, lambda: self.usual.limits, self._wake)
        self.digester = Digester(store, clock, self._wake)
        decider = Decider(limits=lambda: self.usual.limits)
        self.tracker = LiveTracker(store=store, api=client, decider=decider, deliverer=self.deliverer, clock=clock)
        self.poller = Poller(
            store=store,
            api=client,
            decider=decider,
            breaker=AccountBreaker(clock),
            clock=clock,
            concurrency=16,
            on_news=self._wake,
        )

    async def run(self) -> None:
        """Jump from event to event, and from due order to due order."""
        for channel in sorted(set(self.channels.values())):
            await self.store.channels.save_settings(self.clock(), channel, self.way.settings, WATCHER)
        self._every_day(self.way.settings)
        while (moment := await self._next()) < self.end:
            self.clock.at = moment
            changed = await self._happen()
            if self._is_off():
                continue
            if self.way.push and changed:
                self.clock.at += timedelta(seconds=2)
                await self.store.orders.mark_due(changed, self.clock(), whole=True)
            await self.poller.tick()
            await self._look_for_silence()
            await self._deliver()

    def _wake(self) -> None:
        self.posts = True

    def _is_off(self) -> bool:
        return self.off <= self.clock() < self.on

    async def _happen(self) -> list[str]:
        """Apply everything whose time has come. Returns the keys of the changed orders."""
        changed = []
        while self.queue and self.queue[0][0] <= self.clock():
            _at, _number, entry = heapq.heappop(self.queue)
            if isinstance(entry, Event):
                entry.do(self.world)
                order = self.world.orders[entry.order_id]
                changed.append(f"{order.platform.value}:{order.order_id}")
            elif isinstance(entry, str):
                await self._watch(entry)
            elif entry is not None:
                self.world.add_order(entry.order)
                self._at(self._asked_at(), entry.order.order_id)
            elif not self._is_off():  # daily, as in production
                await self.usual.learn()
                await self.usual.learn_journeys()
                await self.digester.tick()
        return changed

    def _asked_at(self) -> datetime:
        """Return when a person asks to watch a new order: now; while the bot is off, in turn after its return."""
        if not self._is_off():
            return self.clock()
        self.late += 1
        return self.on + timedelta(minutes=10 + self.late)

    async def _watch(self, order_id: str) -> None:
        await self.tracker.watch([order_id], channel=self.channels[order_id], filter_=self.way.filter, user=WATCHER)
        self.posts = True  # the card, if its channel has to wait

    async def _look_for_silence(self) -> None:
        """Run the stall job when an order's check is due; at other times the job would find no order."""
        if self.stall_at is not None and self.stall_at <= self.clock():
            await self.stalls.tick()
        if self.way.snooze:
            await self._snooze()

    async def _snooze(self) -> None:
        """Snooze every new alarm, but not the alarms that follow from a snooze."""
        for alarm, name, order_id in await self.store.engine.run(open_alarms):
            if name not in self.snoozed:
                self.snoozed.add(name)
                until = self.clock() + SNOOZE
                await self.store.alarms.act(
                    self.clock(), alarm, AlarmState.SNOOZED, COLLEAGUE, until=until, channel=self.channels[order_id]
                )

    async def _deliver(self) -> None:
        """Send all posts that may be sent now."""
        while self.posts:
            sent = self.ledger.calls
            await self.deliverer.drain()
            await self.deliverer.stop()
            self.deliverer._stopping = False  # noqa: SLF001  the same deliverer goes on
            self.posts = await self.store.engine.run(waits_to_be_sent)
            if self.ledger.calls == sent:
                return

    async def _next(self) -> datetime:
        """Return the next time of an event or a due order, rounded up to a tick."""
        poll_at, self.stall_at = await self.store.engine.run(lambda conn: due_times(conn, self.clock()))
        moments = [self.queue[0][0]] if self.queue else [self.end]
        if self.posts:  # a channel waits a second for the rate limit
            return self.clock.at + timedelta(seconds=1)
        moments += [] if self._is_off() else [at for at in (poll_at, self.stall_at) if at is not None]
        return max(self.clock.at + TICK, _on_grid(min(moments)))

    def _every_day(self, settings: ChannelSettings) -> None:
        """Queue the daily jobs and digests."""
        moment = START
        while (moment := next_digest(settings, moment) or moment + timedelta(days=1)) < self.end:
            self._at(moment, None)

    def _at(self, when: datetime, entry: Event | Scenario | str | None) -> None:
        """Queue an event, a new order, the id of an order to watch, or None for the daily jobs."""
        self.number += 1
        heapq.heappush(self.queue, (when, self.number, entry))


def _channel(number: int, share: int) -> str:
    return f"C{number // share}" if share else "C"


def _on_grid(at: datetime) -> datetime:
    return START + -((START - at) // TICK) * TICK


async def measure(count: int = 1000, days: int = 30, seed: int = 1) -> None:
    """Run every way and print the tables."""
    plain = naive(scenarios(count, START, days, seed), days)
    results = {name: await ours(scenarios(count, START, days, seed), days, way) for name, way in WAYS.items()}
    tables(count, days, plain, results)
