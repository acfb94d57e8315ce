"""The last stage: the state of a parcel after all its entries. The effect of an entry depends on the state before it.

- Progress goes back only where words say so: the parcel leaves an outlet that was taken for its last one, or a courier
  delivers it from the point where it lay ready.
- Later progress ends a problem. A late problem ends no delivery, but a correction, a return or a loss does.
- A return can be called off: in words, by customs' release, or by a new attempt before the return has moved. A return
  that has moved ends as returned.
- A delivery before the parcel arrived anywhere is the end of a leg if a warehouse, customs or a flight follows.
- An intercepted parcel goes on only where words say so, or where it reaches the door.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import Reason
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pandapon.courier.reading import Reading

M = Milestone
_RANK = {milestone: milestone.rank for milestone in Milestone}
_BACK = frozenset({M.RETURNING, M.RETURNED})
# Only these take a delivery back. A failed attempt or a delay after "signed" is a late scan.
_UNDO_DELIVERY = frozenset({M.RETURNING, M.RETURNED, M.LOST})
_CORRECTIONS = frozenset(
    {None, Reason.SIGNATURE_DISPUTED, Reason.DAMAGED, Reason.MISSING, Reason.LOST, Reason.OTHER, Reason.COMPENSATED}
)
# No later entry changes a parcel that is lost for one of these reasons.
_GONE = frozenset({Reason.DESTROYED, Reason.SEIZED, Reason.ABANDONED})
_ON_THE_ROAD = frozenset({M.IN_TRANSIT, M.ARRIVED, M.OUT_FOR_DELIVERY})
_ARRIVED = frozenset({M.ARRIVED, M.OUT_FOR_DELIVERY, M.READY_FOR_PICKUP})
_MISTAKEN = frozenset({M.IN_TRANSIT, M.OUT_FOR_DELIVERY, M.READY_FOR_PICKUP})
_MOST_STEPS = 2
_TAKEN = frozenset({M.OUT_FOR_DELIVERY, M.DELIVERED})
_AT_THE_SHOP = frozenset({M.ORDERED, M.PAID, M.SHIPPED})
_MOVED = frozenset(milestone for milestone in Milestone if M.PICKED_UP.rank <= milestone.rank <= M.DELIVERED.rank)
_AT_THE_DOOR = frozenset({M.OUT_FOR_DELIVERY, M.READY_FOR_PICKUP, M.DELIVERED})


class HasMilestone(Protocol):
    """An entry of a trace of which only the milestone is known."""

    @property
    def milestone(self) -> Milestone | None:
        """The milestone that the entry claims; None: no claim."""


class Entry(HasMilestone, Protocol):
    """An entry of a trace. Its words are read only where its milestone alone does not decide."""

    @property
    def reading(self) -> Reading:
        """The reading of the entry's words."""


T = TypeVar("T", bound=HasMilestone)


class ParcelState(NamedTuple):  # quicker to make than a dataclass; each reading of a parcel makes several
    """The state of a parcel after the entries so far. Without entries, nothing is known."""

    milestone: Milestone | None = None  # where the parcel stands; None: unknown
    furthest: Milestone | None = None  # the furthest progress that still counts
    was_delivered: bool = False
    is_back: bool = False  # a return has begun
    has_moved_back: bool = False  # the return was scanned on its way
    is_gone: bool = False  # destroyed, seized or abandoned
    reason: Reason | None = None  # of a problem or an end; only state_with_reason fills it
    is_stopped: bool = False  # intercepted; a scan between places does not end that
    had_arrived: bool = False  # it arrived before it was delivered
    is_unsure: bool = False  # it was taken, and the text does not say by whom
    steps: int = 0  # entries that claim the courier's pick-up or more, counted up to 2


def state_of(scans: Iterable[T], entry_of: Callable[[T], Entry]) -> ParcelState:
    """Return the state of a parcel after these scans, which come oldest first.

    ``entry_of`` makes the entry of a scan. It is called only for a scan that may change the state.
    """
    state, repeated = ParcelState(), None
    for scan in scans:
        claim = scan.milestone
        if claim is not None and claim is not repeated:
            state = _state_after(state, entry_of(scan), claim)
            repeated = _repeated(state)
    return state


