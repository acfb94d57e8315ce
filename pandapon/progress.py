"""The milestone of a parcel and of an order: the highest plausible one, not that of the last scan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pandapon.courier import Reason, read_entry
from pandapon.courier.entry_order import since_order
from pandapon.courier.parcel_state import state_of, state_with_reason
from pandapon.milestones import fold_code
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
# Codes of a closing by the buyer, folded: 1688's closeReason and closeOperateType [upstream].
BUYERS = frozenset({"buyercancel", "closetradebybuyer"})
# While other parcels move, a parcel that ended badly counts in its order as a problem that is not the end.
_WHILE_OTHERS_MOVE = {M.RETURNED: M.RETURNING, M.LOST: M.EXCEPTION}


def event_order(node: Node) -> tuple[datetime, int, str]:
    """Return the sort key of events: by time, then by the sequence of the source, then by identity."""
    return node.at or _NEVER, node.sequence, node.identity


def parcel_milestone(
    nodes: Iterable[Node], status_milestone: Milestone | None, ordered_at: datetime | None = None
) -> Milestone | None:
    """Return the milestone of a parcel after all its nodes, which come in any order; None: unknown. Pure.

    ``status_milestone``: the claim of the parcel's own status. It has no time: it can be ahead of the nodes, name a
    problem or end one, but not take a milestone back. ``ordered_at``: aware time of the order; nodes from before it
    claim nothing.
    """
    once = {(*event_order(node), node.milestone or ""): node for node in nodes}  # a repeated entry counts once
    return milestone_after([once[key] for key in sorted(once)], status_milestone, ordered_at)


def milestone_after(
    nodes: Sequence[Node], status_milestone: Milestone | None, ordered_at: datetime | None = None
) -> Milestone | None:
    """Return the same as :func:`parcel_milestone` for nodes in the order of events. Pure."""
    return _with_status(state_of(since_order(nodes, ordered_at), _Scan), status_milestone)


def order_milestone(order_status_milestone: Milestone | None, parcels: Sequence[Parcel]) -> Milestone | None:
    """Return the milestone of an order; None: unknown. Pure.

    A problem of the order's own status or of a parcel comes first. Otherwise the more advanced counts of two
    milestones: the order's own, and that of its slowest parcel. A cancelled parcel counts only if there is no other.
    A platform that calls the order completed settles parcels that often get no further scan: after a failed attempt or
    an exception, ready for pick-up, or never scanned. It does not settle a parcel that was seen on its way, because
    platforms complete orders by themselves after some days [inferred].
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
    """Return why a parcel has a problem or is delivered, by its nodes; None: it is neither, or no node says why."""
    if not _has_reason(parcel.milestone):
        return None
    ours = since_order(sorted(parcel.nodes, key=event_order), ordered_at)
    state = state_with_reason(_Scan(node) for node in ours)
    return state.reason if state.milestone is parcel.milestone else None


def order_reason(milestone: Milestone | None, parcels: Sequence[Parcel], order: Order | None) -> Reason | None:
    """Return why an order has a problem or is delivered: its buyer closed it, or the reason of a parcel; None: unknown.

    The parcels that bring the order to its milestone are asked in turn, and the first reason counts.
    """
    if milestone is None or not _has_reason(milestone):
        return None
    if closing := closing_reason(milestone, order):
        return closing
    ordered_at = order.created_at if order else None
    bringing = (parcel for parcel in parcels if _brings(parcel.milestone, milestone))
    return next((reason for parcel in bringing if (reason := parcel_reason(parcel, ordered_at))), None)


def closing_reason(milestone: Milestone | None, order: Order | None) -> Reason | None:
    """Return ``BY_BUYER`` for a cancelled order that its buyer closed; None for every other."""
    is_buyers = order is not None and fold_code(order.close_reason) in BUYERS
    return Reason.BY_BUYER if milestone is M.CANCELLED and is_buyers else None


def latest_reason(milestone: Milestone, nodes: Iterable[Node]) -> Reason | None:
    """Return the latest reason that these nodes give for a step to ``milestone``; None: no node gives a reason."""
    telling = [node for node in nodes if _brings(node.milestone, milestone)] if _has_reason(milestone) else []
    reasons = (_Scan(node).reading.reason for node in sorted(telling, key=event_order, reverse=True))
    return next((reason for reason in reasons if reason not in {None, Reason.OTHER}), None)


def _has_reason(place: Milestone | None) -> bool:
    return place is M.DELIVERED or (place is not None and place.is_problem)


def _brings(place: Milestone | None, milestone: Milestone) -> bool:
    return place is not None and milestone in {place, _WHILE_OTHERS_MOVE.get(place)}


@dataclass(slots=True)  # not frozen, which would double the cost: every reading makes one for many of the nodes
class _Scan:
    """A node whose words are read again only where its milestone alone does not decide."""

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
    if place is M.READY_FOR_PICKUP:  # the status "signed" then means the pick-up point, as the scan's words say
        return place
    return max(place, status, key=_RANK.__getitem__)


def _slowest(places: Sequence[Milestone | None]) -> Milestone | None:
    """The least advanced of these milestones; a problem and an unknown one count as shipped. None: all are unknown."""
    if all(place is None for place in places):
        return None
    return min(
        (place if place is not None and not place.is_problem else M.SHIPPED for place in places), key=_RANK.__getitem__
    )


def _worst(problems: Sequence[Milestone], *, is_over: bool) -> Milestone:
    """The most serious of several problems. ``is_over``: every parcel has reached its end."""
    shown = problems if is_over else [_WHILE_OTHERS_MOVE.get(problem, problem) for problem in problems]
    return min(shown, key=_SEVERITY.index)
