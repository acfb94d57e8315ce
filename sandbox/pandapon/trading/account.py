"""The account's state beside its orders: carts, addresses, refunds, vouchers, freight, and the remaining stock."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pandapon.shipment import Platform
from sandbox.pandapon.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from decimal import Decimal

    from sandbox.pandapon.trading.products import Sku
    from sandbox.pandapon.world import Line, SandboxOrder, World


@dataclass
class CartEntry:
    """One entry of a cart."""

    number: int
    sku: Sku
    quantity: int


@dataclass
class RefundCase:
    """A refund: the request, its messages and the return shipment. Its states are in ``SandboxOrder.refunds``."""

    refund_id: str
    order: SandboxOrder
    sub_order: str  # Taobao's sub-order; empty: 1688
    amount: Decimal
    reason: str
    description: str
    with_return: bool
    asked_at: datetime
    lines: tuple[int, ...] = ()  # the numbers of the order's lines, from 0; empty: all
    vouchers: list[str] = field(default_factory=list)
    messages: list[tuple[datetime, str, str]] = field(default_factory=list)  # when, who, words
    shipment: tuple[str, str] | None = None  # the carrier and number of the return


class Account:
    """The state of one account. ``pictures`` and ``pay_pages``: base addresses for the links in answers."""

    def __init__(self, world: World, clock: Callable[[], datetime]) -> None:
        self.world, self.clock = world, clock
        self.pictures = self.pay_pages = ""
        self.carts: dict[Platform, dict[int, CartEntry]] = {platform: {} for platform in Platform}
        self.addresses: dict[int, dict[str, Any]] = {}
        self.refunds: dict[str, RefundCase] = {}
        self.vouchers: list[str] = []
        self.freight: dict[str, Decimal] = {}  # the price of each preview, by its id
        self.outer_ids: set[str] = set()  # the callers' own numbers of their orders
        self.pays_at_once = False  # a standing agreement pays an order when its pay page is requested
        self.submitted: set[str] = set()  # orders that were submitted for payment
        self.skus: dict[tuple[str, str], Sku] = {}  # the ordered variants, by product id and the order's variant text
        self._taken: Counter[str] = Counter()  # pieces of each variant that were ordered
        self._numbers: Iterator[int] = itertools.count(1)

    def next_number(self) -> int:
        """Return a number that this account has not used yet."""
        return next(self._numbers)

    def stock(self, sku: Sku) -> int:
        """Return how many pieces of a variant remain."""
        return sku.stock - self._taken[sku.sku_id]

    def require_stock(self, sku: Sku, quantity: int) -> None:
        """Raise RefusedError if fewer pieces of a variant remain."""
        if quantity > self.stock(sku):
            raise RefusedError("STOCK_NOT_ENOUGH", f"库存不足，剩余 {self.stock(sku)} 件")

    def take(self, sku: Sku, quantity: int) -> None:
        """Take pieces from the stock; a negative quantity puts them back."""
        self.skus[(sku.goods.product_id, sku.variant)] = sku
        self._taken[sku.sku_id] += quantity

    def sku_of_line(self, line: Line) -> Sku | None:
        """Return the variant that was taken for a line; None for an order that the stand-in did not create."""
        return self.skus.get((line.picture, line.variant))

    def order(self, platform: Platform, order_id: str) -> SandboxOrder:
        """Return an order. Raises RefusedError for an unknown one, or one that is not created yet."""
        order = self.world.orders.get(order_id)
        if order is None or order.platform is not platform or order.created_at > self.clock():
            raise RefusedError("404", "订单不存在")
        return order
