"""Parcels that only their order names: its trace does not show them (yet), and they are on their way all the same."""

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

# Kept in the parcel's status code, as the mark of a number that was replaced is: a trace that shows the parcel writes
# its own code there. Behind it stands since when nothing is heard of the parcel.
_NAMED = "NAMED_BY_ORDER:"
_WITHDRAWN = "NO_LONGER_NAMED"
MOST = 300  # parcels that are taken from what one order names; a longer list is a fault of its source


def is_only_named(parcel: Parcel) -> bool:
    """Whether nothing but the order says that there is this parcel."""
    return parcel.status_code.startswith(_NAMED)


def is_withdrawn(parcel: Parcel) -> bool:
    """Whether the order named it once and does not any more, and no trace ever showed it."""
    return parcel.status_code == _WITHDRAWN


def since(parcel: Parcel) -> datetime | None:
    """Since when nothing is heard of a parcel that is only named, aware; None: of any other."""
    if is_only_named(parcel):
        with suppress(ValueError):
            return datetime.fromisoformat(parcel.status_code.removeprefix(_NAMED))
    return None


def newly_named(consignment: Consignment, at: datetime) -> Parcel:
    """The parcel. No state is claimed for it: of its order it is at least known that others were shipped."""
    return Parcel(consignment.waybill, consignment.carrier, f"{_NAMED}{at.isoformat()}")


def withdrawn(parcel: Parcel) -> Parcel:
    """It counts no more. Its number stays stored, so that a person can still ask for it."""
    return replace(parcel, status_code=_WITHDRAWN)


def consignments(order: Order | None) -> tuple[Consignment, ...]:
    """What the order names, each number once however it is spelt, and always in the same order."""
    return _each_once(order.waybills, order.consignments) if order else ()


@lru_cache(maxsize=4096)  # most readings of an order are decided beside the same names
def _each_once(waybills: tuple[str, ...], more: tuple[Consignment, ...]) -> tuple[Consignment, ...]:
    ids = Counter(one.logistics_id for one in more)  # one that several share tells none of them from the others
    said = {one.waybill: one if ids[one.logistics_id] == 1 else _without_id(one) for one in more}
    found: dict[str, list[Consignment]] = {}
    for waybill in sorted(waybills, key=lambda one: (normal(one), one)):
        alike = found.setdefault(normal(waybill), [])
        if is_number(waybill) and not any(is_same(waybill, one.waybill) for one in alike):
            alike.append(said.get(waybill) or Consignment(waybill=waybill))
    return tuple(one for alike in found.values() for one in alike)[:MOST]


def _without_id(consignment: Consignment) -> Consignment:
    return consignment.model_copy(update={"logistics_id": ""})


def is_named(waybill: str, order: Order) -> bool:
    """Whether the order names this number, in whatever spelling."""
    return any(is_same(waybill, one) for one in order.waybills)


def borne(every: Iterable[Consignment], parcels: Iterable[Parcel]) -> dict[str, str]:
    """Which of the consignments are among the parcels: the waybill as the order names it to that of the parcel.

    By the number; a parcel that has none of these numbers, by the platform's own id of it [inferred].
    """
    by_number: dict[str, list[Consignment]] = {}
    by_id: dict[str, list[Consignment]] = {}
    for one in every:
        by_number.setdefault(normal(one.waybill), []).append(one)
        by_id.setdefault(one.logistics_id, []).append(one)
    found: dict[str, str] = {}
    for parcel in parcels:
        ours = [one for one in by_number.get(normal(parcel.waybill), ()) if is_same(one.waybill, parcel.waybill)]
        for one in ours or [one for id_ in _ids(parcel) for one in by_id.get(id_, ())]:
            found.setdefault(one.waybill, parcel.waybill)
    return found


def _ids(parcel: Parcel) -> set[str]:
    """What the platform may call it; where it has no number yet, it is shown under that."""
    return {parcel.logistics_id, parcel.waybill} - {""}


def unseen(order: Order | None, shown: Sequence[Parcel], counted: Sequence[Parcel]) -> tuple[Consignment, ...]:
    """Those that the order names and no trace has shown.

    ``shown``: every parcel that a trace ever showed, also under a number that was replaced since. ``counted``: those of
    them that are on a way; a consignment that was called back stands for none. A parcel without a carrier's number may
    be any of the consignments. So may every parcel, where not one number is found among them: then the order names its
    parcels otherwise than the trace [inferred], and each parcel of the trace stands for one.
    """
    every = consignments(order)
    found = borne(every, shown)
    left = [one for one in every if one.waybill not in found]
    if found:
        counted = [parcel for parcel in counted if _has_no_number(parcel, order)]
    return tuple(left[len(counted) :])


def _has_no_number(parcel: Parcel, order: Order | None) -> bool:
    """Whether it is shown under a stand-in for the number: see pandapon.alibaba and pandapon.taobao."""
    stand_ins = {parcel.logistics_id, "parcel", *(order.sub_order_ids if order else ())} - {""}
    return parcel.waybill in stand_ins or parcel.waybill.rpartition("-")[0] in stand_ins
