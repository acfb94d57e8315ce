"""After an upgrade: reads stored entries by the new rules and corrects what was posted wrongly."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.jobs.isolation import isolated
from bot.process.loop import give_way
from pandapon.courier import RULES, read_entry
from pandapon.pickup import earliest_pick_up
from pandapon.progress import milestone_after, order_milestone, order_reason
from pandapon.shipment import FINAL, Milestone
from storage.corrections import Correction
from tracking.lines import Line, with_named
from tracking.merge import merge_nodes
from tracking.renumber import live
from tracking.stalls import Limits, asks_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from pandapon.shipment import Parcel
    from storage.store import Store
    from tracking.orders import StoredOrder

log = logging.getLogger(__name__)

BATCH = 100  # orders read and stored at a time
TRIES = 5  # to correct an order that other readings keep changing at the same time
# Change these texts when the rules for parcels change: stored orders are then read again, as for new courier rules.
PARCELS = {True: "with named parcels", False: "without named parcels"}


async def is_read(store: Store, *, names: bool) -> bool:
    """Return whether the stored orders were read by the rules of this version."""
    return await store.rereading.rules() == _rules(names=names)


def _rules(*, names: bool) -> str:
    return f"{RULES}, {PARCELS[names]}"


async def reread(
    store: Store, clock: Callable[[], datetime], limits: Limits | None = None, *, names: bool = True
) -> None:
    """Read every stored order again, once for each change of the rules, before the first poll.

    After an interruption the next start begins anew. It does not count orders that were corrected already, so the line
    in a channel may name fewer orders than were wrong. ``limits``: of silence. ``names``: see tracking.policy.Policy.
    """
    rules = _rules(names=names)
    if await store.rereading.rules() == rules:
        return
    work = _Rereading(store, clock, limits or Limits(), names=names)
    after = ""
    while (read := await store.rereading.batch(after, BATCH))[0]:
        after, stored = read
        await work.correct(stored)
    await store.rereading.finish(clock(), rules, dict(work.misled))
    if work.corrected:
        log.info("stored orders read by the new rules", extra={"corrected": work.corrected, "rules": rules})


class _Rereading:
    """Corrects orders, and counts the corrections."""

    def __init__(self, store: Store, clock: Callable[[], datetime], limits: Limits, *, names: bool) -> None:
        self._store, self._clock, self._limits, self._names = store, clock, limits, names
        self.corrected = 0
        self.misled: Counter[str] = Counter()  # by channel, the number of orders that were wrongly told as delivered

    async def correct(self, stored: Sequence[StoredOrder]) -> None:
        """Correct these orders. An order that changed meanwhile, by another reading, is loaded and corrected anew."""
        for _try in range(TRIES):
            wrong = await self._wrong(stored)
            if not wrong:
                return
            after = await self._store.rereading.correct(self._clock(), wrong)
            self.misled.update(channel for channel, _key in after.misled)
            self.corrected += len(wrong) - len(after.moved)
            if not after.moved:
                return
            stored = list((await self._store.orders.load_readable(after.moved)).values())
        log.warning("orders are read all the time, and are left as they are", extra={"orders": len(stored)})

    async def _wrong(self, stored: Sequence[StoredOrder]) -> list[Correction]:
        corrections = []
        for order in stored:
            with isolated(log, "order not read by the new rules", order=order.key):
                corrections.append(correction(order, self._clock(), self._limits, names=self._names))
            await give_way()
        return [each for each in corrections if each is not None]


def correction(stored: StoredOrder, now: datetime, limits: Limits, *, names: bool = True) -> Correction | None:
    """Return the correction of an order by the present rules; None when they read it as it is stored."""
    ordered_at = stored.order.created_at if stored.order else None
    nodes = [
        (node.identity, claim)
        for node in stored.shipment.nodes
        if (claim := read_entry(node.text, node.code).milestone) is not node.milestone
    ]
    claims = dict(nodes)
    nothing = merge_nodes((), ())
    placed = [Line(parcel, _placed(parcel, claims, ordered_at), nothing) for parcel in stored.shipment.parcels]
    lines = with_named(placed, stored.order if names else None, stored.order, heard=stored.moved_at or now, now=now)
    parcels = [line.after for line in lines]
    own = stored.order.milestone if stored.order else None
    counted = sorted(live(parcels), key=lambda parcel: parcel.waybill)
    milestone = order_milestone(own, counted) or stored.milestone
    reason = order_reason(milestone, counted, stored.order)
    pick_up_by = earliest_pick_up(milestone, counted)
    changed = [
        line.after for line in lines if line.before is None or line.before.without_nodes() != line.after.without_nodes()
    ]
    is_same = (milestone, reason, pick_up_by) == (stored.milestone, stored.reason, stored.pick_up_by)
    if not nodes and not changed and is_same:
        return None
    return Correction(
        stored.key,
        stored.fence,
        milestone,
        reason,
        pick_up_by,
        milestone in FINAL,
        tuple(nodes),
        tuple(changed),
        asks_at(stored.moved_at, limits, now),
        was_told_as_over=stored.milestone is Milestone.DELIVERED and milestone is not Milestone.DELIVERED,
    )


def _placed(parcel: Parcel, claims: dict[str, Milestone | None], ordered_at: datetime | None) -> Parcel:
    nodes = tuple(
        replace(node, milestone=claims[node.identity]) if node.identity in claims else node for node in parcel.nodes
    )
    place = milestone_after(nodes, parcel.status_milestone, ordered_at)
    return replace(parcel, nodes=nodes, milestone=place)
