"""From a request to the answer it gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import orders, search, shipments, watches
from handlers.i18n import _
from handlers.requests import (
    Help,
    ListOrders,
    ListWatches,
    Request,
    Search,
    ShowOrder,
    Status,
    Track,
    Unwatch,
    WatchOrders,
)
from handlers.views import status
from handlers.views.help import help as help_view

if TYPE_CHECKING:
    from handlers.turn import Turn
    from handlers.views.message import Message


async def perform(turn: Turn, request: Request) -> Message:  # noqa: PLR0911  one line a request
    """Do what was asked. Raises what handlers.errors explains."""
    match request:
        case Search():
            return await search.search(turn.ctx, request)
        case ShowOrder():
            return await orders.show(turn.ctx, request)
        case ListOrders():
            return await orders.listing(turn.ctx, request)
        case Track():
            return await shipments.track(turn, request)
        case WatchOrders():
            return await watches.start(turn, request)
        case Unwatch():
            return await watches.stop(turn, request)
        case ListWatches():
            return await watches.listing(turn, request)
        case Status():
            return status.status(await turn.ctx.store.health(turn.ctx.clock()), turn.ctx.report(), turn.ctx.clock())
        case Help():
            return help_view(request.topic)


def doing(request: Request) -> str:
    """What the working line says."""
    match request:
        case Search():
            return _("Searching…")
        case WatchOrders():
            return _("Looking the orders up…")
        case _:
            return _("Asking PandaPon…")