def _repeated(state: ParcelState) -> Milestone | None:
    """The claim that would not change this state; None: each may.

    Most entries are scans in transit of a parcel that is in transit already.
    """
    if state.milestone is not M.IN_TRANSIT or state.furthest is not M.IN_TRANSIT or state.steps < _MOST_STEPS:
        return None
    return None if state.is_stopped or state.is_back or state.is_gone else M.IN_TRANSIT


def state_with_reason(entries: Iterable[Entry]) -> ParcelState:
    """Return the state of a parcel like :func:`state_of`, with the reason of its problem or end.

    The reason comes from the latest entry that claims this problem or end and names a reason.
    """
    state = ParcelState()
    for entry in entries:
        if entry.milestone is not None:
            after = _state_after(state, entry, entry.milestone)
            state = after._replace(reason=_reason(state, after, entry))
    return state


def _state_after(state: ParcelState, entry: Entry, claim: Milestone) -> ParcelState:
    if state.is_gone:
        return state
    if state.is_back:
        return _on_its_return(state, entry, claim)
    if claim in _BACK:
        moves = claim is M.RETURNED or entry.reading.moves
        return state._replace(
            milestone=claim, furthest=_before_delivery(state.furthest), is_back=True, has_moved_back=moves
        )
    if claim.is_problem:
        return _with_problem(state, entry, claim)
    return _with_progress(state, entry, claim)


def _reason(before: ParcelState, after: ParcelState, entry: Entry) -> Reason | None:
    """The reason of a problem, or of a delivery in part.

    A new reason replaces the old one. A parcel that was returned keeps the reason for which its return began.
    """
    milestone = after.milestone
    if milestone is M.DELIVERED and entry.milestone is milestone:
        return entry.reading.reason
    if milestone is None or not (milestone.is_problem or milestone is M.DELIVERED):
        return None
    own = entry.reading.reason if after is not before and entry.milestone is milestone else None
    if own not in {None, Reason.OTHER}:
        return own
    is_same = before.milestone is milestone or (before.milestone in _BACK and milestone in _BACK)
    return before.reason if is_same else None


def _with_problem(state: ParcelState, entry: Entry, claim: Milestone) -> ParcelState:
    corrects = claim in _UNDO_DELIVERY or (claim is M.EXCEPTION and entry.reading.reason in _CORRECTIONS)
    if state.milestone is M.DELIVERED and not corrects:
        return state
    reason = entry.reading.reason
    furthest = M.IN_TRANSIT if reason is Reason.MISSORTED and state.furthest else _before_delivery(state.furthest)
    gone = claim is M.LOST and reason in _GONE
    return state._replace(milestone=claim, furthest=furthest, is_gone=gone, is_stopped=reason is Reason.INTERCEPTED)


def _with_progress(state: ParcelState, entry: Entry, claim: Milestone) -> ParcelState:
    claim = _disambiguated(state, entry, claim)
    if state.is_stopped and claim not in _AT_THE_DOOR and not entry.reading.resumes:
        return _turned_back(state) if entry.reading.turns_back else state
    if (
        state.milestone is not None
        and state.milestone.is_problem
        and state.furthest in _MOVED
        and claim in _AT_THE_SHOP
    ):
        return state  # an entry about the order or its payment ends no problem on the way
    if _is_set_back(state, entry, claim):
        state = state._replace(furthest=None)
    state = (
        state._replace(steps=state.steps + 1)
        if state.steps < _MOST_STEPS and _RANK[claim] >= _RANK[M.PICKED_UP]
        else state
    )
    furthest = claim if state.furthest is None or _RANK[claim] > _RANK[state.furthest] else state.furthest
    arrived = state.had_arrived or claim in _ARRIVED
    if furthest is state.milestone:
        return state if arrived is state.had_arrived else state._replace(had_arrived=arrived)
    delivered = state.was_delivered or furthest is M.DELIVERED
    unsure = furthest is M.DELIVERED and entry.reading.unsure
    return ParcelState(
        furthest, furthest, was_delivered=delivered, had_arrived=arrived, is_unsure=unsure, steps=state.steps
    )


def _turned_back(state: ParcelState) -> ParcelState:
    """The state of an intercepted parcel that is sent back: its return has begun."""
    return state._replace(milestone=M.RETURNING, is_back=True, has_moved_back=True, is_stopped=False)


