"""Reads several pages of a platform's order list, for filters that the platform does not have."""

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

PAGE_SIZE = 50  # orders that are asked for
FULL_PAGE = 20  # orders; a page with as many may be full, since a twin of this API gives no more [inferred]

Range = tuple["datetime | None", "datetime | None"]


@dataclass(frozen=True, slots=True)
class Scan:
    """The orders of a platform's list, newest first [inferred], as far as it was read."""

    orders: tuple[Order, ...] = ()
    total: int | None = None  # orders in the list; None: unknown
    is_whole: bool = True  # every order of the list that can be in the range was read
    error: PandaPonError | None = None  # ended the scan after some pages


async def scan(api: PandaPon, platform: Platform, status: str, created: Range, pages: int) -> Scan:
    """Read a list up to its end, to an order before the range, or up to ``pages`` pages.

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
    """Read one page. Where PandaPon refuses the range, a filter that nobody documents, read the page without it."""
    try:
        return await api.orders(platform, status=status, page=number, page_size=PAGE_SIZE, created=created)
    except ApiError as error:
        if isinstance(error, AuthError | NotFoundError) or created == (None, None):
            raise
    return await api.orders(platform, status=status, page=number, page_size=PAGE_SIZE)


def _is_last(page: Page[Order], read: int) -> bool:
    """Whether no page follows. ``read``: orders of the list that were read so far."""
    return len(page.items) < FULL_PAGE if page.total is None else read >= page.total or not page.items


def _is_past(page: Page[Order], since: datetime | None) -> bool:
    """Whether all later pages are before the range: the page is sorted, and its last order was made before it."""
    times = [order.created_at for order in page.items if order.created_at]
    return since is not None and bool(times) and times[-1] < since and times == sorted(times, reverse=True)
