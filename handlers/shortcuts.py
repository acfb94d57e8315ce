"""The two message shortcuts: track, or watch, the orders that a message mentions."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from handlers import watches
from handlers.ids import find_ids
from handlers.outcomes import UnknownOrderError, WrongPlatformError
from handlers.views import shortcuts as views
from pandapon.errors import PandaPonError

if TYPE_CHECKING:
    from handlers.context import Context
    from handlers.turn import Turn
    from handlers.views.message import Message
    from tracking.orders import OrderSnapshot


async def track_message(turn: Turn, message: dict[str, Any]) -> Message:
    """A line for each order or parcel found in the message, up to ten, and what was skipped."""
    found = find_ids(message)
    looks = await asyncio.gather(*(_look(turn.ctx, text) for text in found.ids))
    return views.tracked(found, dict(zip(found.ids, looks, strict=True)), turn.ctx.clock())


async def watch_message(turn: Turn, message: dict[str, Any]) -> Message:
    """Watch every order that the message mentions in the message's own channel."""
    found = find_ids(message)
    if not found.ids:
        return views.tracked(found, {}, turn.ctx.clock(), verb="watch")
    outcome = await watches.start_in(turn, found.ids, turn.channel)
    return outcome.followed_by(views.skipped(found)) if found.skipped else outcome


async def _look(ctx: Context, text: str) -> OrderSnapshot | UnknownOrderError | PandaPonError:
    try:
        return await ctx.tracker.lookup(text)
    except (UnknownOrderError, PandaPonError) as error:
        return error
    except WrongPlatformError as error:  # no platform was asked for
        raise AssertionError from error
