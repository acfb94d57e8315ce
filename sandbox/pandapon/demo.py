"""The account of the demo: orders in every state, one of which gets a new scan soon after the start.

The living account goes on for ever: new orders are created, and some orders meet trouble.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pandapon.shipment import Platform
from sandbox.pandapon import happenings
from sandbox.pandapon.goods import catalogue
from sandbox.pandapon.scenarios import ENDINGS, Step, package, shipped_order, unpaid
from sandbox.pandapon.world import Line, SandboxOrder, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.pandapon.trading.account import Account

FIRST = "2542285634920880794"
SECOND = "2542285634920880795"
TAOBAO = "3305075341149134260"
UNPAID, PAY_WITHIN = "2542285634920889990", timedelta(days=3)
LATE, UNSHIPPED, CHEAPER = "2542285634920887426", "2542285634920886153", "2542285634920885017"
SEED = 1688
# Invented addresses, with streets like "example road" and telephone numbers of zeros.
ADDRESSES = (
    ("熊猫示例仓", "浙江省", "金华市", "义乌市", "示例路1号3仓", "13800000001"),
    ("熊猫示例门店", "广东省", "广州市", "白云区", "样板街8号", "13800000008"),
)
ARRIVALS_BEFORE = timedelta(hours=12)  # the first new orders are created this long before the moment of the account


def living_world(clock: Callable[[], datetime], moment: datetime, seed: int = SEED) -> World:
    """Return the world of :func:`demo_world`, dated around a moment (aware), with a new order every few hours for ever.

    It also has three orders with trouble: one has lain in a depot for 50 hours, the seller does not ship another, and
    the price of the third changes. The same moment and seed give the same world.
    """
    moment = moment.replace(microsecond=0)
    world = World(clock, happenings.arrivals(moment - ARRIVALS_BEFORE, seed))
    _furnish(world, moment)
    for order in _troubled(random.Random(seed), moment):
        world.add_order(order)
    return world


def demo_world(clock: Callable[[], datetime]) -> World:
    """Return a world of fourteen orders and the catalogue, dated around the clock's present time."""
    world = World(clock)
    _furnish(world, clock().replace(microsecond=0))
    return world


def save_addresses(account: Account) -> None:
    """Save invented addresses in an account, so that a visitor can order without typing an address."""
    for name, province, city, district, address, phone in ADDRESSES:
        account.addresses[account.next_number()] = {
            "name": name,
            "province": province,
            "city": city,
            "address": address,
            "phone": phone,
            "district": district,
        }


def _furnish(world: World, now: datetime) -> None:
    world.goods = catalogue()
    rng = random.Random(1688)
    world.add_order(_first(now))
    world.add_order(_two_parcels(rng, now))
    world.add_order(_two_sub_orders(now))
    for number, (platform, ending, hours, pace) in enumerate(_OTHERS):
        order_id = (
            f"{2542285634920881000 + number * 37}" if platform is Platform.ALIBABA else f"{330507534115000 + number}"
        )
        lines = [_line(number, platform, sub_order=f"20004886{number:04d}")]
        world.add_order(
            shipped_order(rng, platform, order_id, now - timedelta(hours=hours), lines, ending=ending, pace=pace)
        )
    fresh = shipped_order(rng, Platform.ALIBABA, UNPAID, now - timedelta(hours=1), [_line(9)])
    world.add_order(unpaid(fresh, PAY_WITHIN))
    cancelled = world.add_order(
        shipped_order(rng, Platform.ALIBABA, "2542285634920889991", now - timedelta(days=4), [_line(5)])
    )
    cancelled.statuses, cancelled.packages = [(cancelled.created_at, "cancel")], []


def _troubled(rng: random.Random, now: datetime) -> Iterator[SandboxOrder]:
    """Yield the orders that meet trouble around a moment."""
    late = shipped_order(rng, Platform.ALIBABA, LATE, now - timedelta(hours=90), [_picked(16)])
    scans = late.packages[0].scans
    depot = next(number for number, scan in enumerate(scans) if "已到达" in scan.text)
    _keep_in_depot(late, depot, arrived=now - timedelta(hours=50), left=now + timedelta(hours=5))
    yield late
    unshipped = shipped_order(rng, Platform.ALIBABA, UNSHIPPED, now - timedelta(hours=66), [_picked(37)])
    happenings.never_ships(unshipped, unshipped.created_at + timedelta(hours=2))
    yield unshipped
    cheaper = shipped_order(rng, Platform.ALIBABA, CHEAPER, now - timedelta(hours=3), [_picked(40), _picked(45)])
    happenings.change_price(cheaper, now + timedelta(hours=2))
    yield cheaper


