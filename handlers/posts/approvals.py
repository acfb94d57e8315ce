"""Messages about requests for approvals: to the approvers with their buttons, and to the asker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import action_ids
from handlers.blocks import approval_words as words
from handlers.blocks import elements as el
from handlers.blocks.error_messages import channel_error
from handlers.blocks.i18n import _
from handlers.blocks.people import name
from handlers.blocks.punctuation import sentences
from handlers.blocks.text import escape, slack_date
from tracking.approvals import ApprovalState, mentioned_ids

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.blocks.message import Block, Message
    from tracking.approvals import Absence, Approval

FEW = 5  # lines of a deed in messages to its asker, who already knows it


def request(approval: Approval, absences: Sequence[Absence], now: datetime, *, is_direct: bool) -> Message:
    """The message that asks for a decision. Once the request is decided, it shows the decision and has no buttons.

    ``is_direct``: the message goes to an approver alone, who needs no mention.
    """
    blocks = [el.section(f"🧾 *{words.asks(approval)}*\n{words.title(approval)}"), el.section(words.facts(approval))]
    if not is_open(approval, now):
        return el.message([*blocks, el.context(words.state(approval, now))])
    due = _("Please decide by {time}.") if is_direct else _("{who} Please decide by {time}.")
    due = due.format(who=_mentions(approval, absences, now), time=slack_date(approval.until, now))
    return el.message([*blocks, el.section(due), *el.actions(buttons(approval, 1))])


def reminder(approval: Approval, absences: Sequence[Absence], now: datetime, *, is_direct: bool) -> Message | None:
    """The reminder of a request, in its thread or to an approver alone; None: the request is no longer open.

    ``is_direct``: the reminder goes to an approver alone and repeats the request with its buttons.
    """
    if not is_open(approval, now):
        return None
    line = _("⏰ {title} of {user} still waits for a decision, until {time}.").format(
        title=words.title(approval), user=name(approval.asker), time=slack_date(approval.until, now)
    )
    if is_direct:
        return el.message([el.section(line), el.section(words.facts(approval)), *el.actions(buttons(approval, 1))])
    return el.message([el.section(sentences([line, _mentions(approval, absences, now)]))])


def question(approval: Approval, by: str, text: str, *, is_direct: bool) -> Message:
    """An approver's question to the asker: in the request's thread, or directly."""
    line = _("❓ {user} asks about {title}: {text}").format(
        user=name(by), title=words.title(approval), text=escape(text)
    )
    if is_direct:
        hint = _("Answer {user} in a direct message.").format(user=el.mention(by))
        return el.message([el.section(line), el.section(words.facts(approval, FEW)), el.context(hint)])
    hint = _("Answer in this thread; the buttons above stay.")
    return el.message([el.section(f"{el.mention(approval.asker)} {line}"), el.context(hint)])


def outcome(approval: Approval, now: datetime, *, is_direct: bool) -> Message:
    """The message that tells the asker the outcome of a request; if it was approved, with the button to go on."""
    who = "" if is_direct else f"{el.mention(approval.asker)} "
    blocks = [el.section(f"{who}{words.title(approval)}\n{words.state(approval, now)}")]
    blocks.append(el.section(words.facts(approval, FEW)))
    if approval.state is not ApprovalState.APPROVED:
        return el.message([*blocks, el.context(_("Nothing was ordered or paid."))])
    hint = _("You can do it until {time}. Prices are checked once more; if the amount has risen, I ask again.")
    return el.message(
        [*blocks, el.context(hint.format(time=slack_date(approval.until, now))), *el.actions([resume(approval, 1)])]
    )


def unposted(approval: Approval, where: str, code: str) -> Message:
    """The message to an asker whose request Slack did not post. ``where``: the id of the channel or person.

    ``code``: Slack's error code.
    """
    is_person = where[:1] in {"U", "W"}
    to_person = _("I can't send {user} direct messages.").format(user=name(where))
    why = to_person if is_person else channel_error(code, where)
    head = _("⚠️ I could not post your request {title} there.").format(title=words.title(approval))
    hint = _("Whoever may approve it finds it with `/panda approvals`.")
    return el.message([el.section(head), el.section(why), el.context(hint)])


def is_open(approval: Approval, now: datetime) -> bool:
    """Whether a decision is still possible."""
    return approval.state is ApprovalState.WAITING and not approval.is_over(now)


def buttons(approval: Approval, at: int) -> list[Block]:
    """The buttons of an approver. ``at``: a number that keeps the ids of several requests in one message unique."""
    value = str(approval.id)
    return [
        el.button(_("Approve"), f"{action_ids.APPROVE}:{at}", value, "primary"),
        el.button(_("Decline…"), f"{action_ids.DECLINE}:{at}", value, "danger"),
        el.button(_("Ask…"), f"{action_ids.ASK_ABOUT}:{at}", value),
    ]


def resume(approval: Approval, at: int) -> Block:
    """The button with which the asker of an approved request goes on."""
    return el.button(words.go_on(approval), f"{action_ids.RESUME_REQUEST}:{at}", str(approval.id), "primary")


def withdraw(approval: Approval, at: int) -> Block:
    """The button with which the asker withdraws a request."""
    return el.button(_("Withdraw"), f"{action_ids.WITHDRAW_REQUEST}:{at}", str(approval.id))


def _mentions(approval: Approval, absences: Sequence[Absence], now: datetime) -> str:
    people = mentioned_ids(approval.approvers, approval.asker, absences, now)
    return " ".join(f"<!subteam^{each}>" if each.startswith("S") else el.mention(each) for each in people)
