"""The request for an approval that a button or a form names, and who may do what with it. Refusals are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import Subject, rows
from handlers.blocks.approval_words import state
from handlers.blocks.i18n import _
from handlers.wire import payloads
from handlers.wire.errors import ForbiddenError, OutdatedError
from handlers.writing.flows import note_refused
from tracking.approvals import Refusal, refusal
from tracking.changes.approval import ApprovalStep, Step

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.interactions.interaction import Interaction
    from tracking.approvals import Approval

ABOUT = 300  # characters of a deed in the audit trail


async def require_approver(interaction: Interaction, approval: Approval, step: Step) -> None:
    """Check that a person may decide about a request, and that the request is still open. Raises ForbiddenError."""
    ctx, now = interaction.ctx, interaction.ctx.clock()
    absences = await ctx.store.approvals.away(now)
    is_approver = await ctx.approvers.may_decide(interaction.client, approval, interaction.user, absences, now)
    reason = refusal(approval, interaction.user, now, is_approver=is_approver)
    if reason is not None:
        await refuse(interaction, approval, step, reason)
        raise ForbiddenError(_words(reason, approval, interaction))


async def require_asker(interaction: Interaction, approval: Approval, step: Step) -> None:
    """Check that a request is the person's own. Raises ForbiddenError."""
    if interaction.user != approval.asker:
        await refuse(interaction, approval, step, "not_the_asker")
        raise ForbiddenError(_("Only the person who asked may do that, so nothing was done."))


async def refuse(interaction: Interaction, approval: Approval, step: Step, reason: str) -> None:
    """Record that an act on a request was refused."""
    change = ApprovalStep(approval.id, step, approval.asker, "; ".join(approval.deed.summary)[:ABOUT])
    await note_refused(interaction, f"approval.{step}", reason, change)


def _words(reason: Refusal, approval: Approval, interaction: Interaction) -> str:
    match reason:
        case Refusal.OWN_REQUEST:
            return _("Nobody decides about their own request. Somebody else has to.")
        case Refusal.NOT_AN_APPROVER:
            return _("You are not among those who may decide about this request, so nothing was done.")
        case _:
            late = _("It is too late for that: {state}")
            return late.format(state=state(approval, interaction.ctx.clock()))


def _finder(step: Step, *path: str | int) -> Callable[[Interaction, Any], Awaitable[Claim]]:
    async def find(interaction: Interaction, _given: Any) -> Claim:
        text = payloads.text(interaction.body, *path)
        try:
            [number] = rows(text, most=1)
        except OutdatedError:
            await note_refused(interaction, f"approval.{step}", "unknown_approval", ApprovalStep(0, step))
            raise
        approval = await interaction.ctx.store.approvals.get(number)
        if approval is None:
            await note_refused(interaction, f"approval.{step}", "unknown_approval", ApprovalStep(0, step))
            raise ForbiddenError(_("There is no such request for an approval any more."))
        return Claim(approval)

    return find


def of_button(step: Step) -> Subject:
    """The subject of a button whose value is a request's number."""
    find = _finder(step, "actions", 0, "value")
    return Subject("the request for an approval whose number the button carries", find)


def of_form(step: Step) -> Subject:
    """The subject of a form that was opened for a request."""
    find = _finder(step, "view", "private_metadata")
    return Subject("the request for an approval whose number the form carries", find)
