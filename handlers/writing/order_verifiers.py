"""Looks for new orders and acts on orders whose answer was lost, in the account's list and in the orders' details."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from handlers.writing.plans import Verdict
from pandapon.errors import ApiError, AuthError
from pandapon.operations.orders import TAOBAO_ORDERS, ListTaobao
from pandapon.shipment import OrderRef
from tracking.changes.order_acts import OrderAct, orders_of
from tracking.changes.orders import SKEW, OrderCreation, judge

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from pandapon.client import PandaPon
    from pandapon.models import Order, Page
    from pandapon.shipment import Platform
    from tracking.writes import WriteState

PAGE, PAGES = 20, 3  # orders of a page, which a sibling of this API limits to 20 [inferred]; pages read at most


async def newest_orders(api: PandaPon, platform: Platform, since: datetime) -> tuple[tuple[Order, ...], bool]:
    """Return the account's newest orders, and whether they surely include all made after ``since``.

    PandaPon documents neither the order of its list nor whether the filter by time works, so up to ``PAGES`` pages are
    read. Raises PandaPonError.
    """
    orders: dict[str, Order] = {}
    for number in range(1, PAGES + 1):
        page = await _page(api, platform, number, since)
        before = len(orders)
        orders |= {order.order_id: order for order in page.items}
        is_last = len(page.items) < PAGE if page.total is None else len(orders) >= page.total or not page.items
        if is_last or _is_past(page, since):
            return tuple(orders.values()), True
        if len(orders) == before:
            break
    return tuple(orders.values()), False


async def verify_creation(api: PandaPon, change: OrderCreation, age: timedelta) -> Verdict | None:
    """Look for an unclear creation in the account's list, first by the bot's own number where the orders have one.

    Raises PandaPonError.
    """
    if change.outer_id:
        request = ListTaobao(page_size=PAGE, outer_purchase_id=change.outer_id)
        page = await api.run(TAOBAO_ORDERS, request)
        if any(order.outer_id == change.outer_id for order in page.items):
            return _found(judge(change, page.items, age, is_whole=False))
    orders, is_whole = await newest_orders(api, change.platform, change.since - SKEW)
    return _found(judge(change, orders, age, is_whole=is_whole))


async def verify_act(api: PandaPon, change: OrderAct, age: timedelta) -> Verdict | None:
    """Look for an unclear act in the details of its orders. Raises PandaPonError."""
    refs = [OrderRef(change.platform, order_id) for order_id in orders_of(change)]
    state = change.judge(await asyncio.gather(*(api.order(ref) for ref in refs)), age)
    return Verdict(state) if state else None


def _found(judged: tuple[WriteState, tuple[str, ...]] | None) -> Verdict | None:
    return Verdict(*judged) if judged else None


async def _page(api: PandaPon, platform: Platform, number: int, since: datetime) -> Page[Order]:
    """Read one page; without the filter by time if PandaPon refuses the request with it."""
    try:
        return await api.orders(platform, page=number, page_size=PAGE, created=(since, None))
    except AuthError:
        raise
    except ApiError:
        return await api.orders(platform, page=number, page_size=PAGE)


def _is_past(page: Page[Order], since: datetime) -> bool:
    times = [order.created_at for order in page.items if order.created_at]
    return bool(times) and times[-1] < since and times == sorted(times, reverse=True)
