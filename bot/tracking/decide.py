"""Decides what a reading of an order means: what is new, what is worth telling, and what is known from now on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.tracking import telling
from bot.tracking.echoes import echoes
from bot.tracking.merge import MergedNodes, merge_nodes, merge_order, merge_parcel, one_per_waybill
from bot.tracking.renumber import live, renumbered, replaced_by, retire, revive, untold
from bot.tracking.stalls import plausible
from pandapon.progress import order_milestone, place_after
from pandapon.shipment import FINAL, Milestone, News, Node, OrderRef, Parcel, Shipment, Step, by_shipping, normalise

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from pandapon.models import Order

_NO_REFUND = frozenset({"", "0"})


@dataclass(frozen=True, slots=True)
class Known:
    """An order as it is stored: all of it has been told, or was there at the first sight."""

    order: Order | None
    shipment: Shipment
    milestone: Milestone | None = None
    moved_at: datetime | None = None
    final_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """One reading. None means not read this time, which says nothing about the order."""

    ref: OrderRef
    order: Order | None = None
    shipment: Shipment | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from a reading. To be stored as a whole, in the transaction that enqueues ``news``."""

    order: Order | None
    shipment: Shipment  # stored and fetched together; numbers that were replaced are still in it (see renumber.live)
    milestone: Milestone | None
    new_nodes: tuple[Node, ...]
    edited_nodes: tuple[Node, ...]  # known nodes to be stored again
    parcels: tuple[Parcel, ...]  # every parcel's facts, without nodes
    news: News | None  # None: nothing to tell
    level: str  # "edit" | "node" | "step" | "milestone" | "problem"; empty without news
    audience: frozenset[str]  # filters of the watches that are told
    what: str  # names the news, the same for the same news; empty without
    moved_at: datetime | None  # when something last happened
    final_at: datetime | None  # when it was first seen delivered, returned, cancelled or lost
    changed: bool  # a card that shows the order looks different now
    moved: bool  # a parcel came, was scanned or came a step on: its silence is over
    is_first: bool  # the baseline: what was before it is told to nobody
    at: datetime = field(compare=False)  # when it was decided


@dataclass(frozen=True, slots=True)
class _Line:
    """One parcel before and after the reading."""

    before: Parcel | None  # what was known of it, perhaps under its old number; None: never seen
    after: Parcel
    nodes: MergedNodes
    previous: str = ""  # the number it had until this reading

    @property
    def is_added(self) -> bool:
        return self.before is None

    @property
    def told(self) -> tuple[Node, ...]:
        return untold(self.nodes.new, self.before if self.previous else None)

    @property
    def edits(self) -> tuple[Node, ...]:
        """Known nodes that a reader would now read differently."""
        if not self.nodes.edited:
            return ()
        known = {node.identity: node for node in (self.before.nodes if self.before else ())}
        return tuple(node for node in self.nodes.edited if _reads_differently(known.get(node.identity), node))

    @property
    def steps(self) -> tuple[Step, ...]:
        before, after = self.before.milestone if self.before else None, self.after.milestone
        if after is None or after is before or replaced_by(self.after):
            return ()
        return (Step(before, after, self.after.waybill),)


def decide(known: Known | None, reading: Fetched, now: datetime, *, baseline: bool = False) -> Decision:
    """What ``reading`` adds to ``known``. Pure: equal arguments give equal decisions.

    Without ``known`` the reading is the baseline: all is stored, nothing is told. ``baseline`` says so of an order
    that is known from a list only. ``now`` is aware UTC.
    """
    base = known or Known(None, Shipment(reading.ref))
    order = merge_order(base.order, reading.order)
    ordered_at = order.created_at if order else None
    lines = _lines(base.shipment.parcels, reading.shipment.parcels if reading.shipment else (), ordered_at)
    parcels = tuple(line.after for line in lines)
    milestone = order_milestone(order.milestone if order else None, _counted(parcels)) or base.milestone
    news = _news(base, order, reading.ref, lines, milestone) if known and not baseline else None
    return Decision(
        order=order,
        shipment=Shipment(reading.ref, parcels),
        milestone=milestone,
        new_nodes=tuple(node for line in lines for node in line.nodes.new),
        edited_nodes=tuple(node for line in lines for node in line.nodes.rewritten),
        parcels=tuple(_facts(parcel) for parcel in parcels),
        news=news,
        level=telling.level(news, echoes(base.shipment.parcels, news, now)) if news else "",
        audience=telling.audience(news) if news else frozenset(),
        what=telling.key(news, base.moved_at) if news else "",
        moved_at=_moved_at(None if baseline else known, order, parcels, news, now),
        final_at=(base.final_at or now) if milestone in FINAL else None,
        moved=bool(news and (news.nodes or news.steps or news.added or news.settled)),
        is_first=known is None or baseline,
        at=now,
        changed=known is None or order != base.order or milestone is not base.milestone or _differ(lines),
    )


def _lines(known: Sequence[Parcel], read: Sequence[Parcel], ordered_at: datetime | None) -> list[_Line]:
    """Every parcel, the known ones first. An empty reading leaves each as it was."""
    fetched = one_per_waybill(read)
    successors = renumbered(known, tuple(fetched.values()))
    stored = {parcel.waybill: parcel for parcel in known}
    lines = [
        _known_line(parcel, fetched.get(parcel.waybill), successors.get(parcel.waybill), ordered_at) for parcel in known
    ]
    predecessors = {new: stored[old] for old, new in successors.items()}
    lines += [
        _new_line(parcel, predecessors.get(waybill), ordered_at)
        for waybill, parcel in fetched.items()
        if waybill not in stored
    ]
    return lines


