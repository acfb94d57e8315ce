"""Recognises a parcel that got another number, so that its old scans are not told again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pandapon.shipment import Milestone, Parcel, normalise
from pandapon.tracking_numbers import is_same
from tracking.named import is_only_named, is_withdrawn, match_consignments

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pandapon.models import Consignment
    from pandapon.shipment import Node

# The mark stands in the old parcel's status code, which no reading touches while the parcel is gone. A reading that
# shows the old number again overwrites the mark with its own code, and the parcel counts again.
_MARK = "REPLACED_BY:"
# A parcel without scans cannot be compared by its scans. It counts as a placeholder of another only at one of these
# milestones: it had not set out.
_NOT_MOVING = frozenset({None, Milestone.ORDERED, Milestone.PAID, Milestone.SHIPPED, Milestone.PICKED_UP})


def replaced_by(parcel: Parcel) -> str:
    """Return the number that replaced the parcel's number; empty: no number replaced it."""
    return parcel.status_code.removeprefix(_MARK) if parcel.status_code.startswith(_MARK) else ""


def live(parcels: Iterable[Parcel]) -> tuple[Parcel, ...]:
    """Return the parcels that count. Replaced and withdrawn parcels stay stored, so that people can look them up."""
    return tuple(parcel for parcel in parcels if not replaced_by(parcel) and not is_withdrawn(parcel))


def retire(parcel: Parcel, successor: str) -> Parcel:
    """Return the parcel under its old number, marked as replaced by ``successor``."""
    return replace(parcel, status_code=_MARK + successor, status_milestone=None)


def revive(parcel: Parcel) -> Parcel:
    """Return the parcel without its mark (replaced, only named, withdrawn): a trace shows its number."""
    is_marked = replaced_by(parcel) or is_only_named(parcel) or is_withdrawn(parcel)
    return replace(parcel, status_code="") if is_marked else parcel


def renumbered(known: Sequence[Parcel], fetched: Sequence[Parcel], named: Sequence[Consignment] = ()) -> dict[str, str]:
    """Return the new number by the old one, for each parcel that vanished while one with all its scans appeared. Pure.

    Both must happen in the same reading: two parcels that merely share a scan are two parcels. ``named``: the
    consignments that the order names. A parcel that only the order named is paired with another spelling of its number
    in the trace. It is paired as a parcel without scans only if the trace shows no number that the order names.
    """
    read, stored = {parcel.waybill for parcel in fetched}, {parcel.waybill for parcel in known}
    gone = [parcel for parcel in live(known) if parcel.waybill not in read]
    fresh = [parcel for parcel in fetched if parcel.waybill not in stored]
    if not (gone and fresh):
        return {}
    pairs = _appeared(gone, fresh, named)
    scanned = [*fetched, *(parcel for parcel in live(known) if not is_only_named(parcel))]
    if match_consignments(named, scanned):
        gone = [parcel for parcel in gone if not is_only_named(parcel)]
    gone = [parcel for parcel in gone if parcel.waybill not in pairs]
    for old in sorted(gone, key=lambda parcel: (-len(parcel.nodes), parcel.waybill)):
        heir = next((new for new in fresh if new.waybill not in pairs.values() and _continues(old, new)), None)
        if heir is not None:
            pairs[old.waybill] = heir.waybill
    return pairs


def _appeared(gone: Sequence[Parcel], fresh: Sequence[Parcel], named: Sequence[Consignment]) -> dict[str, str]:
    """From the number that only the order named to the number under which the trace shows the parcel now."""
    matches = match_consignments(named, fresh)
    pairs: dict[str, str] = {}
    for old in gone:
        spellings = (name for name in (old.waybill, *matches) if name in matches and is_same(name, old.waybill))
        heir = matches.get(next(spellings, ""), "") if is_only_named(old) else ""
        if heir and heir not in pairs.values():
            pairs[old.waybill] = heir
    return pairs


def unseen_nodes(nodes: Iterable[Node], predecessor: Parcel | None) -> tuple[Node, ...]:
    """Return the nodes that differ from every node of the predecessor in time or words. ``predecessor`` None: all."""
    if predecessor is None:
        return tuple(nodes)
    known_scans = scans(predecessor)
    return tuple(node for node in nodes if _scan(node) not in known_scans)


def _continues(old: Parcel, new: Parcel) -> bool:
    if not old.nodes:
        return old.milestone in _NOT_MOVING
    return scans(old) <= scans(new)


def scans(parcel: Parcel) -> frozenset[tuple[datetime | str, str]]:
    """Return the time and words of each node, by which a scan is recognised under any number."""
    return frozenset(_scan(node) for node in parcel.nodes)


def _scan(node: Node) -> tuple[datetime | str, str]:
    return node.at or normalise(node.raw_time), normalise(node.text)
