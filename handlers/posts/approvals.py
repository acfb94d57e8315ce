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

FEW = 5  # lines of a deed for its asker, who knows it


def request(asked: Approval, absences: Sequence[Absence], now: datetime, *, is_direct: bool) -> Message:
    """The message that asks for a decision; once there is one, it says so and has no buttons.

    ``is_direct``: to an approver alone, who needs no mention.
    """
    blocks = [el.section(f"🧾 *{words.asks(asked)}*\n{words.title(asked)}"), el.section(words.facts(asked))]
    if not is_open(asked, now):
        return el.message([*blocks, el.context(words.state(asked, now))])
    due = _("Please decide by {time}.") if is_direct else _("{who} Please decide by {time}.")
    due = due.format(who=_mentions(asked, absences, now), time=slack_date(asked.until, now))
    return el.message([*blocks, el.section(due), *el.actions(buttons(asked, 1))])


def reminder(asked: Approval, absences: Sequence[Absence], now: datetime, *, is_direct: bool) -> Message | None:
    """The reminder of a request, in its thread, or with its buttons to an approver alone; None: it was decided."""
    if not is_open(asked, now):
        return None
    line = _("⏰ {title} of {user} still waits for a decision, until {time}.").format(
        title=words.title(asked), user=name(asked.asker), time=slack_date(asked.until, now)
    )
    if is_direct:
        return el.message([el.section(line), el.section(words.facts(asked)), *el.actions(buttons(asked, 1))])
    return el.message([el.section(sentences([line, _mentions(asked, absences, now)]))])


def question(asked: Approval, by: str, text: str, *, is_direct: bool) -> Message:
    """An approver's question to the asker: in the request's thread, or directly."""
    line = _("❓ {user} asks about {title}: {text}").format(user=name(by), title=words.title(asked), text=escape(text))
    if is_direct:
        hint = _("Answer {user} in a direct message.").format(user=el.mention(by))
        return el.message([el.section(line), el.section(words.facts(asked, FEW)), el.context(hint)])
    hint = _("Answer in this thread; the buttons above stay.")
    return el.message([el.section(f"{el.mention(asked.asker)} {line}"), el.context(hint)])


def outcome(asked: Approval, now: datetime, *, is_direct: bool) -> Message:
    """What became of a request, to its asker, with the button that goes on where it was approved."""
    who = "" if is_direct else f"{el.mention(asked.asker)} "
    blocks = [el.section(f"{who}{words.title(asked)}\n{words.state(asked, now)}")]
    blocks.append(el.section(words.facts(asked, FEW)))
    if asked.state is not ApprovalState.APPROVED:
        return el.message([*blocks, el.context(_("Nothing was ordered or paid."))])
    hint = _("You can do it until {time}. Prices are checked once more; if the amount has risen, I ask again.")
    return el.message(
        [*blocks, el.context(hint.format(time=slack_date(asked.until, now))), *el.actions([resume(asked, 1)])]
    )


def unposted(asked: Approval, where: str, code: str) -> Message:
    """The line to an asker whose request Slack does not take. ``where``: the id of the channel or person."""
    is_person = where[:1] in {"U", "W"}
    to_person = _("I can't send {user} direct messages.").format(user=name(where))
    why = to_person if is_person else channel_error(code, where)
    head = _("⚠️ I could not post your request {title} there.").format(title=words.title(asked))
    hint = _("Whoever may approve it finds it with `/panda approvals`.")
    return el.message([el.section(head), el.section(why), el.context(hint)])


def is_open(asked: Approval, now: datetime) -> bool:
    """Whether a decision is still possible."""
    return asked.state is ApprovalState.WAITING and not asked.is_over(now)


def buttons(asked: Approval, at: int) -> list[Block]:
    """The buttons of an approver. ``at``: tells those of several requests in one message apart."""
    value = str(asked.id)
    return [
        el.button(_("Approve"), f"{action_ids.APPROVE}:{at}", value, "primary"),
        el.button(_("Decline…"), f"{action_ids.DECLINE}:{at}", value, "danger"),
        el.button(_("Ask…"), f"{action_ids.ASK_ABOUT}:{at}", value),
    ]


def resume(asked: Approval, at: int) -> Block:
    """The button with which the asker of an approved request goes on."""
    return el.button(words.go_on(asked), f"{action_ids.RESUME_REQUEST}:{at}", str(asked.id), "primary")


def withdraw(asked: Approval, at: int) -> Block:
    """The button with which the asker takes a request back."""
    return el.button(_("Withdraw"), f"{action_ids.WITHDRAW_REQUEST}:{at}", str(asked.id))


def _mentions(asked: Approval, absences: Sequence[Absence], now: datetime) -> str:
    people = mentioned_ids(asked.approvers, asked.asker, absences, now)
    return " ".join(f"<!subteam^{each}>" if each.startswith("S") else el.mention(each) for each in people)
