"""Changes of the carts: planned from the present cart, made once, and looked for in the cart after a lost answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.writing.plans import Verdict
from tracking.changes.cart import judge, target_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractAsyncContextManager
    from datetime import timedelta

    from handlers.interactions.context import Context
    from handlers.writing.plans import Act, Outcome, Plan
    from pandapon.carts import CartLine
    from pandapon.client import PandaPon
    from pandapon.shipment import Platform
    from tracking.changes.cart import CartChange


@dataclass(frozen=True, slots=True)
class Variant:
    """The variant whose quantity is changed. ``sku_id`` and ``spec_id``: either, both or none may be known."""

    platform: Platform
    product_id: str
    sku_id: str = ""
    spec_id: str = ""

    def pieces(self, lines: Iterable[CartLine]) -> int:
        """The number of pieces of this variant in a cart's lines."""
        return sum(line.quantity for line in lines if self.has(line))

    def has(self, line: CartLine) -> bool:
        """Whether a line of a cart holds this variant."""
        return line.platform is self.platform and line.is_of(self.product_id, self.sku_id, self.spec_id)


def cart_turn(ctx: Context, platform: Platform) -> AbstractAsyncContextManager[None]:
    """Return the lock of a platform's cart, for changes of it and for orders from it, which take its present lines."""
    return ctx.writer.turn(f"cart-or-order:{platform.value}")


async def change_cart(
    ctx: Context, act: Act, variant: Variant, plan: Callable[[tuple[CartLine, ...]], Plan]
) -> Outcome:
    """Change a cart once. ``plan`` makes the call from the cart's present lines.

    Raises PandaPonError if the cart cannot be read, and then sends nothing. Raises the errors of :meth:`Writer.make`.
    """

    async def planned() -> Plan:
        return plan(await ctx.api.cart(variant.platform))

    target = target_of(variant.platform, variant.product_id, variant.sku_id, variant.spec_id)
    async with cart_turn(ctx, variant.platform):
        return await ctx.writer.make(act, target, planned)


async def verify(api: PandaPon, change: CartChange, age: timedelta) -> Verdict | None:
    """Look for an unclear change in the cart. Raises PandaPonError."""
    variant = Variant(change.platform, change.product_id, change.sku_id, change.spec_id)
    state = judge(change, variant.pieces(await api.cart(change.platform)), age)
    return Verdict(state) if state else None
