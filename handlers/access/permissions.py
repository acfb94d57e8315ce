"""Whether a person may act on a channel. No other module decides this."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from handlers.blocks.i18n import _
from handlers.wire.errors import ForbiddenError, UnseenError
from handlers.wire.payloads import part
from handlers.wire.slack import pages, rows

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.access.admission import Person
    from handlers.interactions.interaction import Interaction

log = logging.getLogger(__name__)

PAGE = 1000  # members of one answer, the most that Slack gives
PAGES = 50  # answers before the search for a member is given up
PATIENCE = 5.0  # seconds that Slack has to confirm a member


class Need(StrEnum):
    """The access that a request needs to its channel."""

    READ = "read"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Claim:
    """The ``subject`` that a person wants to act on, loaded for the act, and the ids of its ``channels``.

    ``any_of``: the right to one of the channels is enough, since the subject belongs to each of them. ``unseen``: the
    error to raise where an ordinary refusal would confirm that the channel exists. Without channels, nothing is
    checked.
    """

    subject: Any = None
    channels: tuple[str, ...] = ()
    need: Need = Need.CHANGE
    any_of: bool = False
    unseen: Exception | None = None


async def check_claim(interaction: Interaction, person: Person, claim: Claim) -> None:
    """Check that a person may act on the claim's channels. Raises ForbiddenError, or the claim's ``unseen``.

    Only members of a channel change its watches, mutes and settings. Everybody may look into a public channel, as in
    Slack itself, except outsiders, who see only the channels that they are in. If Slack fails to confirm a right, the
    act is refused, since a fault must not open a channel. The only exception is the channel in which the person typed
    or pressed: Slack showed it to them, and the bot cannot ask about a channel that it is not in.
    """
    refused: ForbiddenError | None = None
    for channel in claim.channels:
        try:
            await _ask(interaction, person, channel, claim.need)
        except ForbiddenError as error:
            refused = error
            if not claim.any_of:
                break
        else:
            if claim.any_of:
                return
    if refused:
        raise claim.unseen if claim.unseen and isinstance(refused, UnseenError) else refused


async def is_member(client: AsyncWebClient, channel: str, user: str) -> bool:
    """Whether a person is in a channel.

    Raises one of ``handlers.wire.slack.FAILURES``, such as EndlessError after ``PAGES`` answers.
    """

    async def page(cursor: str | None) -> Any:
        return await client.conversations_members(channel=channel, limit=PAGE, cursor=cursor)

    async for answer in pages(page, PAGES):
        if user in rows(answer, "members"):
            return True
    return False


async def _ask(interaction: Interaction, person: Person, channel: str, need: Need) -> None:
    if not channel:
        raise ForbiddenError(_("There is no channel here to do that in. Type the command in a channel."))
    is_here = channel == interaction.channel
    if channel.startswith("D"):  # the bot cannot ask whose conversation it is: the manifest has no im:read
        if is_here:
            return
        raise ForbiddenError(_("A direct conversation is its owner's alone. Run the command there."))
    try:
        async with asyncio.timeout(PATIENCE):
            if await is_member(interaction.client, channel, person.user):
                return
            is_public = await _is_public(interaction.client, channel)
    except Exception as error:  # no failure of any kind confirms a member
        if not is_here:
            raise _unconfirmed(channel, error) from error
        log.info("Slack did not say who is in a channel", extra={"error": error})
        return
    if is_public and person.is_member and need is Need.READ:
        return
    raise _not_in(channel, is_visible=is_public and person.is_member)


async def _is_public(client: AsyncWebClient, channel: str) -> bool:
    info = await client.conversations_info(channel=channel)
    return not info["channel"].get("is_private")


def _not_in(channel: str, *, is_visible: bool) -> ForbiddenError:
    if is_visible:
        words = _("You are not in <#{channel}>, and only its members change what I do there. Join it and try again.")
        return ForbiddenError(words.format(channel=channel))
    return UnseenError(_no_such_channel(channel))


def _unconfirmed(channel: str, error: Exception) -> ForbiddenError:
    if part(getattr(getattr(error, "response", None), "data", None), "error") == "channel_not_found":
        return UnseenError(_no_such_channel(channel))
    words = _(
        "Slack did not confirm that <#{channel}> is open to you, so nothing was done. Please try again in a minute."
    )
    return UnseenError(words.format(channel=channel))


def _no_such_channel(channel: str) -> str:
    return _(
        "I can't see the channel <#{channel}>, or you are not in it. If it is private, invite me there first "
        "(`/invite @pandabot`) and run the command again."
    ).format(channel=channel)
