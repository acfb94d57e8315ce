"""The steps of a request for an approval in words, for the audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.people import name
from handlers.blocks.text import escape, truncate
from tracking.changes.approval import ApprovalStep, Step

if TYPE_CHECKING:
    from tracking.writes import Write

REASON, ABOUT = 300, 150  # characters


def done(write: Write) -> str:
    """A step that was made, as a sentence; below, the subject of the request."""
    step = write.change
    assert isinstance(step, ApprovalStep)
    words = {
        Step.ASK: _("Asked for approval {reference}."),
        Step.APPROVE: _("Approved {reference}."),
        Step.DECLINE: _("Declined {reference}: {text}"),
        Step.WITHDRAW: _("Withdrew {reference}."),
        Step.EXPIRE: _("{reference} expired: nobody decided."),
        Step.QUESTION: _("Asked about {reference}: {text}"),
        Step.AWAY: _("Away: {text} decides about approvals."),
        Step.BACK: _("Back: decides about approvals again."),
    }
    sentence = words.get(step.step, "{reference}")
    text = name(step.reason) if step.step is Step.AWAY else escape(truncate(step.reason, REASON))
    line = sentence.format(reference=f"*{step.subject}*", text=text)
    about = escape(truncate(step.about, ABOUT))
    return f"{line}\n{about}" if about else line


def wanted(step: ApprovalStep) -> str:
    """A step to be made, without a full stop."""
    words = {
        Step.ASK: _("ask for an approval"),
        Step.APPROVE: _("approve {reference}"),
        Step.DECLINE: _("decline {reference}"),
        Step.WITHDRAW: _("withdraw {reference}"),
        Step.QUESTION: _("ask about {reference}"),
        Step.RESUME: _("go on with {reference}"),
    }
    return words.get(step.step, "{reference}").format(reference=f"*{step.subject or '–'}*")


def place() -> str:
    """The place that shows the step."""
    return "`/panda approvals`"
