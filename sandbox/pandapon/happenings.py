"""The events of orders in the demo: a silent parcel, a seller who does not ship, a new price, a refund, a new order.

Each function changes an order from a time on. What the API shows of the order before that time stays the same.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pandapon.shipment import Platform
from sandbox.pandapon.goods import catalogue
from sandbox.pandapon.scenarios import ENDINGS, shipped_order
from sandbox.pandapon.world import Line, Refund, SandboxOrder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.pandapon.world import Package

NEVER = timedelta(days=365)
ANSWERS_WITHIN = timedelta(days=5)  # after which the platform agrees to a refund in the seller's place
EVERY = (4.0, 8.0)  # hours between two new orders, the least and the most
DISCOUNT = Decimal("0.08")  # of the goods' price
# The fates of new orders, an ending of their parcels or a trouble, with the weights by which they are drawn.
FATES = (
    *(("delivered", 9), ("locker", 3), ("failed", 2), ("returned", 1), ("stuck", 1)),
    *(("stalls", 2), ("never ships", 1), ("price", 2), ("refund", 1)),
)


def arrivals(start: datetime, seed: int) -> Iterator[SandboxOrder]:
    """Yield new orders without end, one every few hours after ``start`` (aware); equal arguments give equal orders."""
    rng = random.Random(seed)
    names, shares = zip(*FATES, strict=True)
    # The first orders have each fate once, so that a visitor of a few days meets all of them.
    first = rng.sample(names, len(names))
    at, number = start.replace(microsecond=0), 0
    while True:
        at += timedelta(hours=rng.uniform(*EVERY))
        fate = first.pop() if first else rng.choices(names, shares)[0]
        yield new_order(rng, number, at.replace(microsecond=0), fate)
        number += 1


def new_order(rng: random.Random, number: int, at: datetime, fate: str) -> SandboxOrder:
    """Return an order that is created at a time (aware). ``fate``: a name in ``FATES``."""
    platform = Platform.TAOBAO if number % 3 == 2 and fate in ENDINGS else Platform.ALIBABA  # noqa: PLR2004  every third
    order_id = (
        f"{3305076000000000000 + number * 104_729}"
        if platform is Platform.TAOBAO
        else f"{2542286000000000000 + number * 7919}"
    )
    lines = [_line(rng, platform, f"{order_id[-8:]}{part:04d}") for part in range(rng.choice((1, 1, 2)))]
    ending = fate if fate in ENDINGS else "delivered"
    order = shipped_order(rng, platform, order_id, at, lines, ending=ending, pace=rng.uniform(0.5, 1.0))
    match fate:
        case "never ships":
            never_ships(order, at)
        case "stalls":
            stall(order, order.packages[0].scans[2].at, timedelta(hours=rng.uniform(50, 70)))
        case "price":
            change_price(order, at + timedelta(minutes=30))
        case "refund":
            refund(order, order.packages[0].scans[-1].at + timedelta(hours=3))
    return order


def _line(rng: random.Random, platform: Platform, sub_order: str) -> Line:
    goods = rng.choice([product for product in catalogue() if product.platform is platform])
    return Line(goods.title, goods.price, rng.randrange(5, 60, 5), goods.colour, goods.product_id, sub_order)


def stall(order: SandboxOrder, at: datetime, length: timedelta) -> bool:
    """Delay by ``length`` all that happens to an order's parcels after a time (aware).

    Returns whether a parcel was still to be shipped or scanned.
    """
    was_expected = False
    for package in order.packages:
        was_expected |= _delay(package, at, length)
    return was_expected


def _delay(package: Package, at: datetime, length: timedelta) -> bool:
    coming = [scan for scan in package.scans if scan.at > at]
    if package.shipped_at > at:
        package.shipped_at += length
    elif not coming:
        return False
    package.scans = [replace(scan, at=scan.at + length) if scan.at > at else scan for scan in package.scans]
    return True


def never_ships(order: SandboxOrder, at: datetime) -> None:
    """Let the seller ship no further parcel after a time (aware): an unshipped order stays paid."""
    order.packages = [package for package in order.packages if package.shipped_at <= at]
    paid = {"waitsellersend", "10", "waitbuyerpay", "0"}
    order.statuses = [(since, code) for since, code in order.statuses if since <= at or code in paid]


def change_price(order: SandboxOrder, at: datetime) -> None:
    """Let the seller take 8 % off the goods' price at a time (aware); each further call adds another 8 %."""
    part = (order.goods * DISCOUNT).quantize(Decimal("0.01"))
    order.discounts.append((at, order.discount(at) + part))


def refund(order: SandboxOrder, at: datetime) -> None:
    """Let the buyer request the price of the first line at a time (aware), and the seller pay it six hours later.

    The states are 1688's words and Taobao's numbers (see :mod:`pandapon.refunds`).
    """
    amount = order.lines[0].price * order.lines[0].quantity
    asked = Refund("waitselleragree", 10, None, f"TQ27{order.order_id[-15:]}", amount, (0,), at + ANSWERS_WITHIN)
    order.refunds += [
        (at, asked),
        (at + timedelta(hours=6), replace(asked, status="refundsuccess", number=100, paid_back=amount, until=None)),
    ]
