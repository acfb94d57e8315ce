"""What changes a channel for all is said to all, in one line that names who did it and takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from handlers.interactions.context import Context


async def announce(ctx: Context, channel: str, by: str, line: str, **facts: Any) -> None:
    """Tell a channel. ``line``: see ``handlers.posts.lines``; ``undo`` among the facts is what Undo needs to know."""
    await ctx.store.channels.say(ctx.clock(), channel, {"line": line, "by": by, **facts})
    ctx.wake()
