"""``unwatch``: stop watching orders in a channel, with Undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim, Need
from handlers.access.subjects import Subject, button, rows
from handlers.blocks import action_ids
from handlers.blocks.help_page import ID, HelpPage
from handlers.blocks.i18n import _
from handlers.commands.declarations import Answer, Button, Command, Feature, HelpGroup, Overview
from handlers.features.watching import watch_views
from handlers.features.watching.watch_all import is_about_all, read_unwatch_all
from handlers.interactions.order_keys import resolve_order_keys
from handlers.parsing.options import read_options
from handlers.parsing.targets import take_channel, take_ids
from handlers.parsing.words import Verb
from handlers.posts.change_lines import changed_since
from handlers.wire import payloads
from handlers.wire.errors import OutdatedError
from handlers.wire.requests import Unwatch, UnwatchAll

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from storage.watch import Watch

MAX_WATCHES = 500  # watches of an Undo button: Slack limits its value to 2,000 characters


@dataclass(frozen=True, slots=True)
class EndedWatches:
    """The watches that an ``unwatch`` ended, from the value of its Undo button.

    ``at``: when they ended (aware); None: an earlier version made the button.
    """

    watches: list[Watch]
    at: datetime | None


def read_unwatch(command: TypedCommand) -> Unwatch | UnwatchAll:
    """Read ``unwatch``. Raises UsageError, also where there is no valid id."""
    if is_about_all(command):
        return read_unwatch_all(command)
    _options, words = read_options(command)
    where, words = take_channel(command, words)
    return Unwatch(take_ids(command, words, where), where.channel, where.shown)


async def unwatch(interaction: Interaction, request: Unwatch) -> Message:
    """Stop watching orders in a channel. The answer offers Undo, and names the ids that were not watched."""
    channel = request.channel or interaction.channel
    store, ids = interaction.ctx.store, request.ids
    keys_by_id = {text: await resolve_order_keys(store, text) for text in ids}
    keys = list(dict.fromkeys(key for same_id in keys_by_id.values() for key in same_id))
    ended = await store.watches.end(interaction.ctx.clock(), channel, keys, interaction.user)
    interaction.ctx.wake()
    ended_keys = {watch.key for watch in ended}
    missing = [text for text in ids if not ended_keys.intersection(keys_by_id[text])]
    return watch_views.ended(ended, channel, missing, request.typed_in)


async def undo_unwatch(interaction: Interaction, ended: EndedWatches) -> Message:
    """Restore watches that ``unwatch`` ended, but not those that somebody has ended again since then."""
    restored = await interaction.ctx.store.watches.restore(
        interaction.ctx.clock(), [watch.id for watch in ended.watches], interaction.user, ended.at
    )
    interaction.ctx.wake()
    return watch_views.restored(restored, ended.watches[0].channel if ended.watches else interaction.channel)


async def undo_watch(interaction: Interaction, begun: Sequence[Watch]) -> Message:
    """End watches that ``watch`` began. Later watches of the same orders go on."""
    ids = [watch.id for watch in begun]
    ended = await interaction.ctx.store.watches.end_by_id(interaction.ctx.clock(), ids, interaction.user)
    interaction.ctx.wake()
    return watch_views.ended(ended, ended[0].channel, []) if ended else changed_since()


async def unwatch_by_button(interaction: Interaction, request: Unwatch) -> Message:
    """Carry out the ``unwatch`` command of a pressed button."""
    return await interaction.ctx.commands.perform(interaction, request)


async def _ended(interaction: Interaction, _given: Any) -> Claim:
    ids, _blank, at = payloads.value(interaction.body).partition(" ")
    watches = await _watches(interaction, ids)
    return Claim(EndedWatches(watches, _time(at)), _channels(watches))


async def _begun(interaction: Interaction, _given: Any) -> Claim:
    watches = await _watches(interaction, payloads.value(interaction.body))
    return Claim(watches, _channels(watches))


async def _watches(interaction: Interaction, ids: str) -> list[Watch]:
    stored = [await interaction.ctx.store.watches.get(row) for row in rows(ids, most=MAX_WATCHES)]
    return [watch for watch in stored if watch]


def _channels(watches: Sequence[Watch]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(watch.channel for watch in watches))


def _time(text: str) -> datetime | None:
    """The time in a button's value; None for a button of an earlier version. Raises OutdatedError for other text."""
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise OutdatedError from error
    if at and at.tzinfo is None:
        raise OutdatedError
    return at


def _help() -> HelpPage:
    return HelpPage(
        _("Stop watching"),
        _("Stops for these orders in this channel, and offers Undo."),
        (
            (f"/panda unwatch {ID}", _("here")),
            (f"/panda unwatch {ID} in #purchasing", _("in another channel")),
            ("/panda unwatch all", _("end `watch all` and the watches that it added")),
        ),
    )


def _overview() -> list[Example]:
    return [(f"/panda unwatch {ID}", _("stop those updates"))]


SYNONYMS = ("stop", "unfollow", "unsubscribe", "取消关注", "取关", "退订", "取消订阅")
UNWATCHING = button("the channel that the button's unwatch command names, or in which it is pressed", Unwatch)
BEGUN = Subject("the watches whose numbers the button carries, and their channels", _begun)
ENDED = Subject("the watches whose numbers the button carries, and their channels", _ended)

FEATURE = Feature(
    commands=(Command(Verb("unwatch", SYNONYMS, ids_shown_by="watches"), read_unwatch, _help),),
    answers=(Answer(Unwatch, unwatch, Need.CHANGE),),
    buttons=(
        Button(action_ids.UNWATCH_HERE, UNWATCHING, unwatch_by_button),
        Button(action_ids.UNDO_WATCH, UNWATCHING, unwatch_by_button),
        Button(action_ids.END_NEW, BEGUN, undo_watch),
        Button(action_ids.UNDO_UNWATCH, ENDED, undo_unwatch),
    ),
    overview=Overview(HelpGroup.FOLLOW, _overview),
)
