"""The two message shortcuts: track or watch the orders that a message names."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from handlers.access.subjects import MESSAGE, MESSAGE_TO_LOOK_AT
from handlers.blocks import action_ids
from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import _
from handlers.commands.declarations import Feature, MessageShortcut
from handlers.features.watching import shortcut_views
from handlers.features.watching.watch import watch_in
from handlers.parsing.message_ids import find_ids
from handlers.wire.errors import UnknownOrderError, WrongPlatformError
from pandapon.errors import PandaPonError

if TYPE_CHECKING:
    from handlers.blocks.message import Message
    from handlers.interactions.context import Context
    from handlers.interactions.interaction import Interaction
    from tracking.orders import OrderSnapshot


async def track_message(interaction: Interaction, message: dict[str, Any]) -> Message:
    """Show the state of each order or parcel that the message names, up to ten, and list the other ids."""
    mentioned_ids = find_ids(message)
    outcomes = await asyncio.gather(*(_lookup(interaction.ctx, text) for text in mentioned_ids.ids))
    by_id = dict(zip(mentioned_ids.ids, outcomes, strict=True))
    return shortcut_views.tracked(mentioned_ids, by_id, interaction.ctx.clock())


async def watch_message(interaction: Interaction, message: dict[str, Any]) -> Message:
    """Watch the orders that the message names, up to ten, in the message's channel, and list the other ids."""
    mentioned_ids = find_ids(message)
    if not mentioned_ids.ids:
        return shortcut_views.tracked(mentioned_ids, {}, interaction.ctx.clock(), verb="watch")
    outcome = await watch_in(interaction, mentioned_ids.ids, interaction.channel)
    return outcome.followed_by(shortcut_views.skipped(mentioned_ids)) if mentioned_ids.skipped else outcome


async def _lookup(ctx: Context, text: str) -> OrderSnapshot | UnknownOrderError | PandaPonError:
    try:
        return await ctx.tracker.lookup(text)
    except (UnknownOrderError, PandaPonError) as error:
        return error
    except WrongPlatformError as error:  # cannot happen: no platform was asked for
        raise AssertionError from error


def _help() -> HelpPage:
    return HelpPage(
        _("Shortcuts on messages"),
        _(
            "Open a message's menu (⋮), then “More message shortcuts”. “Track orders in message” shows up to ten "
            "orders and parcels that it mentions; “Watch orders in message” watches its orders in that channel."
        ),
    )


FEATURE = Feature(
    message_shortcuts=(
        MessageShortcut(action_ids.TRACK_MESSAGE, MESSAGE_TO_LOOK_AT, track_message),
        MessageShortcut(action_ids.WATCH_MESSAGE, MESSAGE, watch_message),
    ),
    topics={"shortcuts": _help},
)
