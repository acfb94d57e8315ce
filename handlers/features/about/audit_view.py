"""The audit trail of changes to the account, one page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.message import LIST_ROOM, LIST_TEXT, Layout
from handlers.blocks.paging import of_rows
from handlers.blocks.people import name
from handlers.blocks.text import sanitize_id, slack_date, yuan
from handlers.blocks.write_words import outcome_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from handlers.blocks.message import Message
    from handlers.wire.requests import ShowAudit
    from tracking.writes import Write

PAGE_SIZE = 10


def trail(request: ShowAudit, writes: Sequence[Write], total: int, now: datetime) -> Message:
    """Show one page of the trail, the newest first."""
    paging = of_rows(request, total, PAGE_SIZE)
    layout = Layout([el.header(_("Audit trail"))], tail=el.actions(paging.buttons()), room=LIST_ROOM)
    layout.add(el.context(paging.words()))
    if not writes:
        layout.add(el.section(_("Nobody has changed anything yet.")))
    for write in writes:
        if not layout.add(el.section(outcome_words(write)), el.context(_facts(write, now))):
            break
    return el.message(layout.blocks, longest=LIST_TEXT)


def _facts(write: Write, now: datetime) -> str:
    facts = [
        slack_date(write.begun_at, now),
        name(write.actor),
        el.channel(write.channel),
        yuan(write.amount_fen) if write.amount_fen is not None else "",
        f"`{write.operation}`",
        _("PandaPon's number: {id}").format(id=f"`{sanitize_id(write.request_id, 64)}`") if write.request_id else "",
    ]
    return " · ".join(fact for fact in facts if fact)
