"""Carries out an act on orders once, if the orders still allow it, and tells the channels that watch them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.order_acts import possible_acts
from handlers.blocks.parts import short_name
from handlers.blocks.punctuation import labelled
from handlers.blocks.write_words import DONE
from handlers.features.buying import acts_view
from handlers.features.buying.earlier_payments import require_as_shown
from handlers.features.buying.refusals import refusal
from handlers.interactions.announcing import announce
from handlers.wire.errors import RequestError
from pandapon.operations import orders as operations
from pandapon.shipment import OrderRef
from tracking.changes.order_acts import (
    Cancellation,
    OrderAct,
    PayLink,
    Payment,
    Receipt,
    WarehouseChange,
    orders_of,
)
from tracking.flows import MovedPrice
from tracking.messages import OrdersChanged
from tracking.writes import WriteState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.interactions.context import Context
    from handlers.writing.plans import Act, Outcome, Plan
    from pandapon.models import Order
    from tracking.flows import Acting

PAYING_ACTS = frozenset({"pay", "pay_all"})
_TOLD: dict[type[OrderAct], str] = {
    PayLink: "paid",
    Payment: "paid",
    Cancellation: "cancelled",
    Receipt: "received",
    WarehouseChange: "moved",
}


async def carry_out(ctx: Context, content: Acting, act: Act, plan: Plan) -> Outcome:
    """Do the act once, if the orders still allow it, and tell the channels that watch them.

    Raises RequestError where the orders do not allow it, PandaPonError where they cannot be read, and BusyError;
    nothing was sent then.
    """
    change = plan.change

    async def planned() -> Plan:
        now = await orders_now(ctx, content)
        require_possible(content.act, now)
        if content.act in PAYING_ACTS:
            await require_as_shown(ctx, content)
            _require_amount(now, plan)
        return plan

    is_single = isinstance(change, Cancellation | Receipt)
    outcome = await ctx.writer.make(act, change.target, planned, is_single=is_single)
    if outcome.write.state in DONE:
        await _tell(ctx, outcome, act.actor)
    return outcome


async def orders_now(ctx: Context, content: Acting) -> tuple[Order, ...]:
    """Read the orders again. Raises PandaPonError."""
    return tuple(await asyncio.gather(*(ctx.api.order(order.ref) for order in content.orders)))


def require_possible(act: str, orders: Sequence[Order]) -> None:
    """Check that the state of each order allows an act. Raises RequestError."""
    wanted = "pay" if act in PAYING_ACTS else act
    if other := next((order for order in orders if wanted not in possible_acts(order)), None):
        raise RequestError(labelled(short_name(other.ref), refusal(wanted, other).text))


def moved_totals(content: Acting, now: Sequence[Order]) -> tuple[MovedPrice, ...]:
    """The orders whose totals differ from those that the person was shown."""
    amounts = (
        MovedPrice(order.order_id, acts_view.total_fen([order]), acts_view.total_fen([new]))
        for order, new in zip(content.orders, now, strict=True)
    )
    return tuple(amount for amount in amounts if amount.before != amount.now)


def _require_amount(now: Sequence[Order], plan: Plan) -> None:
    """Check that the amount is still the one that was confirmed and approved. Raises RequestError."""
    if acts_view.total_fen(now) != plan.amount_fen:
        raise RequestError(_("The amount has changed this very moment, so nothing was paid. Open the form again."))


async def _tell(ctx: Context, outcome: Outcome, user: str) -> None:
    """Tell the channels that watch the orders. A pay link is told only if it paid at once."""
    change, paid_at_once = outcome.write.change, _has_paid(outcome)
    if not isinstance(change, OrderAct) or (isinstance(change, PayLink) and not paid_at_once):
        return
    ids = orders_of(change)
    keys = [OrderRef(change.platform, order_id).key for order_id in ids]
    watches = await ctx.store.watches.of_orders(keys)
    for channel in dict.fromkeys(watch.channel for watch in watches):
        await announce(ctx, channel, OrdersChanged(user, _TOLD[type(change)], ids))


def _has_paid(outcome: Outcome) -> bool:
    """Whether a request for a pay link has paid: its answer says so, or the order does where the answer was lost."""
    answer = outcome.answer
    is_paid = isinstance(answer, operations.PayUrl) and bool(answer.protocol_pay_success)
    return is_paid or outcome.write.state is WriteState.FOUND_DONE
