"""Where a parcel and an order stand: the most plausible highest, not the last row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pandapon.shipment import Milestone, Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pandapon.shipment import Parcel

M = Milestone
_NEVER = datetime.min.replace(tzinfo=UTC)
# A parcel on its way back moves and is "signed" too: by the seller.
_BACK = frozenset({M.RETURNING, M.RETURNED})
# Only these take back a delivery. A failed attempt after "signed" is not plausible.
_UNDO_DELIVERY = frozenset({M.EXCEPTION, M.RETURNING, M.RETURNED, M.LOST})
# An order's own status that outranks what its parcels say.
_ORDER_WINS = frozenset({M.CANCELLED, M.RETURNED, M.RETURNING})


def order_of(node: Node) -> tuple[datetime, int, str]:
    """The order of events: by time, then as the source counted, then by anything that is stable."""
    return node.at or _NEVER, node.sequence, node.identity


def parcel_milestone(nodes: Iterable[Node], status_milestone: Milestone | None) -> Milestone | None:
    """Where a parcel stands after all its entries, in whatever order they are given. None: nothing is known.

    Progress never goes back by itself. A problem is cleared by later progress; a return is not. The parcel's own
    status counts as an entry without a time: it can lead, and name a problem, but not undo.
    """
    place: Milestone | None = None
    best: Milestone | None = None
    for node in sorted(nodes, key=order_of):
        if node.milestone is not None:
            place, best = _after(place, best, node.milestone)
    return _with_status(place, status_milestone)


def order_milestone(order_status_milestone: Milestone | None, parcels: Sequence[Parcel]) -> Milestone | None:
    """Where an order stands: its least advanced parcel, a problem of any, the order's own status where that leads."""
    if order_status_milestone in _ORDER_WINS:
        return order_status_milestone
    places = [parcel.milestone for parcel in parcels if parcel.milestone is not None]
    problems = [place for place in places if place.is_problem]
    if problems:
        return _worst(places, problems)
    own = [order_status_milestone] if order_status_milestone else []
    if order_status_milestone is not None and order_status_milestone.is_problem:
        return order_status_milestone
    # A parcel about which nothing is known yet has at least been shipped with the order.
    known = [place if place is not None else M.SHIPPED for place in (parcel.milestone for parcel in parcels)]
    slowest = [min(known, key=_rank)] if known and places else []
    return max([*own, *slowest], key=_rank, default=None)


def _after(place: Milestone | None, best: Milestone | None, claim: Milestone) -> tuple[Milestone, Milestone | None]:
    """The place and the best progress so far, after one more entry."""
    if place in _BACK:
        return _going_back(claim, place), best
    if not claim.is_problem:
        best = claim if best is None or claim.rank > best.rank else best
        return best, best
    if place is M.DELIVERED and claim not in _UNDO_DELIVERY:
        return M.DELIVERED, best
    if claim in _BACK:
        return claim, None
    return claim, _before_delivery(best)


def _going_back(claim: Milestone, place: Milestone | None) -> Milestone:
    if claim in {M.DELIVERED, M.RETURNED} or place is M.RETURNED:
        return M.RETURNED
    return claim if claim in {M.LOST, M.EXCEPTION} and place is None else M.RETURNING


def _before_delivery(best: Milestone | None) -> Milestone | None:
    """A delivery that was taken back does not come back with the next scan."""
    return M.OUT_FOR_DELIVERY if best in {M.DELIVERED, M.READY_FOR_PICKUP} else best


def _with_status(place: Milestone | None, status: Milestone | None) -> Milestone | None:
    if status is None or place is None:
        return place or status
    if place.is_problem:
        return place
    if status.is_problem:
        return place if place is M.DELIVERED and status not in _UNDO_DELIVERY else status
    return max(place, status, key=_rank)


def _worst(places: Sequence[Milestone], problems: Sequence[Milestone]) -> Milestone:
    """One problem shows; parcels that are all over in a bad way show the way they ended."""
    return min(problems, key=_SEVERITY.index) if places else problems[0]


_SEVERITY = (M.LOST, M.EXCEPTION, M.ATTEMPT_FAILED, M.RETURNING, M.RETURNED, M.CANCELLED)


def _rank(milestone: Milestone) -> int:
    return milestone.rank
