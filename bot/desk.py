"""What channels decide for themselves, worked out for the handlers: settings, dry runs, digests, all orders."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.interactions.ports import Joined
from storage.subscription import Subscription
from tracking.quiet_hours import digest_day, digest_since, dry_run, next_digest, quiet_until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.jobs.digests import Digester
    from bot.jobs.discovery import Discoverer
    from storage.channel import DeliveryLogEntry
    from storage.store import Store
    from tracking.channel_settings import ChannelSettings, Load
    from tracking.daily_digest import DailyDigest
    from tracking.orders import OrderSnapshot
    from tracking.values import Filter, News

WEEK = timedelta(days=7)
LOOK_SECONDS = 6.0  # of pages that somebody waits for; the others follow


class ChannelDesk:
    """Implements handlers.interactions.ports.Desk."""

    def __init__(
        self, *, store: Store, digester: Digester, discoverer: Discoverer, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._digester, self._discoverer, self._clock = store, digester, discoverer, clock

    async def preview(self, channel: str) -> DailyDigest:
        """See handlers.interactions.ports.Desk."""
        stored, now = await self._store.channels.get(channel), self._clock()
        settings = stored.settings
        since = digest_since(settings, stored.digest_day, now)
        return await self._digester.make(channel, now.astimezone(settings.zone).date().isoformat(), since)

    def next_digest(self, settings: ChannelSettings) -> datetime | None:
        """See handlers.interactions.ports.Desk."""
        return next_digest(settings, self._clock())

    def quiet_until(self, settings: ChannelSettings) -> datetime | None:
        """See handlers.interactions.ports.Desk."""
        return quiet_until(settings, self._clock())

    async def dry_run(self, channel: str, settings: ChannelSettings, *, filter_: Filter | None = None) -> Load:
        """See handlers.interactions.ports.Desk."""
        events = await self._store.delivery_log.events_since(channel, self._clock() - WEEK)
        news = [replace(event, filter=filter_) for event in events] if filter_ else events
        _none, watched = await self._store.watches.of_channel(channel, 0, 0)
        # In a thread: the news of a busy channel takes longer than an acknowledgement may wait.
        return await asyncio.to_thread(dry_run, news, settings, watched)

    async def save(self, channel: str, settings: ChannelSettings, user: str, *, filter_all: bool) -> None:
        """See handlers.interactions.ports.Desk. A digest whose time has passed today comes tomorrow, not at once."""
        now = self._clock()
        stored = await self._store.channels.get(channel)
        await self._store.channels.save_settings(now, channel, settings, user)
        if settings.digest_at != stored.settings.digest_at:
            passed = digest_day(settings, "", now)
            if passed:
                await self._store.channels.put_daily_digest(now, channel, passed, None)
        if filter_all and settings.filter:
            await self._store.watches.set_filters(now, channel, settings.filter, user)

    async def history(self, key: str, log: Sequence[DeliveryLogEntry]) -> tuple[OrderSnapshot, list[News]]:
        """See handlers.interactions.ports.Desk."""
        stored = (await self._store.orders.load([key]))[key]
        return stored.snapshot(), [entry.news for entry in log]

    async def subscribe(self, channel: str, status: str, filter_: Filter, user: str) -> Joined:
        """See handlers.interactions.ports.Desk."""
        wish = Subscription(channel, status, filter_, user)
        standing, is_new = await self._store.subscriptions.subscribe(self._clock(), wish)
        seen = await self._discoverer.discover(standing, LOOK_SECONDS)
        return Joined(is_new, seen.joined, seen.later, seen.never)
