"""The next steps of a team that buys: a cart to be ordered, orders to be paid. Each is one line with its button."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.blocks import elements as el
from handlers.blocks import order_states
from handlers.blocks.i18n import _, ngettext
from handlers.blocks.locale_data import number
from handlers.blocks.parts import show_button
from handlers.interactions.platforms import ask_each
from handlers.wire.requests import ListOrders, ShowCart
from pandapon import budget
from pandapon.errors import PandaPonError
from pandapon.shipment import Platform
from tracking.write_policy import WriteScope

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from handlers.blocks.message import Block
    from handlers.interactions.context import Context

log = logging.getLogger(__name__)

SECONDS = 2.5  # that PandaPon has: the rest of the answer is ready
CART, UNPAID = 21, 22  # numbers of buttons


@dataclass(frozen=True, slots=True)
class Waiting:
    """The products in the carts, and the orders that are not paid. 0: none, or not known."""

    in_cart: int = 0
    unpaid: int = 0

    def blocks(self) -> list[Block]:
        """A line for each, with its button; none where nothing waits."""
        rows = []
        if self.in_cart:
            words = ngettext("🛒 {n} product is in the cart.", "🛒 {n} products are in the cart.", self.in_cart)
            row = el.section(words.format(n=number(self.in_cart)), show_button(_("Order…"), CART, ShowCart()))
            rows.append(row)
        if self.unpaid:
            words = ngettext("💴 {n} order waits for payment.", "💴 {n} orders wait for payment.", self.unpaid)
            row = el.section(words.format(n=number(self.unpaid)), show_button(_("Pay…"), UNPAID, ListOrders("unpaid")))
            rows.append(row)
        return rows


NOTHING = Waiting()


async def waiting(ctx: Context) -> Waiting:
    """Ask PandaPon for a moment. Where orders are switched off, or it does not answer, nothing is known."""
    if not ctx.gate.allows(WriteScope.ORDERS):
        return NOTHING
    in_cart, unpaid = await asyncio.gather(_in_time(_in_cart(ctx)), _in_time(_unpaid(ctx)))
    return Waiting(in_cart, unpaid)


async def _in_time(asked: Coroutine[Any, Any, int]) -> int:
    try:
        async with asyncio.timeout(budget.within(SECONDS)):
            return await asked
    except (PandaPonError, TimeoutError) as error:
        log.info("next steps not known", extra={"error": error})
        return 0


async def _in_cart(ctx: Context) -> int:
    carts, _errors = await ask_each(list(Platform), ctx.api.cart)
    return sum(line.is_enabled for cart in carts.values() for line in cart)


async def _unpaid(ctx: Context) -> int:
    pages, _errors = await ask_each(
        list(Platform), lambda platform: ctx.api.orders(platform, status=order_states.code("unpaid", platform))
    )
    return sum(order.is_unpaid for page in pages.values() for order in page.items)
