"""From rows of a trace to the nodes of a parcel: times read, order restored, repeats dropped, milestones claimed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pandapon.milestones import node_milestone
from pandapon.progress import parcel_milestone
from pandapon.shipment import Node, Parcel
from pandapon.times import parse_time
from pandapon.words import LONGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.shipment import Milestone, TimeBasis

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """One trace entry as sent."""

    time: str
    text: str
    status: str = ""
    action: str = ""
    place: str = ""

    def __bool__(self) -> bool:
        """Whether it says anything: a time or a place alone is no event."""
        return bool(self.text or self.status or self.action)


@dataclass(frozen=True, slots=True)
class Package:
    """One parcel as sent; its rows are in lists that may each run forward or backward."""

    waybill: str
    lists: tuple[Sequence[Row], ...]
    carrier: str = ""
    status: str = ""
    status_milestone: Milestone | None = None


_Timed = tuple[datetime | None, "TimeBasis", Row]


def parcels(packages: Sequence[Package]) -> tuple[Parcel, ...]:
    """Each parcel once, even where two entries of an answer bear the same number: two goods in one box."""
    by_waybill: dict[str, list[Package]] = {}
    for package in packages:
        by_waybill.setdefault(package.waybill, []).append(package)
    return tuple(_parcel(waybill, parts) for waybill, parts in by_waybill.items())


def _parcel(waybill: str, parts: Sequence[Package]) -> Parcel:
    nodes = in_order(waybill, [rows for part in parts for rows in part.lists])
    said = next((part for part in parts if part.status), parts[0])
    return Parcel(
        waybill=waybill,
        carrier=next((part.carrier for part in parts if part.carrier), ""),
        status_code=said.status,
        status_milestone=said.status_milestone,
        nodes=nodes,
        milestone=parcel_milestone(nodes, said.status_milestone),
    )


def in_order(waybill: str, lists: Sequence[Sequence[Row]]) -> tuple[Node, ...]:
    """Nodes of all lists, oldest first, exact repeats once.

    1688 sends oldest first and Taobao newest first, so a list's own order only breaks ties. ``sequence`` counts within
    one moment, so that a scan that arrives late does not renumber the others.
    """
    timed = [one for rows in lists for one in _forward(rows)]
    timed.sort(key=lambda one: one[0] or _NEVER)
    seen: dict[str, Node] = {}
    at_moment: Counter[datetime | None] = Counter()
    for at, basis, row in timed:
        node = _node(waybill, row, at, basis, at_moment[at])
        twin = seen.get(node.identity)
        if twin is None:
            seen[node.identity] = node
            at_moment[at] += 1
        elif node.code and not twin.code:
            seen[node.identity] = replace(node, sequence=twin.sequence)
    return tuple(seen.values())


def _forward(rows: Sequence[Row]) -> list[_Timed]:
    """The rows with their times, oldest first as far as the list's ends tell."""
    timed = [(*parse_time(row.time), row) for row in rows if row]
    known = [at for at, _, _ in timed if at]
    if known and known[0] > known[-1]:
        timed.reverse()
    return timed


def _node(waybill: str, row: Row, at: datetime | None, basis: TimeBasis, sequence: int) -> Node:
    return Node(
        waybill=waybill,
        at=at,
        raw_time=row.time,
        time_basis=basis,
        text=row.text or row.status or row.action,
        code=row.status or row.action,
        place=row.place,
        milestone=node_milestone(row.status[:40], row.action[:40], row.text[:LONGEST]),
        sequence=sequence,
    )
