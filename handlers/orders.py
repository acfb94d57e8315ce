"""One order, and the account's orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.order_states import code
from handlers.search import from_each
from handlers.views import orders
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from handlers.context import Context
    from handlers.requests import ListOrders, ShowOrder
    from handlers.turn import Turn
    from handlers.views.message import Message

PAGE_SIZE = 10  # orders on a page; halved when both platforms share it


async def show(turn: Turn, request: ShowOrder) -> Message:
    """Status, amounts, items, seller and parcels of one order."""
    ctx = turn.ctx
    if known := await ctx.tracker.stored(request.order_id, request.platform):
        turn.meanwhile.message = orders.detail(known, ctx.clock())
    look = await ctx.tracker.lookup(request.order_id, request.platform)
    return orders.detail(look, ctx.clock())


async def listing(ctx: Context, request: ListOrders) -> Message:
    """One page of the account's orders, newest first as the API gives them."""
    platforms = [request.platform] if request.platform else list(Platform)
    pages, errors = await from_each(
        platforms,
        lambda platform: ctx.api.orders(
            platform, status=code(request.status, platform), page=request.page, page_size=PAGE_SIZE // len(platforms)
        ),
    )
    known = await ctx.tracker.listed([order for page in pages.values() for order in page.items])
    return orders.listing(request, pages, errors, known)
