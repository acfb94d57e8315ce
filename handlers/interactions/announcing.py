"""Changes that concern everybody in a channel: one line tells them who did it, with an Undo button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from handlers.interactions.context import Context


async def announce(ctx: Context, channel: str, by: str, line: str, **facts: Any) -> None:
    """Queue the line for a channel. ``line``: see ``handlers.posts.lines``; the fact ``undo`` holds what Undo needs."""
    await ctx.store.channels.say(ctx.clock(), channel, {"line": line, "by": by, **facts})
    ctx.wake()
