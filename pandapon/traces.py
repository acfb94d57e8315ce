"""From rows of a trace to the nodes of a parcel: times read, order restored, repeats dropped, milestones claimed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pandapon.milestones import node_milestone
from pandapon.progress import parcel_milestone
from pandapon.shipment import Node, Parcel
from pandapon.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandapon.shipment import Milestone

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
    nodes = in_order([_node(waybill, row) for row in rows if row.text or row.status or row.action])
    return Parcel(
        waybill=waybill,
        carrier=carrier,
        status_code=status,
        status_milestone=status_milestone,
        nodes=nodes,
        milestone=parcel_milestone(nodes, status_milestone),
    )


def in_order(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Oldest first. 1688 sends oldest first and Taobao newest first, so the list's own order only breaks ties."""
    forward = list(nodes) if _runs_forward(nodes) else list(reversed(nodes))
    ordered = sorted(forward, key=lambda node: node.at or _NEVER)
    seen: dict[str, Node] = {}
    for node in ordered:
        seen.setdefault(node.identity, node)
    return tuple(replace(node, sequence=position) for position, node in enumerate(seen.values()))


def _runs_forward(nodes: Sequence[Node]) -> bool:
    times = [node.at for node in nodes if node.at]
    return not times or times[0] <= times[-1]


def _node(waybill: str, row: Row) -> Node:
    at, basis = parse_time(row.time)
    return Node(
        waybill=waybill,
        at=at,
        raw_time=row.time,
        time_basis=basis,
        text=row.text or row.status or row.action,
        code=row.status or row.action,
        place=row.place,
        milestone=node_milestone(row.status, row.action, row.text),
    )
