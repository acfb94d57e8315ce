"""Asks for an approval before an order, a payment or a freight booking is sent, where the settings require one."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.access.permissions import is_member
from handlers.blocks import action_ids
from handlers.blocks import approval_words as words
from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.people import name
from handlers.blocks.punctuation import listed
from handlers.blocks.text import slack_date
from handlers.wire.errors import ForbiddenError
from handlers.wire.slack import FAILURES, code_of
from handlers.writing.flows import note_refused
from handlers.writing.steps import Done
from pandapon.phones import mask_phones
from tracking.approvals import Approval, ApprovalState, Deed, mentioned_ids
from tracking.changes.approval import ApprovalStep, Step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.interactions.interaction import Interaction
    from tracking.flows import Flow

__all__ = ["Deed", "check_approval", "waiting_page"]

log = logging.getLogger(__name__)

READERS = 20  # people who are asked in direct messages, at most
PATIENCE = 3.0  # seconds that Slack has to say who is in a channel
NAMED = 4  # approvers that a page names


async def check_approval(interaction: Interaction, flow: Flow, deed: Deed) -> str | Done:
    """Return the Slack id of the person who approved a deed; an empty id: the deed needs no approval.

    A returned ``Done`` page means that the caller must not send anything yet: an approver was asked, now or before, or
    has approved the same deed in another form, from which the person has to go on. The page says which. Call this once
    for each confirmation, with the total of all that it buys or pays. An approval holds for the same lines, note and
    place, and for the same amount or less. The approval of a purchase also holds for its payment, unless the approver
    is the one who pays.

    Raises ForbiddenError where nobody may approve the deed, and where Slack does not say who may.
    """
    ctx, now = interaction.ctx, interaction.ctx.clock()
    approvers = ctx.approvers.policy.approvers(deed.amount_fen, flow.owner)
    if approvers is None:
        return ""
    deed = replace(deed, note=mask_phones(deed.note), place=mask_phones(deed.place))
    request = await ctx.store.approvals.find_covering(now, flow.owner, deed, flow.id)
    if request and request.state is ApprovalState.APPROVED:
        return request.by
    if request is None and (approver := await _approved_purchase(interaction, flow, deed)):
        return approver
    approval = request or await _ask(interaction, flow, deed, approvers)
    if approval.flow == flow.id:
        return waiting_page(approval, now)
    return approved_page(approval) if approval.state is ApprovalState.APPROVED else repeated_page(approval, now)


async def _approved_purchase(interaction: Interaction, flow: Flow, deed: Deed) -> str:
    """Return who approved the purchase that is paid now; empty: nobody did, or the approver is the one who pays."""
    if deed.kind != "pay":
        return ""
    ids = [key.partition(":")[2] or key for key in deed.target.split(",")]
    return await interaction.ctx.store.approvals.purchase_approved(ids, deed.amount_fen, flow.owner)


async def _ask(interaction: Interaction, flow: Flow, deed: Deed, approvers: frozenset[str]) -> Approval:
    ctx, now = interaction.ctx, interaction.ctx.clock()
    if not approvers:
        raise await _nobody(interaction, deed)
    channel = ctx.approvers.policy.channel or flow.channel
    in_channel, absences = channel[:1] in {"C", "G"}, await ctx.store.approvals.away(now)
    if in_channel:
        named = mentioned_ids(approvers, flow.owner, absences, now)
        readers = await _outside(interaction, channel, [each for each in named if not each.startswith("S")])
    else:  # asked in a direct message: each approver gets one
        people = await ctx.approvers.people(interaction.client, approvers)
        readers = mentioned_ids(people, flow.owner, absences, now)[:READERS]
        if not readers:
            raise await _nobody(interaction, deed)
    until = now + ctx.approvers.policy.lasts
    approval = await ctx.store.approvals.ask(
        now, Approval(0, deed, flow.owner, flow.id, channel, approvers, now, until), readers, in_channel=in_channel
    )
    ctx.wake()
    return approval


async def _outside(interaction: Interaction, channel: str, people: Sequence[str]) -> list[str]:
    """Return the people who are not in a channel, where a mention does not reach them; empty if Slack does not say."""
    try:
        async with asyncio.timeout(PATIENCE):
            return [each for each in people[:READERS] if not await is_member(interaction.client, channel, each)]
    except FAILURES as error:
        log.info("Slack did not say who is in a channel", extra={"error": code_of(error) or error})
        return []


async def _nobody(interaction: Interaction, deed: Deed) -> ForbiddenError:
    change = ApprovalStep(0, Step.ASK, interaction.user, "; ".join(deed.summary))
    await note_refused(interaction, "approval.ask", "nobody_else", change)
    return ForbiddenError(
        _(
            "This needs an approval, and nobody but you may give it. Your pandabot admin can name somebody: {setting}"
        ).format(setting="`APPROVALS`")
    )


def waiting_page(approval: Approval, now: datetime) -> Done:
    """The page for an asker who has to wait."""
    line = _("🕓 Asked {who} for approval · {title}").format(who=_who(approval), title=words.title(approval))
    return _waiting(approval, line, _("You'll hear at once, and go on from there. It waits until {time}."), now)


def repeated_page(approval: Approval, now: datetime) -> Done:
    """The page for an asker who already waits for an approval of the same deed, asked from another form."""
    line = _("🕓 You asked {who} for the same before, so nobody was asked again · {title}")
    hint = _("You'll hear at once, and go on from there. It waits until {time}. To ask anew, withdraw it first.")
    return _waiting(approval, line.format(who=_who(approval), title=words.title(approval)), hint, now)


def approved_page(approval: Approval) -> Done:
    """The page for an asker who has an unused approval of the same deed, asked from another form."""
    line = _("✅ {user} has already approved the same, so nobody was asked again · {title}")
    hint = _("Go on from {command}: the form with the approval is there.").format(command="`/panda approvals`")
    return Done([el.section(line.format(user=name(approval.by), title=words.title(approval))), el.context(hint)])


def _waiting(approval: Approval, line: str, hint: str, now: datetime) -> Done:
    withdraw = el.button(_("Withdraw"), f"{action_ids.WITHDRAW_REQUEST}:1", str(approval.id))
    return Done(
        [
            el.section(line),
            el.context(hint.format(time=slack_date(approval.until, now))),
            *el.actions([withdraw]),
        ]
    )


def _who(approval: Approval) -> str:
    """The approvers as mentions, which notify nobody in a form."""
    ids = [each for each in sorted(approval.approvers) if each != approval.asker][:NAMED]
    named = listed(f"<!subteam^{each}>" if each.startswith("S") else el.mention(each) for each in ids)
    return named or _("the approvers")
