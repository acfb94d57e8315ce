"""The subjects of listeners. Ids from a payload are not trusted: each subject is loaded and checked before the act."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from handlers.access import channel_lookup
from handlers.access.permissions import Claim, Need, check_claim
from handlers.wire import payloads
from handlers.wire.errors import OutdatedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.interactions.interaction import Interaction
    from handlers.wire.requests import Request

_ROW = re.compile(r"[0-9]{1,18}")  # fits into SQLite's 64-bit row numbers
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,20}")


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing that a listener acts on: its ``name`` for people, and the function that finds it.

    ``find`` gets the parsed payload: a command's request or usage error, or a filled form; None for buttons and
    shortcuts, whose payload ``find`` reads itself. It raises OutdatedError for a payload without the subject, or an
    error that tells the person more.
    """

    name: str
    find: Callable[[Interaction, Any], Awaitable[Claim]]


async def claimed(interaction: Interaction, subject: Subject, given: Any = None) -> Any:
    """Load a listener's subject and check that the person may act on it. Every act comes after this check.

    From then on, the task uses the person's language. ``given``: the parsed payload for ``subject.find``. Raises
    ForbiddenError, the claim's ``unseen``, and the errors of ``subject.find``.
    """
    person = await interaction.ctx.admission.admit(interaction.client, interaction.body)
    interaction.speak_to(person.locale, person.time_zone)
    claim = await subject.find(interaction, given)
    await check_claim(interaction, person, claim)
    return claim.subject


async def claim_of(interaction: Interaction, request: Request) -> Claim:
    """The claim of a command: on the channel that it names, or else on the interaction's.

    Raises UsageError for a name that no channel has, and Slack's errors.
    """
    need = interaction.ctx.commands.answer_to(request).need_of(request)
    if need is None:
        return Claim(request)
    typed = getattr(request, "channel", None)
    channel = await channel_lookup.find(interaction, typed)
    unseen = channel_lookup.unknown(typed) if typed and channel != typed else None
    named: Any = replace(request, channel=channel or None)  # type: ignore[type-var]  # every request with a need has a channel
    return Claim(named, (channel,), need, unseen=unseen)


def button(name: str, *kinds: type[Request]) -> Subject:
    """Make the subject of a button that carries a command. ``kinds``: the accepted types of requests; none: all."""

    async def find(interaction: Interaction, _given: Any) -> Claim:
        text = payloads.value(interaction.body)
        try:
            request = interaction.ctx.commands.read(text)
        except UsageError as error:
            raise OutdatedError from error
        if not text.strip() or (kinds and type(request) not in kinds):
            raise OutdatedError
        return await claim_of(interaction, request)

    return Subject(name, find)


def channel_of_button(name: str, need: Need) -> Subject:
    """Make the subject of a button that carries a channel's id."""

    async def find(interaction: Interaction, _given: Any) -> Claim:
        return channel_claim(payloads.value(interaction.body), need)

    return Subject(name, find)


def channel_claim(channel: str, need: Need) -> Claim:
    """Make the claim on a channel whose id a payload gave. Raises OutdatedError for a text that is no channel id."""
    if not _CHANNEL.fullmatch(channel):
        raise OutdatedError
    return Claim(channel, (channel,), need)


def rows(text: str, most: int) -> list[int]:
    """Read row numbers that are joined by commas. Raises OutdatedError for more than ``most`` and for other texts."""
    parts = text.split(",")
    if len(parts) > most or not all(_ROW.fullmatch(part) for part in parts):
        raise OutdatedError
    return [int(part) for part in parts]


async def _typed(interaction: Interaction, given: Request | UsageError) -> Claim:
    if isinstance(given, UsageError):
        raise given
    return await claim_of(interaction, given)


async def _nothing(_interaction: Interaction, _given: Any) -> Claim:
    return Claim()


async def _message(interaction: Interaction, _given: Any) -> Claim:
    return Claim(payloads.table(interaction.body, "message"), (interaction.channel,))


async def _shown_message(interaction: Interaction, _given: Any) -> Claim:
    return Claim(payloads.table(interaction.body, "message"))


TYPED = Subject("the channel that the command names, or in which it is typed", _typed)
COMMAND = button("the channel that the button's command names, or in which it is pressed")
CHOICE = Subject("the subject of the form that the option opens, or else the channel of its command", COMMAND.find)
MESSAGE = Subject("the channel of the message", _message)
MESSAGE_TO_LOOK_AT = Subject("nothing but the message, which the person sees", _shown_message)
CHANNEL = channel_of_button("the channel that the button carries", Need.CHANGE)
CHANNEL_TO_LOOK_AT = channel_of_button("the channel that the button carries, to look at", Need.READ)
PERSON = Subject("nothing but what the person may see", _nothing)
NOTHING = Subject("nothing: it is only acknowledged, or said to be from an older version", _nothing)
