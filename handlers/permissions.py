"""The one place where it is asked whether a person may do something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError, SlackClientError

from handlers.i18n import _
from handlers.outcomes import ForbiddenError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.turn import Turn

PAGE = 1000  # members of one answer, Slack's most


async def may_use(turn: Turn, channel: str) -> None:
    """Whether this person may see what a channel watches, and make the bot post there. Raises ForbiddenError.

    The channel where the command was typed is always theirs. A public channel is open to all, as in Slack itself. A
    private one is only for its members: otherwise a watch would be a way to write into, or to find out about,
    channels that a person cannot see. What Slack does not confirm is refused: a fault must not open a channel.
    """
    if channel == turn.channel:
        return
    if channel.startswith("D"):  # whose conversation it is, the bot cannot ask: the manifest has no im:read
        raise ForbiddenError(_("A direct conversation is its owner's alone. Run the command there."))
    try:
        allowed = await _is_public(turn.client, channel) or await is_member(turn.client, channel, turn.user)
    except SlackApiError as error:
        if error.response.get("error") == "channel_not_found":
            raise ForbiddenError(_no_such_channel(channel)) from None
        raise ForbiddenError(_unconfirmed(channel)) from error
    except (OSError, TimeoutError, SlackClientError) as error:
        raise ForbiddenError(_unconfirmed(channel)) from error
    if not allowed:
        raise ForbiddenError(_no_such_channel(channel))


async def is_member(client: AsyncWebClient, channel: str, user: str) -> bool:
    """Whether a person is in a channel. Raises what slack_sdk raises when Slack does not say."""
    cursor: str | None = None
    while True:
        page = await client.conversations_members(channel=channel, limit=PAGE, cursor=cursor)
        if user in page["members"]:
            return True
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return False


async def _is_public(client: AsyncWebClient, channel: str) -> bool:
    info = await client.conversations_info(channel=channel)
    return not info["channel"].get("is_private")


def _no_such_channel(channel: str) -> str:
    return _(
        "I can't see the channel <#{channel}>, or you are not in it. If it is private, invite me there first "
        "(`/invite @pandabot`) and run the command again."
    ).format(channel=channel)


def _unconfirmed(channel: str) -> str:
    return _(
        "Slack did not confirm that <#{channel}> is open to you, so nothing was done. Please try again in a minute."
    ).format(channel=channel)
