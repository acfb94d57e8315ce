"""The form of the global shortcut. A person pastes orders into it, to track them or to watch them in a channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim
from handlers.access.subjects import PERSON, Subject
from handlers.blocks import action_ids
from handlers.blocks.forms import value_of
from handlers.blocks.i18n import _
from handlers.blocks.pages import answer_page
from handlers.commands.declarations import Feature, Form, Opener
from handlers.features.watching import finder_form, shortcuts
from handlers.features.watching.shortcut_views import skipped
from handlers.features.watching.watch import watch_in
from handlers.parsing.message_ids import find_ids

if TYPE_CHECKING:
    from handlers.blocks.message import Message
    from handlers.commands.declarations import View
    from handlers.interactions.interaction import Interaction


@dataclass(frozen=True, slots=True)
class FilledForm:
    """The filled form. ``act``: track or watch; ``channel``: may be empty; ``wrong``: sentences by field."""

    words: str
    act: str
    channel: str
    wrong: dict[str, str]


def read_form(values: dict[str, Any]) -> FilledForm:
    """Read the form's ``state.values``. The result has a sentence for each wrong field."""
    words = value_of(values, "orders", "value")
    act = value_of(values, "what", "selected_option") or "track"
    channel = value_of(values, "channel", "selected_conversation")
    wrong: dict[str, str] = {}
    if not find_ids({"text": words}).ids:
        wrong["orders"] = _(
            "There is no order ID or tracking number in it. Order IDs have 12 to 20 digits, such as "
            "2542285634920880794."
        )
    if act == "watch" and not channel:
        wrong["channel"] = _("Choose the channel in which the updates are posted.")
    return FilledForm(words, act, channel, wrong)


async def open_form(_interaction: Interaction, _nothing: Any) -> View:
    """Make the empty form."""
    return finder_form.form()


async def answer(interaction: Interaction, _subject: Any, filled: FilledForm) -> View:
    """Track or watch the orders. The form's next page is the answer."""
    return answer_page(await _carry_out(interaction, filled))


async def _carry_out(interaction: Interaction, filled: FilledForm) -> Message:
    message = {"text": filled.words}
    if filled.act != "watch":
        return await shortcuts.track_message(interaction, message)
    mentioned_ids = find_ids(message)
    outcome = await watch_in(interaction, mentioned_ids.ids, filled.channel, typed_in=f"<#{filled.channel}>")
    return outcome.followed_by(skipped(mentioned_ids)) if mentioned_ids.skipped else outcome


async def _channel(_interaction: Interaction, filled: FilledForm) -> Claim:
    """Claim the channel only for watching orders there: tracking them needs no channel."""
    return Claim(filled, (filled.channel,) if filled.act == "watch" else ())


CHOSEN = Subject("the channel chosen in the form, where it is to watch", _channel)

FEATURE = Feature(
    openers=(
        Opener("shortcut", action_ids.FIND_ORDERS, PERSON, open_form, answer_page),
        Opener("action", action_ids.FIND_ORDERS, PERSON, open_form, answer_page),
    ),
    forms=(Form(action_ids.FIND_ORDERS, CHOSEN, read_form, answer, finder_form.working, answer_page),),
)
