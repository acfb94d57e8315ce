"""Where a parcel and an order stand: the most plausible highest, not the last row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pandapon.courier import Reason, read_entry
from pandapon.courier.fold import fold, fold_with_reason, precedes
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
# A parcel that is seen there is scanned again before it ends.
_ON_ITS_WAY = frozenset({M.PICKED_UP, M.IN_TRANSIT, M.ARRIVED, M.OUT_FOR_DELIVERY})
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
    once = {(*order_of(node), node.milestone or ""): node for node in nodes}  # an entry that is given twice is one
    return place_after([once[key] for key in sorted(once)], status_milestone, ordered_at)


def place_after(
    nodes: Iterable[Node], status_milestone: Milestone | None, ordered_at: datetime | None = None
) -> Milestone | None:
    """The same for entries that are in the order of events."""
    ours = (_Scan(node) for node in nodes if not precedes(node.at, ordered_at))
    return _with_status(fold(ours), status_milestone)


def order_milestone(order_status_milestone: Milestone | None, parcels: Sequence[Parcel]) -> Milestone | None:
    """Where an order stands: its least advanced parcel, a problem of any, the order's own status where that leads.

    A consignment that was withdrawn counts only when there is no other. A platform that calls the order completed has
    settled what often gets no further scan: a problem, a parcel that lies ready or was never scanned. One that is seen
    on its way has not come by that: platforms complete orders by themselves after some days [inferred].
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
    if own is M.DELIVERED and (moving := [place for place in places if place in _ON_ITS_WAY]):
        return _slowest(moving)
    return max([claim for claim in (own, _slowest(places)) if claim is not None], key=_RANK.__getitem__, default=None)


def parcel_reason(parcel: Parcel, ordered_at: datetime | None = None) -> Reason | None:
    """Why a parcel stands at its problem or its end, as its entries say; None: it is at neither, or they do not say."""
    if not _has_reason(parcel.milestone):
        return None
    ours = (_Scan(node) for node in sorted(parcel.nodes, key=order_of) if not precedes(node.at, ordered_at))
    way = fold_with_reason(ours)
    return way.reason if way.place is parcel.milestone else None


def order_reason(
    milestone: Milestone | None, parcels: Sequence[Parcel], ordered_at: datetime | None = None
) -> Reason | None:
    """Why an order stands at its problem or its end: the reason of the first of its parcels that brings it there."""
    if milestone is None or not _has_reason(milestone):
        return None
    bringing = (parcel for parcel in parcels if _brings(parcel.milestone, milestone))
    return next((reason for parcel in bringing if (reason := parcel_reason(parcel, ordered_at))), None)


def told_reason(milestone: Milestone, nodes: Iterable[Node]) -> Reason | None:
    """The reason that the latest of these entries gives for a step there; None: none of them gives one."""
    telling = [node for node in nodes if _brings(node.milestone, milestone)] if _has_reason(milestone) else []
    reasons = (_Scan(node).reading.reason for node in sorted(telling, key=order_of, reverse=True))
    return next((one for one in reasons if one not in {None, Reason.OTHER}), None)


def _has_reason(place: Milestone | None) -> bool:
    return place is M.DELIVERED or (place is not None and place.is_problem)


def _brings(place: Milestone | None, milestone: Milestone) -> bool:
    return place is not None and milestone in {place, _WHILE_OTHERS_MOVE.get(place)}


@dataclass(slots=True)  # not frozen: each entry of each reading passes through one, and freezing doubles its price
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
