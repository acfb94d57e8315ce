"""Journeys that ended: how long parcels took from each stage of the way, by the place they left and by carrier.

A journey ends where the courier's part of the way ends: at the door or at the pick-up point. Journeys are grouped by
their origin only: the bot stores no receiver's address, and the destination is the account's own warehouse.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from pandapon.carriers import carrier_of
from pandapon.courier.entry_order import since_order
from pandapon.shipment import Milestone, nfkc
from tracking.values import Basis

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pandapon.models import Order
    from pandapon.shipment import Node, Parcel

ENOUGH = 20  # journeys of a kind from which a usual time is learnt; with fewer the bot expects nothing
# The newest journeys of a kind count, so many of them. With far fewer, only the last to arrive would count after a rush
# of orders, and those are the slow ones.
NEWEST = 2000
SHORTEST, LONGEST = timedelta(hours=2), timedelta(days=60)  # a plausible way; other times come from faulty traces
OLDEST = timedelta(days=60)  # a journey that ended longer ago is not learnt from
EARLIEST, AHEAD = datetime(2000, 1, 1, tzinfo=UTC), timedelta(days=1)  # the bounds of a plausible time, from now

# The stages of the way from which times are learnt. An order is paid; a parcel is picked up with its first scan.
STAGES = (
    Milestone.PAID,
    Milestone.PICKED_UP,
    Milestone.IN_TRANSIT,
    Milestone.ARRIVED,
    Milestone.OUT_FOR_DELIVERY,
)
# The rank from which on a scan reaches a stage: a parcel is picked up with its first scan, whatever the scan says.
_SCANNED = ((0, Milestone.PICKED_UP), *((stage.rank, stage) for stage in STAGES[2:]))
_THERE = frozenset({Milestone.READY_FOR_PICKUP, Milestone.DELIVERED})
_RANK = {milestone: milestone.rank for milestone in Milestone}
_IN_BRACKETS = re.compile(r"^\s*【([^】]{2,40})】")
_HAN = re.compile(r"[㐀-鿿]{2}")
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Journey:
    """The way of one parcel that arrived. ``reached``: aware times of the stages, as far as they are known."""

    key: str  # of its order
    waybill: str
    carrier: str  # see carrier_key; empty: unknown
    lane: str  # see lane_of; empty: unknown
    reached: Mapping[Milestone, datetime]
    ended_at: datetime  # aware: at the door or the pick-up point


@dataclass(frozen=True, slots=True)
class Sample:
    """The times that journeys took from one stage to their end, sorted."""

    basis: Basis
    times: tuple[timedelta, ...]

    def share(self, share: float) -> timedelta:
        """Return the time within which this share (above 0, up to 1) of the journeys ended."""
        return self.times[max(0, ceil(share * len(self.times)) - 1)]


@dataclass(frozen=True, slots=True)
class History:
    """The times learnt from journeys, by stage, lane and carrier. Empty until journeys were read."""

    times: Mapping[tuple[Milestone, str, str], tuple[timedelta, ...]] = field(default_factory=dict)

    @classmethod
    def learnt(cls, journeys: Iterable[Journey]) -> History:
        """Learn from journeys, the newest first. Pure."""
        times: dict[tuple[Milestone, str, str], list[timedelta]] = {}
        for journey in journeys:
            for stage, at in journey.reached.items():
                for kind in _kinds(journey.lane, journey.carrier):
                    known = times.setdefault((stage, *kind), [])
                    if len(known) < NEWEST and at < journey.ended_at:
                        known.append(journey.ended_at - at)
        return cls({kind: tuple(sorted(known)) for kind, known in times.items() if len(known) >= ENOUGH})

    def of(self, stage: Milestone, lane: str, carrier: str) -> Sample | None:
        """Return the times from a stage on, of the most similar group with enough journeys; None: no group has."""
        for basis, kind in zip((Basis.LANE, Basis.CARRIER, Basis.ALL), _kinds_asked(lane, carrier), strict=True):
            if kind is not None and (times := self.times.get((stage, *kind))):
                return Sample(basis, times)
        return None


def journey_of(key: str, parcel: Parcel, order: Order | None, now: datetime) -> Journey | None:
    """Return the journey of a parcel that is delivered or at its pick-up point; None for any other parcel. Pure.

    ``key``: the order's key. None, too, where the times of the trace cannot be those of a whole way, or where it
    ended longer than :data:`OLDEST` ago.
    """
    if parcel.milestone not in _THERE:
        return None
    nodes = own_nodes(parcel, order, now)
    reached = stages_of(nodes, order, now)
    ended_at = next((node.at for node in nodes if node.milestone in _THERE), None)
    began_at = reached.get(Milestone.PICKED_UP)
    if ended_at is None or began_at is None or now - ended_at > OLDEST:
        return None
    if not SHORTEST <= ended_at - began_at <= LONGEST:
        return None
    before = {stage: at for stage, at in reached.items() if at < ended_at and ended_at - at <= LONGEST}
    return Journey(key, parcel.waybill, carrier_key(parcel), lane_of(nodes), before, ended_at)


def own_nodes(parcel: Parcel, order: Order | None, now: datetime) -> Sequence[Node]:
    """Return the nodes of a parcel with a plausible time, oldest first, without those from before the order. Pure."""
    earliest, latest = EARLIEST, now + AHEAD
    timed = [node for node in parcel.nodes if node.at and earliest <= node.at <= latest and node.is_timed]
    return since_order(timed, order.created_at if order else None)


def stages_of(nodes: Sequence[Node], order: Order | None, now: datetime) -> dict[Milestone, datetime]:
    """Return when each stage was reached, as far as it is known: aware times, in the order of the stages. Pure.

    ``nodes``: see :func:`own_nodes`; empty where the order has no parcel yet.
    """
    reached: dict[Milestone, datetime] = {}
    if order and order.paid_at and EARLIEST <= order.paid_at <= now + AHEAD:
        reached[Milestone.PAID] = order.paid_at
    left = [*_SCANNED]
    for node in nodes:
        while left and node.at and _rank(node) >= left[0][0]:
            reached[left.pop(0)[1]] = node.at
    return reached


def carrier_key(parcel: Parcel) -> str:
    """Return the name under which a parcel's carrier is learnt; empty: unknown."""
    match = carrier_of(parcel.carrier, parcel.waybill)
    return match.carrier.name if match else nfkc(parcel.carrier).strip()[:40]


