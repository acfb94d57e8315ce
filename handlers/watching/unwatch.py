"""``unwatch``: stop watching orders in a channel, with Undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim, Need
from handlers.access.subjects import Subject, button, rows
from handlers.blocks import action_ids
from handlers.blocks.help_page import ID, HelpPage
from handlers.blocks.i18n import _
from handlers.commands.declarations import Answer, Button, Command, Feature, HelpGroup, Overview
from handlers.interactions.order_keys import resolve_order_keys
from handlers.parsing.options import read_options
from handlers.parsing.targets import take_channel, take_ids
from handlers.parsing.words import Verb
from handlers.watching import views
from handlers.watching.watch_all import is_about_all, read_unwatch_all
from handlers.wire import payloads
from handlers.wire.requests import Unwatch, UnwatchAll

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from storage.watch import Watch

ROWS = 500  # watches of one Undo button, whose value Slack limits to 2,000 characters


def read_unwatch(command: TypedCommand) -> Unwatch | UnwatchAll:
    """Read ``unwatch``. Raises UsageError, also where there is no valid id."""
    if is_about_all(command):
        return read_unwatch_all(command)
    _options, words = read_options(command)
    where, words = take_channel(command, words)
    return Unwatch(take_ids(command, words, where), where.channel, where.shown)


async def unwatch(interaction: Interaction, request: Unwatch) -> Message:
    """Stop watching orders in a channel. Offers Undo, and names the ids that were not watched."""
    channel = request.channel or interaction.channel
    store, ids = interaction.ctx.store, request.ids
    keys_by_id = {text: await resolve_order_keys(store, text) for text in ids}
    keys = list(dict.fromkeys(key for same_id in keys_by_id.values() for key in same_id))
    ended = await store.watches.end(interaction.ctx.clock(), channel, keys, interaction.user)
    interaction.ctx.wake()
    ended_keys = {watch.key for watch in ended}
    missing = [text for text in ids if not ended_keys.intersection(keys_by_id[text])]
    return views.ended(ended, channel, missing, request.typed_in)


async def undo_unwatch(interaction: Interaction, ended: Sequence[Watch]) -> Message:
    """Restore watches that ``unwatch`` ended."""
    restored = await interaction.ctx.store.watches.restore(
        interaction.ctx.clock(), [watch.id for watch in ended], interaction.user
    )
    interaction.ctx.wake()
    return views.restored(restored, ended[0].channel if ended else interaction.channel)


async def unwatch_by_button(interaction: Interaction, request: Unwatch) -> Message:
    """Carry out the ``unwatch`` command of a pressed button."""
    return await interaction.ctx.commands.perform(interaction, request)


async def _watches(interaction: Interaction, _given: Any) -> Claim:
    ids = rows(payloads.value(interaction.body), most=ROWS)
    stored = [await interaction.ctx.store.watches.get(row) for row in ids]
    watches = [watch for watch in stored if watch]
    return Claim(watches, tuple(dict.fromkeys(watch.channel for watch in watches)))


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
WATCHES = Subject("the watches whose numbers the button carries, and their channels", _watches)

FEATURE = Feature(
    commands=(Command(Verb("unwatch", SYNONYMS, ids_shown_by="watches"), read_unwatch, _help),),
    answers=(Answer(Unwatch, unwatch, Need.CHANGE),),
    buttons=(
        Button(action_ids.UNWATCH_HERE, UNWATCHING, unwatch_by_button),
        Button(action_ids.UNDO_WATCH, UNWATCHING, unwatch_by_button),
        Button(action_ids.UNDO_UNWATCH, WATCHES, undo_unwatch),
    ),
    overview=Overview(HelpGroup.FOLLOW, _overview),
)
