"""Makes many realistic order scenarios from a seed: the events of each order, at the times when the API shows them.

Couriers deliver by day. Some scans appear late or get their place later, some orders have an empty trace for a while,
and some parcels stall or come back, or an order is split into two parcels.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from pandapon.shipment import Platform
from pandapon.times import CHINA
from sandbox.pandapon.scenarios import CARRIERS, CITIES, ENDINGS, Step, route
from sandbox.pandapon.world import Line, Package, SandboxOrder

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.pandapon.world import World

# How many of a hundred parcels have each ending.
ENDING_SHARES = (("delivered", 66), ("locker", 18), ("failed", 8), ("returned", 4), ("stuck", 4))
# The shares of scans that appear late or are edited, of orders that vanish for a while or are split, and of parcels
# that stall.
LATE, EDITED, FLAKY, SPLIT, STALLED = 0.05, 0.15, 0.1, 0.12, 0.05
DAYTIME = frozenset({"DELIVERING", "SIGN", "AGENT_SIGN"})  # the statuses of scans that happen by day only


@dataclass(frozen=True, slots=True)
class Event:
    """A change that the API shows from ``at`` on. ``scan`` is the text of the scan that appears or is edited."""

    at: datetime
    order_id: str
    do: Callable[[World], object]
    scan: str = ""
    status: str = ""
    is_edit: bool = False


@dataclass
class Scenario:
    """One order, the time from which it is watched, and its events."""

    order: SandboxOrder
    watched_at: datetime
    events: list[Event] = field(default_factory=list)
    stalled: bool = False


def scenarios(count: int, start: datetime, days: int, seed: int) -> list[Scenario]:
    """Return ``count`` scenarios that begin within the first two thirds of ``days`` days after ``start`` (aware).

    Equal arguments give equal scenarios.
    """
    rng = random.Random(seed)
    return [_scenario(rng, number, start + timedelta(days=days * 0.66 * rng.random())) for number in range(count)]


def _scenario(rng: random.Random, number: int, begun: datetime) -> Scenario:
    platform = Platform.TAOBAO if number % 4 == 0 else Platform.ALIBABA
    order_id = f"{330507500000 + number}" if platform is Platform.TAOBAO else f"{2542285634930000000 + number}"
    sub_order = f"20004{number:07d}" if platform is Platform.TAOBAO else ""
    begun = begun.replace(microsecond=0)
    shipped = begun + timedelta(hours=rng.uniform(4, 40))
    paid, sent = ("10", "11") if platform is Platform.TAOBAO else ("waitsellersend", "waitbuyerreceive")
    order = SandboxOrder(
        platform,
        order_id,
        "义乌某某服饰厂",
        [Line("夏季新款连衣裙", Decimal("36.80"), 2, sub_order=sub_order)],
        begun,
        [(begun, paid), (shipped, sent)],
        Decimal(5),
    )
    scenario = Scenario(order, begun + timedelta(hours=1))
    for part in range(2 if rng.random() < SPLIT else 1):
        _parcel(
            rng, scenario, f"{list(CARRIERS.values())[number % len(CARRIERS)]}{number:06d}{part}00", shipped, sub_order
        )
    if rng.random() < FLAKY and scenario.events:
        at = rng.choice(scenario.events).at + timedelta(minutes=rng.uniform(1, 60))
        scenario.events.append(Event(at, order_id, lambda world: world.hide(order_id)))
        until = at + timedelta(minutes=rng.uniform(10, 60))
        scenario.events.append(Event(until, order_id, lambda world: world.hide(order_id, hidden=False)))
    return scenario


def _parcel(rng: random.Random, scenario: Scenario, waybill: str, shipped: datetime, sub_order: str) -> None:
    scenario.order.packages.append(Package(waybill, rng.choice(list(CARRIERS)), shipped, sub_order=sub_order))
    ending = rng.choices([name for name, _ in ENDING_SHARES], [share for _, share in ENDING_SHARES])[0]
    origin, target = rng.sample(CITIES, 2)
    pace = rng.uniform(0.7, 2.2)
    stall = rng.randrange(3, 9) if rng.random() < STALLED else -1
    scenario.stalled |= stall >= 0
    at = shipped
    for position, step in enumerate([*_long_route(origin, target), *ENDINGS[ending]]):
        at += timedelta(hours=step.hours * pace * rng.uniform(0.5, 1.5) + (90 if position == stall else 0))
        if step.status in DAYTIME:
            at = _by_day(rng, at)
        _scan(rng, scenario, waybill, step, at, position)


def _scan(  # noqa: PLR0917  the parts of a scan
    rng: random.Random, scenario: Scenario, waybill: str, step: Step, at: datetime, position: int
) -> None:
    """Plan a scan with a unique text; it may appear late, and its place may be filled in later."""
    order_id = scenario.order.order_id
    words = f"{step.text} #{waybill}-{position:02d}"
    seen = at + timedelta(hours=rng.uniform(1, 6)) if rng.random() < LATE else at
    city = step.text.partition("】")[0].removeprefix("【") if step.text.startswith("【") else ""
    edited = bool(city) and rng.random() < EDITED
    add: Callable[[World], object] = partial(
        _add, order_id=order_id, waybill=waybill, words=words, at=at, step=step, city="" if edited else city
    )
    scenario.events.append(Event(seen, order_id, add, words, step.status))
    if edited:
        change: Callable[[World], object] = partial(
            _edit, order_id=order_id, waybill=waybill, words=words, city=f"{city}分拨"
        )
        later = seen + timedelta(hours=rng.uniform(0.5, 4))
        scenario.events.append(Event(later, order_id, change, words, step.status, is_edit=True))


def _add(  # noqa: PLR0917  the parts of a scan
    world: World, order_id: str, waybill: str, words: str, at: datetime, step: Step, city: str
) -> None:
    world.add_node(order_id, words, waybill=waybill, at=at, status=step.status, action=step.action, city=city)
    for package in world.orders[order_id].packages:
        package.scans.sort(key=lambda scan: scan.at)


def _edit(world: World, order_id: str, waybill: str, words: str, city: str) -> None:
    world.edit_node(order_id, words, waybill=waybill, city=city)


def _long_route(origin: str, target: str) -> list[Step]:
    """Return a route with more hubs, because a real trace has about a dozen entries, two for each hub."""
    first, *middle, last = route(origin, target)
    hubs = [
        Step(3, "TRANSPORT", "TMS_STATION_OUT", f"【{target}市】 快件离开 {target}转运中心，已发往 {target}分拨中心"),
        Step(2, "TRANSPORT", "TMS_STATION_IN", f"【{target}市】 快件已到达 {target}市内集散点"),
        Step(2, "TRANSPORT", "TMS_STATION_OUT", f"【{target}市】 快件离开 {target}市内集散点"),
    ]
    return [first, *middle, *hubs, last]


def _by_day(rng: random.Random, at: datetime) -> datetime:
    """Return the time; if it is night in China, a time of the next morning."""
    local = at.astimezone(CHINA)
    if 8 <= local.hour < 20:  # noqa: PLR2004  a courier's day
        return at
    morning = local.replace(hour=8, minute=0) + timedelta(days=local.hour >= 20, minutes=rng.uniform(0, 150))  # noqa: PLR2004  the same
    return morning.astimezone(at.tzinfo)
