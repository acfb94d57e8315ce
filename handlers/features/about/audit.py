"""``audit``: the changes that people made to the account at PandaPon, for those who may read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import _
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.features.about import audit_view
from handlers.parsing.options import read_options
from handlers.parsing.words import Verb
from handlers.wire.requests import ShowAudit

if TYPE_CHECKING:
    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand


def read_audit(command: TypedCommand) -> ShowAudit:
    """Read ``audit``. Raises UsageError."""
    options, words = read_options(command)
    if words:
        problem = _("{command} takes nothing after it").format(command="`/panda audit`")
        raise command.refuse(problem, suggestion="/panda audit")
    return ShowAudit(options.page)


async def show_audit(interaction: Interaction, request: ShowAudit) -> Message:
    """Show one page of the trail. Raises ForbiddenError for a person who may not read it."""
    ctx = interaction.ctx
    await ctx.gate.require_reader(interaction.client, interaction.user, interaction.channel)
    skip = (request.page - 1) * audit_view.PAGE_SIZE
    writes, total = await ctx.store.writes.newest(skip, audit_view.PAGE_SIZE)
    return audit_view.trail(request, writes, total, ctx.clock())


def _help() -> HelpPage:
    return HelpPage(
        _("Audit trail"),
        _(
            "Who changed what in the account: carts, amounts, PandaPon's number of each call, and what was refused. "
            "Your pandabot admin gets all of it as a file: `pandabot audit --csv`."
        ),
        (("/panda audit", _("the newest changes")),),
    )


def _overview() -> list[Example]:
    return [("/panda audit", _("who changed what in the account"))]


FEATURE = Feature(
    commands=(
        Command(Verb("audit", ("history", "changes", "操作记录", "审计"), frozenset({"page"})), read_audit, _help),
    ),
    answers=(Answer(ShowAudit, show_audit, is_repeatable=True),),
    overview=Overview(HelpGroup.BUY, _overview),
)
