"""Creates the orders of a form: a call for each share, each recorded, sent once, and looked for where it was lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.blocks.error_messages import platform_error
from handlers.blocks.i18n import _
from handlers.features.buying.quote import lacking, require_as_reviewed
from handlers.wire.errors import RequestError
from handlers.writing.cart_changes import cart_turn
from handlers.writing.order_looks import newest_orders
from handlers.writing.writer import BusyError, Plan
from pandapon import purchases
from pandapon.carts import fen
from pandapon.errors import PandaPonError
from pandapon.purchases import Share, by_seller
from tracking.changes.orders import SKEW, Basket, OrderCreation, OrderedLine, target_of
from tracking.writes import OPEN, WriteState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from handlers.interactions.context import Context
    from handlers.writing.writer import Act, Outcome
    from pandapon.carts import CartLine
    from pandapon.purchases import Receivers
    from tracking.flows import Flow, Ordering
    from tracking.writes import Write

RECENT = 100  # writes whose orders may not be in the account's list yet
UNCLEAR = 50  # unclear writes that may be like this one
_UNDONE = frozenset({WriteState.REFUSED, WriteState.FOUND_UNDONE})


async def started(ctx: Context, flow: Flow) -> list[Write]:
    """Return what this form has ordered, or may have: then it orders no more. Unclear writes are looked for."""
    writes = await ctx.store.writes.of_targets(target_of(flow.id))
    if all(write.state in _UNDONE for write in writes):
        return []
    return [await ctx.writer.look(write, flow.owner) for write in writes]


def never_begun(flow: Flow, content: Ordering, writes: Sequence[Write]) -> list[str]:
    """Return the sellers of the calls that a purchase never made, because the process ended between two of them."""
    begun = {write.change.target for write in writes if write.change}
    shares = enumerate(purchases.shares(content.lines, _notes(content)))
    return [seller for at, share in shares if target_of(f"{flow.id}:{at}") not in begun for seller in share.sellers]


@dataclass(frozen=True, slots=True)
class Creating:
    """A confirmed purchase. ``act_of``: makes the act of a call. ``approved_by``: a Slack id; empty: nobody had to."""

    ctx: Context
    flow: Flow
    content: Ordering
    receivers: Receivers
    act_of: Callable[[Flow, str], Act]
    approved_by: str = ""

    async def create_all(self) -> tuple[list[Outcome], list[str]]:
        """Create all orders, one call after the other. Returns the outcomes, and why calls were not recorded."""
        outcomes: list[Outcome] = []
        for at, share in enumerate(purchases.shares(self.content.lines, _notes(self.content))):
            try:
                outcomes.append(await self._create(at, share))
            except (RequestError, PandaPonError) as error:  # of the reading before it: nothing was sent
                if not outcomes:
                    raise
                return outcomes, [_("The rest was not ordered: {reason}").format(reason=_reason(error))]
        return outcomes, []

    async def _create(self, at: int, share: Share) -> Outcome:
        form = f"{self.flow.id}:{at}"

        async def plan() -> Plan:
            return await self._plan(form, share)

        # A like order of another form must be known before this one is looked for, and the cart stays as it is.
        async with cart_turn(self.ctx, share.platform):
            return await self.ctx.writer.make(self.act_of(self.flow, str(at)), target_of(form), plan, is_single=True)

    async def _plan(self, form: str, share: Share) -> Plan:
        """Make the call, with the orders that stand already.

        Raises BusyError where a like order is unclear, and what ``require_as_reviewed`` raises.
        """
        ctx, since = self.ctx, self.ctx.clock()
        (known, _is_whole), _nothing = await asyncio.gather(
            newest_orders(ctx.api, share.platform, since - SKEW), require_as_reviewed(ctx, share)
        )
        outer_id = form.replace(":", "-") if purchases.takes_outer_id(share) else ""
        total = _total(share, self.content)
        change = OrderCreation(
            share.platform,
            form,
            tuple(_basket(part) for part in by_seller(share.lines)),
            since,
            total,
            outer_id,
            tuple(sorted({order.order_id for order in known} | await _made_here(ctx))),
        )
        await _require_no_like(ctx, change, self.flow.owner)
        try:
            call = purchases.creation(share, self.receivers, outer_id)
        except ValueError:  # pydantic's: an id is missing
            raise lacking() from None
        return Plan(call, change, total, purchases.created_order_ids, self.approved_by)


async def _made_here(ctx: Context) -> set[str]:
    """The orders that the bot has made lately: the account's list may name one only later."""
    return {order_id for write in (await ctx.store.writes.newest(0, RECENT))[0] for order_id in write.made}


async def _require_no_like(ctx: Context, change: OrderCreation, reader: str) -> None:
    for write in await ctx.store.writes.unclear(UNCLEAR):
        is_like = isinstance(write.change, OrderCreation) and write.change.resembles(change)
        if is_like and (await ctx.writer.look(write, reader)).state in OPEN:
            raise BusyError(
                _(
                    "An earlier order of the same products is still unclear, so I don't send another one. "
                    "Try again in a minute."
                )
            )


def _basket(lines: tuple[CartLine, ...]) -> Basket:
    return Basket(
        lines[0].seller,
        tuple(
            OrderedLine(
                line.title,
                line.variant,
                line.quantity,
                fen(line.price * line.quantity) if line.price is not None and line.quantity else None,
            )
            for line in lines
        ),
    )


def _notes(content: Ordering) -> dict[str, str]:
    """The words to each seller; one note without a seller is for all."""
    notes = dict(content.notes)
    common = notes.pop("", "")
    return {line.seller: notes.get(line.seller, common) for line in content.lines}


def _total(share: Share, content: Ordering) -> int | None:
    costs = [cost for cost in content.costs if cost.platform is share.platform and cost.seller in share.sellers]
    amounts = [cost.total if cost.total is not None else cost.goods for cost in costs]
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known and len(known) == len(amounts) else None


def _reason(error: Exception) -> str:
    return platform_error(error) if isinstance(error, PandaPonError) else str(error)
