"""Looks through the platforms' order lists for the filters that no platform has."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pandapon.errors import ApiError, AuthError, NotFoundError, PandaPonError

if TYPE_CHECKING:
    from datetime import datetime

    from pandapon.client import PandaPon
    from pandapon.models import Order, Page
    from pandapon.shipment import Platform

log = logging.getLogger(__name__)

PAGE = 50  # orders
FULL = 20  # orders; a page of so many may be a full one, since a twin of this API gives no more [inferred]

Range = tuple["datetime | None", "datetime | None"]


@dataclass(frozen=True, slots=True)
class Scan:
    """The orders of a platform's list, newest first [inferred], as far as it was looked through."""

    orders: tuple[Order, ...] = ()
    total: int | None = None  # orders in the list; None: unknown
    is_whole: bool = True  # no order of the list is left that could be in the range
    error: PandaPonError | None = None  # stopped the look after some pages


async def scan(api: PandaPon, platform: Platform, status: str, created: Range, pages: int) -> Scan:
    """Read a list up to its end, to an order before the range, or for so many pages.

    ``status``: the platform's code. Raises PandaPonError where not even the first page is answered.
    """
    orders: dict[str, Order] = {}
    total = None
    for number in range(1, pages + 1):
        try:
            page = await _page(api, platform, status, number, created)
        except PandaPonError as error:
            if number == 1:
                raise
            log.info("order list read in part", extra={"platform": platform.value, "page": number, "error": error})
            return Scan(tuple(orders.values()), total, is_whole=False, error=error)
        before, total = len(orders), page.total
        orders |= {order.order_id: order for order in page.items}
        if _is_past(page, created[0]) or _is_last(page, len(orders)):
            return Scan(tuple(orders.values()), total)
        if len(orders) == before:  # the list repeats itself
            break
    return Scan(tuple(orders.values()), total, is_whole=False)


async def _page(api: PandaPon, platform: Platform, status: str, number: int, created: Range) -> Page[Order]:
    """Read one page; without the range where PandaPon refuses the list with it, since nobody documents that filter."""
    try:
        return await api.orders(platform, status=status, page=number, page_size=PAGE, created=created)
    except ApiError as error:
        if isinstance(error, AuthError | NotFoundError) or created == (None, None):
            raise
    return await api.orders(platform, status=status, page=number, page_size=PAGE)


def _is_last(page: Page[Order], read: int) -> bool:
    """Whether no page follows. ``read``: orders of the list that were read so far."""
    return len(page.items) < FULL if page.total is None else read >= page.total or not page.items


def _is_past(page: Page[Order], since: datetime | None) -> bool:
    """Whether all later pages lie before the range: the page is sorted, and its last order was made before."""
    times = [order.created_at for order in page.items if order.created_at]
    return since is not None and bool(times) and times[-1] < since and times == sorted(times, reverse=True)
