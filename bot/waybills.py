"""Finds the order behind a waybill: PandaPon has no such call, so the newest shipped orders are looked through."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from handlers.order_states import code
from pandapon.errors import PandaPonError
from pandapon.shipment import OrderRef, Platform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.client import PandaPon
    from pandapon.models import Order

log = logging.getLogger(__name__)

SCANNED = 20  # orders a platform: one page, and at most that many trace calls


async def find_waybill(api: PandaPon, waybill: str, platform: Platform | None) -> OrderRef | None:
    """The order among the newest shipped ones that bears this parcel number; None when none does.

    Raises PandaPonError only when no platform could be searched at all.
    """
    platforms = [platform] if platform else list(Platform)
    answers = await asyncio.gather(*(_search(api, waybill, one) for one in platforms), return_exceptions=True)
    for answer in answers:
        if isinstance(answer, OrderRef):
            return answer
    failures = [answer for answer in answers if isinstance(answer, BaseException)]
    for failure in failures:
        if not isinstance(failure, PandaPonError) or len(failures) == len(platforms):
            raise failure
    return None


async def _search(api: PandaPon, waybill: str, platform: Platform) -> OrderRef | None:
    page = await api.orders(platform, status=code("shipped", platform), page_size=SCANNED)  # others have no waybill
    for order in page.items:
        if waybill in order.waybills:
            return order.ref
    unknown = [order for order in page.items if not order.waybills]
    return await _search_traces(api, waybill, unknown)


async def _search_traces(api: PandaPon, waybill: str, orders: Sequence[Order]) -> OrderRef | None:
    """The 1688 list names no parcels, so each order's own trace is asked."""
    found = await asyncio.gather(*(_bears(api, waybill, order) for order in orders[:SCANNED]))
    return next((ref for ref in found if ref), None)


async def _bears(api: PandaPon, waybill: str, order: Order) -> OrderRef | None:
    try:
        reading = await api.trace(order.ref, sub_orders=order.sub_order_ids)
    except PandaPonError as error:
        log.debug("an order was skipped while looking for a waybill: %s", type(error).__name__)
        return None
    packages = reading.trace.packages if reading.trace else ()
    return order.ref if any(package.waybill == waybill for package in packages) else None
