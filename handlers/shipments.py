"""Tracking every parcel of an order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.views import tracking
from storage.watch import WatchState

if TYPE_CHECKING:
    from handlers.requests import Track
    from handlers.turn import Turn
    from handlers.views.message import Message
    from storage.watch import Watch


async def track(turn: Turn, request: Track) -> Message:
    """Every parcel, its milestone, its nodes newest first, and how fresh the data is."""
    if known := await turn.ctx.tracker.stored(request.text, request.platform):
        turn.meanwhile.message = tracking.track(known, turn.ctx.clock(), all_nodes=request.all_nodes)
    look = await turn.ctx.tracker.lookup(request.text, request.platform)
    watched = await watch_here(turn, look.ref.key)
    return tracking.track(look, turn.ctx.clock(), all_nodes=request.all_nodes, watched_by=watched)


async def watch_here(turn: Turn, key: str) -> Watch | None:
    """The live watch of this order in the turn's channel."""
    watches = await turn.ctx.store.watches.of_orders([key])
    return next((w for w in watches if w.channel == turn.channel and w.state is not WatchState.ENDED), None)
