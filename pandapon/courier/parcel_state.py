"""The last stage: the state of a parcel after all its entries. The effect of an entry depends on the state before.

Progress goes back only where words tell it: the parcel left the outlet that was taken for its last, or is brought from
the point where it lay ready. Later progress ends a problem. A return can be taken back: in words, by customs' release,
or by a new attempt before the return has moved; a return that has moved ends as returned. An end can be corrected. A
delivery before the parcel ever arrived is the end of a leg if a warehouse, customs or a flight follows. An intercepted
parcel goes on only where words say so, or to the door. An entry from before the order claims nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from pandapon.courier.aspect import Aspect
from pandapon.courier.claims import Reason
from pandapon.shipment import Milestone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pandapon.courier.reading import Reading
    from pandapon.shipment import Node

M = Milestone
RECYCLED = timedelta(hours=12)  # an older scan is another parcel's; a smaller difference may be a zone that was misread
_RANK = {milestone: milestone.rank for milestone in Milestone}
_BACK = frozenset({M.RETURNING, M.RETURNED})
# Only these take a delivery back. A failed attempt or a delay after "signed" is an old scan.
_UNDO_DELIVERY = frozenset({M.RETURNING, M.RETURNED, M.LOST})
_CORRECTIONS = frozenset(
    {None, Reason.SIGNATURE_DISPUTED, Reason.DAMAGED, Reason.MISSING, Reason.LOST, Reason.OTHER, Reason.COMPENSATED}
)
# Nothing comes after these.
_GONE = frozenset({Reason.DESTROYED, Reason.SEIZED, Reason.ABANDONED})
_ON_THE_ROAD = frozenset({M.IN_TRANSIT, M.ARRIVED, M.OUT_FOR_DELIVERY})
_ARRIVED = frozenset({M.ARRIVED, M.OUT_FOR_DELIVERY, M.READY_FOR_PICKUP})
_MISTAKEN = frozenset({M.IN_TRANSIT, M.OUT_FOR_DELIVERY, M.READY_FOR_PICKUP})
_FEW = 2
_TAKEN = frozenset({M.OUT_FOR_DELIVERY, M.DELIVERED})
_AT_THE_SHOP = frozenset({M.ORDERED, M.PAID, M.SHIPPED})
_MOVED = frozenset(milestone for milestone in Milestone if M.PICKED_UP.rank <= milestone.rank <= M.DELIVERED.rank)
_AT_THE_DOOR = frozenset({M.OUT_FOR_DELIVERY, M.READY_FOR_PICKUP, M.DELIVERED})


class Claim(Protocol):
    """One entry of a trace, without its words."""

    @property
    def milestone(self) -> Milestone | None:
        """The milestone that the entry claims; None: no claim."""


class Entry(Claim, Protocol):
    """One entry of a trace. Its words are read only if its milestone alone does not decide."""

    @property
    def reading(self) -> Reading:
        """The reading of the entry's words."""


T = TypeVar("T", bound=Claim)


class Way(NamedTuple):  # quicker to make than a dataclass; each reading of a parcel makes several
    """The state of a parcel after the entries so far."""

    place: Milestone | None = None
    best: Milestone | None = None  # the furthest progress that still counts
    was_delivered: bool = False
    is_back: bool = False  # a return has begun
    has_moved_back: bool = False  # and was scanned on its way
    is_gone: bool = False
    reason: Reason | None = None  # of a problem or an end; filled by fold_with_reason only
    is_stopped: bool = False  # intercepted: a scan between places does not set it free
    had_arrived: bool = False  # an arrival came before the delivery
    is_unsure: bool = False  # it was taken, and the text does not say by whom
    steps: int = 0  # entries about a pick-up or a later milestone


def fold(scans: Iterable[T], entry_of: Callable[[T], Entry]) -> Way:
    """Return the state of a parcel after these scans, the oldest first. ``entry_of``: makes the entry of a scan."""
    way, repeated = Way(), None
    for scan in scans:
        claim = scan.milestone
        if claim is not None and claim is not repeated:
            way = _after(way, entry_of(scan), claim)
            repeated = _repeated(way)
    return way


def _repeated(way: Way) -> Milestone | None:
    """The claim that changes nothing. Most entries are scans in transit of a parcel that is in transit already."""
    if way.place is not M.IN_TRANSIT or way.best is not M.IN_TRANSIT or way.steps < _FEW:
        return None
    return None if way.is_stopped or way.is_back or way.is_gone else M.IN_TRANSIT


