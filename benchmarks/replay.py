"""Many orders over many days in simulated time: what a channel reads, how soon, and what it costs the API.

The bot's own poll, decisions, database and delivery run on a clock that jumps from event to event; only the two
networks are left out. Beside it a naive bot, reckoned exactly from the same lives: it polls every order every ten
minutes and posts each entry that it has not seen in exactly this form.
"""

from __future__ import annotations

import heapq
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.networks import TOKEN, Api, Clock, Ledger
from benchmarks.table import percentile, show
from bot.jobs.deliver import Deliverer
from bot.jobs.digests import Digester
from bot.jobs.pacing import Pacer
from bot.jobs.poll import Poller
from bot.jobs.stalls import StallWatch
from bot.tracker import LiveTracker
from bot.tracking.breaker import Breaker
from bot.tracking.cadence import Cadence
from bot.tracking.quiet import next_digest
from bot.tracking.stalls import Limits
from handlers.channel_settings import ChannelSettings
from pandapon.client import Config, PandaPon
from sandbox.pandapon.generator import Event, lives
from sandbox.pandapon.world import World
from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.pandapon.generator import Life
    from storage.store import SqliteStore

START = datetime(2026, 3, 2, tzinfo=UTC)
NAIVE = timedelta(minutes=10)
TICK = timedelta(seconds=5)
LAST = timedelta(hours=5)  # what happens just before the end may be found after it
CLAIMS = ("DELIVERING", "SIGN", "AGENT_SIGN", "UNSIGN")
DOORS = {"out for delivery": ("DELIVERING",), "delivered": ("SIGN",)}


@dataclass
class Result:
    """What one bot did."""

    channel: int
    thread: int
    calls: int
    waits: dict[str, list[float]]  # seconds from visible to posted, by kind
    missed: int = 0
    twice: int = 0
    alarms: int = 0
    false_alarms: int = 0


@dataclass(frozen=True, slots=True)
class Way:
    """How the bot is used. ``push``: PandaPon's messages come, a hint two seconds after each change."""

    filter: str = "all"
    push: bool = False
    settings: ChannelSettings = ChannelSettings()  # noqa: RUF009  frozen


WAYS = {
    "all news": Way(),
    "milestones": Way("milestones"),
    "problems only in the channel": Way(settings=ChannelSettings(threads="problems")),
    "in threads, and a daily digest": Way(settings=ChannelSettings(threads="thread", digest_at="09:00")),
    "all news, with pushes": Way(push=True),
}


async def ours(orders: list[Life], days: int, way: Way) -> Result:
    """The bot on the jumping clock."""
    clock = Clock(START)
    world = World(clock)
    api, ledger = Api(world, clock), Ledger(clock)
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(Path(folder) / "replay.db")
        try:
            await _Run(orders, days, clock, world, api, ledger, store).run(way)
        finally:
            await store.close()
    last = START + timedelta(days=days) - LAST
    events = [event for life in orders for event in life.events if event.scan and not event.is_edit and event.at < last]
    return Result(
        channel=ledger.channel,
        thread=ledger.thread,
        calls=api.calls,
        waits=_waits(events, ledger),
        missed=sum(not ledger.told.get(_mark(event)) for event in _claims(events)),
        twice=sum(len(times) > 1 for times in ledger.told.values()),
        alarms=len(ledger.alarms),
        false_alarms=sum(_is_false(orders, text, at) for text, at in ledger.alarms),
    )


class _Run:
    """The parts of the bot, wired as in production, without its scheduler."""

    def __init__(  # noqa: PLR0917  the parts
        self, orders: list[Life], days: int, clock: Clock, world: World, api: Api, ledger: Ledger, store: SqliteStore
    ) -> None:
        self.clock, self.world, self.store = clock, world, store
        self.end = START + timedelta(days=days)
        self.queue: list[tuple[datetime, int, Any]] = []
        for life in orders:
            self._at(life.watched_at, life)
            for event in life.events:
                self._at(event.at, event)
        client = PandaPon(_config(), transport=api, clock=clock)
        pacer = Pacer(1e9, 10**6)
        self.deliverer = Deliverer(store=store, slack=ledger, pacer=pacer, clock=clock)  # type: ignore[arg-type]  # its three methods
        self.stalls = StallWatch(store, clock, Limits(), lambda: None)
        self.digester = Digester(store, clock, lambda: None)
        limits = lambda: self.stalls.limits  # noqa: E731  as in production
        self.tracker = LiveTracker(
            store=store, api=client, cadence=Cadence(), deliverer=self.deliverer, clock=clock, limits=limits
        )
        self.poller = Poller(
            store=store,
            api=client,
            cadence=Cadence(),
            breaker=Breaker(),
            clock=clock,
            concurrency=16,
            on_news=lambda: None,
            limits=limits,
        )

    async def run(self, way: Way) -> None:
        """From event to event, and from due order to due order."""
        await self.store.save_settings(self.clock(), "C1", way.settings.dump(), "U1")
        self._every_day(way.settings)
        while (moment := await self._next()) < self.end:
            self.clock.at = moment
            hints = await self._happen(way.filter)
            if way.push and hints:
                self.clock.at += timedelta(seconds=2)
                await self.store.mark_due(hints, self.clock(), whole=True)
            await self.poller.tick()
            await self.stalls.tick()
            await self.digester.tick()
            await self._deliver()

    async def _happen(self, filter_: str) -> list[str]:
        """Everything whose time has come. Returns the keys of the orders that changed."""
        changed = []
        while self.queue and self.queue[0][0] <= self.clock():
            _at, _number, what = heapq.heappop(self.queue)
            if what is None:
                await self.stalls.learn()  # daily, as in production
            elif isinstance(what, Event):
                what.do(self.world)
                order = self.world.orders[what.order_id]
                changed.append(f"{order.platform.value}:{order.order_id}")
            else:
                self.world.add_order(what.order)
                await self.tracker.watch([what.order.order_id], channel="C1", filter_=filter_, user="U1")
        return changed

    async def _deliver(self) -> None:
        while (await self.store.health(self.clock())).oldest_post is not None:
            await self.deliverer.drain()
            await self.deliverer.stop()
            self.deliverer._stopping = False  # noqa: SLF001  the same deliverer goes on

    async def _next(self) -> datetime:
        """The next moment at which something happens or is due, on the grid of the ticks."""
        due = await self.store.thread.run(
            lambda conn: conn.execute("SELECT MIN(next_poll_at), MIN(stall_at) FROM orders").fetchone()
        )
        moments = [self.queue[0][0]] if self.queue else [self.end]
        moments += [datetime.fromtimestamp(one / 1e6, UTC) for one in due if one is not None]
        return max(self.clock.at + TICK, _on_grid(min(moments)))

    def _every_day(self, settings: ChannelSettings) -> None:
        """Moments at which something is looked at although nothing happens."""
        moment = START
        while (moment := next_digest(settings, moment) or moment + timedelta(days=1)) < self.end:
            self._at(moment, None)

    def _at(self, when: datetime, what: Event | Life | None) -> None:
        heapq.heappush(self.queue, (when, len(self.queue), what))


