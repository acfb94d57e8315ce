"""Finds the account's new orders for the channels that watch all of them."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.blocks.order_states import code
from handlers.interactions.ports import WatchAllResult
from pandapon.errors import PandaPonError
from pandapon.shipment import FINAL, Platform
from storage.subscription import NewOrder, Subscription
from tracking.cadence import spread

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from pandapon.client import PandaPon
    from pandapon.models import Order, Page
    from storage.store import Store
    from tracking.values import Filter

log = logging.getLogger(__name__)

PAGE = 50
PATIENCE_SECONDS = 6.0  # for the pages that a person waits for; the others follow
MOST_PAGES = 4000  # 200,000 orders of one platform; a longer list may have no end
# Between whole readings, a reading stops at the first page without new orders. Lists of one state are read whole more
# often: an order that enters the state stands at its creation time, not at the top.
WHOLE_EVERY, WHOLE_EVERY_OF_STATE = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DiscoveryResult:
    """The result of a reading of order lists, in numbers of orders.

    ``later`` and ``never`` are guessed as one page's size where the list has no total.
    """

    joined: int = 0
    later: int = 0  # left to the next tick
    never: int = 0  # beyond MOST_PAGES

    def __add__(self, other: DiscoveryResult) -> DiscoveryResult:
        return DiscoveryResult(self.joined + other.joined, self.later + other.later, self.never + other.never)


class Discoverer:
    """Reads the order lists, newest first [inferred], and now and then to their end.

    Where this is the only process, the time of the last whole reading is kept in memory only: after a restart every
    list is read whole again.
    """

    def __init__(
        self,
        *,
        store: Store,
        api: PandaPon,
        clock: Callable[[], datetime],
        settle_in: timedelta,
        shares: bool = False,
    ) -> None:
        """``settle_in``: the first readings of orders that join together are spread over this time.

        ``shares``: other processes read the lists, too, so that the times of whole readings are kept in the database.
        """
        self._shares = shares
        self._store, self._api, self._clock, self._settle_in = store, api, clock, settle_in
        self.unfinished: Callable[[], Awaitable[None]] = _nothing  # called when pages are left to the next tick
        self._whole: dict[tuple[int, Platform], datetime] = {}
        self._left_off: dict[tuple[int, Platform], int] = {}  # the page at which a reading goes on

    def clock_moved(self) -> None:
        """Read every list whole again: the times of the last whole readings are no longer right."""
        self._whole.clear()

    async def tick(self) -> int:
        """Read the lists for every subscription, however long that takes. Returns how many orders joined.

        Subscriptions to all orders come first, so that their filter holds for a new order in whatever state.
        """
        joined = 0
        for subscription in sorted(await self._store.subscriptions.active(), key=lambda each: bool(each.status)):
            joined += (await self.discover(subscription)).joined
        return joined

    async def subscribe(self, channel: str, status: str, filter_: Filter, user: str) -> WatchAllResult:
        """Watch all orders in a channel, or all in one state, for a person. ``status``: the state; empty: any.

        Reads the lists for :data:`PATIENCE_SECONDS` at most, because the person waits; the next tick reads the rest.
        """
        wish = Subscription(channel, status, filter_, user)
        standing, is_new = await self._store.subscriptions.subscribe(self._clock(), wish)
        seen = await self.discover(standing, PATIENCE_SECONDS)
        return WatchAllResult(is_new, seen.joined, seen.later, seen.never, standing.id)

    async def discover(self, subscription: Subscription, patience: float | None = None) -> DiscoveryResult:
        """Read the lists for one channel. A platform that does not answer is left to the next tick.

        ``patience``: seconds after which the remaining pages are left to the next :meth:`tick`, because a person waits.
        """
        seen, until = DiscoveryResult(), None if patience is None else time.monotonic() + patience
        for platform in Platform:
            try:
                seen += await self._discover_on(subscription, platform, until)
            except PandaPonError as error:
                log.info("order list not read", extra={"platform": platform.value, "error": error})
        if seen.joined:
            log.info("orders joined a channel that watches all", extra={"orders": seen.joined})
        if seen.later:
            await self.unfinished()
        return seen

    async def _discover_on(
        self, subscription: Subscription, platform: Platform, until: float | None
    ) -> DiscoveryResult:
        place, began, joined, before = (subscription.id, platform), self._clock(), 0, set[str]()
        status, whole = code(subscription.status, platform), await self._whole_is_due(subscription, platform, began)
        number = first = self._left_off.pop(place, 1) if whole else 1
        while True:
            self._left_off[place] = max(1, number - 1)  # new orders may have pushed old ones to the next page
            page = await self._api.orders(platform, status=status, page=number, page_size=PAGE)
            fresh = await self._fresh(subscription, page)
            joined += await self._store.subscriptions.join(self._clock(), subscription.id, fresh)
            keys = {order.ref.key for order in page.items}
            if not _has_more(page, number) or keys == before or not (whole or fresh):
                break
            if number - first >= MOST_PAGES:
                return await self._end(place, began, DiscoveryResult(joined, never=_orders_left(page, number)))
            if until is not None and time.monotonic() > until:
                return DiscoveryResult(joined, later=_orders_left(page, number))
            number, before = number + 1, keys
        self._left_off.pop(place, None)
        return await self._end(place, began, DiscoveryResult(joined)) if whole else DiscoveryResult(joined)

    async def _end(self, place: tuple[int, Platform], began: datetime, seen: DiscoveryResult) -> DiscoveryResult:
        self._left_off.pop(place, None)
        self._whole[place] = began
        if self._shares:
            await self._store.subscriptions.set_mark(_name(place), began)
        if seen.never:
            beyond = {"orders": seen.never, "platform": place[1].value}
            log.warning("orders lie beyond what is read of the list", extra=beyond)
        return seen

    async def _whole_is_due(self, subscription: Subscription, platform: Platform, now: datetime) -> bool:
        place = (subscription.id, platform)
        last = await self._store.subscriptions.mark(_name(place)) if self._shares else self._whole.get(place)
        return last is None or now - last >= (WHOLE_EVERY_OF_STATE if subscription.status else WHOLE_EVERY)

    async def _fresh(self, subscription: Subscription, page: Page[Order]) -> list[NewOrder]:
        """Return the page's open orders that may join. A finished order brings no more news."""
        open_ = [order for order in page.items if order.milestone not in FINAL]
        keys = await self._store.subscriptions.may_join(subscription.id, [order.ref.key for order in open_])
        return [self._new(order) for order in open_ if order.ref.key in keys]

    def _new(self, order: Order) -> NewOrder:
        return NewOrder(order, self._clock() + self._settle_in * spread(order.ref.key))


def _name(place: tuple[int, Platform]) -> str:
    return f"whole list {place[0]} {place[1].value}"


def _orders_left(page: Page[Order], number: int) -> int:
    """Return how many orders the later pages hold."""
    return max(1, page.total - number * page.page_size) if page.total is not None else page.page_size


def _has_more(page: Page[Order], number: int) -> bool:
    if not page.items:
        return False
    return number < page.pages if page.pages is not None else len(page.items) >= page.page_size


async def _nothing() -> None:
    """The default of :attr:`Discoverer.unfinished`."""
