"""Creates the orders of a form: a call for each share, which is recorded, sent once, and looked for if it is lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.blocks.error_messages import platform_error
from handlers.blocks.i18n import _
from handlers.features.buying.quote import missing_ids, require_as_reviewed
from handlers.wire.errors import RequestError
from handlers.writing.cart_changes import cart_turn
from handlers.writing.order_verifiers import newest_orders
from handlers.writing.plans import Plan
from handlers.writing.writer import BusyError
from pandapon import purchases
from pandapon.carts import fen
from pandapon.errors import PandaPonError
from pandapon.purchases import Share, by_seller
from tracking.changes.orders import SKEW, Basket, OrderCreation, OrderedLine, target_of
from tracking.writes import OPEN, UNDONE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from handlers.interactions.context import Context
    from handlers.writing.plans import Act, Outcome
    from pandapon.carts import CartLine
    from pandapon.purchases import Receivers
    from tracking.flows import Flow, Ordering
    from tracking.writes import Write

RECENT = 100  # writes whose orders may not be in the account's list yet
UNCLEAR = 50  # unclear writes that are compared with a new order


async def started_writes(ctx: Context, flow: Flow) -> list[Write]:
    """Return the writes of a form that has ordered, or may have; it must not order again. Empty: it may order.

    Unclear writes are looked for. Raises StorageError.
    """
    writes = await ctx.store.writes.of_targets(target_of(flow.id))
    if all(write.state in UNDONE for write in writes):
        return []
    return [await ctx.writer.verify(write, flow.owner) for write in writes]


def sellers_without_call(flow: Flow, content: Ordering, writes: Sequence[Write]) -> list[str]:
    """Return the sellers whose calls were never made: the process ended between two calls of the purchase."""
    targets = {write.change.target for write in writes if write.change}
    shares = enumerate(purchases.shares(content.lines, _notes(content)))
    return [seller for at, share in shares if target_of(f"{flow.id}:{at}") not in targets for seller in share.sellers]


@dataclass(frozen=True, slots=True)
class OrderCreator:
    """A confirmed purchase, and how its orders are created.

    ``act_of``: makes the act of a call. ``approved_by``: the approver's Slack id; empty where none was needed.
    """

    ctx: Context
    flow: Flow
    content: Ordering
    receivers: Receivers
    act_of: Callable[[Flow, str], Act]
    approved_by: str = ""

    async def create_all(self) -> tuple[list[Outcome], list[str]]:
        """Create all orders, call by call. Returns the outcomes, and why the remaining calls were not made.

        Raises RequestError and PandaPonError where not even the first call could be planned.
        """
        outcomes: list[Outcome] = []
        for at, share in enumerate(purchases.shares(self.content.lines, _notes(self.content))):
            try:
                outcomes.append(await self._create(at, share))
            except (RequestError, PandaPonError) as error:  # from the planning: nothing was sent
                if not outcomes:
                    raise
                return outcomes, [_("The rest was not ordered: {reason}").format(reason=_reason(error))]
        return outcomes, []

    async def _create(self, at: int, share: Share) -> Outcome:
        form = f"{self.flow.id}:{at}"

        async def plan() -> Plan:
            return await self._plan(form, share)

        # In this turn the cart stays as it is, and no other form can create a similar order at the same time.
        async with cart_turn(self.ctx, share.platform):
            return await self.ctx.writer.make(self.act_of(self.flow, str(at)), target_of(form), plan, is_single=True)

    async def _plan(self, form: str, share: Share) -> Plan:
        """Plan the call. The plan lists the orders that exist already: a look for a lost answer leaves them out.

        Raises BusyError where a similar order is unclear, and what ``require_as_reviewed`` raises.
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
        await _require_no_similar(ctx, change, self.flow.owner)
        try:
            call = purchases.creation(share, self.receivers, outer_id)
        except ValueError:  # from pydantic: an id is missing
            raise missing_ids() from None
        return Plan(call, change, total, purchases.created_order_ids, self.approved_by)


async def _made_here(ctx: Context) -> set[str]:
    """The ids of the orders that the bot has made lately, which the account's list may not name yet."""
    return {order_id for write in (await ctx.store.writes.newest(0, RECENT))[0] for order_id in write.made}


async def _require_no_similar(ctx: Context, change: OrderCreation, reader: str) -> None:
    for write in await ctx.store.writes.unclear(UNCLEAR):
        is_similar = isinstance(write.change, OrderCreation) and write.change.resembles(change)
        if is_similar and (await ctx.writer.verify(write, reader)).state in OPEN:
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
    """The note to each seller; a note under an empty name is for all sellers."""
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
