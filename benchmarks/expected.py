"""How accurate the expected dates are: learnt from one set of orders, and measured on another set.

Both sets come from the replay's generator, with different seeds, and are read through the bot's own client. A parcel
arrives when it is at the door or the pick-up point, as in the bot's rules. Dates are days in China.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.networks import Api, Clock, config
from benchmarks.replay_counts import START
from benchmarks.table import show
from bot.jobs.journeys import learn
from pandapon.client import PandaPon
from pandapon.progress import milestone_after
from pandapon.shipment import Milestone, OrderRef
from pandapon.times import CHINA
from sandbox.pandapon.generator import scenarios
from sandbox.pandapon.world import World
from storage.sqlite.database import thread_of
from storage.store import open_store
from tracking.expected import expect
from tracking.journeys import STAGES, History, journey_of, own_nodes, stages_of
from tracking.stalls import Limits

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from pandapon.models import Order
    from pandapon.shipment import Node, Parcel
    from tracking.journeys import Journey

DAYS = 30
MANY, BATCH = 100_000, 5_000
LATER = START + timedelta(days=1.5 * DAYS)  # by then every journey is over
WORDS = {
    Milestone.PAID: "paid",
    Milestone.PICKED_UP: "picked up",
    Milestone.IN_TRANSIT: "in transit",
    Milestone.ARRIVED: "at the local depot",
    Milestone.OUT_FOR_DELIVERY: "out for delivery",
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """The range shown at one stage of a parcel's way, and when it arrived. ``told_late``: it was reported as late."""

    first: datetime
    last: datetime
    arrived_at: datetime
    told_late: bool

    @property
    def days(self) -> int:
        """How many dates the range holds."""
        return (_date(self.last) - _date(self.first)).days + 1

    @property
    def place(self) -> str:
        """Where the arrival lies: before the range, inside, or after it."""
        arrived = _date(self.arrived_at)
        if arrived < _date(self.first):
            return "before"
        return "after" if arrived > _date(self.last) else "inside"


async def orders_of(seed: int, count: int) -> list[tuple[Order, tuple[Parcel, ...]]]:
    """Return every order of a seed with its whole trace, as the bot's client reads it."""
    clock = Clock(LATER)
    world = World(clock)
    made = scenarios(count, START, DAYS, seed)
    for scenario in made:
        world.add_order(scenario.order)
    for event in sorted((event for scenario in made for event in scenario.events), key=lambda event: event.at):
        event.do(world)
    client = PandaPon(config(), transport=Api(world, clock), clock=clock)
    read = []
    for scenario in made:
        order = await client.order(OrderRef(scenario.order.platform, scenario.order.order_id))
        result = await client.trace(order.ref, sub_orders=order.sub_order_ids)
        if result.trace:
            parcels = result.trace.shipment(near=order.created_at).parcels
            read.append((order, tuple(_placed(parcel, parcel.nodes, order) for parcel in parcels)))
    return read


def journeys(orders: list[tuple[Order, tuple[Parcel, ...]]]) -> list[Journey]:
    """Return the journeys of these orders, the newest first."""
    ended = (journey_of(order.ref.key, parcel, order, LATER) for order, parcels in orders for parcel in parcels)
    return sorted((journey for journey in ended if journey), key=lambda journey: journey.ended_at, reverse=True)


def estimates(order: Order, parcel: Parcel, limits: Callable[[datetime], Limits]) -> dict[Milestone, Estimate]:
    """Return the range that was shown when a parcel reached each stage; empty for one that never arrived.

    ``limits`` returns the limits as they were learnt by a moment.
    """
    journey = journey_of(order.ref.key, parcel, order, LATER)
    if journey is None:
        return {}
    reached = stages_of(own_nodes(parcel, order, LATER), order, LATER)
    times = [*(at for at in reached.values() if at < journey.ended_at), journey.ended_at]
    shown = {}
    for stage, at in reached.items():
        nodes = tuple(node for node in parcel.nodes if node.at is not None and node.at <= at)
        then = _placed(parcel, nodes, order)
        milestone = then.milestone or Milestone.PAID
        expected = expect(order, milestone, (then,) if nodes else (), limits(at), at)
        if expected is None or at >= journey.ended_at:
            continue
        next_at = min(time for time in times if time > at)
        shown[stage] = Estimate(expected.first, expected.last, journey.ended_at, expected.is_late(next_at))
    return shown