def naive(orders: list[Life], days: int) -> Result:
    """A fixed poll, and a post for each entry not seen in this very form: reckoned, not run."""
    end = START + timedelta(days=days)
    posts = calls = 0
    waits: dict[str, list[float]] = defaultdict(list)
    for life in orders:
        calls += int((end - life.watched_at) / NAIVE)
        polls: dict[tuple[str, datetime], bool] = {}
        for event in life.events:
            if event.scan and event.at < end:
                polls[event.scan, _next_poll(life, event.at)] = True
                if not event.is_edit:
                    for kind in _kinds(event):
                        waits[kind].append((_next_poll(life, event.at) - event.at).total_seconds())
        posts += len(polls)
    return Result(posts, 0, calls, waits)


def _config() -> Config:
    return Config(
        base_url="http://127.0.0.1:1",
        access_key="k",
        access_secret="s",
        user_id="u",
        rate_per_second=0,
        concurrency=64,
        background_share=1.0,
        retries=0,
    )


def _waits(events: list[Event], ledger: Ledger) -> dict[str, list[float]]:
    waits: dict[str, list[float]] = defaultdict(list)
    for event in events:
        times = ledger.told.get(_mark(event))
        if times:
            for kind in _kinds(event):
                waits[kind].append((min(times) - event.at).total_seconds())
    return waits


def _kinds(event: Event) -> Iterator[str]:
    yield "any scan"
    for kind, statuses in DOORS.items():
        if event.status in statuses:
            yield kind


def _is_false(orders: list[Life], alarm: str, at: datetime) -> bool:
    """Whether the order had no stall in its life and came on by itself: the alarm was noise."""
    life = next(one for one in orders if one.order.order_id in alarm)
    return not life.stalled and any(event.scan and not event.is_edit and event.at > at for event in life.events)


def _claims(events: list[Event]) -> Iterator[Event]:
    """What must be told under any filter; a claim that the next scan overtook before it was seen is none any more."""
    seen = {_mark(event): event.at for event in events}
    for event in events:
        waybill, _dash, number = _mark(event).rpartition("-")
        overtaken = seen.get(f"{waybill}-{int(number) + 1:02d}", event.at) < event.at
        if event.status in CLAIMS and not overtaken:
            yield event


def _mark(event: Event) -> str:
    found = TOKEN.search(event.scan)
    return found[0] if found else ""


def _next_poll(life: Life, at: datetime) -> datetime:
    polls = max(0, -((life.watched_at - at) // NAIVE))
    return life.watched_at + polls * NAIVE if at > life.watched_at else life.watched_at


def _on_grid(at: datetime) -> datetime:
    return START + -((START - at) // TICK) * TICK


async def measure(count: int = 1000, days: int = 30, seed: int = 1) -> None:
    """Run it all and print the table."""
    plain = naive(lives(count, START, days, seed), days)
    results = {name: await ours(lives(count, START, days, seed), days, way) for name, way in WAYS.items()}
    rows = [_row("naive bot", plain, plain, count), *(_row(name, one, plain, count) for name, one in results.items())]
    header = ["", "in channel", "of naive", "in threads", "API calls", "of naive", "any scan", "out f. d.", "delivered"]
    show(f"{count:,} orders over {days} days: messages and calls an order, median minutes to the post", header, rows)
    facts = [[name, f"{r.missed}", f"{r.twice}", f"{r.alarms}", f"{r.false_alarms}"] for name, r in results.items()]
    show(
        "What must not happen, and alarms raised",
        ["", "milestones missed", "told twice", "alarms", "false ones"],
        facts,
    )


def _row(name: str, one: Result, plain: Result, count: int) -> list[str]:
    middle = [f"{median(one.waits[kind]) / 60:.1f}" if one.waits.get(kind) else "–" for kind in ("any scan", *DOORS)]
    late = percentile(one.waits["any scan"], 0.95) / 60 if one.waits.get("any scan") else 0.0
    middle[0] += f" (p95 {late:.0f})"
    return [
        name,
        f"{one.channel / count:.1f}",
        f"{one.channel / plain.channel:.0%}",
        f"{one.thread / count:.1f}",
        f"{one.calls / count:,.0f}",
        f"{one.calls / plain.calls:.0%}",
        *middle,
    ]
