"""The one place where it is asked whether a person may act on a channel."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from handlers.blocks.i18n import _
from handlers.errors import ForbiddenError, UnseenError
from handlers.wire.payloads import part
from handlers.wire.slack import pages, rows

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from handlers.access.admission import Person
    from handlers.interactions.interaction import Interaction

log = logging.getLogger(__name__)

PAGE, PAGES = 1000, 50  # members of one answer, Slack's most; and answers: nobody waits for more
PATIENCE = 5.0  # seconds that a person waits for Slack's word


class Need(StrEnum):
    """What is wanted of a channel."""

    READ = "read"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody wants to act on: ``subject`` was loaded for the act, and the channels to which it belongs.

    ``any_of``: one of the channels is enough, since the thing belongs to each of them. ``unseen``: what to say instead
    where the channel must not be confirmed to exist.
    """

    subject: Any = None
    channels: tuple[str, ...] = ()
    need: Need = Need.CHANGE
    any_of: bool = False
    unseen: Exception | None = None


async def ask(interaction: Interaction, person: Person, claim: Claim) -> None:
    """Whether this person may do that. Raises ForbiddenError, or the claim's own answer for a channel unseen.

    To change what a channel watches, mutes or chose, one has to be in it. To look is open to all in a public channel,
    as in Slack itself, but not to outsiders, who see only the channels that they are in. What Slack does not confirm
    is refused, since a fault must not open a channel. Only where something was typed or pressed, Slack's silence
    refuses nothing: it shows private channels to nobody else, and the bot may not be in that one.
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
    """Whether a person is in a channel. Raises what slack_sdk raises when Slack does not say."""

    async def page(cursor: str | None) -> Any:
        return await client.conversations_members(channel=channel, limit=PAGE, cursor=cursor)

    async for one in pages(page, PAGES):
        if user in rows(one, "members"):
            return True
    return False


async def _ask(interaction: Interaction, person: Person, channel: str, need: Need) -> None:
    if not channel:
        raise ForbiddenError(_("There is no channel here to do that in. Type the command in a channel."))
    is_here = channel == interaction.channel
    if channel.startswith("D"):  # whose conversation it is, the bot cannot ask: the manifest has no im:read
        if is_here:
            return
        raise ForbiddenError(_("A direct conversation is its owner's alone. Run the command there."))
    try:
        async with asyncio.timeout(PATIENCE):
            if await is_member(interaction.client, channel, person.user):
                return
            is_public = await _is_public(interaction.client, channel)
    except Exception as error:  # whatever came instead of an answer, it confirms nothing
        if not is_here:
            raise _unconfirmed(channel, error) from error
        log.info("Slack did not say who is in a channel", extra={"error": error})
        return
    if is_public and person.is_member and need is Need.READ:
        return
    raise _not_in(channel, to_see=is_public and person.is_member)


async def _is_public(client: AsyncWebClient, channel: str) -> bool:
    info = await client.conversations_info(channel=channel)
    return not info["channel"].get("is_private")


def _not_in(channel: str, *, to_see: bool) -> ForbiddenError:
    if to_see:
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
