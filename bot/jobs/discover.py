"""Finds the account's new orders for the channels that watch all of them."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from bot import records
from bot.jobs.results import spread
from handlers.order_states import code
from pandapon.errors import PandaPonError
from pandapon.shipment import FINAL, Platform
from storage.records import NewOrder

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pandapon.client import PandaPon
    from pandapon.models import Order, Page
    from storage.protocol import Store
    from storage.records import Subscription

log = logging.getLogger(__name__)

PAGE = 50
MOST_PAGES = 200  # 10,000 orders of one platform
# In between, a look stops at the first page that brings nothing new. An order that comes into a state stands where it
# was created, not at the top, so lists of one state are seen whole more often.
WHOLE_EVERY, WHOLE_EVERY_OF_STATE = timedelta(days=1), timedelta(hours=1)


class Discoverer:
    """Looks through the order list, newest first [inferred], now and then to its end.

    When a list was seen whole is not kept: after a restart it is seen whole again, so that nothing depends on it.
    """

    def __init__(self, *, store: Store, api: PandaPon, clock: Callable[[], datetime], settle_in: timedelta) -> None:
        """``settle_in``: the first readings of orders that join together are spread over this time."""
        self._store, self._api, self._clock, self._settle_in = store, api, clock, settle_in
        self._whole: dict[tuple[int, Platform], datetime] = {}

    def clock_moved(self) -> None:
        """When a list was seen whole is not known by the present clock: it is seen again."""
        self._whole.clear()

    async def tick(self) -> int:
        """Look once for every subscription. Returns how many orders joined."""
        joined = 0
        for one in await self._store.subscriptions():
            joined += await self.look(one)
        return joined

    async def look(self, subscription: Subscription) -> int:
        """Look for one channel. A platform that does not answer is looked at the next time."""
        joined = 0
        for platform in Platform:
            try:
                joined += await self._look(subscription, platform)
            except PandaPonError as error:
                log.info("the %s order list could not be read: %s", platform.value, error)
        if joined:
            log.info("%d orders joined a channel that watches all", joined)
        return joined

    async def _look(self, subscription: Subscription, platform: Platform) -> int:
        joined, began = 0, self._clock()
        status, whole = code(subscription.status, platform), self._whole_is_due(subscription, platform, began)
        for number in range(1, MOST_PAGES + 1):
            page = await self._api.orders(platform, status=status, page=number, page_size=PAGE)
            fresh = await self._fresh(subscription, page)
            joined += await self._store.join_orders(self._clock(), subscription.id, fresh)
            if not _more(page, number) or not (whole or fresh):
                break
        if whole:
            self._whole[subscription.id, platform] = began
        return joined

    def _whole_is_due(self, subscription: Subscription, platform: Platform, now: datetime) -> bool:
        last = self._whole.get((subscription.id, platform))
        return last is None or now - last >= (WHOLE_EVERY_OF_STATE if subscription.status else WHOLE_EVERY)

    async def _fresh(self, subscription: Subscription, page: Page[Order]) -> list[NewOrder]:
        """Orders that the channel never watched. What is over already has no news to come."""
        open_ = [order for order in page.items if order.milestone not in FINAL]
        keys = await self._store.never_watched(subscription.channel, [order.ref.key for order in open_])
        return [self._new(order) for order in open_ if order.ref.key in keys]

    def _new(self, order: Order) -> NewOrder:
        key = order.ref.key
        return NewOrder(
            key=key,
            milestone=order.milestone.value if order.milestone else None,
            detail=records.dump_order(order),
            sub_orders=order.sub_order_ids,
            first_poll_at=self._clock() + self._settle_in * spread(key),
        )


def _more(page: Page[Order], number: int) -> bool:
    if not page.items:
        return False
    return number < page.pages if page.pages is not None else len(page.items) >= page.page_size
