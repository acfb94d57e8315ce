"""Each parcel of an order before and after a reading, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

from pandapon.progress import milestone_after
from pandapon.shipment import Milestone, Node, Parcel, normalise
from pandapon.tracking_numbers import is_same
from tracking import named
from tracking.merge import MergedNodes, merge_nodes, merge_parcel, one_per_waybill
from tracking.renumber import live, renumbered, replaced_by, retire, revive, unseen_nodes
from tracking.values import Step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pandapon.models import Consignment, Order

_NOTHING = MergedNodes((), (), (), ())
_SHOWN = ("waybill", "carrier", "status_code", "status_milestone", "milestone")
_shown_facts = attrgetter(*_SHOWN)
_all_facts = attrgetter(*_SHOWN, "logistics_id")


@dataclass(frozen=True, slots=True)
class Line:
    """One parcel before and after the reading."""

    before: Parcel | None  # as stored, perhaps under its old number; None: never seen before
    after: Parcel
    nodes: MergedNodes
    previous: str = ""  # the number that the parcel had until this reading; empty: it kept its number
    is_old_news: bool = False  # the parcel is new to the store, but is not told as one more parcel

    @property
    def is_marked(self) -> bool:
        """Whether no trace has shown the parcel: its order names it now, or named it once."""
        return named.is_only_named(self.after) or named.is_withdrawn(self.after)

    @property
    def is_added(self) -> bool:
        """Whether the parcel is told as one more parcel of the order."""
        return self.before is None and not self.is_old_news

    @property
    def renumbered(self) -> tuple[tuple[str, str], ...]:
        """The pair of old and new number, if they differ by more than the spelling; else empty."""
        if not self.previous or is_same(self.previous, self.after.waybill):
            return ()
        return ((self.previous, self.after.waybill),)

    @property
    def nodes_to_tell(self) -> tuple[Node, ...]:
        """The new nodes whose scans were not told under an old number of the parcel."""
        return unseen_nodes(self.nodes.new, self.before if self.previous else None)

    @property
    def edits(self) -> tuple[Node, ...]:
        """The known nodes whose meaning has changed for a reader."""
        if not self.nodes.edited:
            return ()
        known = {node.identity: node for node in (self.before.nodes if self.before else ())}
        return tuple(node for node in self.nodes.edited if _reads_differently(known.get(node.identity), node))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The parcel's move to another milestone, if any. A parcel that was only named counts as shipped before it."""
        before, after = self.before.milestone if self.before else None, self.after.milestone
        if self.before and named.is_only_named(self.before):
            before = Milestone.SHIPPED
        if after is None or after is before or replaced_by(self.after):
            return ()
        return (Step(before, after, self.after.waybill),)

    @property
    def differs(self) -> bool:
        """Whether people would see a difference in the parcel."""
        if self.before is None or self.nodes.new or self.nodes.rewritten:
            return True
        return _shown_facts(self.before) != _shown_facts(self.after)

    @property
    def has_new_facts(self) -> bool:
        """Whether the parcel's own facts, without its nodes, are to be stored."""
        return self.before is None or _all_facts(self.before) != _all_facts(self.after)

    @property
    def is_learned(self) -> bool:
        """Whether the reading brought anything new about the parcel, so that something is to be stored."""
        return bool(self.nodes.new or self.nodes.rewritten) or self.has_new_facts


def lines_of(
    known: Sequence[Parcel], read: Sequence[Parcel], order: Order | None, ordered_at: datetime | None
) -> list[Line]:
    """Return a line for every parcel, the known parcels first. An empty reading leaves each as it was. Pure.

    ``order``: the order whose named parcels count; None: parcels that are only named do not count. ``ordered_at``: when
    the order was made, aware.
    """
    fetched = one_per_waybill(read)
    stored = {parcel.waybill: parcel for parcel in known}
    is_same_set = fetched.keys() == stored.keys()  # the common case: no parcel can have got another number
    successors = {} if is_same_set else renumbered(known, tuple(fetched.values()), named.consignments(order))
    lines = [
        _known_line(parcel, fetched.get(parcel.waybill), successors.get(parcel.waybill), ordered_at) for parcel in known
    ]
    predecessors = {new: stored[old] for old, new in successors.items()}
    lines += [
        _new_line(parcel, predecessors.get(waybill), ordered_at)
        for waybill, parcel in fetched.items()
        if waybill not in stored
    ]
    return lines


