"""``approvals away @tom until 5 Dec`` and ``approvals back``: who decides while an approver is away."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.text import code, slack_date
from handlers.features.approvals.last_day import end_of, read_last_day
from handlers.parsing.tokens import Kind, Token
from handlers.wire.errors import ForbiddenError, RequestError
from handlers.wire.requests import SetAway, SetBack
from handlers.wire.text import folded
from pandapon.times import CHINA
from tracking.approvals import Absence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand

AWAY = frozenset({"away", "delegate", "out", "vacation", "休假", "外出", "委托"})
BACK = frozenset({"back", "回来", "返岗"})
UNTIL = frozenset({"until", "till", "to", "到", "直到", "至"})


def read_away(command: TypedCommand, words: Sequence[Token]) -> SetAway:
    """Read the words after ``away``: a person, and optionally the last day. Raises UsageError."""
    people = [word for word in words if word.kind is Kind.PERSON]
    day_words = [word.text for word in words if word.kind is not Kind.PERSON and folded(word.text) not in UNTIL]
    if len(people) != 1:
        problem = _("who decides in your place? Choose one person from Slack's suggestions after `@`")
        raise command.refuse(problem, suggestion="/panda help approvals")
    day = read_last_day(folded(" ".join(day_words))) if day_words else ""
    if day_words and not day:
        problem = _("{word} is no day that I know; write it as `5 Dec`, `2026-12-05`, `friday` or `7d`")
        suggestion = f"/panda approvals away {people[0].typed()} until 7d"
        raise command.refuse(problem.format(word=code(" ".join(day_words), 40)), suggestion=suggestion)
    return SetAway(people[0].target, day)


async def set_away(interaction: Interaction, request: SetAway) -> Message:
    """Let another person decide in the approver's place.

    Raises ForbiddenError for a person who is no approver, and RequestError for a person who names themselves, or a
    last day that is over, does not exist or is more than a year away.
    """
    ctx, now, user = interaction.ctx, interaction.ctx.clock(), interaction.user
    if not await ctx.approvers.is_approver(interaction.client, user):
        raise ForbiddenError(_("You are not asked for approvals, so nobody has to decide in your place."))
    if request.delegate == user:
        raise RequestError(_("Name somebody else: nobody stands in for themselves."))
    until = end_of(request.until, now, _zone(interaction)) if request.until else None
    if request.until and until is None:
        raise RequestError(_("That day is over, does not exist, or is more than a year away, so nothing was done."))
    await ctx.store.approvals.set_away(now, Absence(user, request.delegate, until))
    return away(request.delegate, until, now)


async def set_back(interaction: Interaction, _request: SetBack) -> Message:
    """End the person's absence."""
    ctx = interaction.ctx
    was_away = await ctx.store.approvals.set_back(ctx.clock(), interaction.user)
    return el.message([el.section(_("👋 Welcome back. You decide yourself again.") if was_away else _not_away())])


def away(delegate: str, until: datetime | None, now: datetime) -> Message:
    """Confirm who may decide in the person's place, and until when."""
    sentence = _("🏖 {user} may decide in your place until you say `/panda approvals back`.").format(
        user=el.mention(delegate)
    )
    if until is not None:
        time = slack_date(until, now)
        sentence = _("🏖 {user} may decide in your place until {time}.").format(user=el.mention(delegate), time=time)
    hint = _("Requests mention them instead of you. They decide nothing that either of you asked for.")
    return el.message([el.section(sentence), el.context(hint)])


def _not_away() -> str:
    return _("You were not away.")


def _zone(interaction: Interaction) -> tzinfo:
    """The person's time zone; China's where Slack did not tell it."""
    try:
        return ZoneInfo(interaction.ctx.people.of(interaction.user).time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return CHINA
