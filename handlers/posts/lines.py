"""Public lines: each tells a channel that a person changed something for all its members, and offers Undo."""

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

MAX_NAMED = 12  # orders named in a line


def line(facts: dict[str, Any], number: int, now: datetime) -> Message | None:
    """The message for a stored line. None where another version of the bot stored it.

    ``facts``: the post's payload; ``line`` in it names the kind. ``number``: the post's id, which Undo sends back.
    """
    words = _words(facts, now)
    if not words:
        return None
    undo = el.button(_("Undo"), f"{action_ids.UNDO_FOR_ALL}:1", str(number))
    return el.message([el.section(words), *el.actions([undo])])


def undone() -> Message:
    """The answer to the person who pressed Undo; the channel gets a line of its own."""
    return el.message([el.section(_("↩️ Undone."))])


def too_late() -> Message:
    """The answer to a press on Undo when the change was undone already, or is too old."""
    return el.message([el.section(_("That was undone already, or is too long ago."))])


def _words(facts: dict[str, Any], now: datetime) -> str:
    user, orders = name(str(facts.get("by", ""))), _orders(facts.get("ids") or [])
    match facts.get("line"):
        case "mute":
            until = slack_date(datetime.fromisoformat(facts["until"]), now)
            return _("🔕 {user} muted {what} here until {time}.").format(user=user, what=orders, time=until)
        case "unmute":
            return _("🔔 {user} unmuted {what} here.").format(user=user, what=orders)
        case "watch all":
            return _watching(user, facts)
        case "unwatch all":
            return _("👋 {user} stopped watching all orders here.").format(user=user)
        case "settings":
            return _changed(user, facts, now)
        case _:
            return ""


def _orders(ids: Sequence[str]) -> str:
    return ", ".join(code(order_id) for order_id in ids[:MAX_NAMED]) if ids else _("all order news")


def _watching(user: str, facts: dict[str, Any]) -> str:
    status = f" (`{facts['status']}`)" if facts.get("status") else ""
    n, news = int(facts.get("n", 0)), filter_words(str(facts.get("filter", "")))
    words = ngettext(
        "👀 {user} watches all orders here{status}: {n} now, new ones join by themselves. Posts: {filter}.",
        "👀 {user} watches all orders here{status}: {n} now, new ones join by themselves. Posts: {filter}.",
        n,
    )
    return words.format(user=user, status=status, n=n, filter=news)


def _changed(user: str, facts: dict[str, Any], now: datetime) -> str:
    """The settings that differ from before, one a line."""
    before = settings_lines(codec.load_settings(facts["undo"]["settings"]), None, now)
    after = settings_lines(codec.load_settings(facts["settings"]), None, now)
    changes = [setting for setting in after if setting not in before]
    if facts.get("filter_all"):
        changes.append(
            _("The orders that are watched already post: {filter}").format(filter=filter_words(facts["filter_all"]))
        )
    heading = _("⚙️ {user} changed the settings here.").format(user=user)
    return "\n".join([heading, *(f"• {change}" for change in changes)])
