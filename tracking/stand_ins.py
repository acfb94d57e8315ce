"""Keeps the stand-in of a parcel without a number, which its place in the answer gave it, when the places change.

A parcel is found again by its scans. The stored names stay what they are: they are part of each scan's identity.
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


def stems(ref: OrderRef, order: Order | None) -> frozenset[str]:
    """Return how the stand-ins of an order begin, made in pandapon.alibaba and pandapon.taobao."""
    return frozenset({_PARCEL, ref.order_id, *(order.sub_order_ids if order else ())})


def kept(known: Sequence[Parcel], read: Sequence[Parcel], of_order: frozenset[str]) -> Sequence[Parcel]:
    """Return the parcels of a reading, each stand-in as it was stored for the parcel with the same scans. Pure.

    ``of_order``: see :func:`stems`. A parcel with no known scan keeps the stand-in of its place, if that is free.
    """
    loose = [parcel for parcel in read if _stem(parcel.waybill, of_order)]
    if not loose or not known:
        return read
    names = _matches(known, read, of_order)
    taken = {*names.values(), *(parcel.waybill for parcel in read if not _stem(parcel.waybill, of_order))}
    for parcel in loose:
        if parcel.waybill not in names:
            names[parcel.waybill] = next(name for name in _choices(parcel, known, of_order) if name not in taken)
            taken.add(names[parcel.waybill])
    return [_named(parcel, names[parcel.waybill]) if parcel in loose else parcel for parcel in read]


def _stem(waybill: str, of_order: Iterable[str]) -> str:
    """How a stand-in begins; empty for a carrier's number."""
    head, _dash, place = waybill.rpartition("-")
    return next((each for each in (waybill, head if place.isdecimal() else "") if each in of_order), "")


def _matches(known: Sequence[Parcel], read: Sequence[Parcel], of_order: frozenset[str]) -> dict[str, str]:
    """The name as read to the stored stand-in, for parcels that share scans, those that share most first.

    Among them are parcels that got their number with this reading: their old stand-in is no other parcel's.
    """
    stored, shown = {parcel.waybill for parcel in known}, {parcel.waybill for parcel in read}
    fresh = [(new, _stem(new.waybill, of_order)) for new in read]
    old_ones = [(old, _stem(old.waybill, of_order)) for old in known if replaced_by(old) not in shown]
    pairs = sorted(
        (-shared, new.waybill != old.waybill, bool(stem), old.waybill, new.waybill)
        for new, stem in fresh
        for old, old_stem in old_ones
        if old_stem and (stem == old_stem or not (stem or new.waybill in stored))
        if (shared := len(scans(old) & scans(new)))
    )
    names: dict[str, str] = {}
    for *_likeness, old_name, new_name in pairs:
        if new_name not in names and old_name not in names.values():
            names[new_name] = old_name
    return names


def _choices(parcel: Parcel, known: Sequence[Parcel], of_order: frozenset[str]) -> Iterator[str]:
    """The stand-in of its place, then those of stored parcels without scans, then such as no parcel had."""
    stem, stored = _stem(parcel.waybill, of_order), {each.waybill: each for each in known}
    if not (parcel.nodes and parcel.waybill in stored and replaced_by(stored[parcel.waybill])):
        yield parcel.waybill
    yield from (each.waybill for each in known if _stem(each.waybill, of_order) == stem and not each.nodes)
    yield from (name for number in count(1) if (name := f"{stem}-{number}") not in stored)


def _named(parcel: Parcel, waybill: str) -> Parcel:
    if parcel.waybill == waybill:
        return parcel
    return replace(parcel, waybill=waybill, nodes=tuple(replace(node, waybill=waybill) for node in parcel.nodes))
