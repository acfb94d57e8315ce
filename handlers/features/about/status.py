"""``status``: whether PandaPon, polling, delivery and the database work."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.blocks.help_page import HelpPage
from handlers.blocks.i18n import _
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.features.about import status_view
from handlers.parsing.words import Verb
from handlers.wire.requests import Status
from storage.inbox import Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand

PUSHES_COUNTED = timedelta(hours=24)  # older pushed messages are not counted
KINDS = 3  # unknown types of pushed messages that the answer names


def read_status(command: TypedCommand) -> Status:
    """Read ``status``. Raises UsageError."""
    if not command.tokens:
        return Status()
    if re.search(r"[0-9]{5}", command.tokens[0].text):
        problem = _("this shows whether everything is working; `/panda order` shows an order")
        raise command.refuse(problem, suggestion=replace(command, verb="order").text())
    raise command.refuse(
        _("{command} takes nothing after it").format(command="`/panda status`"), suggestion="/panda status"
    )


async def show_status(interaction: Interaction, _request: Status) -> Message:
    """Answer whether PandaPon responds, which posts wait, and how safe the database is."""
    ctx, now = interaction.ctx, interaction.ctx.clock()
    report = ctx.report()
    pushed = await _push_counts(interaction, now) if report.takes_pushes else None
    health, watched = await ctx.store.upkeep.health(now), await ctx.store.upkeep.watched()
    return status_view.status(health, watched, report, now, pushed=pushed)


async def _push_counts(interaction: Interaction, now: datetime) -> status_view.PushCounts:
    counts, last = await interaction.ctx.store.inbox.counts(now - PUSHES_COUNTED)
    unknown_orders, unknown_types = counts.get(Outcome.UNKNOWN_ORDER, 0), counts.get(Outcome.UNKNOWN_TYPE, 0)
    kinds = await interaction.ctx.store.inbox.unknown_kinds(now - PUSHES_COUNTED, KINDS) if unknown_types else ()
    return status_view.PushCounts(sum(counts.values()), unknown_orders, unknown_types, last, tuple(kinds))


def _help() -> HelpPage:
    return HelpPage(_("Status"), _("Whether everything is working, and what is waiting."), (("/panda status", ""),))


def _overview() -> list[Example]:
    return [("/panda status", _("is everything working?"))]


FEATURE = Feature(
    commands=(Command(Verb("status", ("health", "状态")), read_status, _help),),
    answers=(Answer(Status, show_status, is_repeatable=True),),
    overview=Overview(HelpGroup.TROUBLE, _overview),
)
