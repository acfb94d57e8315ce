"""The daily digest of a channel: made once a local day, also after downtime, and shown beforehand on request."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.jobs.isolation import isolated
from handlers.blocks.order_lines import first_title
from tracking.attention import OVER_FOR, Group
from tracking.daily_digest import DailyDigest, DigestEntry
from tracking.digest_schedule import digest_day, digest_since

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from datetime import datetime

    from storage.channel import Channel, DeliveryLogEntry
    from storage.store import Store
    from storage.watch import WatchedOrder

PART = 100  # orders read at a time, whose entries are made without a pause: some milliseconds
NEWEST = 2**63 - 1  # above the id of every watch
LATER = timedelta(minutes=15)  # a digest that could not be made is tried again then

logger = logging.getLogger(__name__)


class Digester:
    """Makes the digests that are due."""

    def __init__(self, store: Store, clock: Callable[[], datetime], wake: Callable[[], None]) -> None:
        self._store, self._clock, self._wake = store, clock, wake
        self._put_off: dict[str, datetime] = {}  # channels whose digest could not be made, and until when

    def clock_moved(self) -> None:
        """Try every channel again: the times until which they were put off are no longer right."""
        self._put_off.clear()

    async def tick(self) -> int:
        """Enqueue every due digest. Returns how many. A day without news is marked as done and gets no post."""
        made = 0
        for channel in await self._store.channels.with_settings():
            if self._put_off.get(channel.channel, self._clock()) <= self._clock():
                made += await self._make_safely(channel)
        if made:
            self._wake()
        return made

    async def _make_safely(self, channel: Channel) -> bool:
        """Make a channel's digest if it is due. A failure puts only this channel off, and the others get theirs."""
        with isolated(logger, "daily digest not made, tried again later", channel=channel.channel):
            return await self._make_due(channel)
        self._put_off[channel.channel] = self._clock() + LATER
        return False

    async def _make_due(self, channel: Channel) -> bool:
        settings, now = channel.settings, self._clock()
        day = digest_day(settings, channel.digest_day, now)
        if day is None:
            return False
        made = await self.make(channel.channel, day, digest_since(settings, channel.digest_day, now))
        digest = made if made.moved or made.troubled else None
        marked = await self._store.channels.put_daily_digest(self._clock(), channel.channel, day, digest)
        return marked and digest is not None

    async def preview(self, channel: str) -> DailyDigest:
        """Return the digest that a channel would get now."""
        stored, now = await self._store.channels.get(channel), self._clock()
        since = digest_since(stored.settings, stored.digest_day, now)
        return await self.make(channel, now.astimezone(stored.settings.zone).date().isoformat(), since)

    async def make(self, channel: str, day: str, since: datetime) -> DailyDigest:
        """Return a channel's digest: its orders with news since then, and those that need attention.

        ``day``: ISO date. Orders that were delivered or cancelled some days ago are left out.
        """
        log = await self._store.delivery_log.since(channel, since)
        counts, moved, troubled, total = _counts(log), [], [], 0
        async for order in self._orders(channel):
            total += 1
            entry = entry_of(order, counts[order.watch.key])
            if order.group is Group.ATTENTION:
                troubled.append(entry)
            elif entry.news:
                moved.append(entry)
        return DailyDigest(day, tuple(moved), tuple(troubled), total)

    async def _orders(self, channel: str) -> AsyncIterator[WatchedOrder]:
        """Yield every order that a channel watches, the newest watch first."""
        before, over_since = NEWEST, self._clock() - OVER_FOR
        while orders := await self._store.watches.newest_first(channel, before, PART, over_since):
            for order in orders:
                yield order
            before = orders[-1].watch.id


def _counts(log: Iterable[DeliveryLogEntry]) -> Counter[str]:
    """Count the pieces of news by order. Alarms do not count."""
    return Counter(entry.key for entry in log if entry.news.stall is None)


def entry_of(order: WatchedOrder, news: int) -> DigestEntry:
    """Return the digest's entry of an order. ``news``: how many pieces of news it had."""
    watch = order.watch
    title, items = first_title(watch.order)
    return DigestEntry(
        key=watch.key,
        milestone=watch.milestone,
        title=title,
        news=news,
        alarm=order.alarm.stall.leg if order.alarm else None,
        reason=watch.order_reason,
        pick_up_by=watch.pick_up_by,
        status=watch.order.status_code if watch.order else "",
        items=items,
        delivered=order.delivered,
        parcels=order.parcels,
        refund=watch.refund.code if watch.refund else "",
        card_ts=watch.card_ts,
    )
