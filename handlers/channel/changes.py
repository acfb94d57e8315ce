"""What other settings of a channel would have meant, and how they are kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tracking.digest_schedule import digest_day
from tracking.dry_run import dry_run

if TYPE_CHECKING:
    from handlers.interactions.context import Context
    from tracking.channel_settings import ChannelSettings, Load
    from tracking.values import Filter

WEEK = timedelta(days=7)


async def last_week(ctx: Context, channel: str, settings: ChannelSettings, filter_: Filter | None = None) -> Load:
    """How many messages last week's news would have meant; ``filter_`` None: each watch's own."""
    events = await ctx.store.delivery_log.events_since(channel, ctx.clock() - WEEK)
    news = [replace(event, filter=filter_) for event in events] if filter_ else events
    _none, watched = await ctx.store.watches.of_channel(channel, 0, 0)
    # In a thread: the news of a busy channel takes longer than an acknowledgement may wait.
    return await asyncio.to_thread(dry_run, news, settings, watched)


async def keep(ctx: Context, channel: str, settings: ChannelSettings, user: str, *, filter_all: bool) -> None:
    """Store settings; ``filter_all``: the filter goes for the orders watched already, too.

    A digest whose time has passed today comes tomorrow, not at once.
    """
    now = ctx.clock()
    former = (await ctx.store.channels.get(channel)).settings
    await ctx.store.channels.save_settings(now, channel, settings, user)
    passed = digest_day(settings, "", now) if settings.digest_at != former.digest_at else None
    if passed:
        await ctx.store.channels.put_daily_digest(now, channel, passed, None)
    if filter_all and settings.filter:
        await ctx.store.watches.set_filters(now, channel, settings.filter, user)
