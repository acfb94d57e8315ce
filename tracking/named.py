"""Parcels that only their order names: the trace does not show them yet, but they were shipped."""

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

# The mark stands in the parcel's status code, like the mark of a replaced number (see renumber): a trace that shows the
# parcel overwrites it with its own code. Behind the mark stands the time since which nothing is heard of the parcel.
_NAMED = "NAMED_BY_ORDER:"
_WITHDRAWN = "NO_LONGER_NAMED"
MOST = 300  # parcels taken from the names of one order; a longer list is a fault of the source


def is_only_named(parcel: Parcel) -> bool:
    """Whether the order names this parcel and no trace has shown it."""
    return parcel.status_code.startswith(_NAMED)


def is_withdrawn(parcel: Parcel) -> bool:
    """Whether the order once named this parcel and no longer does, and no trace ever showed it."""
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
    """Return the consignments that an order names, each number once however it is spelt, in a stable order."""
    return _each_once(order.waybills, order.consignments) if order else ()


@lru_cache(maxsize=4096)  # successive readings of an order mostly name the same parcels
def _each_once(waybills: tuple[str, ...], details: tuple[Consignment, ...]) -> tuple[Consignment, ...]:
    ids = Counter(consignment.logistics_id for consignment in details)
    by_waybill = {  # an id that several consignments share tells none of them from the others
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


def borne(every: Iterable[Consignment], parcels: Iterable[Parcel]) -> dict[str, str]:
    """Match consignments with parcels: from the waybill as the order names it to the waybill of the parcel.

    A parcel is matched by its number; one that bears none of these numbers, by the platform's own id [inferred].
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
    """The platform's possible ids of a parcel; one without a number yet bears such an id as its waybill."""
    return {parcel.logistics_id, parcel.waybill} - {""}


def unseen(order: Order | None, shown: Sequence[Parcel], counted: Sequence[Parcel]) -> tuple[Consignment, ...]:
    """Return the consignments that the order names and no trace has shown.

    ``shown``: every parcel that a trace ever showed, also under a number that was replaced since. ``counted``: those of
    them that still count; a consignment that was called back stands for no other. A parcel without a carrier's number
    may be any of the consignments, so it stands for one of them. If not a single number matches, the order names its
    parcels in another way than the trace [inferred], and every counted parcel stands for one consignment.
    """
    every = consignments(order)
    matches = borne(every, shown)
    unmatched = [consignment for consignment in every if consignment.waybill not in matches]
    if matches:
        counted = [parcel for parcel in counted if _has_no_number(parcel, order)]
    return tuple(unmatched[len(counted) :])


def _has_no_number(parcel: Parcel, order: Order | None) -> bool:
    """Whether the parcel bears a stand-in for its number, made in pandapon.alibaba and pandapon.taobao."""
    stand_ins = {parcel.logistics_id, "parcel", *(order.sub_order_ids if order else ())} - {""}
    return parcel.waybill in stand_ins or parcel.waybill.rpartition("-")[0] in stand_ins
