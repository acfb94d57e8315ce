"""Which channel a person means by what they typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.grammar import Refusal
from handlers.i18n import _

if TYPE_CHECKING:
    from handlers.turn import Turn

CHANNEL_ID = re.compile(r"^[CGD][A-Z0-9]{6,}$")
PAGES = 20  # of 1000 channels


async def find(turn: Turn, typed: str | None) -> str:
    """The id of a channel that was typed; the channel of the command when none was.

    Whether it may be used is asked afterwards. Raises Refusal for a name that no channel has.
    """
    if not typed or CHANNEL_ID.match(typed):
        return typed or turn.channel
    channel = await _by_name(turn, typed.lstrip("#"))
    if channel is None:
        raise unknown(typed)
    return channel


def unknown(typed: str) -> Refusal:
    """The same whether there is no such channel or this person may not use it: nobody learns of one by guessing."""
    return Refusal(
        understood=_("the channel #{name}").format(name=typed.lstrip("#")),
        problem=_(
            "I can't find a channel with that name that you can use. "
            "If it is private, you have to be in it, and I have to be invited first: `/invite @pandabot`"
        ),
    )


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
