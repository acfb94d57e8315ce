"""The lists of requests for approvals, as one private message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import approval_words as words
from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.message import LIST_ROOM, LIST_TEXT, Layout
from handlers.blocks.text import slack_date
from handlers.blocks.write_words import outcome_words
from handlers.posts import approvals as posts
from tracking.approvals import ApprovalState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from handlers.blocks.message import Block, Message
    from tracking.approvals import Absence, Approval
    from tracking.writes import Write

FEW, USES = 4, 3  # lines of each deed; uses of an approval that are named


def overview(
    to_decide: Sequence[Approval],
    mine: Sequence[Approval],
    absence: Absence | None,
    now: datetime,
    uses: Mapping[int, Sequence[Write]],
) -> Message:
    """Show what the person may decide, what became of their own requests, and who decides in their place.

    ``uses``: the writes for which an approval was used, by the approval's id.
    """
    layout = Layout([el.header(_("Approvals"))], room=LIST_ROOM)
    if absence:
        layout.add(el.context(_away(absence, now)))
    layout.add(el.section("*" + _("Waiting for your decision") + "*"))
    if not to_decide:
        layout.add(el.section(_("✅ Nothing waits for you.")))
    shown = 0
    for at, approval in enumerate(to_decide, 1):
        head = f"{words.title(approval)} · {words.asks(approval)}"
        facts = el.section(f"{head}\n{words.facts(approval, FEW)}")
        if not layout.add(facts, *el.actions(posts.buttons(approval, at))):
            break
        shown = at
    if len(to_decide) > shown:
        layout.note(el.context(_("and {n} more").format(n=len(to_decide) - shown)))
    if mine:
        layout.add(el.section("*" + _("Your requests") + "*"))
    for at, approval in enumerate(mine, 1):
        if not layout.add(*_own(approval, uses.get(approval.id, ()), at, now)):
            break
    return el.message(layout.blocks, longest=LIST_TEXT)


def _own(approval: Approval, used: Sequence[Write], at: int, now: datetime) -> list[Block]:
    head = f"{words.title(approval)} · {words.state(approval, now)}"
    if used:  # a used approval allows nothing more, so it has no buttons
        return [el.section("\n".join([head, *(outcome_words(write) for write in used[:USES])]))]
    return [el.section(f"{head}\n{words.facts(approval, 1)}"), *el.actions(_own_buttons(approval, at, now))]


def _own_buttons(approval: Approval, at: int, now: datetime) -> list[Block]:
    if posts.is_open(approval, now):
        return [posts.withdraw(approval, at)]
    is_usable = approval.state is ApprovalState.APPROVED and not approval.is_over(now)
    return [posts.resume(approval, at)] if is_usable else []


def _away(absence: Absence, now: datetime) -> str:
    sentence = _("🏖 You are away; {user} may decide in your place. `/panda approvals back` ends that.")
    if absence.until is not None:
        sentence = _("🏖 You are away until {time}; {user} may decide in your place. `/panda approvals back` ends that.")
    time = slack_date(absence.until, now) if absence.until else ""
    return sentence.format(user=el.mention(absence.delegate), time=time)
