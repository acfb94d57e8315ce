"""Where a parcel and an order stand: the most plausible highest, not the last row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pandapon.courier import read_entry
from pandapon.courier.fold import fold, precedes
from pandapon.shipment import FINAL, Milestone, Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pandapon.courier import Reading
    from pandapon.courier.fold import Way
    from pandapon.shipment import Parcel

M = Milestone
_NEVER = datetime.min.replace(tzinfo=UTC)
_RANK = {milestone: milestone.rank for milestone in Milestone}
# Only these take back a delivery. A failed attempt after "signed" is not plausible.
_UNDO_DELIVERY = frozenset({M.EXCEPTION, M.RETURNING, M.RETURNED, M.LOST})
# What a later delivery mends.
_MENDABLE = frozenset({M.ATTEMPT_FAILED, M.EXCEPTION})
_SEVERITY = (M.LOST, M.EXCEPTION, M.ATTEMPT_FAILED, M.RETURNING, M.RETURNED, M.CANCELLED)
# How an order shows a parcel that ended badly while others are still on their way: as a problem that is not the end.
_WHILE_OTHERS_MOVE = {M.RETURNED: M.RETURNING, M.LOST: M.EXCEPTION}


def order_of(node: Node) -> tuple[datetime, int, str]:
    """The order of events: by time, then as the source counted, then by anything that is stable."""
    return node.at or _NEVER, node.sequence, node.identity


def parcel_milestone(
    nodes: Iterable[Node], status_milestone: Milestone | None, ordered_at: datetime | None = None
) -> Milestone | None:
    """Where a parcel stands after all its entries, in whatever order they are given. None: nothing is known.

    The parcel's own status is a claim without a time: it can lead and name a problem, and mend one, but not undo.
    ``ordered_at``: aware time of the order; entries from before it claim nothing.
    """
    in_order = sorted(nodes, key=lambda one: (*order_of(one), one.milestone or ""))
    return place_after(in_order, status_milestone, ordered_at)


def place_after(
    nodes: Iterable[Node], status_milestone: Milestone | None, ordered_at: datetime | None = None
) -> Milestone | None:
    """The same for entries that are in the order of events."""
    ours = (_Scan(node) for node in nodes if not precedes(node.at, ordered_at))
    return _with_status(fold(ours), status_milestone)


def order_milestone(order_status_milestone: Milestone | None, parcels: Sequence[Parcel]) -> Milestone | None:
    """Where an order stands: its least advanced parcel, a problem of any, the order's own status where that leads.

    A consignment that was withdrawn counts only when there is no other. A buyer who confirmed the receipt has settled
    what went wrong on the way.
    """
    own = order_status_milestone
    if own is not None and own.is_problem:
        return own
    places = [parcel.milestone for parcel in parcels if parcel.milestone is not M.CANCELLED]
    if not places:
        return own or (M.CANCELLED if parcels else None)
    settled = _MENDABLE if own is M.DELIVERED else frozenset()
    problems = [place for place in places if place is not None and place.is_problem and place not in settled]
    if problems:
        return _worst(problems, is_over=all(place in FINAL for place in places))
    return max([claim for claim in (own, _slowest(places)) if claim is not None], key=_RANK.__getitem__, default=None)


@dataclass(frozen=True, slots=True)
class _Scan:
    """A stored entry. Its words are read again only where its milestone alone does not decide."""

    node: Node

    @property
    def milestone(self) -> Milestone | None:
        return self.node.milestone

    @property
    def reading(self) -> Reading:
        return read_entry(self.node.text, self.node.code)


def _with_status(way: Way, status: Milestone | None) -> Milestone | None:
    place = way.place
    if status is None or place is None:
        return place or status
    if place.is_problem:
        is_mended = status is M.DELIVERED and place in _MENDABLE and not way.was_delivered
        return status if is_mended else place
    if status.is_problem:
        return place if place is M.DELIVERED and status not in _UNDO_DELIVERY else status
    if place is M.READY_FOR_PICKUP:  # "signed" by the pick-up point, as the words of the scan say
        return place
    return max(place, status, key=_RANK.__getitem__)


def _slowest(places: Sequence[Milestone | None]) -> Milestone | None:
    """A parcel about which nothing is known yet has at least been shipped with the others."""
    if all(place is None for place in places):
        return None
    return min(
        (place if place is not None and not place.is_problem else M.SHIPPED for place in places), key=_RANK.__getitem__
    )


def _worst(problems: Sequence[Milestone], *, is_over: bool) -> Milestone:
    """Of several problems the one that most wants an eye."""
    shown = problems if is_over else [_WHILE_OTHERS_MOVE.get(problem, problem) for problem in problems]
    return min(shown, key=_SEVERITY.index)