def _known_line(known: Parcel, fetched: Parcel | None, successor: str | None, ordered_at: datetime | None) -> _Line:
    if successor:
        return _Line(known, retire(known, successor), merge_nodes(known.nodes, ()))
    if fetched is None:
        return _Line(known, known, merge_nodes(known.nodes, ()))
    nodes = merge_nodes(known.nodes, fetched.nodes)
    return _Line(known, _placed(merge_parcel(revive(known), fetched, nodes.nodes), ordered_at), nodes)


def _new_line(fetched: Parcel, predecessor: Parcel | None, ordered_at: datetime | None) -> _Line:
    nodes = merge_nodes((), fetched.nodes)
    if predecessor is None:
        return _Line(None, _placed(replace(fetched, nodes=nodes.nodes, milestone=None), ordered_at), nodes)
    heir = merge_parcel(replace(predecessor, waybill=fetched.waybill), fetched, nodes.nodes)
    return _Line(predecessor, _placed(heir, ordered_at), nodes, previous=predecessor.waybill)


def _placed(parcel: Parcel, ordered_at: datetime | None) -> Parcel:
    """The parcel where its merged nodes and status put it; an unknown claim keeps the last known place."""
    place = place_after(parcel.nodes, parcel.status_milestone, ordered_at) or parcel.milestone
    return replace(parcel, milestone=place)


def _counted(parcels: Sequence[Parcel]) -> tuple[Parcel, ...]:
    """Always in the same order: of two problems the one shown must not depend on which parcel was read first."""
    return tuple(sorted(live(parcels), key=lambda parcel: parcel.waybill))


def _news(
    base: Known, order: Order | None, ref: OrderRef, lines: Sequence[_Line], milestone: Milestone | None
) -> News | None:
    """One piece of news for all that the reading found, however much; edits alone are news too, the quietest."""
    parcels = tuple(_facts(parcel) for parcel in by_shipping(live(line.after for line in lines)))
    steps = tuple(step for line in lines for step in line.steps)
    refunded = _refunded(base.order, order)
    news = News(
        ref=ref,
        milestone=milestone,
        nodes=tuple(node for line in lines for node in line.told),
        edited=tuple(node for line in lines for node in line.edits),
        steps=steps + telling.order_step(base.milestone, milestone, steps, len(parcels)),
        parcels=parcels,
        added=tuple(line.after.waybill for line in lines if line.is_added),
        renumbered=tuple((line.previous, line.after.waybill) for line in lines if line.previous),
        price=_price(base.order, order),
        refund=_refund(base.order, order, is_paid=refunded is not None),
        refunded=refunded,
        settled=milestone is base.milestone and _is_settled(base.order, order),
    )
    return None if telling.says_nothing(news) else news


def _is_settled(before: Order | None, after: Order | None) -> bool:
    """It waited for the buyer's payment and does no longer, though no milestone says so: a finance team has it."""
    return bool(before and after and before.is_unpaid and after.is_settled)


def _price(before: Order | None, after: Order | None) -> tuple[Decimal, Decimal] | None:
    """A total that changed; one that was not known before is none."""
    if before is None or after is None or before.total_amount is None or after.total_amount is None:
        return None
    return None if before.total_amount == after.total_amount else (before.total_amount, after.total_amount)


def _refund(before: Order | None, after: Order | None, *, is_paid: bool) -> tuple[str, str] | None:
    """The order's refund, or that of a line of it. One that is silent is none: the upstream's nulls come and go."""
    if before is None or after is None:
        return None
    lines = zip(before.items, after.items, strict=True) if len(before.items) == len(after.items) else ()
    states = [
        (before.refund_status, after.refund_status),
        *((old.refund_status, new.refund_status) for old, new in lines),
    ]
    changed = (one for one in states if one[1] not in {*_NO_REFUND, one[0]})
    return next(changed, (before.refund_status, after.refund_status) if is_paid else None)


def _refunded(before: Order | None, after: Order | None) -> tuple[Decimal | None, Decimal] | None:
    """What was paid back, where the upstream says it and it changed."""
    if before is None or after is None or after.refunded_amount in {None, before.refunded_amount}:
        return None
    assert after.refunded_amount is not None
    return before.refunded_amount, after.refunded_amount


def _moved_at(
    known: Known | None, order: Order | None, parcels: Sequence[Parcel], news: News | None, now: datetime
) -> datetime | None:
    """For an order seen the first time, its latest scan: one that is silent for weeks is not asked about hourly."""
    if known is not None:
        return now if news and not telling.is_edit(news) else known.moved_at
    times = [node.at for parcel in parcels for node in parcel.nodes if plausible(node.at, now)]
    if not times and order:
        times = [time for time in (order.created_at, order.paid_at) if plausible(time, now)]
    return min(now, max(times)) if times else now


def _differ(lines: Sequence[_Line]) -> bool:
    return any(
        line.before is None or line.nodes.new or line.nodes.rewritten or _facts(line.before) != _facts(line.after)
        for line in lines
    )


def _reads_differently(before: Node | None, after: Node) -> bool:
    """Whether a person would read something else: a place that is only filled in, or spelt out, is none."""
    if before is None or normalise(before.shown) != normalise(after.shown):
        return True
    old, new = normalise(before.place), normalise(after.place)
    return bool(old) and old not in new and new not in normalise(after.shown)


def _facts(parcel: Parcel) -> Parcel:
    return replace(parcel, nodes=())
