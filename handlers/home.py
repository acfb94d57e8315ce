"""The app's home: what a person's channels watch, what needs a look, and how to begin."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any

from handlers.errors import explain
from handlers.permissions import is_member
from handlers.slack import FAILURES, code_of
from handlers.turn import WORKING, in_time, within
from handlers.views import errors, home

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.context import Context
    from handlers.views.message import Message
    from storage.watch import Watch

log = logging.getLogger(__name__)

CHANNELS, PER_CHANNEL = 20, 50  # looked at for one home; what is beyond is counted


async def publish(ctx: Context, client: AsyncWebClient, user: str, refused: Message | None = None) -> None:
    """Show the home as it now is. Should Slack refuse it, it is published again when the home is opened next.

    ``refused``: why this person is shown nothing else.
    """
    until = time.monotonic() + ctx.answer_seconds * WORKING
    work = asyncio.ensure_future(within(_shown(ctx, client, user, refused), ctx.answer_seconds))
    late = home.closed(errors.too_late(ctx.answer_seconds))
    try:
        await client.views_publish(user_id=user, view=await in_time(work, until, late))
    except FAILURES as error:
        log.info("App Home not shown", extra={"error": code_of(error) or error})


async def _shown(ctx: Context, client: AsyncWebClient, user: str, refused: Message | None) -> dict[str, Any]:
    """The home, or in its place why there is none."""
    if refused:
        return home.closed(refused)
    try:
        return await make(ctx, client, user)
    except Exception as error:  # noqa: BLE001  whoever opens the home is told there
        return home.closed(explain(error))


async def make(ctx: Context, client: AsyncWebClient, user: str) -> dict[str, Any]:
    """The home of one person. Channels that the person is not in stay unnamed."""
    found: list[tuple[str, list[Watch], int]] = []
    for channel in (await ctx.store.watches.watched_channels())[:CHANNELS]:
        if await _is_in(client, channel, user):
            watches, total = await ctx.store.watches.of_channel(channel, 0, PER_CHANNEL)
            found.append((channel, watches, total))
    alarms = await ctx.store.alarms.of_orders([watch.key for _channel, watches, _total in found for watch in watches])
    return home.view(found, alarms, ctx.clock())


async def _is_in(client: AsyncWebClient, channel: str, user: str) -> bool:
    """Whether a person may know what a channel watches. In doubt, no."""
    if channel.startswith("D"):
        return False
    try:
        return await is_member(client, channel, user)
    except FAILURES:
        return False
