"""Counts the posts that a channel's settings would have caused last week, and stores settings."""

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


async def count_last_week(ctx: Context, channel: str, settings: ChannelSettings, filter_: Filter | None = None) -> Load:
    """Count the posts that last week's news would have caused in the channel under these settings.

    ``filter_``: the filter of every watch; None: each watch has its own.
    """
    events = await ctx.store.delivery_log.events_since(channel, ctx.clock() - WEEK)
    news = [replace(event, filter=filter_) for event in events] if filter_ else events
    _rows, watches = await ctx.store.watches.of_channel(channel, 0, 0)
    # In a thread: counting a busy channel's news takes so long that other people's requests would be acknowledged late.
    return await asyncio.to_thread(dry_run, news, settings, watches)


async def store_settings(ctx: Context, channel: str, settings: ChannelSettings, user: str) -> None:
    """Store a channel's settings, and ``user`` as the person who changed them.

    If the digest gets a new time that has already passed today, the first digest at that time comes tomorrow.
    """
    now = ctx.clock()
    former = (await ctx.store.channels.get(channel)).settings
    await ctx.store.channels.save_settings(now, channel, settings, user)
    passed_day = digest_day(settings, "", now) if settings.digest_at != former.digest_at else None
    if passed_day:
        await ctx.store.channels.put_daily_digest(now, channel, passed_day, None)