def fold_with_reason(entries: Iterable[Entry]) -> Way:
    """Return the state of a parcel like :func:`fold`, with the reason of its problem or end.

    The reason is that of the latest entry which claims this problem or end and names one.
    """
    way = Way()
    for entry in entries:
        if entry.milestone is not None:
            after = _after(way, entry, entry.milestone)
            way = after._replace(reason=_reason(way, after, entry))
    return way


def precedes(at: datetime | None, ordered_at: datetime | None) -> bool:
    """Return whether an entry is older than its order: a recycled number, a foreign trace, a mistyped year."""
    return at is not None and ordered_at is not None and at < ordered_at - RECYCLED


def since_order(nodes: Sequence[Node], ordered_at: datetime | None) -> Sequence[Node]:
    """Return the nodes that do not precede their order."""
    if ordered_at is None:
        return nodes
    earliest = ordered_at - RECYCLED
    return [node for node in nodes if node.at is None or node.at >= earliest]


def _after(way: Way, entry: Entry, claim: Milestone) -> Way:
    if way.is_gone:
        return way
    if way.is_back:
        return _on_its_way_back(way, entry, claim)
    if claim in _BACK:
        moves = claim is M.RETURNED or entry.reading.moves
        return way._replace(place=claim, best=_before_delivery(way.best), is_back=True, has_moved_back=moves)
    if claim.is_problem:
        return _into_trouble(way, entry, claim)
    return _onward(way, entry, claim)


def _reason(before: Way, after: Way, entry: Entry) -> Reason | None:
    """The reason of a problem, or of a delivery of which a part is missing until the rest has come.

    A new reason replaces the old one. A return that has come back keeps the reason for which it began.
    """
    place = after.place
    if place is M.DELIVERED and entry.milestone is place:
        return entry.reading.reason
    if place is None or not (place.is_problem or place is M.DELIVERED):
        return None
    own = entry.reading.reason if after is not before and entry.milestone is place else None
    if own not in {None, Reason.OTHER}:
        return own
    is_same = before.place is place or (before.place in _BACK and place in _BACK)
    return before.reason if is_same else None


def _into_trouble(way: Way, entry: Entry, claim: Milestone) -> Way:
    corrects = claim in _UNDO_DELIVERY or (claim is M.EXCEPTION and entry.reading.reason in _CORRECTIONS)
    if way.place is M.DELIVERED and not corrects:
        return way
    reason = entry.reading.reason
    best = M.IN_TRANSIT if reason is Reason.MISSORTED and way.best else _before_delivery(way.best)
    gone = claim is M.LOST and reason in _GONE
    return way._replace(place=claim, best=best, is_gone=gone, is_stopped=reason is Reason.INTERCEPTED)


def _onward(way: Way, entry: Entry, claim: Milestone) -> Way:
    claim = _meant(way, entry, claim)
    if way.is_stopped and claim not in _AT_THE_DOOR and not entry.reading.resumes:
        return _turned(way) if entry.reading.turns_back else way
    if way.place is not None and way.place.is_problem and way.best in _MOVED and claim in _AT_THE_SHOP:
        return way  # an entry about the order or its payment ends no problem on the way
    if _is_set_back(way, entry, claim):
        way = way._replace(best=None)
    way = way._replace(steps=way.steps + 1) if way.steps < _FEW and _RANK[claim] >= _RANK[M.PICKED_UP] else way
    best = claim if way.best is None or _RANK[claim] > _RANK[way.best] else way.best
    arrived = way.had_arrived or claim in _ARRIVED
    if best is way.place:
        return way if arrived is way.had_arrived else way._replace(had_arrived=arrived)
    delivered = way.was_delivered or best is M.DELIVERED
    unsure = best is M.DELIVERED and entry.reading.unsure
    return Way(best, best, was_delivered=delivered, had_arrived=arrived, is_unsure=unsure, steps=way.steps)


def _turned(way: Way) -> Way:
    """The state of an intercepted parcel that is sent back: it is on its return."""
    return way._replace(place=M.RETURNING, is_back=True, has_moved_back=True, is_stopped=False)


def _meant(way: Way, entry: Entry, claim: Milestone) -> Milestone:
    """The milestone of words with two meanings, by the state before."""
    if claim is M.PICKED_UP and way.best in _AT_THE_DOOR and entry.reading.unsure:
        return M.DELIVERED
    if claim is M.ARRIVED and way.best is M.PICKED_UP and way.steps == 1 and not entry.reading.is_last:
        return M.IN_TRANSIT  # the outlet whose courier picked it up
    return _meant_at_the_shop(way.best, entry.reading, claim) if way.best in _AT_THE_SHOP else claim


