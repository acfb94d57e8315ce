"""The form behind the global shortcut: ids pasted into it are tracked, or watched in a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers import shortcuts, watches
from handlers.errors import guarded
from handlers.i18n import _
from handlers.ids import find_ids
from handlers.permissions import may_use
from handlers.views import finder as views
from handlers.views.forms import value_of
from handlers.views.shortcuts import skipped

if TYPE_CHECKING:
    from handlers.turn import Turn
    from handlers.views.message import Message


def read_form(values: dict[str, Any]) -> tuple[str, str, str, dict[str, str]]:
    """The words, what to do with the orders in them, the channel, and what is wrong by field."""
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
    return words, what, channel, wrong


async def answer(turn: Turn, words: str, what: str, channel: str) -> dict[str, Any]:
    """What became of it, as the form's next page."""
    message = {"text": words}
    work = _watch(turn, message, channel) if what == "watch" else shortcuts.track_message(turn, message)
    return views.result(await guarded(work))


async def _watch(turn: Turn, message: dict[str, Any], channel: str) -> Message:
    """A channel picked from Slack's own list is still one that the person has to be in."""
    await may_use(turn, channel)
    found = find_ids(message)
    outcome = await watches.start_in(turn, found.ids, channel, typed_in=f"<#{channel}>")
    return outcome.followed_by(skipped(found)) if found.skipped else outcome
