"""Which channel a person means by what they typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from handlers.blocks.i18n import _
from handlers.errors import UsageError
from handlers.wire import payloads
from handlers.wire.slack import EndlessError, pages, rows

if TYPE_CHECKING:
    from handlers.interactions.interaction import Interaction

CHANNEL_ID = re.compile(r"^[CGD][A-Z0-9]{6,}$")
PAGES = 20  # of 1000 channels


async def find(interaction: Interaction, typed: str | None) -> str:
    """The id of a channel that was typed; the channel of the command when none was.

    Whether it may be used is asked afterwards. Raises UsageError for a name that no channel has.
    """
    if not typed or CHANNEL_ID.match(typed):
        return typed or interaction.channel
    channel = await _by_name(interaction, typed.lstrip("#"))
    if channel is None:
        raise unknown(typed)
    return channel


def unknown(typed: str) -> UsageError:
    """The same whether there is no such channel or this person may not use it: nobody learns of one by guessing."""
    return UsageError(
        typed=_("the channel #{name}").format(name=typed.lstrip("#")),
        problem=_(
            "I can't find a channel with that name that you can use. "
            "If it is private, you have to be in it, and I have to be invited first: `/invite @pandabot`"
        ),
    )


async def _by_name(interaction: Interaction, name: str) -> str | None:
    """Slack sends ids for channels picked from its list; a name typed to the end has to be looked up."""

    async def page(cursor: str | None) -> Any:
        return await interaction.client.conversations_list(
            types="public_channel,private_channel", exclude_archived=True, limit=1000, cursor=cursor
        )

    try:
        async for one in pages(page, PAGES):
            for channel in rows(one, "channels"):
                if payloads.text(channel, "name") == name and (found := payloads.text(channel, "id")):
                    return found
    except EndlessError:
        raise UsageError(
            typed=_("the channel #{name}").format(name=name),
            problem=_(
                "Slack's list of channels is too long for me to look through. Type `#` and choose the channel from "
                "what Slack offers, or type the command there"
            ),
        ) from None
    return None
