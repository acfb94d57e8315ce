"""Which channel a person means by what they typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.grammar import Refusal
from handlers.i18n import _
from handlers.outcomes import ForbiddenError
from handlers.permissions import may_use

if TYPE_CHECKING:
    from handlers.turn import Turn

CHANNEL_ID = re.compile(r"^[CGD][A-Z0-9]{6,}$")
PAGES = 20  # of 1000 channels


async def resolve(turn: Turn, typed: str | None) -> str:
    """The channel's id; the channel of the command when none was typed.

    Raises ForbiddenError for the id of a channel that the person may not use, and Refusal for a name: the same one
    whether there is no such channel or they are not in it, so that nobody learns of private channels by guessing.
    """
    if not typed:
        return turn.channel
    if CHANNEL_ID.match(typed):
        await may_use(turn, typed)
        return typed
    name = typed.lstrip("#")
    channel = await _by_name(turn, name)
    if channel is None or not await _is_usable(turn, channel):
        raise Refusal(
            understood=_("the channel #{name}").format(name=name),
            problem=_(
                "I can't find a channel with that name that you can use. "
                "If it is private, you have to be in it, and I have to be invited first: `/invite @pandabot`"
            ),
        )
    return channel


async def _is_usable(turn: Turn, channel: str) -> bool:
    try:
        await may_use(turn, channel)
    except ForbiddenError:
        return False
    return True


async def _by_name(turn: Turn, name: str) -> str | None:
    """Slack sends ids for channels picked from its list; a name typed to the end has to be looked up."""
    cursor: str | None = None
    for _page in range(PAGES):
        page = await turn.client.conversations_list(
            types="public_channel,private_channel", exclude_archived=True, limit=1000, cursor=cursor
        )
        for channel in page["channels"]:
            if channel["name"] == name:
                return str(channel["id"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
    return None
