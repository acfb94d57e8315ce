"""``approvals``: the requests that wait for the person, and what became of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import _
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.features.approvals import away
from handlers.features.approvals.listing_view import overview
from handlers.parsing.options import read_options
from handlers.parsing.words import Verb
from handlers.wire.requests import SetAway, SetBack, ShowApprovals
from handlers.wire.text import folded

if TYPE_CHECKING:
    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from handlers.wire.requests import Request
    from tracking.approvals import Approval

LOOKED_AT, OWN = 200, 10  # waiting requests that are checked; own requests that are shown


def read_approvals(command: TypedCommand) -> Request:
    """Read ``approvals``, ``approvals away …`` or ``approvals back``. Raises UsageError."""
    _options, words = read_options(command)
    first = folded(words[0].text) if words else ""
    if first in away.AWAY:
        return away.read_away(command, words[1:])
    if first in away.BACK and len(words) == 1:
        return SetBack()
    if words:
        problem = _("{command} takes `away @name until 5 Dec`, `back`, or nothing after it")
        raise command.refuse(problem.format(command="`/panda approvals`"), suggestion="/panda approvals")
    return ShowApprovals()


async def show_approvals(interaction: Interaction, _request: ShowApprovals) -> Message:
    """Show the requests that the person may decide, and their own."""
    ctx, now = interaction.ctx, interaction.ctx.clock()
    mine = await ctx.store.approvals.of_asker(interaction.user, OWN)
    absences = await ctx.store.approvals.away(now)
    away_for = next((each for each in absences if each.person == interaction.user), None)
    uses = await ctx.store.approvals.uses([approval.id for approval in mine])
    return overview(await _to_decide(interaction), mine, away_for, now, uses)


async def _to_decide(interaction: Interaction) -> list[Approval]:
    ctx, now = interaction.ctx, interaction.ctx.clock()
    absences = await ctx.store.approvals.away(now)
    return [
        approval
        for approval in await ctx.store.approvals.waiting(now, LOOKED_AT)
        if await ctx.approvers.may_decide(interaction.client, approval, interaction.user, absences, now)
    ]


def _help() -> HelpPage:
    return HelpPage(
        _("Approvals"),
        _(
            "Orders and payments above the amounts in the settings wait until somebody else has approved them. You see "
            "what waits for you and what became of your own requests. While you are away, another person can decide: "
            "type `/panda approvals` and then `away @tom until 5 Dec`."
        ),
        (
            ("/panda approvals", _("what waits for you, and your own requests")),
            ("/panda approvals back", _("you decide yourself again")),
        ),
    )


def _overview() -> list[Example]:
    return [("/panda approvals", _("what waits for approval"))]


FEATURE = Feature(
    commands=(Command(Verb("approvals", ("approval", "approve", "审批", "批准"), frozenset()), read_approvals, _help),),
    answers=(
        Answer(ShowApprovals, show_approvals, is_repeatable=True),
        Answer(SetAway, away.set_away),
        Answer(SetBack, away.set_back),
    ),
    overview=Overview(HelpGroup.BUY, _overview),
)
