"""Answers to requests that failed: one sentence that says what went wrong, and the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.error_messages import platform_error
from handlers.blocks.i18n import _
from handlers.blocks.labels import platform_name
from handlers.blocks.text import code, sanitize_id

if TYPE_CHECKING:
    from handlers.blocks.message import Message
    from handlers.errors import UsageError, WrongPlatformError
    from pandapon.errors import PandaPonError


def usage_error(error: UsageError) -> Message:
    """The command as it was read, the mistake in it, and the corrected command to copy."""
    lines = [_("I read {understood}, but {problem}.").format(understood=error.typed, problem=error.problem.rstrip("."))]
    if error.suggestion:
        lines.append(_("Try: {command}").format(command=code(error.suggestion, 1500)))
    return el.message([el.section("\n".join(lines))])


def failure(sentence: str, incident_id: str = "") -> Message:
    """A failure for which the person is not to blame.

    ``sentence``: Slack text. ``incident_id``: the number of an unexpected error, which is also in the log.
    """
    blocks = [el.section(f"⚠️ {sentence}")]
    if incident_id:
        note = _("If it happens again, tell whoever runs the bot this number: {id}").format(id=code(incident_id))
        blocks.append(el.context(note))
    return el.message(blocks)


def working(sentence: str) -> Message:
    """The line in the answer's place until the answer is ready. ``sentence``: empty for "Working on it…"."""
    return el.message([el.section(f"⏳ {sentence or _('Working on it…')}")])


def too_late(seconds: float) -> Message:
    """The request took longer than the ``seconds`` it is allowed, and was cancelled."""
    sentence = _(
        "That took longer than {n} s, so I gave it up: PandaPon, Slack or the bot's own database does not answer. "
        "If it was to change something, look whether it is done before you try again; {command} says how I am doing."
    )
    return failure(sentence.format(n=round(seconds), command="`/panda status`"))


def unknown_order(text: str) -> Message:
    """No platform knows this id, and no stored parcel has it as its waybill."""
    sentence = _(
        "I found no order or parcel {id} on 1688 or Taobao for this account. "
        "Check the digits, or list the orders: {command}"
    ).format(id=f"`{sanitize_id(text)}`", command="`/panda orders`")
    return el.message([el.section(f"🔍 {sentence}")])


def wrong_platform(error: WrongPlatformError) -> Message:
    """The id exists on the other platform than the one asked for."""
    sentence = _("{id} is an order of {found}, not of {asked}. Try: {command}").format(
        id=f"`{sanitize_id(error.ref.order_id)}`",
        found=platform_name(error.ref.platform),
        asked=platform_name(error.asked),
        command=code(
            error.suggestion or f"/panda order {sanitize_id(error.ref.order_id)} --{error.ref.platform.value}"
        ),
    )
    return el.message([el.section(f"🔍 {sentence}")])


def pandapon(error: PandaPonError) -> Message:
    """PandaPon failed or refused: a sentence, and PandaPon's number of the request where it gave one."""
    blocks = [el.section(f"⚠️ {platform_error(error)}")]
    if error.request_id:
        blocks.append(
            el.context(
                _("PandaPon's number for this request: {id}").format(id=f"`{sanitize_id(error.request_id, 64)}`")
            )
        )
    return el.message(blocks)
