"""The events that a visitor can let happen to an order with the demo's controls."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from sandbox.pandapon import happenings

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.pandapon.world import SandboxOrder, World

NO_SUCH_ORDER = "The account has no order {order}."
STALL = timedelta(days=6)
BY_HAND = 500_000  # the first number of orders that visitors create; the demo's own new orders have lower numbers


class ImpossibleError(Exception):
    """The event cannot happen to this order. The message is a sentence for the person.

    The page translates the sentence, and then fills in the values.
    """

    def __init__(self, sentence: str, **values: str) -> None:
        super().__init__(sentence)
        self.values = values


def _stall(world: World, order_id: str) -> tuple[str, str]:
    order = _order(world, order_id)
    if not happenings.stall(order, world.clock(), STALL):
        raise ImpossibleError("No scan of this order is still to come, so it cannot stall. Choose another one.")
    return (
        order_id,
        "No courier scans {order} for the next six days. Where it is watched, an alert comes after two or three.",
    )


def _change_price(world: World, order_id: str) -> tuple[str, str]:
    order = _order(world, order_id)
    happenings.change_price(order, world.clock())
    return order_id, "The seller has taken 8 % off {order}."


def _refund(world: World, order_id: str) -> tuple[str, str]:
    order = _order(world, order_id)
    if order.refunds:
        raise ImpossibleError("This order has a refund already. Choose another one.")
    happenings.refund(order, world.clock())
    return order_id, "A refund of {order} has been requested. The seller pays it in six hours."


def _new_order(world: World, _order_id: str) -> tuple[str, str]:
    number = BY_HAND + len(world.orders)
    order = happenings.new_order(random.Random(number), number, world.clock(), "delivered")
    world.add_order(order)
    return order.order_id, "Order {order} has been placed. Channels with `watch all` get a card."


def _order(world: World, order_id: str) -> SandboxOrder:
    if order_id not in world.orders:
        raise ImpossibleError(NO_SUCH_ORDER, order=order_id)
    return world.orders[order_id]


# Each event changes the world. It returns the order's id, and a sentence in which {order} stands for the id.
EVENTS: dict[str, Callable[[World, str], tuple[str, str]]] = {
    "stall": _stall,
    "price": _change_price,
    "refund": _refund,
    "new_order": _new_order,
}
