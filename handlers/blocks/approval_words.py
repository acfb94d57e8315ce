"""A request for an approval in words: what it is about, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.people import name
from handlers.blocks.punctuation import labelled
from handlers.blocks.text import escape, slack_date, truncate, yuan
from tracking.approvals import ApprovalState, lines_of

if TYPE_CHECKING:
    from datetime import datetime

    from tracking.approvals import Approval

LINES, LINE, NOTE, REASON = 12, 150, 300, 500  # lines of a deed, and characters of each text


def amount(approval: Approval) -> str:
    """The amount in yuan, as Slack text; "amount unknown" where the request has none."""
    if approval.deed.amount_fen is None:
        return _("amount unknown")
    return yuan(approval.deed.amount_fen)


def title(approval: Approval) -> str:
    """The reference and the amount in bold, as Slack text: ``*A-1* · *¥500.00*``."""
    return f"*{approval.reference}* · *{amount(approval)}*"


def asks(approval: Approval) -> str:
    """The phrase that says who asks for approval of which kind of deed, as Slack text without a full stop."""
    words = {
        "order": _("{user} asks for approval to place an order"),
        "pay": _("{user} asks for approval to pay"),
        "freight": _("{user} asks for approval to book freight abroad"),
    }
    return words[approval.deed.kind].format(user=name(approval.asker))


def facts(approval: Approval, most: int = LINES) -> str:
    """The deed's lines, its note and its destination, each on a line, as Slack text. ``most``: lines of the deed."""
    shown, left = lines_of(approval.deed, most)
    lines = [f"• {escape(truncate(line, LINE))}" for line in shown]
    lines += [_("and {n} more").format(n=left)] if left else []
    if approval.deed.note:
        label = _("Note to the warehouse") if approval.deed.kind == "freight" else _("Note to the seller")
        lines.append(labelled(label, escape(truncate(approval.deed.note, NOTE))))
    if approval.deed.place:
        lines.append(labelled(_("Goes to"), escape(truncate(approval.deed.place, LINE))))
    return "\n".join(lines) or "–"


def state(approval: Approval, now: datetime) -> str:
    """The present state of the request, as a sentence."""
    user = name(approval.by)
    match approval.state:
        case ApprovalState.APPROVED:
            return _("✅ Approved by {user}.").format(user=user)
        case ApprovalState.DECLINED:
            reason = escape(truncate(approval.reason, REASON))
            return _("❌ Declined by {user}: {reason}").format(user=user, reason=reason)
        case ApprovalState.WITHDRAWN:
            return _("↩️ Withdrawn by {user}.").format(user=user)
        case ApprovalState.WAITING if not approval.is_over(now):
            return _("🕓 Waits for a decision until {time}.").format(time=slack_date(approval.until, now))
        case _:
            return _("⌛ Expired: nobody decided in time.")


def go_on(approval: Approval) -> str:
    """The label of the button with which the asker goes on."""
    return {"order": _("Place the order"), "pay": _("Pay"), "freight": _("Book")}[approval.deed.kind]
