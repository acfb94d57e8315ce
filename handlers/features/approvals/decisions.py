"""The buttons and forms of a request for an approval: approve, decline, ask a question, withdraw, and resume."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from handlers.access.subjects import claimed
from handlers.blocks import action_ids
from handlers.blocks import approval_words as words
from handlers.blocks import elements as el
from handlers.blocks.forms import VALUE, value_of
from handlers.blocks.forms import field as form_field
from handlers.blocks.i18n import _
from handlers.blocks.pages import answer_page, orders_page
from handlers.blocks.people import name
from handlers.blocks.write_words import outcome_words
from handlers.commands.declarations import Button, Feature, Form, Listener, Opener
from handlers.features.approvals.subject import of_button, of_form, require_approver, require_asker
from handlers.wire.errors import ForbiddenError
from pandapon.phones import mask_phones
from tracking.approvals import ApprovalState
from tracking.changes.approval import Step
from tracking.flows import Finished

if TYPE_CHECKING:
    from handlers.access.subjects import Subject
    from handlers.blocks.message import Block, Message
    from handlers.commands.declarations import View
    from handlers.interactions.interaction import Interaction
    from tracking.approvals import Approval

LONGEST = 500  # characters of a reason or a question


@dataclass(frozen=True, slots=True)
class FilledText:
    """The filled form: a reason or a question."""

    text: str
    wrong: dict[str, str] = field(default_factory=dict)


async def approve(interaction: Interaction, approval: Approval) -> Message:
    """Approve a request, unless it was decided before."""
    await require_approver(interaction, approval, Step.APPROVE)
    ctx, now = interaction.ctx, interaction.ctx.clock()
    until = now + ctx.approvers.policy.lasts
    return await _decide(interaction, approval, ApprovalState.APPROVED, Step.APPROVE, until=until)


async def decline(interaction: Interaction, approval: Approval, filled: FilledText) -> View:
    """Decline a request with a reason, unless it was decided before."""
    await require_approver(interaction, approval, Step.DECLINE)
    answer = await _decide(interaction, approval, ApprovalState.DECLINED, Step.DECLINE, reason=filled.text)
    return answer_page(answer, title=approval.reference)


async def _decide(
    interaction: Interaction, approval: Approval, state: ApprovalState, step: Step, **details: Any
) -> Message:
    """Record a decision. Raises ForbiddenError where another decision came first."""
    ctx, now = interaction.ctx, interaction.ctx.clock()
    is_first = await ctx.store.approvals.decide(now, approval.id, state, interaction.user, **details)
    decided = await ctx.store.approvals.get(approval.id) or approval
    if not is_first:
        await require_approver(interaction, decided, step)
    ctx.wake()
    hint = _("{user} hears at once.").format(user=name(approval.asker))
    return el.message([el.section(f"{words.title(decided)}\n{words.state(decided, now)}"), el.context(hint)])


async def ask_question(interaction: Interaction, approval: Approval, filled: FilledText) -> View:
    """Put a question to the person who asked for the approval, in the request's thread."""
    await require_approver(interaction, approval, Step.QUESTION)
    ctx = interaction.ctx
    await ctx.store.approvals.question(ctx.clock(), approval.id, interaction.user, filled.text)
    ctx.wake()
    line = _("❓ Your question goes to {user}.").format(user=name(approval.asker))
    return answer_page(el.message([el.section(line)]), title=approval.reference)


async def withdraw(interaction: Interaction, approval: Approval) -> Message:
    """Withdraw the person's own request. Raises ForbiddenError for another person's."""
    await require_asker(interaction, approval, Step.WITHDRAW)
    ctx, now = interaction.ctx, interaction.ctx.clock()
    await ctx.store.approvals.decide(now, approval.id, ApprovalState.WITHDRAWN, interaction.user)
    ctx.wake()
    decided = await ctx.store.approvals.get(approval.id) or approval
    return el.message([el.section(f"{words.title(decided)}\n{words.state(decided, now)}")])


