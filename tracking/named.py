"""Parcels that only their order names: they were shipped, but no trace shows them yet."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from pandapon.models import Consignment
from pandapon.shipment import Parcel
from pandapon.tracking_numbers import is_number, is_same, normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pandapon.models import Order

# The mark is stored in the parcel's status code, like the mark of a replaced number (see renumber): a trace that shows
# the parcel overwrites the mark with its own code. The mark is followed by the time since which nothing is heard of the
# parcel (ISO 8601).
_NAMED = "NAMED_BY_ORDER:"
_WITHDRAWN = "NO_LONGER_NAMED"
MOST = 300  # consignments that are taken from one order; a longer list is a fault of the source


def is_only_named(parcel: Parcel) -> bool:
    """Whether the order names this parcel and no trace has shown it."""
    return parcel.status_code.startswith(_NAMED)


def is_withdrawn(parcel: Parcel) -> bool:
    """Whether no trace ever showed this parcel, and the order named it once and no longer does."""
    return parcel.status_code == _WITHDRAWN


def since(parcel: Parcel) -> datetime | None:
    """Return the aware time since which nothing is heard of a parcel that is only named; None for any other parcel."""
    if is_only_named(parcel):
        with suppress(ValueError):
            return datetime.fromisoformat(parcel.status_code.removeprefix(_NAMED))
    return None


def newly_named(consignment: Consignment, at: datetime) -> Parcel:
    """Return the parcel for a consignment, silent since ``at`` (aware). It has no milestone: no scan claims one."""
    return Parcel(consignment.waybill, consignment.carrier, f"{_NAMED}{at.isoformat()}")


def withdrawn(parcel: Parcel) -> Parcel:
    """Return the parcel marked as not counting. Its number stays stored, so that people can still look it up."""
    return replace(parcel, status_code=_WITHDRAWN)


def consignments(order: Order | None) -> tuple[Consignment, ...]:
    """Return the consignments that an order names, in a stable order. Spellings of one number count once."""
    return _each_once(order.waybills, order.consignments) if order else ()


@lru_cache(maxsize=4096)  # successive readings of an order mostly name the same parcels
def _each_once(waybills: tuple[str, ...], details: tuple[Consignment, ...]) -> tuple[Consignment, ...]:
    ids = Counter(consignment.logistics_id for consignment in details)
    by_waybill = {  # an id that several consignments share identifies none of them
        consignment.waybill: consignment if ids[consignment.logistics_id] == 1 else _without_id(consignment)
        for consignment in details
    }
    by_number: dict[str, list[Consignment]] = {}
    for waybill in sorted(waybills, key=lambda waybill: (normal(waybill), waybill)):
        alike = by_number.setdefault(normal(waybill), [])
        if is_number(waybill) and not any(is_same(waybill, other.waybill) for other in alike):
            alike.append(by_waybill.get(waybill) or Consignment(waybill=waybill))
    return tuple(consignment for alike in by_number.values() for consignment in alike)[:MOST]


def _without_id(consignment: Consignment) -> Consignment:
    return consignment.model_copy(update={"logistics_id": ""})


def is_named(waybill: str, order: Order) -> bool:
    """Whether the order names this number, in any spelling."""
    return any(is_same(waybill, named) for named in order.waybills)


def match_consignments(every: Iterable[Consignment], parcels: Iterable[Parcel]) -> dict[str, str]:
    """Return the waybill of the matching parcel, by the waybill that the order names.

    A parcel is matched by its number or, where no consignment has that number, by the platform's own id [inferred].
    """
    by_number: dict[str, list[Consignment]] = {}
    by_id: dict[str, list[Consignment]] = {}
    for consignment in every:
        by_number.setdefault(normal(consignment.waybill), []).append(consignment)
        by_id.setdefault(consignment.logistics_id, []).append(consignment)
    matches: dict[str, str] = {}
    for parcel in parcels:
        alike = by_number.get(normal(parcel.waybill), ())
        same_number = [consignment for consignment in alike if is_same(consignment.waybill, parcel.waybill)]
        for consignment in same_number or [other for id_ in _ids(parcel) for other in by_id.get(id_, ())]:
            matches.setdefault(consignment.waybill, parcel.waybill)
    return matches


def _ids(parcel: Parcel) -> set[str]:
    """The possible platform ids of a parcel. A parcel without a number yet has its platform id as its waybill."""
    return {parcel.logistics_id, parcel.waybill} - {""}


def unseen_consignments(
    order: Order | None, shown: Sequence[Parcel], counted: Sequence[Parcel]
) -> tuple[Consignment, ...]:
    """Return the consignments that the order names and no trace has shown.

    ``shown``: every parcel that a trace ever showed, also under a number that was replaced since. ``counted``: the
    shown parcels that still count. A parcel without a carrier's number may be any of the consignments, so it takes the
    place of one of them. A parcel that was called back does not count, so it takes no place. If not a single number
    matches, the order names its parcels in another way than the trace [inferred], and every counted parcel takes the
    place of one consignment.
    """
    every = consignments(order)
    matches = match_consignments(every, shown)
    unmatched = [consignment for consignment in every if consignment.waybill not in matches]
    if matches:
        counted = [parcel for parcel in counted if _has_no_number(parcel, order)]
    return tuple(unmatched[len(counted) :])


def _has_no_number(parcel: Parcel, order: Order | None) -> bool:
    """Whether the parcel has a stand-in for its number, as pandapon.alibaba and pandapon.taobao make them."""
    stand_ins = {parcel.logistics_id, "parcel", *(order.sub_order_ids if order else ())} - {""}
    return parcel.waybill in stand_ins or parcel.waybill.rpartition("-")[0] in stand_ins
