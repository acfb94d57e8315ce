"""The Undo button of a line that announced a change in a channel. It works once, and the channel is told of it too.

Undo reverts the change of this line and no other. A value that somebody has changed since then stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject, rows
from handlers.blocks import action_ids
from handlers.commands.declarations import Button, Feature
from handlers.posts import change_lines
from handlers.wire import payloads

if TYPE_CHECKING:
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from tracking.messages import ChannelChange


async def undo(interaction: Interaction, line: int) -> Message:
    """Undo the change that a line announced, once. ``line``: the line's row number.

    While nothing of the change can be undone, the button stays valid: it may work after a later change was undone.
    """
    channels = interaction.ctx.store.channels
    claimed_line = await channels.take_line(line)
    if claimed_line is None:
        return change_lines.too_late()
    is_undone = False
    try:
        is_undone = await _revert(interaction, *claimed_line)
    finally:
        if not is_undone:
            await channels.release_line(line)
    interaction.ctx.wake()
    return change_lines.undone() if is_undone else change_lines.changed_since()


async def _revert(interaction: Interaction, channel: str, change: ChannelChange) -> bool:
    revert = interaction.ctx.commands.undo.get(type(change))
    return revert is not None and await revert(interaction, channel, change)


async def _line(interaction: Interaction, _given: Any) -> Claim:
    """Find the line's channel: the change that a line announces belongs to the channel in which the line was posted."""
    [row] = rows(payloads.value(interaction.body), most=1)
    channel = await interaction.ctx.store.channels.of_line(row)
    return Claim(row, (channel,) if channel else ())


LINE = Subject("the line whose number the button carries, and the channel to which it was said", _line)

FEATURE = Feature(buttons=(Button(action_ids.UNDO_FOR_ALL, LINE, undo),))
