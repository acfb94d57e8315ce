"""The groups in which people read a list of orders: those that need somebody first, those that arrived last."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from pandapon.shipment import PROBLEMS, Milestone

# Somebody has to act on these, or to know of them: a problem, an end that nobody wanted, a parcel that lies ready.
NEEDS_ATTENTION = PROBLEMS | {Milestone.READY_FOR_PICKUP}
# Nobody has to act on these any more. Lists drop them when they have stood for so long.
OVER = frozenset({Milestone.DELIVERED, Milestone.CANCELLED})
OVER_FOR = timedelta(days=3)


class Group(StrEnum):
    """A group of orders in a list, in the order in which they are listed."""

    ATTENTION = "attention"
    ON_THE_WAY = "moving"
    DELIVERED = "delivered"


GROUPS = tuple(Group)


def group_of(milestone: Milestone | None, *, is_alarmed: bool = False) -> Group:
    """Return the group of an order.

    ``is_alarmed``: it has a live alarm or a refund that waits for the buyer, or a watch of it is paused.
    """
    if is_alarmed or milestone in NEEDS_ATTENTION:
        return Group.ATTENTION
    return Group.DELIVERED if milestone is Milestone.DELIVERED else Group.ON_THE_WAY
