"""Merges a reading into the stored order, so that no reading, however poor, deletes anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from pandapon.models import Order
from pandapon.progress import event_order
from pandapon.shipment import Parcel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from pandapon.shipment import Milestone, Node, TimeBasis

_EMPTY: tuple[object, ...] = (None, "", ())
# The upstream empties these when the refund is over or the reason no longer holds: the old words would be wrong.
_MAY_EMPTY = frozenset({"refund_status", "close_reason"})
_AHEAD = timedelta(minutes=10)  # the platform's clock may be ahead of ours by so much
_LAG = timedelta(days=1)  # a cache may lag behind by so much; a time further back is a correction


@dataclass(frozen=True, slots=True)
class MergedNodes:
    """All nodes of one parcel, and those that the reading added or changed."""

    nodes: tuple[Node, ...]  # oldest first
    new: tuple[Node, ...]
    rewritten: tuple[Node, ...]  # known nodes that changed and are stored again
    edited: tuple[Node, ...]  # the rewritten nodes whose content differs


def goes_back(before: Milestone | None, after: Milestone | None) -> bool:
    """Whether this is a move to an earlier milestone. A move to or from a problem is not; None: unknown milestone."""
    if before is None or after is None or before.is_problem or after.is_problem:
        return False
    return after.rank < before.rank


def merge_claim(
    known: tuple[str, Milestone | None], fetched: tuple[str, Milestone | None]
) -> tuple[str, Milestone | None]:
    """Merge two pairs of status code and milestone.

    Without a fetched code the known pair stays; a fetched code without a milestone keeps the known milestone. An
    earlier milestone is not believed: it comes from a stale cache of the upstream [inferred].
    """
    code, milestone = fetched
    if milestone is None:
        return (code or known[0]), known[1]
    return known if goes_back(known[1], milestone) else fetched


def merge_nodes(known: Iterable[Node], fetched: Iterable[Node]) -> MergedNodes:
    """Return the union of nodes by identity, whatever the order in which nodes or readings arrive. Pure."""
    known, fetched = tuple(known), tuple(fetched)
    stored = {node.identity: node for node in known}
    if (new := _appended(known, fetched, stored)) is not None:
        return MergedNodes(fetched, new, (), ())
    union = dict(stored)
    for node in fetched:
        before = union.get(node.identity)
        if before is not node:
            union[node.identity] = node if before is None else _enriched(before, node)
    nodes = tuple(sorted(union.values(), key=event_order))
    rewritten = tuple(
        node for node in nodes if (before := stored.get(node.identity, node)) is not node and before != node
    )
    return MergedNodes(
        nodes=nodes,
        new=tuple(node for node in nodes if node.identity not in stored),
        rewritten=rewritten,
        edited=tuple(node for node in rewritten if node.content != stored[node.identity].content),
    )


def _appended(
    known: tuple[Node, ...], fetched: tuple[Node, ...], stored: Mapping[str, Node]
) -> tuple[Node, ...] | None:
    """The new nodes, where a reading repeats the known nodes and only appends later ones; None: it does not.

    ``known``: in the order of events, as they are stored. ``stored``: the known nodes by identity.
    """
    if not known or fetched[: len(known)] != known:
        return None
    new = fetched[len(known) :]
    in_order = all(event_order(before) < event_order(after) for before, after in pairwise((known[-1], *new)))
    return new if in_order and not any(node.identity in stored for node in new) else None


def merge_parcel(known: Parcel, fetched: Parcel, nodes: tuple[Node, ...]) -> Parcel:
    """Return the parcel with the facts of the reading over the stored ones, and with these nodes.

    Its milestone is kept: ``lines`` decides it from nodes and status.
    """
    code, milestone = merge_claim(
        (known.status_code, known.status_milestone), (fetched.status_code, fetched.status_milestone)
    )
    return Parcel(  # the constructor is faster than dataclasses.replace
        waybill=known.waybill,
        carrier=fetched.carrier or known.carrier,
        status_code=code,
        status_milestone=milestone,
        nodes=nodes,
        milestone=known.milestone,
        logistics_id=fetched.logistics_id or known.logistics_id,
    )


def one_per_waybill(parcels: Iterable[Parcel]) -> dict[str, Parcel]:
    """Return the parcels of one reading by waybill. Sub-orders may share a parcel: equal waybills are merged."""
    by_waybill: dict[str, Parcel] = {}
    for parcel in parcels:
        twin = by_waybill.get(parcel.waybill)
        by_waybill[parcel.waybill] = (
            parcel if twin is None else merge_parcel(twin, parcel, merge_nodes(twin.nodes, parcel.nodes).nodes)
        )
    return by_waybill


def is_outdated(known: Order, fetched: Order, now: datetime) -> bool:
    """Whether the fetched order is older than the stored one: it comes from a cache that lags behind [inferred].

    A stored time of change that lies ahead of ``now`` is an error of the source and proves nothing; neither does one
    that is more than a day old.
    """
    newest, at = known.modified_at, fetched.modified_at
    return newest is not None and at is not None and at < newest and now - _LAG < newest <= now + _AHEAD


def merge_order(known: Order | None, fetched: Order | None, now: datetime) -> Order | None:
    """Return the order as fetched, or as stored where the fetched one is missing or older. ``now``: aware.

    A field that was fetched empty keeps its stored value: the upstream's nulls come and go.
    """
    if known is None or fetched is None or is_outdated(known, fetched, now):
        return known or fetched
    kept = {
        name: getattr(known, name)
        for name in Order.model_fields
        if name not in _MAY_EMPTY and getattr(fetched, name) in _EMPTY
    }
    code, milestone = merge_claim((known.status_code, known.milestone), (fetched.status_code, fetched.milestone))
    return fetched.model_copy(update={**kept, "status_code": code, "milestone": milestone})


def _enriched(before: Node, after: Node) -> Node:
    """The node with the newer words and claim; a field that was filled in is never emptied.

    ``sequence`` only grows, and so does a time that was taken from a neighbouring scan, since a reply with fewer scans
    would give lower ones. A time that the node itself names goes before every time taken from a neighbour.
    """
    if after == before:
        return before
    lost_code = bool(before.code) and not after.code
    at, basis = _placed(before, after)
    joined = replace(
        after,
        at=at,
        time_basis=basis,
        code=after.code or before.code,
        place=after.place or before.place,
        milestone=before.milestone if lost_code else after.milestone,
        sequence=max(before.sequence, after.sequence),
    )
    return before if joined == before else joined


def _placed(before: Node, after: Node) -> tuple[datetime | None, TimeBasis]:
    times = [(node.is_timed, node.at, node.time_basis) for node in (before, after) if node.at is not None]
    if not times:
        return None, after.time_basis
    if after.is_timed:
        return after.at, after.time_basis
    _is_timed, at, basis = max(times, key=lambda time: time[:2])
    return at, basis
