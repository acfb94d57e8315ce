"""From rows of a trace to the nodes of a parcel: times read, order restored, repeats dropped, milestones claimed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pandapon.milestones import node_milestone
from pandapon.progress import parcel_milestone
from pandapon.shipment import Node, Parcel
from pandapon.times import parse_time

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


def parcel(
    waybill: str, rows: Sequence[Row], *, carrier: str = "", status: str = "", status_milestone: Milestone | None = None
) -> Parcel:
    """A parcel from its rows, given in any order."""
    nodes = in_order(waybill, [row for row in rows if row.text or row.status or row.action])
    return Parcel(
        waybill=waybill,
        carrier=carrier,
        status_code=status,
        status_milestone=status_milestone,
        nodes=nodes,
        milestone=parcel_milestone(nodes, status_milestone),
    )


def in_order(waybill: str, rows: Sequence[Row]) -> tuple[Node, ...]:
    """Nodes, oldest first, exact repeats once.

    1688 sends oldest first and Taobao newest first, so the list's own order only breaks ties.
    """
    timed = [(parse_time(row.time), row) for row in rows]
    if not _runs_forward([at for (at, _), _ in timed]):
        timed.reverse()
    timed.sort(key=lambda one: one[0][0] or _NEVER)
    seen: dict[str, Node] = {}
    for position, ((at, basis), row) in enumerate(timed):
        node = _node(waybill, row, at, basis, position)
        seen.setdefault(node.identity, node)
    return tuple(seen.values())


def _runs_forward(times: Sequence[datetime | None]) -> bool:
    known = [time for time in times if time]
    return not known or known[0] <= known[-1]


def _node(waybill: str, row: Row, at: datetime | None, basis: TimeBasis, position: int) -> Node:
    return Node(
        waybill=waybill,
        at=at,
        raw_time=row.time,
        time_basis=basis,
        text=row.text or row.status or row.action,
        code=row.status or row.action,
        place=row.place,
        milestone=node_milestone(row.status, row.action, row.text),
        sequence=position,
    )
