"""The changes of an order's state: paid and then shipped, cancelled, received."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from pandapon.shipment import Platform
from sandbox.pandapon.refusals import RefusedError
from sandbox.pandapon.scenarios import CARRIERS, CITIES, ENDINGS, package, route, waybill
from sandbox.pandapon.world import UNPAID

if TYPE_CHECKING:
    from sandbox.pandapon.trading.account import Account
    from sandbox.pandapon.world import SandboxOrder

WAITING = {Platform.ALIBABA: "waitbuyerpay", Platform.TAOBAO: "0"}
PAID = {Platform.ALIBABA: "waitsellersend", Platform.TAOBAO: "10"}
SENT = {Platform.ALIBABA: "waitbuyerreceive", Platform.TAOBAO: "11"}
CLOSED = {Platform.ALIBABA: "cancel", Platform.TAOBAO: "4"}


def pay(account: Account, order: SandboxOrder) -> None:
    """Pay an order, and plan that its seller ships it within a day. Raises RefusedError if it is not unpaid."""
    require_unpaid(account, order)
    now, rng = account.clock(), random.Random(order.order_id)
    order.pay_within = None
    order.statuses = [(at, code) for at, code in order.statuses if at <= now]
    shipped = now + timedelta(hours=rng.uniform(4, 18))
    order.statuses += [(now, PAID[order.platform]), (shipped, SENT[order.platform])]
    origin, target = rng.sample(CITIES, 2)
    carrier = rng.choice(sorted(CARRIERS))
    steps = route(origin, target) + ENDINGS["delivered"]
    subs = [line.sub_order for line in order.lines] if order.platform is Platform.TAOBAO else [""]
    order.packages = [package(waybill(rng, carrier), carrier, shipped, steps, sub_order=sub) for sub in subs]
    account.world.revision += 1


def require_unpaid(account: Account, order: SandboxOrder) -> None:
    """Raise RefusedError if an order does not wait for payment."""
    if order.status(account.clock()) not in UNPAID:
        raise RefusedError("ORDER_STATUS_ERROR", "订单状态不允许该操作")


def cancel(account: Account, order: SandboxOrder, after: timedelta) -> None:
    """Cancel an unpaid order after ``after``, and put its pieces back into stock now. Raises RefusedError."""
    require_unpaid(account, order)
    now = account.clock()
    order.statuses = [(at, code) for at, code in order.statuses if at <= now]
    order.statuses.append((now + after, CLOSED[order.platform]))
    order.pay_within = None
    for line in order.lines:
        if sku := account.sku_of_line(line):
            account.take(sku, -line.quantity)
    account.world.revision += 1


def set_status(account: Account, order: SandboxOrder, code: str) -> None:
    """Give an order another state now, and drop the states that were planned for later."""
    now = account.clock()
    order.statuses = [(at, before) for at, before in order.statuses if at <= now]
    account.world.set_status(order.order_id, code)
