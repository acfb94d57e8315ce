"""One public line for what somebody changed for all in a channel: who, what, and Undo."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from handlers.blocks import action_ids
from handlers.blocks import elements as el
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.parts import filter_words
from handlers.blocks.people import name
from handlers.blocks.settings_words import settings_lines
from handlers.blocks.text import code, slack_date
from storage import codec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Message

NAMED = 12  # orders named in a line


def line(facts: dict[str, Any], number: int, now: datetime) -> Message | None:
    """The line that a payload of the store stands for; None for one of another version. ``number``: for Undo."""
    words = _words(facts, now)
    if not words:
        return None
    undo = el.button(_("Undo"), f"{action_ids.UNDO_FOR_ALL}:1", str(number))
    return el.message([el.section(words), *el.actions([undo])])


def undone() -> Message:
    """The answer to a press on Undo; what it did, everybody reads."""
    return el.message([el.section(_("↩️ Undone."))])


def too_late() -> Message:
    """Somebody was quicker, or it was long ago."""
    return el.message([el.section(_("That was undone already, or is too long ago."))])


def _words(facts: dict[str, Any], now: datetime) -> str:
    user, what = name(str(facts.get("by", ""))), _what(facts.get("ids") or [])
    match facts.get("line"):
        case "mute":
            until = slack_date(datetime.fromisoformat(facts["until"]), now)
            return _("🔕 {user} muted {what} here until {time}.").format(user=user, what=what, time=until)
        case "unmute":
            return _("🔔 {user} unmuted {what} here.").format(user=user, what=what)
        case "watch all":
            return _watching(user, facts)
        case "unwatch all":
            return _("👋 {user} stopped watching all orders here.").format(user=user)
        case "settings":
            return _changed(user, facts, now)
        case _:
            return ""


def _what(ids: Sequence[str]) -> str:
    return ", ".join(code(one) for one in ids[:NAMED]) if ids else _("all order news")


def _watching(user: str, facts: dict[str, Any]) -> str:
    status = f" (`{facts['status']}`)" if facts.get("status") else ""
    n, told = int(facts.get("n", 0)), filter_words(str(facts.get("filter", "")))
    words = ngettext(
        "👀 {user} watches all orders here{status}: {n} now, new ones join by themselves. Posts: {filter}.",
        "👀 {user} watches all orders here{status}: {n} now, new ones join by themselves. Posts: {filter}.",
        n,
    )
    return words.format(user=user, status=status, n=n, filter=told)


def _changed(user: str, facts: dict[str, Any], now: datetime) -> str:
    """Only what differs from before."""
    before = settings_lines(codec.load_settings(facts["undo"]["settings"]), None, now)
    after = [one for one in settings_lines(codec.load_settings(facts["settings"]), None, now) if one not in before]
    if facts.get("filter_all"):
        after.append(
            _("The orders that are watched already post: {filter}").format(filter=filter_words(facts["filter_all"]))
        )
    return "\n".join([_("⚙️ {user} changed the settings here.").format(user=user), *(f"• {one}" for one in after)])