def _disambiguated(state: ParcelState, entry: Entry, claim: Milestone) -> Milestone:
    """The milestone of an ambiguous entry, by the state before it."""
    if claim is M.PICKED_UP and state.furthest in _AT_THE_DOOR and entry.reading.unsure:
        return M.DELIVERED
    if claim is M.ARRIVED and state.furthest is M.PICKED_UP and state.steps == 1 and not entry.reading.is_last:
        return M.IN_TRANSIT  # the outlet of the courier who collected the parcel
    return _disambiguated_at_the_shop(state.furthest, entry.reading, claim) if state.furthest in _AT_THE_SHOP else claim


def _disambiguated_at_the_shop(furthest: Milestone | None, reading: Reading, claim: Milestone) -> Milestone:
    """The milestone of an ambiguous entry, for a parcel that no courier has collected yet."""
    if claim in _TAKEN and reading.unsure:
        return M.PICKED_UP  # handed to a courier, or taken by somebody unnamed
    if claim is not M.IN_TRANSIT:
        return claim
    if reading.packs:
        return M.PAID  # a seller packs
    if reading.moves or reading.is_between:
        return claim
    if reading.aspect is Aspect.PLANNED:
        return M.SHIPPED  # 已出库，准备发往…
    return furthest or claim if reading.resumes else claim  # a problem of the order is over


def _is_set_back(state: ParcelState, entry: Entry, claim: Milestone) -> bool:
    """Whether the entry shows that the furthest progress so far was an error, or belonged to an earlier leg."""
    if claim is M.PICKED_UP:
        return _was_before_pick_up(state, entry)
    if state.milestone is M.DELIVERED and claim in _ON_THE_ROAD:
        remaining = claim is M.OUT_FOR_DELIVERY and entry.reading.is_part  # the pieces that were missing
        was_pick_up = state.is_unsure and state.steps == 1 and entry.reading.moves
        return remaining or was_pick_up or entry.reading.corrects or _is_another_leg(state, entry)
    if state.furthest is M.READY_FOR_PICKUP:
        return _goes_on_from_point(entry, claim)
    if claim is not M.IN_TRANSIT or state.furthest not in _ON_THE_ROAD:
        return False
    # A warehouse, customs or a flight shows that the arrival before was only the end of a leg.
    return entry.reading.is_between or (state.furthest is M.ARRIVED and entry.reading.leaves)


def _is_another_leg(state: ParcelState, entry: Entry) -> bool:
    """Whether another leg begins after a delivery.

    A flight or customs may be a late scan of a parcel that had arrived before. The scan of a warehouse is never late.
    """
    return entry.reading.is_stored or (entry.reading.is_between and not state.had_arrived)


def _was_before_pick_up(state: ParcelState, entry: Entry) -> bool:
    """Whether the only entry before the pick-up was about the seller, or about a courier's way to the seller."""
    told = entry.reading.milestone is M.PICKED_UP and not entry.reading.unsure
    return told and state.steps == 1 and state.furthest in _MISTAKEN


def _goes_on_from_point(entry: Entry, claim: Milestone) -> bool:
    """Whether a parcel that was ready for pick-up is out for delivery, or its point was only a stop on the way."""
    return (claim is entry.reading.milestone is M.OUT_FOR_DELIVERY) or (
        claim is M.IN_TRANSIT and entry.reading.is_between
    )


def _on_its_return(state: ParcelState, entry: Entry, claim: Milestone) -> ParcelState:
    if state.milestone is M.RETURNED or claim is M.RETURNED:
        return state._replace(milestone=M.RETURNED)
    if claim is M.LOST:
        return state._replace(milestone=M.LOST)
    if entry.reading.resumes or (claim in _AT_THE_DOOR and not state.has_moved_back):
        return _with_progress(state._replace(milestone=None, is_back=False), entry, claim)
    if claim is M.DELIVERED:
        return state._replace(milestone=M.RETURNED)
    moved = state.has_moved_back or claim is M.RETURNING or not claim.is_problem
    return state._replace(milestone=M.RETURNING, has_moved_back=moved)


def _before_delivery(furthest: Milestone | None) -> Milestone | None:
    """The progress that still counts after a problem: at most that of a parcel at its last outlet."""
    return M.ARRIVED if furthest in _AT_THE_DOOR else furthest
