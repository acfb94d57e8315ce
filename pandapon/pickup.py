"""The deadline for picking up a parcel that lies ready, where the texts of its scans state one."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from pandapon.courier import read_entry
from pandapon.courier.normalization import normalize
from pandapon.courier.pickup_deadlines import deadlines, is_extended, is_stored_already
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pandapon.shipment import Node, Parcel

M = Milestone
# The claims of a reminder about a parcel that lies ready: its words also tell of earlier steps.
_STAYS = frozenset({M.READY_FOR_PICKUP, M.ARRIVED, M.SHIPPED, None})
_MAY_STATE = _STAYS | {M.ATTEMPT_FAILED}  # after a failed attempt the parcel lies ready as well


def stated_deadline(text: str, at: datetime, since: datetime | None = None) -> datetime | None:
    """Return the deadline (aware) for the pick-up that a scan's text states; None: it states none, or not clearly.

    ``at`` (aware): the scan's time. ``since`` (aware): when the parcel was stored, from which a period of storage
    counts; None: with this scan, unless the text says that it was stored before. A day without a time of day lasts
    until 23:59 in China. A text with two different deadlines is not clear. The end of free storage counts only where
    the text states no other deadline.
    """
    if read_entry(text).milestone not in _MAY_STATE:
        return None
    normalized = normalize(text)
    stored = at if since is None and not is_stored_already(normalized) else since
    ends = {
        (each.is_free, end) for each, time in deadlines(normalized) if (end := each.end(time, at, stored)) is not None
    }
    asked = {end for is_free, end in ends if not is_free} or {end for _, end in ends}
    return asked.pop() if len(asked) == 1 else None


def pick_up_by(parcel: Parcel) -> datetime | None:
    """Return the deadline (aware) for picking up a parcel; None: it does not lie ready, or no deadline is known.

    The latest text that states a deadline counts, back to the scan that stored the parcel. An extension of unknown
    length cancels the deadlines that were stated before it.
    """
    if parcel.milestone is not M.READY_FOR_PICKUP:
        return None
    return deadline_from_nodes(parcel.nodes)


def deadline_from_nodes(nodes: Sequence[Node]) -> datetime | None:
    """Return :func:`pick_up_by` for a parcel that lies ready after these nodes, oldest first."""
    stay = list(takewhile(lambda node: node.milestone in _MAY_STATE, reversed(nodes)))
    stored = [node.at for node in stay if node.milestone is M.READY_FOR_PICKUP and node.is_timed and node.at]
    for node in stay if stored else ():
        if node.at is None or not node.is_timed or node.at < stored[-1]:
            continue
        end = stated_deadline(node.text, node.at, stored[-1])
        if end is not None or is_extended(normalize(node.text)):
            return end
    return None


def earliest_pick_up(milestone: Milestone | None, parcels: Iterable[Parcel]) -> datetime | None:
    """Return the earliest deadline (aware) for picking up a parcel of an order; None: no deadline is known.

    ``milestone``: the order's; unless it is ready for pick-up, there is no deadline.
    """
    if milestone is not M.READY_FOR_PICKUP:
        return None
    return min((end for parcel in parcels if (end := pick_up_by(parcel)) is not None), default=None)
