"""Tracking every parcel of an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.blocks.help_page import ID, HelpPage
from handlers.blocks.i18n import _
from handlers.commands.declarations import Answer, Command, Feature
from handlers.parsing.options import PLATFORMS, read_options
from handlers.parsing.targets import one_id
from handlers.parsing.words import Verb
from handlers.posts import tracking
from handlers.requests import Track
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
    return Track(one_id(command, words, waybills=True), options.platform, options.all_nodes)


async def track(interaction: Interaction, request: Track) -> Message:
    """Every parcel, its milestone, its nodes newest first, and how fresh the data is."""
    if known := await interaction.ctx.tracker.stored(request.text, request.platform):
        interaction.meanwhile.message = tracking.track(known, interaction.ctx.clock(), all_nodes=request.all_nodes)
    look = await interaction.ctx.tracker.lookup(request.text, request.platform)
    watched = await watch_here(interaction, look.ref.key)
    return tracking.track(look, interaction.ctx.clock(), all_nodes=request.all_nodes, watched_by=watched)


async def watch_here(interaction: Interaction, key: str) -> Watch | None:
    """The live watch of this order in the turn's channel."""
    watches = await interaction.ctx.store.watches.of_orders([key])
    return next((w for w in watches if w.channel == interaction.channel and w.state is not WatchState.ENDED), None)


def _help() -> HelpPage:
    return HelpPage(
        _("Track parcels"),
        _("Every parcel with the courier's entries, newest first. Times are in your own time zone."),
        (
            (f"/panda track {ID}", _("by order id")),
            ("/panda track SF1234567890123", _("by waybill")),
            (f"/panda track {ID} --all", _("with all entries")),
        ),
    )


def _overview() -> list[Example]:
    return [(f"/panda track {ID}", _("every parcel, by order id or waybill"))]


SYNONYMS = ("t", "trace", "where", "物流", "查物流", "追踪", "跟踪", "快递")

FEATURE = Feature(
    commands=(
        Command(
            Verb("track", SYNONYMS, PLATFORMS | {"all"}, takes_one_id=True),
            read_track,
            _help,
            slash="order id or waybill",
        ),
    ),
    answers=(Answer(Track, track),),
    overview=_overview,
)