def with_named(
    lines: Sequence[Line], order: Order | None, before: Order | None, *, heard: datetime, now: datetime
) -> list[Line]:
    """Add the parcels that the order names and no trace shows; mark parcels no longer named as withdrawn. Pure.

    ``before``: the order as stored; None: never read, or this is its baseline. A parcel that the order names for the
    first time is news if other parcels were known. ``heard`` (aware): the time since which nothing is heard of the
    parcels that the stored order names already.
    """
    shown = [line.after for line in lines if not line.is_marked]
    counted = [parcel for parcel in live(shown) if parcel.milestone is not Milestone.CANCELLED]
    unseen = named.unseen_consignments(order, shown, counted)
    marked = [line for line in lines if line.is_marked]
    with_marks = [_remarked(line, unseen, now) if line.is_marked else line for line in lines]
    had_parcels = any(line.before for line in lines)
    for consignment in unseen:
        if not any(is_same(consignment.waybill, line.after.waybill) for line in marked):
            is_new = before is not None and not named.is_named(consignment.waybill, before)
            parcel = named.newly_named(consignment, now if is_new else heard)
            with_marks.append(Line(None, parcel, _NOTHING, is_old_news=not (is_new and had_parcels)))
    return with_marks


def with_carriers(lines: list[Line], order: Order | None) -> list[Line]:
    """Return the lines, where each parcel without a carrier gets the one that the order names for its number. Pure."""
    if not (order and order.consignments) or all(line.after.carrier for line in lines):
        return lines
    every = named.consignments(order)
    waybills = named.match_consignments(every, [line.after for line in lines])
    carriers = {waybills.get(consignment.waybill, ""): consignment.carrier for consignment in every}
    return [
        replace(line, after=replace(line.after, carrier=carrier))
        if not line.after.carrier and (carrier := carriers.get(line.after.waybill, ""))
        else line
        for line in lines
    ]


def _remarked(line: Line, unseen: Sequence[Consignment], now: datetime) -> Line:
    """The line of a marked parcel: withdrawn when the order no longer names it, named when the order names it again."""
    old = line.after
    consignment = next((unshown for unshown in unseen if is_same(unshown.waybill, old.waybill)), None)
    if consignment is None:
        return replace(line, after=named.withdrawn(old))
    parcel = named.newly_named(consignment, now) if named.is_withdrawn(old) else old
    return replace(line, after=replace(parcel, waybill=old.waybill, carrier=consignment.carrier or old.carrier))


def _known_line(known: Parcel, fetched: Parcel | None, successor: str | None, ordered_at: datetime | None) -> Line:
    if successor:
        return Line(known, retire(known, successor), merge_nodes(known.nodes, ()))
    if fetched is None:
        return Line(known, known, merge_nodes(known.nodes, ()))
    nodes = merge_nodes(known.nodes, fetched.nodes)
    return Line(known, _placed(merge_parcel(revive(known), fetched, nodes.nodes), ordered_at), nodes)


def _new_line(fetched: Parcel, predecessor: Parcel | None, ordered_at: datetime | None) -> Line:
    nodes = merge_nodes((), fetched.nodes)
    if predecessor is None:
        return Line(None, _placed(replace(fetched, nodes=nodes.nodes, milestone=None), ordered_at), nodes)
    heir = merge_parcel(replace(revive(predecessor), waybill=fetched.waybill), fetched, nodes.nodes)
    return Line(predecessor, _placed(heir, ordered_at), nodes, previous=predecessor.waybill)


def _placed(parcel: Parcel, ordered_at: datetime | None) -> Parcel:
    """The parcel at the milestone that its merged nodes and status claim; without a claim it keeps its milestone."""
    milestone = milestone_after(parcel.nodes, parcel.status_milestone, ordered_at) or parcel.milestone
    return parcel if milestone is parcel.milestone else parcel.with_milestone(milestone)


def _reads_differently(before: Node | None, after: Node) -> bool:
    """Whether the node's meaning changed for a reader. A place that is only filled in or spelt out does not count."""
    if before is None or normalise(before.shown) != normalise(after.shown):
        return True
    old, new = normalise(before.place), normalise(after.place)
    return bool(old) and old not in new and new not in normalise(after.shown)
