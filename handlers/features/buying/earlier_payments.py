"""Earlier payments of orders that are still unpaid: a recent one bars another, and the review warns of an old one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.blocks import elements as el
from handlers.blocks.i18n import _
from handlers.blocks.parts import short_name
from handlers.blocks.people import name
from handlers.blocks.text import slack_date
from handlers.wire.errors import RequestError
from pandapon.shipment import OrderRef
from tracking.changes.order_acts import BARS_FOR, newest_payments, payments_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Block
    from handlers.interactions.context import Context
    from pandapon.models import Order
    from tracking.changes.order_acts import Submitted
    from tracking.flows import Acting

REMEMBERED = timedelta(days=60)  # no platform keeps an unpaid order for so long


async def earlier_payments(ctx: Context, orders: Sequence[Order]) -> tuple[Submitted, ...]:
    """The newest payment of each order that has one. The orders are of one platform."""
    payments = await ctx.store.writes.since(payments_of(orders[0].platform), ctx.clock() - REMEMBERED)
    return newest_payments([order.order_id for order in orders], payments)


async def require_payable(ctx: Context, orders: Sequence[Order]) -> tuple[Submitted, ...]:
    """The earlier payments of which the review warns.

    Raises RequestError for a payment so recent that the platform may still take the money, although the order's
    detail does not say so yet.
    """
    earlier = await earlier_payments(ctx, orders)
    if barring := next((each for each in earlier if each.bars(ctx.clock())), None):
        words = _(
            "{user} submitted this for payment already: {time}. Nothing was done. "
            "If it is still unpaid after {until}, you can pay it here again."
        )
        now, until = ctx.clock(), barring.at + BARS_FOR
        times = {"time": slack_date(barring.at, now), "until": slack_date(until, now)}
        raise RequestError(words.format(user=name(barring.by), **times))
    return earlier


async def require_as_shown(ctx: Context, content: Acting) -> None:
    """Check that no other form has submitted a payment since the review. Raises RequestError.

    The caller holds the turn in which no other payment of the platform can begin.
    """
    if await require_payable(ctx, content.orders) != content.submitted:
        raise RequestError(
            _("Another form has submitted this for payment since you saw it, so nothing was done. Open it again.")
        )


def warnings(content: Acting) -> list[Block]:
    """A warning for each earlier payment, for the review."""
    platform = content.orders[0].platform
    return [el.section(_warning(each, short_name(OrderRef(platform, each.order_id)))) for each in content.submitted]


def _warning(earlier: Submitted, order: str) -> str:
    at = slack_date(earlier.at, earlier.at)
    if not earlier.is_sure:
        words = _("⚠️ Nobody knows whether the payment of {order} was made: {time}. Check it before you pay again.")
        return words.format(order=order, time=at)
    words = _("⚠️ {user} submitted {order} for payment: {time}. It is still unpaid. Check why before you pay again.")
    return words.format(user=name(earlier.by), order=order, time=at)
