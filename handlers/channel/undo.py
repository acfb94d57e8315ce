"""Undo of what a line in the channel says. It works once; everybody reads that, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject, rows
from handlers.blocks import action_ids
from handlers.commands.declarations import Button, Feature
from handlers.posts import lines
from handlers.wire import payloads

if TYPE_CHECKING:
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction


async def undo(interaction: Interaction, line: int) -> Message:
    """Take back what a line says, once; everybody reads that, too."""
    taken = await interaction.ctx.store.channels.take_line(line)
    if taken is None:
        return lines.too_late()
    channel, facts = taken
    take_back = interaction.ctx.commands.undo.get(facts["line"])
    if take_back:
        await take_back(interaction, channel, facts)
    interaction.ctx.wake()
    return lines.undone()


async def _line(interaction: Interaction, _given: Any) -> Claim:
    """It was said to a channel, and what it takes back is that channel's."""
    [row] = rows(payloads.value(interaction.body), most=1)
    channel = await interaction.ctx.store.channels.of_line(row)
    return Claim(row, (channel,) if channel else ())


LINE = Subject("the line whose number the button carries, and the channel to which it was said", _line)

FEATURE = Feature(buttons=(Button(action_ids.UNDO_FOR_ALL, LINE, undo),))
