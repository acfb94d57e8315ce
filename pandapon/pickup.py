"""The time until which a parcel that lies ready is to be picked up, where the texts of its scans state one."""

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
# What a reminder about a parcel that lies ready may be read as, since its words also tell of steps before that.
_STAYS = frozenset({M.READY_FOR_PICKUP, M.ARRIVED, M.SHIPPED, None})
_MAY_STATE = _STAYS | {M.ATTEMPT_FAILED}  # an attempt in vain, after which the parcel lies ready


def stated_deadline(text: str, at: datetime, since: datetime | None = None) -> datetime | None:
    """Return the moment (aware) until which the text asks to pick the parcel up; None: it states none, or not clearly.

    ``at`` (aware): the scan's time. ``since`` (aware): when the parcel was stored, from which a period of storage
    counts; None: with this scan, unless the text says that it was stored before. A day without a time of day lasts
    until 23:59 in China. A text that states two times states none clearly. The end of free storage counts where the
    text states nothing else.
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
    """Return the moment (aware) until which a parcel is to be picked up; None: it does not lie ready, or none is known.

    The latest text that states a time counts, back to the scan that stored the parcel. An extension of unknown length
    ends what was stated before it.
    """
    if parcel.milestone is not M.READY_FOR_PICKUP:
        return None
    return told_deadline(parcel.nodes)


def told_deadline(nodes: Sequence[Node]) -> datetime | None:
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
    """Return the earliest :func:`pick_up_by` of an order's parcels; None: none is known, or it does not lie ready."""
    if milestone is not M.READY_FOR_PICKUP:
        return None
    return min((end for parcel in parcels if (end := pick_up_by(parcel)) is not None), default=None)
