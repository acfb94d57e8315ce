"""The creation of orders, and the judgement by the order list on a creation whose answer was lost. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pandapon.shipment import Platform  # noqa: TC001  pydantic reads this annotation when the program runs
from tracking.writes import ARRIVES_WITHIN, WriteState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pandapon.models import Item, Order

_VALUE = re.compile(r"[^\s/;；,，:：|]+")  # of a variant's text, such as "红色 / M"
# The order list may lag behind the orders: within this time a list without the order proves nothing [inferred].
LISTED_WITHIN = timedelta(minutes=10)
SKEW = timedelta(minutes=10)  # between PandaPon's clock and this machine's; PandaPon refuses calls with a larger skew


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """One line of a new order. ``amount_fen`` None: its price is not known."""

    title: str
    variant: str
    quantity: int
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Basket:
    """The lines of one seller, which become one order."""

    seller: str
    lines: tuple[OrderedLine, ...]


@dataclass(frozen=True, slots=True)
class OrderCreation:
    """The creation of one order for each basket, by one call.

    ``form``: the opaque id of the form, with the number of the call in it. ``outer_id``: the bot's own number of the
    order, where the platform takes one. ``known``: the ids of the account's newest orders just before the call.
    ``since``: the time of the call (aware).
    """

    platform: Platform
    form: str
    baskets: tuple[Basket, ...]
    since: datetime
    total_fen: int | None = None
    outer_id: str = ""
    known: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """The form, which orders only once."""
        return target_of(self.form)

    @property
    def subject(self) -> str:
        """The platform and the number of sellers."""
        return f"{self.platform.value} × {len(self.baskets)}"

    @property
    def details(self) -> str:
        """Seller, product, variant and quantity of each line."""
        return "; ".join(
            f"{basket.seller}: {' / '.join(part for part in (line.title, line.variant) if part)} × {line.quantity}"
            for basket in self.baskets
            for line in basket.lines
        )

    def resembles(self, other: OrderCreation) -> bool:
        """Whether an order of this creation could be taken for an order of the other creation."""
        mine = {_contents(basket.lines) for basket in self.baskets}
        return self.platform is other.platform and any(_contents(basket.lines) in mine for basket in other.baskets)


def target_of(form: str) -> str:
    """Return the target of a form's call; see :attr:`OrderCreation.target`."""
    return f"order:{form}"


def judge(
    change: OrderCreation, seen: Iterable[Order], age: timedelta, *, is_whole: bool
) -> tuple[WriteState, tuple[str, ...]] | None:
    """Return the state of an unclear creation, with the ids of its orders; None: it is too early to tell.

    ``seen``: the account's newest orders. ``is_whole``: they include every order made since the call. A new order that
    differs from the wanted one may still be the wanted one, so only a person can tell (UNKNOWABLE).
    """
    new = [order for order in seen if order.order_id not in change.known and _is_in_time(order, change.since)]
    own = [order for order in new if change.outer_id and order.outer_id == change.outer_id]
    if own and (len(own) == len(change.baskets) or age >= ARRIVES_WITHIN):
        return WriteState.FOUND_DONE, tuple(order.order_id for order in own)
    if ids := _matched(change.baskets, own or new):
        return WriteState.FOUND_DONE, ids
    if age < LISTED_WITHIN:
        return None
    return (WriteState.UNKNOWABLE if new or not is_whole else WriteState.FOUND_UNDONE), ()


def _is_in_time(order: Order, since: datetime) -> bool:
    return order.created_at is None or order.created_at >= since - SKEW


def _matched(baskets: Sequence[Basket], orders: Sequence[Order]) -> tuple[str, ...]:
    """The id of each basket's order; empty where a basket has no order, or several."""
    ids = []
    for basket in baskets:
        like = [order for order in orders if is_like(basket, order)]
        if len(like) > 1:  # sellers have several names each, so their names only choose among like orders
            like = [order for order in like if order.seller == basket.seller]
        if len(like) != 1 or like[0].order_id in ids:
            return ()
        ids.append(like[0].order_id)
    return tuple(ids)


def is_like(basket: Basket, order: Order) -> bool:
    """Whether an order has exactly the products and quantities of a basket, and may have its variants.

    Sellers have several names each, so they are not compared.
    """
    items = Counter((item.title.strip(), item.quantity or 0) for item in order.items)
    return _contents(basket.lines) == frozenset(items.items()) and all(
        any(_may_be(line, item) for item in order.items) for line in basket.lines
    )


def _may_be(line: OrderedLine, item: Item) -> bool:
    """Whether an order's item may be this line's variant. Either text may hold the properties' names, too."""
    wanted, sent = (frozenset(_VALUE.findall(text.casefold())) for text in (line.variant, item.variant))
    is_same = line.title.strip() == item.title.strip() and line.quantity == item.quantity
    return is_same and (wanted <= sent or sent <= wanted)


def _contents(lines: Iterable[OrderedLine]) -> frozenset[tuple[tuple[str, int], int]]:
    return frozenset(Counter((line.title.strip(), line.quantity) for line in lines).items())
