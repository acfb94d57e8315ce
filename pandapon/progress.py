"""The milestone of a parcel and of an order: the highest plausible one, not that of the last scan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pandapon.courier import Reason, read_entry
from pandapon.courier.entry_order import since_order
from pandapon.courier.parcel_state import state_of, state_with_reason
from pandapon.milestones import folded
from pandapon.shipment import FINAL, Milestone, Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pandapon.courier import Reading
    from pandapon.courier.parcel_state import ParcelState
    from pandapon.models import Order
    from pandapon.shipment import Parcel

M = Milestone
_NEVER = datetime.min.replace(tzinfo=UTC)
_RANK = {milestone: milestone.rank for milestone in Milestone}
# Only these take back a delivery. A failed attempt after "signed" is not plausible.
_UNDO_DELIVERY = frozenset({M.EXCEPTION, M.RETURNING, M.RETURNED, M.LOST})
# A later delivery ends these problems.
_MENDABLE = frozenset({M.ATTEMPT_FAILED, M.EXCEPTION})
_SEVERITY = (M.LOST, M.EXCEPTION, M.ATTEMPT_FAILED, M.RETURNING, M.RETURNED, M.CANCELLED)
# A parcel at one of these is scanned again before its end.
_ON_ITS_WAY = frozenset({M.PICKED_UP, M.IN_TRANSIT, M.ARRIVED, M.OUT_FOR_DELIVERY})
# Why the platforms close an order that its buyer did not want, folded: 1688's reason and who closed it [upstream].
BUYERS = frozenset({"buyercancel", "closetradebybuyer"})
# While other parcels move, a parcel that ended badly counts in its order as a problem that is not the end.
_WHILE_OTHERS_MOVE = {M.RETURNED: M.RETURNING, M.LOST: M.EXCEPTION}


def order_of(node: Node) -> tuple[datetime, int, str]:
    """Return the sort key of events: by time, then by the sequence of the source, then by identity."""
    return node.at or _NEVER, node.sequence, node.identity


def parcel_milestone(
    nodes: Iterable[Node], status_milestone: Milestone | None, ordered_at: datetime | None = None
) -> Milestone | None:
    """Return the milestone of a parcel after all its nodes, which come in any order; None: unknown. Pure.

    The parcel's own status is a claim without a time: it can be ahead of the nodes, name a problem or end one, but not
    take a milestone back. ``ordered_at``: aware time of the order; nodes from before it claim nothing.
    """
    once = {(*order_of(node), node.milestone or ""): node for node in nodes}  # an entry that is given twice is one
    return place_after([once[key] for key in sorted(once)], status_milestone, ordered_at)


def place_after(
    nodes: Sequence[Node], status_milestone: Milestone | None, ordered_at: datetime | None = None
) -> Milestone | None:
    """Return the same as :func:`parcel_milestone` for nodes in the order of events. Pure."""
    return _with_status(state_of(since_order(nodes, ordered_at), _Scan), status_milestone)


def order_milestone(order_status_milestone: Milestone | None, parcels: Sequence[Parcel]) -> Milestone | None:
    """Return the milestone of an order: the problem of a parcel, else the least advanced parcel or the own status.

    Of the last two the more advanced counts. A cancelled parcel counts only if there is no other. A platform that calls
    the order completed settles parcels that often get no further scan: at a problem, ready for pick-up, never scanned.
    It does not settle a parcel that is seen on its way: platforms complete orders after some days by themselves
    [inferred].
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
    """Return why a parcel is at its problem or delivered, by its nodes; None: it is at neither, or none says why."""
    if not _has_reason(parcel.milestone):
        return None
    ours = since_order(sorted(parcel.nodes, key=order_of), ordered_at)
    state = state_with_reason(_Scan(node) for node in ours)
    return state.reason if state.milestone is parcel.milestone else None


def order_reason(milestone: Milestone | None, parcels: Sequence[Parcel], order: Order | None) -> Reason | None:
    """Return why an order is at its problem or delivered: its buyer, or the first parcel that brings it there."""
    if milestone is None or not _has_reason(milestone):
        return None
    if closing := closing_reason(milestone, order):
        return closing
    ordered_at = order.created_at if order else None
    bringing = (parcel for parcel in parcels if _brings(parcel.milestone, milestone))
    return next((reason for parcel in bringing if (reason := parcel_reason(parcel, ordered_at))), None)


def closing_reason(milestone: Milestone | None, order: Order | None) -> Reason | None:
    """Return why an order was cancelled, as far as that tells whether anybody wanted it; None: it does not."""
    is_buyers = order is not None and folded(order.close_reason) in BUYERS
    return Reason.BY_BUYER if milestone is M.CANCELLED and is_buyers else None


def told_reason(milestone: Milestone, nodes: Iterable[Node]) -> Reason | None:
    """Return the reason that the latest of these nodes gives for a step to ``milestone``; None: none gives one."""
    telling = [node for node in nodes if _brings(node.milestone, milestone)] if _has_reason(milestone) else []
    reasons = (_Scan(node).reading.reason for node in sorted(telling, key=order_of, reverse=True))
    return next((reason for reason in reasons if reason not in {None, Reason.OTHER}), None)


def _has_reason(place: Milestone | None) -> bool:
    return place is M.DELIVERED or (place is not None and place.is_problem)


def _brings(place: Milestone | None, milestone: Milestone) -> bool:
    return place is not None and milestone in {place, _WHILE_OTHERS_MOVE.get(place)}


@dataclass(slots=True)  # not frozen, which doubles the cost: many nodes of every reading pass through one
class _Scan:
    """A node. Its words are read again only where its milestone alone does not decide."""

    node: Node

    @property
    def milestone(self) -> Milestone | None:
        return self.node.milestone

    @property
    def reading(self) -> Reading:
        return read_entry(self.node.text, self.node.code)


def _with_status(state: ParcelState, status: Milestone | None) -> Milestone | None:
    place = state.milestone
    if status is None or place is None:
        return place or status
    if place.is_problem:
        is_mended = status is M.DELIVERED and place in _MENDABLE and not state.was_delivered
        return status if is_mended else place
    if status.is_problem:
        return place if place is M.DELIVERED and status not in _UNDO_DELIVERY else status
    if place is M.READY_FOR_PICKUP:  # the status "signed" is the pick-up point's, as the words of the scan say
        return place
    return max(place, status, key=_RANK.__getitem__)


def _slowest(places: Sequence[Milestone | None]) -> Milestone | None:
    """The least advanced of these; None counts as shipped if another parcel was, and a problem as shipped, too."""
    if all(place is None for place in places):
        return None
    return min(
        (place if place is not None and not place.is_problem else M.SHIPPED for place in places), key=_RANK.__getitem__
    )


def _worst(problems: Sequence[Milestone], *, is_over: bool) -> Milestone:
    """The most serious of several problems. ``is_over``: every parcel is at its end."""
    shown = problems if is_over else [_WHILE_OTHERS_MOVE.get(problem, problem) for problem in problems]
    return min(shown, key=_SEVERITY.index)
