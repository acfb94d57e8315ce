"""Answers to requests that failed: what was asked, what went wrong, and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.error_messages import is_transient, platform_error
from handlers.blocks.i18n import _
from handlers.blocks.labels import platform_name
from handlers.blocks.parts import run_button
from handlers.blocks.punctuation import sentences
from handlers.blocks.text import code, sanitize_id
from pandapon.errors import UnknownProductError

if TYPE_CHECKING:
    from handlers.blocks.message import Block, Message
    from handlers.wire.errors import UsageError, WrongPlatformError
    from handlers.wire.requests import Request
    from pandapon.errors import PandaPonError

ENDS = (".", "?", "!", "。", "？", "！", "…")  # endings to which no full stop is added


@dataclass(frozen=True, slots=True)
class Asked:
    """The request whose answer failed.

    ``failed``: the failed request in words, as Slack text, such as "Couldn't search 连衣裙"; empty: it is not known.
    ``again``: the request for [Try again]; None where the request changes something, since it may have been carried out
    despite the failure.
    """

    failed: str = ""
    again: Request | None = None


NOTHING_ASKED = Asked()


def usage_error(error: UsageError) -> Message:
    """The mistake in a command, the corrected command to copy, and the command as the bot read it."""
    problem = _whole(error.problem)
    command = code(error.suggestion, 1500)
    if error.is_guess and error.suggestion:
        lines = [sentences([problem, _("Did you mean {command}?").format(command=command)])]
    else:
        lines = [problem, *([_("Try: {command}").format(command=command)] if error.suggestion else [])]
    typed = [el.context(_("You typed {command}").format(command=error.typed))] if error.typed else []
    return el.message([el.section("\n".join(lines)), *typed])


def failure(sentence: str, incident_id: str = "", *, asked: Asked = NOTHING_ASKED, may_pass: bool = False) -> Message:
    """A failure for which the person is not to blame.

    ``sentence``: Slack text. ``incident_id``: the number of an unexpected error, which is also in the log.
    ``may_pass``: the same request may succeed next time, so [Try again] is offered where ``asked`` allows it.
    """
    notes = []
    if incident_id:
        note = _("If it happens again, give your pandabot admin this number: {id}").format(id=code(incident_id))
        notes.append(el.context(note))
    return el.message([el.section(_headline(sentence, asked)), *notes, *_try_again(asked, may_pass=may_pass)])


def working(sentence: str, *, stays: bool = False) -> Message:
    """The line in the answer's place until the answer is ready. ``sentence``: empty for "Working on it…".

    ``stays``: the line stays above the answer, since Slack lets nothing replace it. Its words therefore remain true
    when the answer is there. A command's response URL only makes new messages, whatever ``replace_original`` and
    ``delete_original`` say (slackapi/bolt-python#1268, slackapi/bolt-js#2287), and no method changes an ephemeral
    message on which nobody pressed a button.
    """
    if stays:
        return el.message([el.section(_("⏳ This takes a moment. The answer follows below."))])
    return el.message([el.section(f"⏳ {sentence or _('Working on it…')}")])


def too_late(seconds: float, asked: Asked = NOTHING_ASKED) -> Message:
    """The answer for a request that took longer than the allowed ``seconds`` and was cancelled."""
    status = "`/panda status`"
    if asked.again:
        sentence = _(
            "PandaPon, Slack or my own database took longer than {n} s. {command} shows whether everything is working."
        )
    else:
        sentence = _(
            "PandaPon, Slack or my own database took longer than {n} s, so I gave up. Before you try again, check "
            "whether it was done after all; {command} shows whether everything is working."
        )
    return failure(sentence.format(n=round(seconds), command=status), asked=asked, may_pass=True)


def unknown_order(text: str) -> Message:
    """The answer for an id that no platform knows and no stored parcel has as its tracking number."""
    sentence = _(
        "I found no order or parcel {id} in your account, neither on 1688 nor on Taobao. "
        "Check the number, or list your orders: {command}"
    ).format(id=f"`{sanitize_id(text)}`", command="`/panda orders`")
    return el.message([el.section(f"🔍 {sentence}")])


def wrong_platform(error: WrongPlatformError) -> Message:
    """The answer for an order that is not on the platform asked for, but on the other one."""
    sentence = _("{id} is an order of {found}, not of {asked}. Try: {command}").format(
        id=f"`{sanitize_id(error.ref.order_id)}`",
        found=platform_name(error.ref.platform),
        asked=platform_name(error.asked),
        command=code(
            error.suggestion or f"/panda order {sanitize_id(error.ref.order_id)} --{error.ref.platform.value}"
        ),
    )
    return el.message([el.section(f"🔍 {sentence}")])


def pandapon(error: PandaPonError, asked: Asked = NOTHING_ASKED) -> Message:
    """The answer for a failure or refusal of PandaPon: a sentence, and PandaPon's number of the request if it gave one.

    An unknown product is no fault that somebody has to trace, so its answer leaves the number out.
    """
    blocks = [el.section(_headline(platform_error(error), asked))]
    if error.request_id and not isinstance(error, UnknownProductError):
        number = f"`{sanitize_id(error.request_id, 64)}`"
        blocks.append(el.context(_("PandaPon's number for this request: {id}").format(id=number)))
    return el.message([*blocks, *_try_again(asked, may_pass=is_transient(error))])


def _headline(sentence: str, asked: Asked) -> str:
    if not asked.failed:
        return f"⚠️ {sentence}"
    return "⚠️ " + _("{failed}: {reason}").format(failed=asked.failed, reason=sentence)


def _try_again(asked: Asked, *, may_pass: bool) -> list[Block]:
    return el.actions([run_button(_("Try again"), 1, asked.again)] if asked.again and may_pass else [])


def _whole(problem: str) -> str:
    """A problem as a sentence: usage errors are written without the capital letter and the full stop."""
    sentence = problem[:1].upper() + problem[1:]
    return sentence if sentence.endswith(ENDS) else _("{sentence}.").format(sentence=sentence)
