"""The outcome of a change to the account, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.change_words import done, is_readable, place, wanted
from handlers.blocks.error_messages import platform_error
from handlers.blocks.i18n import _
from handlers.blocks.punctuation import bracketed, sentences
from handlers.blocks.text import code
from tracking.writes import WriteState

if TYPE_CHECKING:
    from pandapon.errors import PandaPonError
    from tracking.writes import Write

DONE = frozenset({WriteState.DONE, WriteState.FOUND_DONE})


def outcome_words(write: Write, error: PandaPonError | None = None) -> str:
    """The outcome of a change as Slack text, with the next step where there is one.

    ``error``: the error of the call; without it, the reason of a refusal is taken from the record.
    """
    match write.state:
        case WriteState.DONE:
            return f"✅ {done(write)}"
        case WriteState.FOUND_DONE:
            shown = _("PandaPon gave no clear answer, but {place} shows it").format(place=place(write))
            return f"✅ {bracketed(done(write), shown)}"
        case WriteState.BEGUN | WriteState.UNCLEAR:
            words = _("It is unclear whether PandaPon did this: {change}. I'm looking, and won't send it again.")
            return "🔎 " + words.format(change=wanted(write))
        case WriteState.FOUND_UNDONE:
            unchanged = _("Nothing has changed.")
            return f"❌ {sentences([_not_done(write), unchanged])}"
        case WriteState.UNKNOWABLE:
            return "❓ " + _unknowable(write).format(change=wanted(write), place=place(write))
        case _:
            reason = platform_error(error) if error else refusal(write)
            return f"❌ {sentences([_not_done(write), reason])}"


def _unknowable(write: Write) -> str:
    if write.reason == "not_readable":
        return _(
            "PandaPon gave no clear answer to this and does not let me look: {change}. "
            "Check {place} before you do it again."
        )
    if is_readable(write):
        return _(
            "PandaPon gave no clear answer to this, and things have changed since: {change}. Please check {place}."
        )
    return _(
        "PandaPon gave no clear answer, so nobody knows whether this was done: {change}. I have no way to look it up. "
        "Check {place} before you do it again; I won't send it again by myself."
    )


def _not_done(write: Write) -> str:
    return _("Not done: {change}").format(change=wanted(write))


def refusal(write: Write) -> str:
    """Why a change was refused, as a sentence made from its record; empty where the record has no reason."""
    own = {
        "unknown_form": _("It came from an unknown form."),
        "foreign_form": _("It came from another person's form."),
        "not_allowed": _("This person may not do that."),
        "price_moved": _("The price had changed."),
        "unknown_approval": _("There is no such request."),
        "own_request": _("Nobody approves their own request."),
        "not_an_approver": _("This person may not decide about it."),
        "not_the_asker": _("Only the person who asked may do that."),
        "already_decided": _("It was decided before."),
        "approval_expired": _("Its time was over."),
        "nobody_else": _("Nobody else may approve it."),
        "too_late": too_late(),
    }
    if write.reason in own:
        return own[write.reason]
    return _("PandaPon refused it (code {code}).").format(code=code(write.reason)) if write.reason else ""


def too_late() -> str:
    """The sentence that nothing was sent because the process had stood still for too long."""
    return _("It took too long until I could begin, so I sent nothing.")