def lane_of(nodes: Sequence[Node]) -> str:
    """Return the place that a parcel left, shortened so that its spellings agree; empty: unknown. Pure.

    ``nodes``: see :func:`own_nodes`.

    The platforms name the place of a scan as a city, a province with its city, or an outlet, whose name begins with its
    place; couriers write it in brackets before their words. The first two Chinese characters tell these apart
    [inferred]; of other scripts it is the first word.
    """
    for node in nodes[:3]:
        place = node.place or next(iter(_IN_BRACKETS.findall(node.text)), "")
        if match := _HAN.search(place) or _WORD.search(unicodedata.normalize("NFKC", place).casefold()):
            return match[0][:20]
    return ""


def _rank(node: Node) -> int:
    """The rank of a node's milestone along the way; a plain scan counts as the first stage, a problem as no stage."""
    return 0 if node.milestone is None else _RANK[node.milestone]


def _kinds(lane: str, carrier: str) -> list[tuple[str, str]]:
    return [kind for kind in _kinds_asked(lane, carrier) if kind is not None]


def _kinds_asked(lane: str, carrier: str) -> tuple[tuple[str, str] | None, tuple[str, str] | None, tuple[str, str]]:
    """The groups of a journey, as (lane, carrier), the most similar first; None where lane or carrier is unknown."""
    return (lane, carrier) if lane and carrier else None, ("", carrier) if carrier else None, ("", "")
