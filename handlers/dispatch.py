"""From a request to the answer it gets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from handlers import choices, orders, search, shipments, watches
from handlers.i18n import _
from handlers.outcomes import WrongPlatformError
from handlers.requests import (
    Help,
    ListOrders,
    ListWatches,
    Mute,
    Request,
    Search,
    ShowOrder,
    ShowSettings,
    Status,
    Track,
    Unmute,
    Unwatch,
    UnwatchAll,
    WatchAll,
    WatchOrders,
    Why,
)
from handlers.views import status
from handlers.views.help import help as help_view

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from handlers.turn import Turn
    from handlers.views.message import Message

LATELY = timedelta(hours=24)  # of pushed messages, for the status


async def perform(turn: Turn, request: Request) -> Message:
    """Do what was asked. Raises what handlers.errors explains."""
    try:
        return await _ANSWERS[type(request)](turn, request)
    except WrongPlatformError as error:
        if isinstance(request, ShowOrder | Track):
            error.try_ = f"/panda {replace(request, platform=error.ref.platform).command()}"
        raise


async def _status(turn: Turn, _request: Status) -> Message:
    ctx, now = turn.ctx, turn.ctx.clock()
    report = ctx.report()
    pushed = await _pushed(turn, now) if report.takes_pushes else None
    return status.status(await ctx.store.upkeep.health(now), report, now, pushed)


async def _pushed(turn: Turn, now: datetime) -> status.Pushed:
    counts, last = await turn.ctx.store.inbox.counts(now - LATELY)
    return status.Pushed(sum(counts.values()), counts.get("unknown order", 0), counts.get("unknown type", 0), last)


async def _help(_turn: Turn, request: Help) -> Message:
    return help_view(request.topic)


_ANSWERS: dict[type, Callable[[Turn, Any], Awaitable[Message]]] = {
    Search: lambda turn, request: search.search(turn.ctx, request),
    ShowOrder: orders.show,
    ListOrders: lambda turn, request: orders.listing(turn.ctx, request),
    Track: shipments.track,
    WatchOrders: watches.start,
    WatchAll: choices.watch_all,
    Unwatch: watches.stop,
    UnwatchAll: choices.unwatch_all,
    ListWatches: watches.listing,
    Mute: choices.mute,
    Unmute: choices.unmute,
    ShowSettings: choices.show,
    Why: choices.why,
    Status: _status,
    Help: _help,
}


def doing(request: Request) -> str:
    """What the working line says."""
    match request:
        case Search():
            return _("Searching…")
        case WatchOrders() | WatchAll():
            return _("Looking the orders up…")
        case _:
            return _("Asking PandaPon…")