def _picked(number: int) -> Line:
    goods = catalogue()[number]
    return Line(goods.title, goods.price, 12, goods.colour, goods.product_id)


def _keep_in_depot(order: SandboxOrder, depot: int, *, arrived: datetime, left: datetime) -> None:
    """Let a parcel arrive in a depot and leave it at these times. ``depot``: the number of the arrival's scan."""
    package = order.packages[0]
    came, went = package.scans[depot].at, package.scans[depot + 1].at
    earlier, later = arrived - came, left - went
    package.shipped_at += earlier
    package.scans = [
        replace(scan, at=scan.at + (earlier if number <= depot else later)) for number, scan in enumerate(package.scans)
    ]
    order.statuses = [(at + earlier if code == "waitbuyerreceive" else at, code) for at, code in order.statuses]


# Platform, ending, hours since the order was created, and pace (a factor on every wait).
_OTHERS: tuple[tuple[Platform, str, float, float], ...] = (
    (Platform.ALIBABA, "delivered", 200, 1.0),
    (Platform.ALIBABA, "locker", 62, 1.0),
    (Platform.ALIBABA, "failed", 58, 1.0),
    (Platform.ALIBABA, "stuck", 70, 1.0),
    (Platform.ALIBABA, "returned", 90, 1.0),
    (Platform.ALIBABA, "delivered", 3, 0.3),
    (Platform.TAOBAO, "delivered", 40, 1.0),
    (Platform.TAOBAO, "delivered", 300, 1.0),
    (Platform.TAOBAO, "locker", 20, 1.0),
)


def _line(number: int, platform: Platform = Platform.ALIBABA, *, sub_order: str = "") -> Line:
    goods = catalogue()[(number * 7) % 40]
    # Both platforms sell the same products; the demo's orders have 1688's prices on both.
    sold = next(twin for twin in catalogue() if twin.platform is platform and twin.title == goods.title)
    return Line(goods.title, goods.price, 10 + number * 5, "均码", sold.product_id, sub_order)


def _first(now: datetime) -> SandboxOrder:
    """Return an order in transit whose next scan comes in ten minutes, its delivery in about seven hours."""
    shipped = now - timedelta(hours=20)
    before = [
        Step(3, "ACCEPT", "TMS_ACCEPT", "【义乌市】 义乌国际商贸城网点 已揽收"),
        Step(4, "TRANSPORT", "TMS_STATION_OUT", "【义乌市】 快件离开 义乌国际商贸城网点，已发往 义乌分拨中心"),
        Step(6, "TRANSPORT", "TMS_STATION_IN", "【义乌市】 快件已到达 义乌分拨中心"),
    ]
    after = [
        Step(7 + 1 / 6, "TRANSPORT", "TMS_STATION_OUT", "【义乌市】 快件离开 义乌分拨中心，已发往 广州分拨中心"),
        Step(0.5, "TRANSPORT", "TMS_STATION_IN", "【广州市】 快件已到达 广州分拨中心"),
        Step(0.7, "TRANSPORT", "TMS_STATION_OUT", "【广州市】 快件离开 广州分拨中心，已发往 白云集运仓"),
        Step(1.5, "TRANSPORT", "TMS_STATION_IN", "【广州市】 快件已到达 广州白云营业部，待派送"),
        *ENDINGS["delivered"],
    ]
    lines = [
        Line("夏季新款红色连衣裙 碎花雪纺中长款", Decimal("36.80"), 20, "红色 / M", "A000-1688-demo"),
        Line("白色陶瓷马克杯 带盖勺 可印图案", Decimal("9.46"), 12, "白色", "A017-1688-demo"),
    ]
    created = now - timedelta(hours=44)
    return SandboxOrder(
        Platform.ALIBABA,
        FIRST,
        "杭州锦绣服饰厂",
        lines,
        created,
        [
            (created, "waitbuyerpay"),
            (created + timedelta(hours=1), "waitsellersend"),
            (shipped, "waitbuyerreceive"),
            (now + timedelta(days=9), "success"),
        ],
        Decimal(8),
        [package("78012345678901", "中通快递", shipped, [*before, *after])],
    )


def _two_parcels(rng: random.Random, now: datetime) -> SandboxOrder:
    lines = [_line(3), _line(4)]
    return shipped_order(rng, Platform.ALIBABA, SECOND, now - timedelta(hours=46), lines, parcels=2)


def _two_sub_orders(now: datetime) -> SandboxOrder:
    lines = [
        _line(6, Platform.TAOBAO, sub_order="200048859480"),
        _line(8, Platform.TAOBAO, sub_order="200048859481"),
    ]
    return shipped_order(random.Random(7), Platform.TAOBAO, TAOBAO, now - timedelta(hours=38), lines, parcels=2)
