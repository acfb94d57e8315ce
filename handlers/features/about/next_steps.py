"""The next steps of a team that buys: order the cart, pay the unpaid orders. Each step is one line with a button."""

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
    from pandapon.models import Order, Page

log = logging.getLogger(__name__)

SECONDS = 2.5  # PandaPon's time to answer: the person waits, and the rest of the message is ready
CART, UNPAID = 21, 22  # numbers of buttons


@dataclass(frozen=True, slots=True)
class Count:
    """A number of things; 0 where there are none or PandaPon did not answer. ``is_minimum``: there may be more."""

    n: int = 0
    is_minimum: bool = False


@dataclass(frozen=True, slots=True)
class NextSteps:
    """The things that wait to be bought: the products in the carts, and the unpaid orders."""

    in_cart: Count = Count()
    unpaid: Count = Count()

    def blocks(self) -> list[Block]:
        """A line with a button for each step; an empty list where nothing waits."""
        rows = []
        if self.in_cart.n:
            rows.append(el.section(_in_cart_words(self.in_cart), show_button(_("Order…"), CART, ShowCart())))
        if self.unpaid.n:
            rows.append(el.section(_unpaid_words(self.unpaid), show_button(_("Pay…"), UNPAID, ListOrders("unpaid"))))
        return rows


def _in_cart_words(count: Count) -> str:
    words = ngettext("🛒 {n} product is in the cart.", "🛒 {n} products are in the cart.", count.n)
    if count.is_minimum:
        words = ngettext(
            "🛒 At least {n} product is in the cart.", "🛒 At least {n} products are in the cart.", count.n
        )
    return words.format(n=number(count.n))


def _unpaid_words(count: Count) -> str:
    words = ngettext("💴 {n} order waits for payment.", "💴 {n} orders wait for payment.", count.n)
    if count.is_minimum:
        words = ngettext(
            "💴 At least {n} order waits for payment.", "💴 At least {n} orders wait for payment.", count.n
        )
    return words.format(n=number(count.n))


NO_STEPS = NextSteps()


async def read_next_steps(ctx: Context) -> NextSteps:
    """Ask PandaPon for both counts, for :data:`SECONDS` at most.

    A count is 0 where PandaPon does not answer in time. Both are 0 where the settings switch orders off.
    """
    if not ctx.gate.allows(WriteScope.ORDERS):
        return NO_STEPS
    in_cart, unpaid = await asyncio.gather(_in_time(_count_cart(ctx)), _in_time(_count_unpaid(ctx)))
    return NextSteps(in_cart, unpaid)


async def _in_time(count: Coroutine[Any, Any, Count]) -> Count:
    try:
        async with asyncio.timeout(budget.within(SECONDS)):
            return await count
    except (PandaPonError, TimeoutError) as error:
        log.info("next steps not known", extra={"error": error})
        return Count()


async def _count_cart(ctx: Context) -> Count:
    carts, errors = await ask_each(list(Platform), ctx.api.cart)
    return Count(sum(line.is_enabled for cart in carts.values() for line in cart), bool(errors))


async def _count_unpaid(ctx: Context) -> Count:
    pages, errors = await ask_each(
        list(Platform), lambda platform: ctx.api.orders(platform, status=order_states.code("unpaid", platform))
    )
    counts = [_count_page(page) for page in pages.values()]
    return Count(sum(count.n for count in counts), bool(errors) or any(count.is_minimum for count in counts))


def _count_page(page: Page[Order]) -> Count:
    """Count the unpaid orders of a list of which only the first page was read.

    The list's total counts only if every order of the page is unpaid: otherwise PandaPon ignored the filter.
    """
    n = sum(order.is_unpaid for order in page.items)
    if page.total is None:
        return Count(n, len(page.items) >= page.page_size)
    if n == len(page.items):
        return Count(max(n, page.total))
    return Count(n, page.total > len(page.items))
