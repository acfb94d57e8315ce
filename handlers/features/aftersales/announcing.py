"""Tell the channels that watch an order who asked for a refund, and have the order read soon."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from handlers.interactions.announcing import announce
from pandapon.shipment import OrderRef
from storage.errors import StorageError
from tracking.changes.refunds import RefundAsked
from tracking.messages import RefundRequested

if TYPE_CHECKING:
    from handlers.interactions.context import Context
    from tracking.writes import Write

log = logging.getLogger(__name__)


async def announce_refund(ctx: Context, write: Write) -> None:
    """Queue a public line in each channel that watches the order.

    A StorageError is only logged: the refund has been asked for already.
    """
    change = write.change
    assert isinstance(change, RefundAsked)
    ref = OrderRef(change.platform, change.order_id)
    line = RefundRequested(write.actor, ref.key, change.title, change.fen, change.with_return)
    try:
        for channel in dict.fromkeys(watch.channel for watch in await ctx.store.watches.of_orders([ref.key])):
            await announce(ctx, channel, line)
        await read_soon(ctx, ref)
    except StorageError as error:
        log.warning("a refund was not announced", extra={"order": ref.key, "error": error})


async def read_soon(ctx: Context, ref: OrderRef) -> None:
    """Make a watched order due now, so that the next poll finds the new state of its refund. Raises StorageError."""
    await ctx.store.orders.mark_due([ref.key], ctx.clock(), whole=True)
