"""Keeps the stand-in number of a parcel without a carrier's number when its place in PandaPon's answer changes.

A stand-in is made from the parcel's place in the answer. The parcel is found again by its scans, and keeps the stored
stand-in, which is part of each scan's identity.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from tracking.renumber import replaced_by, scans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pandapon.models import Order
    from pandapon.shipment import OrderRef, Parcel

_PARCEL = "parcel"  # begins the stand-ins of 1688's parcels; a sub-order's id, or the order's, begins those of Taobao's


def prefixes(ref: OrderRef, order: Order | None) -> frozenset[str]:
    """Return the prefixes of an order's stand-ins, as pandapon.alibaba and pandapon.taobao make them."""
    return frozenset({_PARCEL, ref.order_id, *(order.sub_order_ids if order else ())})


def keep(known: Sequence[Parcel], read: Sequence[Parcel], prefixes: frozenset[str]) -> Sequence[Parcel]:
    """Return the parcels of a reading, where each stand-in is the one stored for the parcel with the same scans. Pure.

    ``prefixes``: see :func:`prefixes`. A parcel without known scans keeps the stand-in of its place, if that is free.
    """
    loose = [parcel for parcel in read if _prefix(parcel.waybill, prefixes)]
    if not loose or not known:
        return read
    names = _matches(known, read, prefixes)
    taken = {*names.values(), *(parcel.waybill for parcel in read if not _prefix(parcel.waybill, prefixes))}
    for parcel in loose:
        if parcel.waybill not in names:
            names[parcel.waybill] = next(name for name in _choices(parcel, known, prefixes) if name not in taken)
            taken.add(names[parcel.waybill])
    return [_named(parcel, names[parcel.waybill]) if parcel in loose else parcel for parcel in read]


def _prefix(waybill: str, prefixes: Iterable[str]) -> str:
    """The prefix of a stand-in; empty for a carrier's number."""
    head, _dash, place = waybill.rpartition("-")
    return next((each for each in (waybill, head if place.isdecimal() else "") if each in prefixes), "")


def _matches(known: Sequence[Parcel], read: Sequence[Parcel], prefixes: frozenset[str]) -> dict[str, str]:
    """From the waybill as read to the stored stand-in, for parcels that share scans; the most shared scans win.

    A parcel that got its carrier's number with this reading is included, so that no other parcel takes its stand-in.
    """
    stored, shown = {parcel.waybill for parcel in known}, {parcel.waybill for parcel in read}
    fresh = [(new, _prefix(new.waybill, prefixes)) for new in read]
    old_ones = [(old, _prefix(old.waybill, prefixes)) for old in known if replaced_by(old) not in shown]
    pairs = sorted(
        (-shared, new.waybill != old.waybill, bool(prefix), old.waybill, new.waybill)
        for new, prefix in fresh
        for old, old_prefix in old_ones
        if old_prefix and (prefix == old_prefix or not (prefix or new.waybill in stored))
        if (shared := len(scans(old) & scans(new)))
    )
    names: dict[str, str] = {}
    for *_likeness, old_name, new_name in pairs:
        if new_name not in names and old_name not in names.values():
            names[new_name] = old_name
    return names


def _choices(parcel: Parcel, known: Sequence[Parcel], prefixes: frozenset[str]) -> Iterator[str]:
    """The stand-in of the parcel's place, then those of stored parcels without scans, then unused stand-ins."""
    prefix, stored = _prefix(parcel.waybill, prefixes), {each.waybill: each for each in known}
    if not (parcel.nodes and parcel.waybill in stored and replaced_by(stored[parcel.waybill])):
        yield parcel.waybill
    yield from (each.waybill for each in known if _prefix(each.waybill, prefixes) == prefix and not each.nodes)
    yield from (name for number in count(1) if (name := f"{prefix}-{number}") not in stored)


def _named(parcel: Parcel, waybill: str) -> Parcel:
    if parcel.waybill == waybill:
        return parcel
    return replace(parcel, waybill=waybill, nodes=tuple(replace(node, waybill=waybill) for node in parcel.nodes))
