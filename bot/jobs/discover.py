"""Finds the account's new orders for the channels that watch all of them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot import records
from bot.jobs.results import spread
from handlers.order_states import code
from pandapon.errors import PandaPonError
from pandapon.shipment import FINAL, Platform
from storage.records import NewOrder

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from pandapon.client import PandaPon
    from pandapon.models import Order, Page
    from storage.protocol import Store
    from storage.records import Subscription

log = logging.getLogger(__name__)

PAGE = 50
FIRST_LOOK_PAGES = 200  # 10,000 orders at most when a channel subscribes; later looks stop at what is known


class Discoverer:
    """Looks through the order list, newest first [inferred], until it meets only orders that the channel knows."""

    def __init__(self, *, store: Store, api: PandaPon, clock: Callable[[], datetime], settle_in: timedelta) -> None:
        """``settle_in``: the first readings of orders that join together are spread over this time."""
        self._store, self._api, self._clock, self._settle_in = store, api, clock, settle_in

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
        joined = 0
        status = code(subscription.status, platform)
        for number in range(1, FIRST_LOOK_PAGES + 1):
            page = await self._api.orders(platform, status=status, page=number, page_size=PAGE)
            fresh = await self._fresh(subscription, page)
            last = not _more(page, number)
            joined += await self._store.join_orders(self._clock(), subscription.id, fresh, done=last)
            if last or (subscription.scanned_at and not fresh):
                break
        return joined

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
