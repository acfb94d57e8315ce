"""Stop watching orders in a channel, with Undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.access.permissions import Claim, Need
from handlers.access.subjects import Subject, button, rows
from handlers.blocks import action_ids
from handlers.blocks.help_page import ID, HelpPage
from handlers.blocks.i18n import _
from handlers.commands.declarations import Answer, Button, Command, Feature
from handlers.interactions.order_keys import resolve_order_keys
from handlers.parsing.options import read_options
from handlers.parsing.targets import take_channel, take_ids
from handlers.parsing.words import Verb
from handlers.requests import Unwatch, UnwatchAll
from handlers.watching import views
from handlers.watching.watch_all import is_about_all, read_unwatch_all
from handlers.wire import payloads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from storage.watch import Watch

ROWS = 500  # of one button, whose value Slack cuts at 2,000 characters


def read_unwatch(command: TypedCommand) -> Unwatch | UnwatchAll:
    """Read ``unwatch``. Without a valid id nothing is stopped. Raises UsageError."""
    if is_about_all(command):
        return read_unwatch_all(command)
    _options, words = read_options(command)
    where, words = take_channel(command, words)
    return Unwatch(take_ids(command, words, where), where.channel, where.shown)


async def unwatch(interaction: Interaction, request: Unwatch) -> Message:
    """Stop watching orders in a channel. Offers Undo; says which ids were not watched."""
    channel = request.channel or interaction.channel
    store, ids = interaction.ctx.store, request.ids
    keys = {text: await resolve_order_keys(store, text) for text in ids}
    each = list(dict.fromkeys(key for found in keys.values() for key in found))
    ended = await store.watches.end(interaction.ctx.clock(), channel, each, interaction.user)
    interaction.ctx.wake()
    done = {watch.key for watch in ended}
    missing = [text for text in ids if not done.intersection(keys[text])]
    return views.ended(ended, channel, missing, request.typed_in)


async def watch_again(interaction: Interaction, ended: Sequence[Watch]) -> Message:
    """Bring back watches that were just ended."""
    restored = await interaction.ctx.store.watches.restore(
        interaction.ctx.clock(), [watch.id for watch in ended], interaction.user
    )
    interaction.ctx.wake()
    return views.restored(restored, ended[0].channel if ended else interaction.channel)


async def perform(interaction: Interaction, request: Unwatch) -> Message:
    """What a button with the command asks for."""
    return await interaction.ctx.commands.perform(interaction, request)


async def _watches(interaction: Interaction, _given: Any) -> Claim:
    found = [await interaction.ctx.store.watches.get(row) for row in rows(payloads.value(interaction.body), most=ROWS)]
    watches = [watch for watch in found if watch]
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
    return [(f"/panda unwatch {ID}", _("stop that"))]


SYNONYMS = ("stop", "unfollow", "unsubscribe", "取消关注", "取关", "退订", "取消订阅")
UNWATCHING = button("the same, of a command that stops watching", Unwatch)
WATCHES = Subject("the watches whose numbers the button carries, and their channels", _watches)

FEATURE = Feature(
    commands=(Command(Verb("unwatch", SYNONYMS, ids_shown_by="watches"), read_unwatch, _help),),
    answers=(Answer(Unwatch, unwatch, Need.CHANGE),),
    buttons=(
        Button(action_ids.UNWATCH_HERE, UNWATCHING, perform),
        Button(action_ids.UNDO_WATCH, UNWATCHING, perform),
        Button(action_ids.UNDO_UNWATCH, WATCHES, watch_again),
    ),
    overview=_overview,
)
