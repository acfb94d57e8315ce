"""Which channel a person means by what they typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.grammar import Refusal
from handlers.i18n import _
from handlers.permissions import may_use

if TYPE_CHECKING:
    from handlers.turn import Turn

CHANNEL_ID = re.compile(r"^[CGD][A-Z0-9]{6,}$")
PAGES = 20  # of 1000 channels


async def resolve(turn: Turn, typed: str | None) -> str:
    """The channel's id; the channel of the command when none was typed.

    Raises Refusal for an unknown name, ForbiddenError for a private channel that the person is not in.
    """
    if not typed:
        return turn.channel
    channel = typed if CHANNEL_ID.match(typed) else await _by_name(turn, typed.lstrip("#"))
    await may_use(turn, channel)
    return channel


async def _by_name(turn: Turn, name: str) -> str:
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
    raise Refusal(
        understood=_("the channel #{name}").format(name=name),
        problem=_("I know no channel of that name. If it is private, invite me there first: `/invite @pandabot`."),
        try_="",
    )
