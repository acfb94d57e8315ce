"""Changes that concern everybody in a channel: a line there says who made them, and offers Undo where possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handlers.interactions.context import Context
    from tracking.messages import ChannelChange


async def announce(ctx: Context, channel: str, change: ChannelChange) -> None:
    """Queue the line that tells a channel of a change, and wake the sender. Raises StorageError."""
    await ctx.store.channels.say(ctx.clock(), channel, change)
    ctx.wake()
