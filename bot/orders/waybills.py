"""Finds the order of a waybill. PandaPon has no such call, so it searches the newest shipped orders."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from handlers.blocks.order_states import code
from pandapon.errors import PandaPonError
from pandapon.shipment import OrderRef, Platform
from pandapon.tracking_numbers import is_same

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from pandapon.client import PandaPon
    from pandapon.models import Order

log = logging.getLogger(__name__)

SCANNED = 20  # orders searched on each platform: one page, then a trace and a detail for each order at most


async def find_waybill(api: PandaPon, waybill: str, platform: Platform | None) -> OrderRef | None:
    """Return the newest shipped order with this parcel number; None when there is none. ``platform``: None for both.

    Raises PandaPonError only when no platform could be searched.
    """
    platforms = [platform] if platform else list(Platform)
    answers = await asyncio.gather(*(_search(api, waybill, each) for each in platforms), return_exceptions=True)
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
        if _names(order, waybill):
            return order.ref
    # The 1688 list names no parcels, so each order is asked: first its trace, then its detail.
    unknown = [order for order in page.items if not order.waybills][:SCANNED]
    return await _first(_in_trace(api, waybill, order) for order in unknown) or await _first(
        _in_detail(api, waybill, order) for order in unknown
    )


async def _first(searches: Iterable[Awaitable[OrderRef | None]]) -> OrderRef | None:
    """Return the first order that a search finds."""
    return next((ref for ref in await asyncio.gather(*searches) if ref), None)


def _names(order: Order, waybill: str) -> bool:
    return any(is_same(waybill, known) for known in order.waybills)


async def _in_detail(api: PandaPon, waybill: str, order: Order) -> OrderRef | None:
    """Search the order's detail, which may name a parcel before any trace shows it."""
    try:
        return order.ref if _names(await api.order(order.ref), waybill) else None
    except PandaPonError as error:
        log.debug("order skipped while looking for a tracking number", extra={"error": error})
        return None


async def _in_trace(api: PandaPon, waybill: str, order: Order) -> OrderRef | None:
    try:
        reading = await api.trace(order.ref, sub_orders=order.sub_order_ids)
    except PandaPonError as error:
        log.debug("order skipped while looking for a tracking number", extra={"error": error})
        return None
    packages = reading.trace.packages if reading.trace else ()
    return order.ref if any(is_same(waybill, package.waybill) for package in packages) else None