def _meant_at_the_shop(best: Milestone | None, reading: Reading, claim: Milestone) -> Milestone:
    """The milestone of words with two meanings, for a parcel that no courier has yet."""
    if claim in _TAKEN and reading.unsure:
        return M.PICKED_UP  # given to a courier, or taken by whoever came for it
    if claim is not M.IN_TRANSIT:
        return claim
    if reading.packs:
        return M.PAID  # a seller packs
    if reading.moves or reading.is_between:
        return claim
    if reading.aspect is Aspect.PLANNED:
        return M.SHIPPED  # 已出库，准备发往…
    return best or claim if reading.resumes else claim  # a fault of the order was mended


def _is_set_back(way: Way, entry: Entry, claim: Milestone) -> bool:
    """Whether the words show that the furthest progress so far was an error, or belonged to another leg."""
    if claim is M.PICKED_UP:
        return _was_before_pick_up(way, entry)
    if way.place is M.DELIVERED and claim in _ON_THE_ROAD:
        rest = claim is M.OUT_FOR_DELIVERY and entry.reading.is_part  # the pieces that had not come
        was_pick_up = way.is_unsure and way.steps == 1 and entry.reading.moves
        return rest or was_pick_up or entry.reading.corrects or _is_another_leg(way, entry)
    if way.best is M.READY_FOR_PICKUP:
        return _takes_it_on(entry, claim)
    if claim is not M.IN_TRANSIT or way.best not in _ON_THE_ROAD:
        return False
    # After a warehouse, customs or a flight, the place of arrival was the end of a leg only.
    return entry.reading.is_between or (way.best is M.ARRIVED and entry.reading.leaves)


def _is_another_leg(way: Way, entry: Entry) -> bool:
    """Whether another leg begins after a delivery.

    A flight or customs may be a late scan of a parcel that had arrived; a scan of a warehouse is not.
    """
    return entry.reading.is_stored or (entry.reading.is_between and not way.had_arrived)


def _was_before_pick_up(way: Way, entry: Entry) -> bool:
    """Whether the one entry before the pick-up was about the seller, or about a courier's way to the seller."""
    told = entry.reading.milestone is M.PICKED_UP and not entry.reading.unsure
    return told and way.steps == 1 and way.best in _MISTAKEN


def _takes_it_on(entry: Entry, claim: Milestone) -> bool:
    """Whether a parcel that was ready for pick-up is brought after all, or its point was only a stop on the way."""
    return (claim is entry.reading.milestone is M.OUT_FOR_DELIVERY) or (
        claim is M.IN_TRANSIT and entry.reading.is_between
    )


def _on_its_way_back(way: Way, entry: Entry, claim: Milestone) -> Way:
    if way.place is M.RETURNED or claim is M.RETURNED:
        return way._replace(place=M.RETURNED)
    if claim is M.LOST:
        return way._replace(place=M.LOST)
    if entry.reading.resumes or (claim in _AT_THE_DOOR and not way.has_moved_back):
        return _onward(way._replace(place=None, is_back=False), entry, claim)
    if claim is M.DELIVERED:
        return way._replace(place=M.RETURNED)
    moved = way.has_moved_back or claim is M.RETURNING or not claim.is_problem
    return way._replace(place=M.RETURNING, has_moved_back=moved)


def _before_delivery(best: Milestone | None) -> Milestone | None:
    """The progress that still counts after a problem: at most that of a parcel at the depot."""
    return M.ARRIVED if best in _AT_THE_DOOR else best


def oldest_first(times: list[datetime | None]) -> list[int]:
    """Return the indexes of the rows in the order of events.

    Most neighbours of a list tell whether it runs forward or backward. A row without a time keeps its place.
    """
    known = [at for at in times if at is not None]
    places = list(range(len(times)))
    falls = sum(later < earlier for earlier, later in pairwise(known))
    rises = sum(later > earlier for earlier, later in pairwise(known))
    if falls > rises:  # by most neighbours, so that one mistyped year does not turn the list round
        places.reverse()
    at = min(known) if known else datetime.min.replace(tzinfo=UTC)
    filled: dict[int, datetime] = {}
    for place in places:
        at = times[place] or at
        filled[place] = at
    return sorted(places, key=filled.__getitem__)
