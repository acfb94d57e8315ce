"""The form behind the global shortcut: ids pasted into it are tracked, or watched in a channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers import shortcuts, watches
from handlers.i18n import _
from handlers.ids import find_ids
from handlers.views.forms import value_of
from handlers.views.shortcuts import skipped

if TYPE_CHECKING:
    from handlers.turn import Turn
    from handlers.views.message import Message


@dataclass(frozen=True, slots=True)
class Filled:
    """The words, what to do with the orders in them, the channel, and what is wrong by field."""

    words: str
    what: str
    channel: str
    wrong: dict[str, str]


def read_form(values: dict[str, Any]) -> Filled:
    """What was filled in."""
    words = value_of(values, "orders", "value")
    what = value_of(values, "what", "selected_option") or "track"
    channel = value_of(values, "channel", "selected_conversation")
    wrong: dict[str, str] = {}
    if not find_ids({"text": words}).ids:
        wrong["orders"] = _(
            "There is no order id or waybill in it. An order id has 12 to 20 digits, such as 2542285634920880794."
        )
    if what == "watch" and not channel:
        wrong["channel"] = _("Choose the channel in which the news is to appear.")
    return Filled(words, what, channel, wrong)


async def answer(turn: Turn, filled: Filled) -> Message:
    """What became of it."""
    message = {"text": filled.words}
    if filled.what != "watch":
        return await shortcuts.track_message(turn, message)
    found = find_ids(message)
    outcome = await watches.start_in(turn, found.ids, filled.channel, typed_in=f"<#{filled.channel}>")
    return outcome.followed_by(skipped(found)) if found.skipped else outcome
