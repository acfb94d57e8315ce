"""Recognises a parcel that came back under another number, so that its whole story is not told again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pandapon.shipment import Milestone, Parcel, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pandapon.shipment import Node

# Kept in the old parcel's status code, which no reading touches while the parcel is gone; one that names the old
# number again writes its own code there, and the parcel is back.
_MARK = "REPLACED_BY:"
# A parcel without a single scan has no story to compare; only one that had not set out may pass for a placeholder.
_NOT_MOVING = frozenset({None, Milestone.ORDERED, Milestone.PAID, Milestone.SHIPPED, Milestone.PICKED_UP})


def replaced_by(parcel: Parcel) -> str:
    """The number that took this one's place; empty for a parcel that counts."""
    return parcel.status_code.removeprefix(_MARK) if parcel.status_code.startswith(_MARK) else ""


def live(parcels: Iterable[Parcel]) -> tuple[Parcel, ...]:
    """The parcels that count. The numbers they had before stay stored, so that a person can still ask for them."""
    return tuple(parcel for parcel in parcels if not replaced_by(parcel))


def retire(parcel: Parcel, successor: str) -> Parcel:
    """The parcel under its old number, marked."""
    return replace(parcel, status_code=_MARK + successor, status_milestone=None)


def revive(parcel: Parcel) -> Parcel:
    """The parcel without its mark: its number was read again."""
    return replace(parcel, status_code="") if replaced_by(parcel) else parcel


def renumbered(known: Sequence[Parcel], fetched: Sequence[Parcel]) -> dict[str, str]:
    """Old number to new one, for each parcel that vanished while one with all its scans appeared.

    Both must happen in the same reading: two parcels that merely share a scan are two parcels.
    """
    read, stored = {parcel.waybill for parcel in fetched}, {parcel.waybill for parcel in known}
    gone = [parcel for parcel in live(known) if parcel.waybill not in read]
    fresh = [parcel for parcel in fetched if parcel.waybill not in stored]
    pairs: dict[str, str] = {}
    for old in sorted(gone, key=lambda parcel: (-len(parcel.nodes), parcel.waybill)):
        heir = next((new for new in fresh if new.waybill not in pairs.values() and _continues(old, new)), None)
        if heir is not None:
            pairs[old.waybill] = heir.waybill
    return pairs


def untold(nodes: Iterable[Node], predecessor: Parcel | None) -> tuple[Node, ...]:
    """The nodes whose time and words the predecessor had not shown."""
    if predecessor is None:
        return tuple(nodes)
    told = _story(predecessor)
    return tuple(node for node in nodes if _scan(node) not in told)


def _continues(old: Parcel, new: Parcel) -> bool:
    if not old.nodes:
        return old.milestone in _NOT_MOVING
    return _story(old) <= _story(new)


def _story(parcel: Parcel) -> frozenset[tuple[datetime | str, str]]:
    return frozenset(_scan(node) for node in parcel.nodes)


def _scan(node: Node) -> tuple[datetime | str, str]:
    return node.at or normalise(node.raw_time), normalise(node.text)
