"""App Home: the orders that a person's channels watch, with those that need attention first; and how to begin."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import is_member
from handlers.access.subjects import PERSON, claimed
from handlers.blocks import action_ids, failures
from handlers.blocks.pages import home_page
from handlers.commands.declarations import Feature, Listener
from handlers.features.home import home_view
from handlers.interactions.error_boundary import explain
from handlers.interactions.interaction import WORKING, result_by, run_with_budget
from handlers.wire import payloads
from handlers.wire.slack import FAILURES, code_of
from tracking.attention import OVER_FOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.access.subjects import Subject
    from handlers.commands.declarations import View
    from handlers.interactions.context import Context
    from handlers.interactions.interaction import Interaction

log = logging.getLogger(__name__)

MAX_CHANNELS = 60  # checked for one home: those with the newest watches
AT_ONCE = 8  # channels about whose members Slack is asked at the same time


async def open_home(subject: Subject, interaction: Interaction) -> None:
    """Show the home when a person opens it or presses Refresh. The app's Messages tab sends the same event."""
    if payloads.text(interaction.body, "event", "tab") in {"", payloads.HOME}:
        await show_home(subject, interaction)


async def show_home(subject: Subject, interaction: Interaction) -> None:
    """Publish the present home, or an error in its place.

    Where Slack refuses it, the person keeps the former home until they open it again.
    """
    ctx = interaction.ctx
    until = time.monotonic() + ctx.answer_seconds * WORKING
    work = asyncio.ensure_future(run_with_budget(_home_or_error(subject, interaction), ctx))
    late = home_page(failures.too_late(ctx.answer_seconds))
    try:
        await interaction.client.views_publish(user_id=interaction.user, view=await result_by(work, until, late))
    except FAILURES as error:
        log.info("App Home not shown", extra={"error": code_of(error) or error})


async def _home_or_error(subject: Subject, interaction: Interaction) -> View:
    try:
        await claimed(interaction, subject)
        return await home_of(interaction.ctx, interaction.client, interaction.user)
    except Exception as error:  # noqa: BLE001  the home is the only place where this person can be answered
        return home_page(explain(error))


async def home_of(ctx: Context, client: AsyncWebClient, user: str) -> dict[str, Any]:
    """Make the home of one person. It shows only orders of channels that the person is in."""
    watched = [channel for channel in await ctx.store.watches.watched_channels() if not channel.startswith("D")]
    channels = await _channels_of(client, watched[:MAX_CHANNELS], user)
    now = ctx.clock()
    lists = {
        group: await ctx.store.watches.listed(channels, 0, most, group=group, over_since=now - OVER_FOR)
        for group, most in home_view.MAX_ORDERS.items()
    }
    return home_view.home(home_view.HomeOrders(lists, unread=len(watched[MAX_CHANNELS:])), now, ctx.links)


async def _channels_of(client: AsyncWebClient, channels: Sequence[str], user: str) -> list[str]:
    """Return those ``channels`` that the person is in. Slack is asked about ``AT_ONCE`` channels at a time."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def ask(channel: str) -> bool:
        async with turns:
            return await _is_in(client, channel, user)

    answers = await asyncio.gather(*map(ask, channels))
    return [channel for channel, is_in in zip(channels, answers, strict=True) if is_in]


async def _is_in(client: AsyncWebClient, channel: str, user: str) -> bool:
    """Whether the person is in the channel; False where Slack does not say."""
    try:
        return await is_member(client, channel, user)
    except FAILURES:
        return False


FEATURE = Feature(
    listeners=(
        Listener("event", "app_home_opened", PERSON, open_home),
        Listener("action", action_ids.REFRESH_HOME, PERSON, open_home),
    )
)
