"""After an upgrade: stored entries are read by the new rules, and what was told wrongly is put right."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import records
from bot.tracking.renumber import live
from pandapon.courier import RULES, read_entry
from pandapon.progress import order_milestone, place_after
from pandapon.shipment import FINAL, Milestone
from storage.corrections import Correction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pandapon.shipment import Parcel
    from storage.protocol import Store
    from storage.records import KnownOrder

log = logging.getLogger(__name__)

BATCH = 100  # orders read and stored at a time


async def reread(store: Store, clock: Callable[[], datetime]) -> None:
    """Read every stored order again, once for each change of the rules; before anything is polled.

    A stop in between begins anew: a correction that was stored is none the second time, so the line in a channel may
    then name fewer orders than were wrong.
    """
    if await store.read_by() == RULES:
        return
    after, corrected = "", 0
    misled: Counter[str] = Counter()
    while stored := await store.orders_after(after, BATCH):
        found = [one for order in stored if (one := correction(order)) is not None]
        if found:
            misled.update(channel for channel, _key in await store.correct(clock(), found))
        corrected += len(found)
        after = stored[-1].key
    await store.finish_rereading(clock(), RULES, dict(misled))
    if corrected:
        log.info("stored orders read by the new courier rules", extra={"corrected": corrected, "rules": RULES})


def correction(stored: KnownOrder) -> Correction | None:
    """What the rules of now say otherwise of an order; None: nothing."""
    known = records.known(stored)
    ordered_at = known.order.created_at if known.order else None
    nodes = [
        (node.identity, claim)
        for node in known.shipment.nodes
        if (claim := read_entry(node.text, node.code).milestone) is not node.milestone
    ]
    claims = dict(nodes)
    parcels = tuple(_placed(parcel, claims, ordered_at) for parcel in known.shipment.parcels)
    own = known.order.milestone if known.order else None
    milestone = order_milestone(own, sorted(live(parcels), key=lambda parcel: parcel.waybill)) or known.milestone
    moved = [
        (after.waybill, after.milestone)
        for before, after in zip(known.shipment.parcels, parcels, strict=True)
        if before.milestone is not after.milestone
    ]
    if not nodes and not moved and milestone is known.milestone:
        return None
    return Correction(
        stored.key,
        milestone,
        milestone in FINAL,
        tuple(nodes),
        tuple(moved),
        was_told_as_over=known.milestone is Milestone.DELIVERED and milestone is not Milestone.DELIVERED,
    )


def _placed(parcel: Parcel, claims: dict[str, Milestone | None], ordered_at: datetime | None) -> Parcel:
    nodes = tuple(
        replace(node, milestone=claims[node.identity]) if node.identity in claims else node for node in parcel.nodes
    )
    place = place_after(nodes, parcel.status_milestone, ordered_at)
    return replace(parcel, nodes=nodes, milestone=place)
