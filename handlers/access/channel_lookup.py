"""The channel that a person typed, by id or by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from handlers.blocks.i18n import _
from handlers.blocks.text import escape
from handlers.wire import payloads
from handlers.wire.errors import UsageError
from handlers.wire.slack import EndlessError, pages, rows

if TYPE_CHECKING:
    from handlers.interactions.interaction import Interaction

CHANNEL_ID = re.compile(r"^[CGD][A-Z0-9]{6,}$")
PAGES = 20  # of 1000 channels each, before the search is given up


async def find(interaction: Interaction, typed: str | None) -> str:
    """Return the id of the typed channel; if none was typed, the id of the channel in which the command was typed.

    ``typed``: an id or a name. The person's right to the channel is checked later. Raises UsageError for a name that no
    channel has, and Slack's errors.
    """
    if not typed or CHANNEL_ID.match(typed):
        return typed or interaction.channel
    channel = await _by_name(interaction, typed.lstrip("#"))
    if channel is None:
        raise unknown(typed)
    return channel


def unknown(typed: str) -> UsageError:
    """Make the error for a channel that does not exist or is closed to this person; it does not say which."""
    return UsageError(
        problem=_(
            "I can't find a channel #{name} that you have access to. "
            "If it is private, you have to be in it, and I have to be invited first: `/invite @pandabot`"
        ).format(name=escape(typed.lstrip("#")))
    )


async def _by_name(interaction: Interaction, name: str) -> str | None:
    """Look up a name. Slack sends the id of a channel picked from its list, but not of a name typed in full."""

    async def page(cursor: str | None) -> Any:
        return await interaction.client.conversations_list(
            types="public_channel,private_channel", exclude_archived=True, limit=1000, cursor=cursor
        )

    try:
        async for answer in pages(page, PAGES):
            for channel in rows(answer, "channels"):
                if payloads.text(channel, "name") == name and (channel_id := payloads.text(channel, "id")):
                    return channel_id
    except EndlessError:
        raise UsageError(
            problem=_(
                "Slack's list of channels is too long for me to find #{name} in it. Type `#` and choose the channel "
                "from Slack's suggestions, or run the command there."
            ).format(name=escape(name))
        ) from None
    return None
