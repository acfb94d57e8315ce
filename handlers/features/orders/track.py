"""``track``: the parcels of an order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from handlers.blocks.help_page import ID, HelpPage
from handlers.blocks.i18n import _
from handlers.blocks.text import code
from handlers.commands.declarations import Answer, Command, Feature, HelpGroup, Overview
from handlers.features.orders.orders import read_back
from handlers.parsing.options import PLATFORMS, read_options
from handlers.parsing.targets import one_id
from handlers.parsing.words import Verb
from handlers.posts import tracking
from handlers.wire.requests import Track
from storage.watch import WatchState

if TYPE_CHECKING:
    from handlers.blocks.help_page import Example
    from handlers.blocks.message import Message
    from handlers.interactions.interaction import Interaction
    from handlers.parsing.typed_command import TypedCommand
    from storage.watch import Watch


def read_track(command: TypedCommand) -> Track:
    """Read ``track``. Raises UsageError."""
    options, words = read_options(command)
    text = one_id(command, words, waybills=True)
    return Track(text, options.platform, options.all_nodes, read_back(command, options))


async def track(interaction: Interaction, request: Track) -> Message:
    """Show every parcel with its milestone and its updates, newest first; the stored ones while PandaPon is asked.

    Raises the errors of ``Tracker.lookup``.
    """
    own = _own_zone(interaction)
    zone = own or (await interaction.ctx.store.channels.get(interaction.channel)).settings.zone
    show = partial(
        tracking.track, all_nodes=request.all_nodes, zone=zone, is_own_zone=own is not None, back=request.back
    )
    if stored := await interaction.ctx.tracker.stored(request.text, request.platform):
        interaction.pending.message = show(stored, interaction.ctx.clock())
    snapshot = await interaction.ctx.tracker.lookup(request.text, request.platform)
    watch = await _find_watch(interaction, snapshot.ref.key)
    return show(snapshot, interaction.ctx.clock(), watched_by=watch)


def _own_zone(interaction: Interaction) -> ZoneInfo | None:
    """The person's time zone; None where Slack did not tell it or this machine does not know it."""
    try:
        return ZoneInfo(interaction.ctx.people.of(interaction.user).time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


async def _find_watch(interaction: Interaction, key: str) -> Watch | None:
    """The live watch on this order in the channel where the person asks; None: the channel does not watch it."""
    watches = await interaction.ctx.store.watches.of_orders([key])
    live = (watch for watch in watches if watch.state is not WatchState.ENDED)
    return next((watch for watch in live if watch.channel == interaction.channel), None)


def _not_tracked(request: Track) -> str:
    return _("Couldn't track {id}").format(id=code(request.text))


def _help() -> HelpPage:
    return HelpPage(
        _("Track parcels"),
        _("Every parcel with the courier's updates, newest first."),
        (
            (f"/panda track {ID}", _("by order ID")),
            ("/panda track SF1234567890123", _("by tracking number")),
            (f"/panda track {ID} --all", _("with all updates")),
        ),
    )


def _overview() -> list[Example]:
    return [(f"/panda track {ID}", _("every parcel, by order ID or tracking number"))]


SYNONYMS = ("t", "trace", "where", "物流", "查物流", "追踪", "跟踪", "快递")

FEATURE = Feature(
    commands=(
        Command(
            Verb("track", SYNONYMS, PLATFORMS | {"all", "back"}, takes_one_id=True),
            read_track,
            _help,
            slash="order ID or tracking number",
        ),
    ),
    answers=(Answer(Track, track, failed=_not_tracked, is_repeatable=True),),
    overview=Overview(HelpGroup.FIND, _overview),
)