async def measure(count: int = 1000, learn_seed: int = 1, measure_seed: int = 2) -> None:
    """Print the share of arrivals inside the range, by the stage at which it was shown."""
    training, measured = await orders_of(learn_seed, count), await orders_of(measure_seed, count)
    learnt = Limits(history=History.learnt(journeys(training)))
    shown = [estimates(order, parcel, lambda _at: learnt) for order, parcels in measured for parcel in parcels]
    diary = _Diary(journeys(measured))
    as_they_came = [estimates(order, parcel, diary.limits) for order, parcels in measured for parcel in parcels]
    by_stage = {stage: [each[stage] for each in shown if stage in each] for stage in STAGES}
    rows = [_row(WORDS[stage], by_stage[stage]) for stage in STAGES]
    rows.append(_row("all", [each for stages in shown for each in stages.values()]))
    rows.append(_row("all, a new installation", [each for stages in as_they_came for each in stages.values()]))
    show(
        "Expected dates: the range begins after a quarter of the journeys and ends after nine tenths",
        ["shown when", "ranges", "inside", "before it", "after it", "median width", "told as late"],
        rows,
    )
    arrived = [stages for stages in shown if stages]
    late = sum(any(each.told_late for each in stages.values()) for stages in arrived)
    print(f"  Of {len(arrived)} parcels that arrived, {late / len(arrived):.1%} were told once as later than expected.")
    await _at_scale([journey for orders in (training, measured) for journey in journeys(orders)])


async def _at_scale(samples: list[Journey]) -> None:
    """Print how long learning takes beside 100,000 journeys, and for how long it keeps the event loop busy at most."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(Path(folder) / "journeys.db")
        await thread_of(store.engine).direct(
            lambda conn: conn.execute("PRAGMA foreign_keys = OFF")
        )  # no orders are needed here
        for start in range(0, MANY, BATCH):
            copies = range(start, start + BATCH)
            await store.journeys.add([replace(samples[n % len(samples)], waybill=str(n)) for n in copies])
        await store.journeys.mark_gathered(LATER)
        pauses: list[float] = []
        watching = asyncio.create_task(_watch_loop(pauses))
        began = time.perf_counter()
        await learn(store, lambda: LATER)
        took = time.perf_counter() - began
        watching.cancel()
        await store.close()
    pause = max(pauses, default=0.0)
    print(
        f"  Learning beside {MANY:,} journeys: {took:.2f} s an hour, the loop busy for {pause * 1000:.0f} ms at most."
    )


async def _watch_loop(pauses: list[float]) -> None:
    """Note by how much each millisecond of sleep was late."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        pauses.append(time.perf_counter() - began - 0.001)


class _Diary:
    """The history of a new installation on a day: its own journeys that had ended by then."""

    def __init__(self, journeys: list[Journey]) -> None:
        self._journeys, self._learnt = journeys, dict[int, Limits]()

    def limits(self, at: datetime) -> Limits:
        """Return what was learnt by the beginning of this day."""
        day = (at - START).days
        if day not in self._learnt:
            ended = [journey for journey in self._journeys if journey.ended_at < START + timedelta(days=day)]
            self._learnt[day] = Limits(history=History.learnt(ended))
        return self._learnt[day]


def _placed(parcel: Parcel, nodes: tuple[Node, ...], order: Order) -> Parcel:
    """Return the parcel as it stood after these nodes."""
    return replace(parcel, nodes=nodes, milestone=milestone_after(nodes, None, order.created_at))


def _row(name: str, shown: list[Estimate]) -> list[str]:
    if not shown:
        return [name, "0", "", "", "", "", ""]
    shares = [
        f"{sum(each.place == place for each in shown) / len(shown):.1%}" for place in ("inside", "before", "after")
    ]
    width = f"{median(each.days for each in shown):.0f} days"
    told = f"{sum(each.told_late for each in shown) / len(shown):.1%}"
    return [name, str(len(shown)), *shares, width, told]


def _date(at: datetime) -> date:
    return at.astimezone(CHINA).date()
