"""Builders for the tests of the tracking rules: orders told in a few words, and a store that only remembers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot import records
from pandapon.models import Order
from pandapon.shipment import Milestone, Node, OrderRef, Parcel, Platform, Shipment, TimeBasis
from storage.records import KnownOrder, NodeRecord, OrderState, ParcelRecord
from tracking.decide import Decision, Fetched, decide

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracking.values import News

REF = OrderRef(Platform.ALIBABA, "2542285634920880794")
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
M = Milestone

# Hour, words, claim: one parcel's way from the seller's town to the door.
PICKED = (1, "【义乌市】您的快件已被揽收", M.PICKED_UP)
LEFT = (5, "【义乌分拨中心】已发出，下一站【广州转运中心】", M.IN_TRANSIT)
ARRIVED = (30, "【广州转运中心】已到达", M.IN_TRANSIT)
OUT = (40, "【广州市】快递员正在派件", M.OUT_FOR_DELIVERY)
FAILED = (42, "收件人不在，未妥投", M.ATTEMPT_FAILED)
SIGNED = (44, "快件已签收，签收人：本人", M.DELIVERED)
JOURNEY = (PICKED, LEFT, ARRIVED, OUT, SIGNED)


def at(hours: float) -> datetime:
    """So many hours after the story begins."""
    return START + timedelta(hours=hours)


def node(
    scan: tuple[float, str, Milestone | None],
    waybill: str = "SF1",
    *,
    place: str = "",
    code: str = "",
    sequence: int = 0,
) -> Node:
    hours, text, milestone = scan
    when = at(hours)
    raw = (when + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")
    return Node(waybill, when, raw, TimeBasis.CHINA, text, code, place, milestone, sequence)


def parcel(
    *scans: tuple[float, str, Milestone | None], waybill: str = "SF1", status: Milestone | None = None, code: str = ""
) -> Parcel:
    nodes = tuple(node(scan, waybill) for scan in scans)
    return Parcel(waybill, "顺丰速运", code or (status.value.upper() if status else ""), status, nodes)


def order(milestone: Milestone | None = M.SHIPPED, code: str = "", **fields: object) -> Order:
    facts = {"seller": "义乌某某服饰厂", **fields}
    code = code or (milestone.value if milestone else "")
    return Order.model_validate(
        {"platform": REF.platform, "order_id": REF.order_id, "status_code": code, "milestone": milestone, **facts}
    )


def reading(*parcels: Parcel, detail: Order | None = None) -> Fetched:
    return Fetched(REF, detail, Shipment(REF, parcels))


def only_order(detail: Order) -> Fetched:
    """The order was read, its logistics were not."""
    return Fetched(REF, detail, None)


@dataclass
class Desk:
    """Decides reading after reading, keeping between two of them only what the store would: every step is a restart."""

    stored: KnownOrder | None = None
    last: Decision | None = None
    told: list[Decision] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: at(100))

    def see(self, fetched: Fetched) -> Decision:
        """One poll: decide, record, remember what was told."""
        decision = self.last = self.decide(fetched)
        self.stored = self._recorded(decision)
        if decision.news:
            self.told.append(decision)
        self.now += timedelta(hours=1)
        return decision

    def decide(self, fetched: Fetched) -> Decision:
        """The same without recording: the process dies before the transaction."""
        return decide(records.known(self.stored) if self.stored else None, fetched, self.now)

    @property
    def news(self) -> list[News]:
        return [decision.news for decision in self.told if decision.news]

    @property
    def texts(self) -> list[str]:
        """The words of all announced nodes, in the order in which they were told."""
        return [one.text for news in self.news for one in news.nodes]

    @property
    def milestones(self) -> list[tuple[str, Milestone]]:
        """Every announced step as (waybill, milestone)."""
        return [(step.waybill, step.after) for news in self.news for step in news.steps]

    @property
    def milestone(self) -> Milestone | None:
        assert self.stored
        return Milestone(self.stored.state.milestone) if self.stored.state.milestone else None

    def parcel(self, waybill: str = "SF1") -> Parcel:
        assert self.last
        return next(one for one in self.last.shipment.parcels if one.waybill == waybill)

    def _recorded(self, decision: Decision) -> KnownOrder:
        old = self.stored or KnownOrder(REF.key, OrderState(None), 0, (), (), None, None, None)
        return replace(
            old,
            state=records.order_state(decision),
            parcels=_upserted(old.parcels, map(records.parcel_record, decision.parcels)),
            nodes=_nodes_upserted(old.nodes, map(records.node_record, decision.new_nodes + decision.edited_nodes)),
        )


def desk(*first: Parcel, detail: Order | None = None) -> Desk:
    """A desk that has seen its baseline."""
    made = Desk()
    made.see(reading(*first, detail=detail))
    return made


def _upserted(old: Iterable[ParcelRecord], new: Iterable[ParcelRecord]) -> tuple[ParcelRecord, ...]:
    return tuple(({one.waybill: one for one in old} | {one.waybill: one for one in new}).values())


def _nodes_upserted(old: Iterable[NodeRecord], new: Iterable[NodeRecord]) -> tuple[NodeRecord, ...]:
    return tuple(({one.identity: one for one in old} | {one.identity: one for one in new}).values())
