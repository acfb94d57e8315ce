"""What a reading makes of each parcel of an order: before and after, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING

from pandapon.progress import place_after
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

    before: Parcel | None  # what was known of it, perhaps under its old number; None: never seen
    after: Parcel
    nodes: MergedNodes
    previous: str = ""  # the number it had until this reading
    is_old_news: bool = False  # it was not known as a parcel, and yet nobody is to be told that there is one more

    @property
    def is_marked(self) -> bool:
        """Only its order names it, or did."""
        return named.is_only_named(self.after) or named.is_withdrawn(self.after)

    @property
    def is_added(self) -> bool:
        """Whether it is one more parcel."""
        return self.before is None and not self.is_old_news

    @property
    def renumbered(self) -> tuple[tuple[str, str], ...]:
        """Its old and its new number, where they differ by more than the spelling."""
        if not self.previous or is_same(self.previous, self.after.waybill):
            return ()
        return ((self.previous, self.after.waybill),)

    @property
    def told(self) -> tuple[Node, ...]:
        """The entries that are new to a reader."""
        return unseen_nodes(self.nodes.new, self.before if self.previous else None)

    @property
    def edits(self) -> tuple[Node, ...]:
        """Known nodes that a reader would now read differently."""
        if not self.nodes.edited:
            return ()
        known = {node.identity: node for node in (self.before.nodes if self.before else ())}
        return tuple(node for node in self.nodes.edited if _reads_differently(known.get(node.identity), node))

    @property
    def steps(self) -> tuple[Step, ...]:
        """Where it came, if that is elsewhere. A parcel that its order names counts as shipped before any scan."""
        before, after = self.before.milestone if self.before else None, self.after.milestone
        if self.before and named.is_only_named(self.before):
            before = Milestone.SHIPPED
        if after is None or after is before or replaced_by(self.after):
            return ()
        return (Step(before, after, self.after.waybill),)

    @property
    def differs(self) -> bool:
        """Whether it looks different now."""
        if self.before is None or self.nodes.new or self.nodes.rewritten:
            return True
        return _shown_facts(self.before) != _shown_facts(self.after)

    @property
    def has_new_facts(self) -> bool:
        """Whether the parcel itself is to be stored, apart from its entries."""
        return self.before is None or _all_facts(self.before) != _all_facts(self.after)

    @property
    def is_learned(self) -> bool:
        """Whether there is anything to store."""
        return bool(self.nodes.new or self.nodes.rewritten) or self.has_new_facts


def facts(parcel: Parcel) -> Parcel:
    """The parcel without its entries."""
    return replace(parcel, nodes=())


def lines_of(
    known: Sequence[Parcel], read: Sequence[Parcel], order: Order | None, ordered_at: datetime | None
) -> list[Line]:
    """Every parcel, the known ones first. An empty reading leaves each as it was. ``order``: whose names count."""
    fetched = one_per_waybill(read)
    successors = renumbered(known, tuple(fetched.values()), named.consignments(order))
    stored = {parcel.waybill: parcel for parcel in known}
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
    """With the parcels that the order names and no trace shows; those that it names no more do not count.

    ``before``: the order as it was known; None: never read, or this is its baseline. What it names only now, beside
    parcels that were known, is news. ``heard`` (aware): since when nothing is heard of what it had named before.
    """
    shown = [line.after for line in lines if not line.is_marked]
    counted = [parcel for parcel in live(shown) if parcel.milestone is not Milestone.CANCELLED]
    unseen = named.unseen(order, shown, counted)
    marked = [line for line in lines if line.is_marked]
    found = [_remarked(line, unseen, now) if line.is_marked else line for line in lines]
    had_parcels = any(line.before for line in lines)
    for one in unseen:
        if not any(is_same(one.waybill, line.after.waybill) for line in marked):
            is_new = before is not None and not named.is_named(one.waybill, before)
            parcel = named.newly_named(one, now if is_new else heard)
            found.append(Line(None, parcel, _NOTHING, is_old_news=not (is_new and had_parcels)))
    return found


def _remarked(line: Line, unseen: Sequence[Consignment], now: datetime) -> Line:
    still = next((one for one in unseen if is_same(one.waybill, line.after.waybill)), None)
    if still is None:
        return replace(line, after=named.withdrawn(line.after))
    again = named.newly_named(still, now) if named.is_withdrawn(line.after) else line.after
    return replace(line, after=replace(again, waybill=line.after.waybill, carrier=still.carrier or line.after.carrier))


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
    """The parcel where its merged nodes and status put it; an unknown claim keeps the last known place."""
    place = place_after(parcel.nodes, parcel.status_milestone, ordered_at) or parcel.milestone
    return parcel if place is parcel.milestone else replace(parcel, milestone=place)


def _reads_differently(before: Node | None, after: Node) -> bool:
    """Whether a person would read something else: a place that is only filled in, or spelt out, is none."""
    if before is None or normalise(before.shown) != normalise(after.shown):
        return True
    old, new = normalise(before.place), normalise(after.place)
    return bool(old) and old not in new and new not in normalise(after.shown)
