"""Acts on an order: pay, cancel, confirm its receipt, change its warehouse. Pure.

Each act judges by the order's detail whether it was done, for the case that the answer to its call was lost. Its
``judge`` returns None while it is too early to tell; ``age`` is the time since the call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pandapon.milestones import fold_code
from pandapon.shipment import Milestone, Platform
from tracking.writes import ARRIVES_WITHIN, WriteState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.models import Order
    from tracking.writes import Write

# Taobao accepts a cancellation and closes the order later [upstream]; until then the order does not show it.
CLOSES_WITHIN = timedelta(minutes=10)
# An order shows a submitted payment only after a while [inferred]; until then, a missing payment proves nothing.
PAYS_WITHIN = timedelta(minutes=10)
# A submitted payment bars another payment of the order for so long. If the order is still unpaid after it, the payment
# failed, such as for lack of money in the account, and a person decides.
BARS_FOR = timedelta(hours=3)
_RECEIVED = frozenset({"confirmgoods", "success"})  # 1688's codes of an order whose receipt was confirmed


@dataclass(frozen=True, slots=True)
class PayLink:
    """A link to the page on which an order is paid. A standing agreement may pay the order at once."""

    platform: Platform
    order_id: str

    @property
    def target(self) -> str:
        """All payments of the platform: an unclear one lets no other begin."""
        return payments_of(self.platform)

    @property
    def subject(self) -> str:
        """The order's id."""
        return self.order_id

    @property
    def details(self) -> str:
        """The order."""
        return f"pay page of {self.order_id}"

    def judge(self, orders: Sequence[Order], age: timedelta) -> WriteState | None:
        """Return the state of an unclear request for a link: an order that is paid was paid by it."""
        if all(order.is_settled for order in orders):
            return WriteState.FOUND_DONE
        return None if age < ARRIVES_WITHIN else WriteState.FOUND_UNDONE


@dataclass(frozen=True, slots=True)
class Payment:
    """The payment of orders by the account's standing agreement."""

    platform: Platform
    order_ids: tuple[str, ...]
    total_fen: int | None = None

    @property
    def target(self) -> str:
        """All payments of the platform: an unclear one lets no other begin."""
        return payments_of(self.platform)

    @property
    def subject(self) -> str:
        """The orders' ids."""
        return ", ".join(self.order_ids)

    @property
    def details(self) -> str:
        """The orders."""
        return f"pay {self.subject}"

    def judge(self, orders: Sequence[Order], age: timedelta) -> WriteState | None:
        """Return the state of an unclear payment. If only some of the orders are paid, somebody else paid them."""
        paid = [order.is_settled for order in orders]
        if all(paid):
            return WriteState.FOUND_DONE
        if age < PAYS_WITHIN:
            return None
        return WriteState.UNKNOWABLE if any(paid) else WriteState.FOUND_UNDONE


@dataclass(frozen=True, slots=True)
class Submitted:
    """An earlier payment of an order, certain or possible. ``by``: Slack id of the person who submitted it."""

    order_id: str
    by: str
    at: datetime
    is_sure: bool = True  # False: it is unknown whether the payment was made

    def bars(self, now: datetime) -> bool:
        """Whether the platform may still take the money, so that no other payment may be submitted."""
        return self.is_sure and now - self.at < BARS_FOR


def newest_payments(order_ids: Sequence[str], payments: Sequence[Write]) -> tuple[Submitted, ...]:
    """Return the newest payment of each order that has one. ``payments``: certain or possible, the newest first."""
    newest = []
    for order_id in order_ids:
        write = next((each for each in payments if _pays(each, order_id)), None)
        if write:
            is_sure = write.state is not WriteState.UNKNOWABLE
            newest.append(Submitted(order_id, write.actor, write.begun_at, is_sure))
    return tuple(newest)


def _pays(write: Write, order_id: str) -> bool:
    return isinstance(write.change, Payment) and order_id in write.change.order_ids


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The cancellation of an unpaid order."""

    platform: Platform
    order_id: str
    reason: str

    @property
    def target(self) -> str:
        """The order's end."""
        return f"cancel:{self.platform.value}:{self.order_id}"

    @property
    def subject(self) -> str:
        """The order's id."""
        return self.order_id

    @property
    def details(self) -> str:
        """The order and the reason."""
        return f"cancel {self.order_id}: {self.reason}"

    def judge(self, orders: Sequence[Order], age: timedelta) -> WriteState | None:
        """Return the state of an unclear cancellation. Taobao closes the order some time after it accepts one."""
        if all(order.milestone is Milestone.CANCELLED for order in orders):
            return WriteState.FOUND_DONE
        if age < (CLOSES_WITHIN if self.platform is Platform.TAOBAO else ARRIVES_WITHIN):
            return None
        return WriteState.FOUND_UNDONE


@dataclass(frozen=True, slots=True)
class Receipt:
    """The confirmation that the goods of a 1688 order arrived; it releases the money to the seller."""

    platform: Platform
    order_id: str

    @property
    def target(self) -> str:
        """The order's receipt."""
        return f"receipt:{self.platform.value}:{self.order_id}"

    @property
    def subject(self) -> str:
        """The order's id."""
        return self.order_id

    @property
    def details(self) -> str:
        """The order."""
        return f"receipt of {self.order_id}"

    def judge(self, orders: Sequence[Order], age: timedelta) -> WriteState | None:
        """Return the state of an unclear confirmation."""
        if all(fold_code(order.status_code) in _RECEIVED for order in orders):
            return WriteState.FOUND_DONE
        return None if age < ARRIVES_WITHIN else WriteState.FOUND_UNDONE


@dataclass(frozen=True, slots=True)
class WarehouseChange:
    """Another forwarding warehouse for a Taobao order. Its address is not recorded."""

    platform: Platform
    order_id: str
    warehouse: str  # its name

    @property
    def target(self) -> str:
        """The order's warehouse."""
        return f"warehouse:{self.platform.value}:{self.order_id}"

    @property
    def subject(self) -> str:
        """The order's id."""
        return self.order_id

    @property
    def details(self) -> str:
        """The order and the warehouse's name."""
        return f"warehouse of {self.order_id}: {self.warehouse}"

    def judge(self, _orders: Sequence[Order], age: timedelta) -> WriteState | None:
        """Return the state of an unclear change: unknowable, since no reading of an order names its warehouse."""
        return None if age < ARRIVES_WITHIN else WriteState.UNKNOWABLE


OrderAct = PayLink | Payment | Cancellation | Receipt | WarehouseChange


def payments_of(platform: Platform) -> str:
    """Return the name of a platform's payments."""
    return f"pay:{platform.value}"


def orders_of(change: OrderAct) -> tuple[str, ...]:
    """Return the ids of the orders that an act concerns."""
    return change.order_ids if isinstance(change, Payment) else (change.order_id,)
