"""Realistic order scenarios: the route of a parcel, the time that it takes, and the couriers' texts. Seedable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pandapon.shipment import Platform
from sandbox.pandapon.world import Line, Package, SandboxOrder, Scan

if TYPE_CHECKING:
    import random

# The phone number belongs to nobody. The bot must mask it wherever it shows the text.
COURIER = "陈师傅（电话：13800138000）"
CITIES = ("义乌", "广州", "杭州", "泉州", "东莞", "深圳", "汕头", "常熟")
CARRIERS = {"中通快递": "781", "圆通速递": "YT8", "韵达快递": "463", "申通快递": "773", "顺丰速运": "SF1"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a parcel's route: hours since the step before, the API's codes, and the courier's text."""

    hours: float
    status: str
    action: str
    text: str


def route(origin: str, target: str) -> list[Step]:
    """Return a parcel's steps between two cities, from the pick-up to the last outlet."""
    return [
        Step(3, "ACCEPT", "TMS_ACCEPT", f"【{origin}市】 {origin}国际商贸城网点 已揽收"),
        Step(2, "TRANSPORT", "TMS_STATION_OUT", f"【{origin}市】 快件已发往 {origin}分拨中心"),
        Step(4, "TRANSPORT", "TMS_STATION_IN", f"【{origin}市】 快件已到达 {origin}分拨中心"),
        Step(1, "TRANSPORT", "TMS_STATION_OUT", f"【{origin}市】 快件离开 {origin}分拨中心，已发往 {target}分拨中心"),
        Step(14, "TRANSPORT", "TMS_STATION_IN", f"【{target}市】 快件已到达 {target}分拨中心"),
        Step(3, "TRANSPORT", "TMS_STATION_IN", f"【{target}市】 快件已到达 {target}白云集运仓营业部"),
    ]


ENDINGS: dict[str, list[Step]] = {
    "delivered": [
        Step(2, "DELIVERING", "TMS_DELIVERING", f"快件正在派送中，派送员：{COURIER}，请保持电话畅通"),
        Step(3, "SIGN", "TMS_SIGN", "快件已签收，签收人：前台。感谢使用，期待再次为您服务"),
    ],
    "locker": [
        Step(2, "DELIVERING", "TMS_DELIVERING", f"快件正在派送中，派送员：{COURIER}"),
        Step(2, "AGENT_SIGN", "TMS_DELIVERY", "快件已存放至菜鸟驿站（白云仓旁），请凭取件码取件"),
        Step(20, "SIGN", "TMS_SIGN", "已从菜鸟驿站取出，取件成功"),
    ],
    "failed": [
        Step(2, "DELIVERING", "TMS_DELIVERING", f"快件正在派送中，派送员：{COURIER}"),
        Step(4, "TRANSPORT", "TMS_FAILED", "快件未妥投，原因：收件人不在指定地址，将再次派送"),
        Step(18, "DELIVERING", "TMS_DELIVERING", f"快件正在派送中，派送员：{COURIER}"),
        Step(3, "SIGN", "TMS_SIGN", "快件已签收，签收人：本人"),
    ],
    "returned": [
        Step(2, "DELIVERING", "TMS_DELIVERING", f"快件正在派送中，派送员：{COURIER}"),
        Step(3, "UNSIGN", "TMS_FAILED", "收件人拒收，快件准备退回"),
        Step(20, "TRANSPORT", "TMS_RETURN", "退回途中：快件已到达 义乌分拨中心"),
        Step(10, "SIGN", "TMS_SIGN", "退回件已签收，签收人：发件网点"),
    ],
    "stuck": [Step(2, "UNSIGN", "TMS_ERROR", "快件外包装破损，已登记为问题件，等待处理")],
}


def package(
    waybill: str, carrier: str, shipped_at: datetime, steps: list[Step], *, pace: float = 1.0, sub_order: str = ""
) -> Package:
    """Return a parcel with a scan for each step; ``pace`` multiplies every wait."""
    scans, at = [], shipped_at
    for step in steps:
        at += timedelta(hours=step.hours * pace)
        place = step.text.partition("】")[0].removeprefix("【") if step.text.startswith("【") else ""
        scans.append(Scan(at, step.text, step.status, step.action, city=place))
    return Package(waybill, carrier, shipped_at, scans, sub_order)


def waybill(rng: random.Random, carrier: str) -> str:
    """Return a tracking number in the carrier's format."""
    return CARRIERS[carrier] + "".join(str(rng.randrange(10)) for _ in range(11))


def shipped_order(
    rng: random.Random,
    platform: Platform,
    order_id: str,
    created_at: datetime,
    lines: list[Line],
    *,
    ending: str = "delivered",
    parcels: int = 1,
    pace: float = 1.0,
) -> SandboxOrder:
    """Return an order that is paid after an hour and shipped within a day, its parcels six hours apart.

    ``ending`` is a key of ``ENDINGS``; ``pace`` multiplies every wait.
    """
    alibaba = platform is Platform.ALIBABA
    paid = created_at + timedelta(hours=pace)
    shipped = paid + timedelta(hours=rng.uniform(8, 20) * pace)
    statuses = [
        (created_at, "waitbuyerpay" if alibaba else "0"),
        (paid, "waitsellersend" if alibaba else "10"),
        (shipped, "waitbuyerreceive" if alibaba else "11"),
    ]
    origin, target = rng.sample(CITIES, 2)
    subs = [line.sub_order for line in lines]
    packages = []
    for number in range(parcels):
        carrier = rng.choice(sorted(CARRIERS))
        sent = shipped + timedelta(hours=6 * number * pace)
        steps = route(origin, target) + ENDINGS[ending]
        sub = subs[number % len(subs)]
        packages.append(package(waybill(rng, carrier), carrier, sent, steps, pace=pace, sub_order=sub))
    names, trades = ("晨曦", "优品", "百盛", "锦绣"), ("服饰厂", "日用百货", "电子商行", "工艺品厂")
    seller = f"{origin}{rng.choice(names)}{rng.choice(trades)}"
    return SandboxOrder(
        platform, order_id, seller, lines, created_at, statuses, Decimal(rng.choice((0, 6, 8, 12))), packages
    )


def unpaid(order: SandboxOrder, pay_within: timedelta | None, closes_after: timedelta | None = None) -> SandboxOrder:
    """Let an order wait for payment, and be closed after ``closes_after``, or else after ``pay_within``.

    ``pay_within``: the time to pay that the API states; None: it states none.
    """
    alibaba = order.platform is Platform.ALIBABA
    order.pay_within, order.packages = pay_within, []
    order.statuses = [(order.created_at, "waitbuyerpay" if alibaba else "0")]
    if after := closes_after or pay_within:
        order.statuses.append((order.created_at + after, "cancel" if alibaba else "4"))
    return order
