"""Undo of a change that a line in the channel told everybody of. It works once, and everybody reads of it too.

It takes back what this line says and nothing else. What somebody has changed again since stays as it is.
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
    """Undo the change that a line tells of, the first time it is asked for. ``line``: the line's row number.

    Where nothing of it can be undone at present, it may be asked for again: a later change may be undone meanwhile.
    """
    channels = interaction.ctx.store.channels
    claimed_line = await channels.take_line(line)
    if claimed_line is None:
        return change_lines.too_late()
    is_undone = False
    try:
        is_undone = await _take_back(interaction, *claimed_line)
    finally:
        if not is_undone:
            await channels.release_line(line)
    interaction.ctx.wake()
    return change_lines.undone() if is_undone else change_lines.changed_since()


async def _take_back(interaction: Interaction, channel: str, change: ChannelChange) -> bool:
    take_back = interaction.ctx.commands.undo.get(type(change))
    return take_back is not None and await take_back(interaction, channel, change)


async def _line(interaction: Interaction, _given: Any) -> Claim:
    """The line belongs to the channel that it was posted in, and so does the change that it tells of."""
    [row] = rows(payloads.value(interaction.body), most=1)
    channel = await interaction.ctx.store.channels.of_line(row)
    return Claim(row, (channel,) if channel else ())


LINE = Subject("the line whose number the button carries, and the channel to which it was said", _line)

FEATURE = Feature(buttons=(Button(action_ids.UNDO_FOR_ALL, LINE, undo),))