async def resume(subject: Subject, interaction: Interaction) -> None:
    """Open the form that waited for an approval, at the page where it was left; say how a finished form ended.

    Raises ForbiddenError for another person's request, and for a form that is no longer stored.
    """
    approval: Approval = await claimed(interaction, subject)
    await require_asker(interaction, approval, Step.RESUME)
    ctx = interaction.ctx
    flow = await ctx.store.writes.flow(ctx.clock(), approval.flow)
    if flow is None:
        raise ForbiddenError(_("This form or list is too old. Please open it again."))
    if isinstance(flow.content, Finished):
        records = [await ctx.store.writes.get(each) for each in flow.content.writes]
        lines = [el.section(outcome_words(write)) for write in records if write]
        await interaction.say(el.message(lines or [el.section(_("This form has done its work."))]), replace=False)
        return
    await ctx.commands.again[type(flow.content)](interaction, flow.id)


def read_text(name_: str, values: dict[str, Any]) -> FilledText:
    """Read the form's one field, with phone numbers masked: the text stays in the audit trail."""
    text = mask_phones(" ".join(value_of(values, name_, "value").split())[:LONGEST])
    return FilledText(text) if text else FilledText("", {name_: _("Write a few words.")})


async def open_decline(interaction: Interaction, approval: Approval) -> View:
    """Make the form that declines a request."""
    await require_approver(interaction, approval, Step.DECLINE)
    return decline_form(approval)


async def open_question(interaction: Interaction, approval: Approval) -> View:
    """Make the form that asks a question."""
    await require_approver(interaction, approval, Step.QUESTION)
    return question_form(approval)


def decline_form(approval: Approval) -> View:
    """Ask for the reason of a decline."""
    text = form_field(_("Reason, which {user} reads").format(user=name(approval.asker)), "reason", _text())
    return _form(approval, text, _("Decline"), action_ids.DECLINE)


def question_form(approval: Approval) -> View:
    """Ask for the question to the person who asked for the approval."""
    text = form_field(_("Question to {user}").format(user=name(approval.asker)), "question", _text())
    return _form(approval, text, _("Ask"), action_ids.ASK_ABOUT)


def _form(approval: Approval, text: Block, submit: str, callback_id: str) -> View:
    blocks = [el.section(f"{words.asks(approval)}\n{words.title(approval)}"), el.section(words.facts(approval)), text]
    view = orders_page(blocks, submit=submit, title=approval.reference)
    return view | {"callback_id": callback_id, "private_metadata": str(approval.id)}


def _text() -> Block:
    return {"type": "plain_text_input", "action_id": VALUE, "multiline": True, "max_length": LONGEST}


def working() -> View:
    """The page that is shown while a decision is stored."""
    return orders_page([el.section("⏳ " + _("Working on it…"))], title=_("Approval"))


def refused(message: Message) -> View:
    """The page that explains an error."""
    return answer_page(message, title=_("Approval"))


FEATURE = Feature(
    buttons=(
        Button(action_ids.APPROVE, of_button(Step.APPROVE), approve),
        Button(action_ids.WITHDRAW_REQUEST, of_button(Step.WITHDRAW), withdraw),
    ),
    openers=(
        Opener("action", action_ids.DECLINE, of_button(Step.DECLINE), open_decline),
        Opener("action", action_ids.ASK_ABOUT, of_button(Step.QUESTION), open_question),
    ),
    forms=(
        Form(action_ids.DECLINE, of_form(Step.DECLINE), partial(read_text, "reason"), decline, working, refused),
        Form(
            action_ids.ASK_ABOUT, of_form(Step.QUESTION), partial(read_text, "question"), ask_question, working, refused
        ),
    ),
    listeners=(Listener("action", action_ids.RESUME_REQUEST, of_button(Step.RESUME), resume),),
)
