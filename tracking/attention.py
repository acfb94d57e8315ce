"""The groups of a list of orders: orders that need somebody come first, and delivered orders last.

All lists follow these rules: the tabs of watches, the home, the digests and ``/panda orders attention``.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from pandapon.courier import Reason
from pandapon.shipment import FINAL, PROBLEMS, Milestone

if TYPE_CHECKING:
    from datetime import datetime

# Somebody has to act on these orders, or to know of them: a problem, an end that nobody wanted, a parcel that lies
# ready. An order that the buyer cancelled ended as WANTED: it needs nobody, and is over at once.
NEEDS_ATTENTION = PROBLEMS | {Milestone.READY_FOR_PICKUP}
WANTED = Reason.BY_BUYER
# A courier has the goods of these orders, or is about to get them.
UNDER_WAY = frozenset(
    {
        Milestone.SHIPPED,
        Milestone.PICKED_UP,
        Milestone.IN_TRANSIT,
        Milestone.ARRIVED,
        Milestone.OUT_FOR_DELIVERY,
    }
)
# An order that has been at its end for so long needs nobody, and lists drop it. Goods that were lost or came back can
# be claimed or sent again for a longer time.
OVER_FOR = timedelta(days=3)
LOSSES = frozenset({Milestone.LOST, Milestone.RETURNED})
LOST_FOR = timedelta(days=14)


class Group(StrEnum):
    """A group of orders in a list, in the order in which they are listed."""

    ATTENTION = "attention"
    WAITING = "waiting"  # for the payment, for the seller, or for a first known milestone
    ON_THE_WAY = "moving"
    DELIVERED = "delivered"


GROUPS = tuple(Group)


def group_of(milestone: Milestone | None, reason: Reason | None = None, *, is_pressing: bool = False) -> Group:
    """Return the group of an order that is not over. ``reason``: why the order is at a problem or an end.

    ``is_pressing``: the order has a live alarm, a paused watch, a payment that is due or a refund that waits for the
    buyer.
    """
    if is_pressing or (milestone in NEEDS_ATTENTION and reason is not WANTED):
        return Group.ATTENTION
    if milestone is Milestone.DELIVERED:
        return Group.DELIVERED
    return Group.ON_THE_WAY if milestone in UNDER_WAY else Group.WAITING


def is_over(milestone: Milestone | None, since: datetime | None, now: datetime, reason: Reason | None = None) -> bool:
    """Whether an order has been at its end for so long that it needs nobody.

    ``since`` (aware): when it was first seen at its end; None: the bot never followed the order. ``reason``: why it is
    at that end; an order that the buyer cancelled is over at once.
    """
    if milestone in FINAL and reason is WANTED:
        return True
    return milestone in FINAL and (since is None or now - since >= (LOST_FOR if milestone in LOSSES else OVER_FOR))
