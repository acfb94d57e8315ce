"""The one place where it is asked whether a person may do something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError

from handlers.i18n import _
from handlers.outcomes import ForbiddenError

if TYPE_CHECKING:
    from handlers.turn import Turn


async def may_post_to(turn: Turn, channel: str) -> None:
    """Whether this person may make the bot post in a channel. Raises ForbiddenError.

    The channel where the command was typed is always theirs. A public channel is open to all, as in Slack itself. A
    private one is only for its members: otherwise a watch would be a way to write into, or to find out about,
    channels that a person cannot see. What Slack does not answer is decided by the post of the card.
    """
    if channel == turn.channel:
        return
    try:
        info = await turn.client.conversations_info(channel=channel)
        if not info["channel"].get("is_private"):
            return
        members = await turn.client.conversations_members(channel=channel, limit=1000)
    except SlackApiError as error:
        if error.response.get("error") == "channel_not_found":
            raise ForbiddenError(_no_such_channel(channel)) from None
        return
    if turn.user not in members["members"]:
        raise ForbiddenError(_no_such_channel(channel))


def _no_such_channel(channel: str) -> str:
    return _(
        "I can't see the channel <#{channel}>, or you are not in it. If it is private, invite me there first "
        "(`/invite @pandabot`) and run the command again."
    ).format(channel=channel)
