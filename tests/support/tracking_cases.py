"""Builders for the tests of the tracking rules: orders in a few words, and an order that is polled again and again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pandapon.models import Order
from pandapon.shipment import Milestone, Node, OrderRef, Parcel, Platform, Shipment, TimeBasis
from storage import codec
from storage.poll import DueOrder
from tracking.decide import Decision, decide
from tracking.orders import FetchedOrder, StoredOrder

if TYPE_CHECKING:
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
    """The time so many hours after START."""
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


def reading(*parcels: Parcel, detail: Order | None = None) -> FetchedOrder:
    return FetchedOrder(REF, detail, Shipment(REF, parcels))


def only_order(detail: Order) -> FetchedOrder:
    """A reading of the order alone; its logistics could not be read."""
    return FetchedOrder(REF, detail, None)


@dataclass
class TrackedOrder:
    """An order that is polled again and again. Between two polls it keeps only what the store would: each is a restart.

    ``told``: the decisions that had news, in their order. ``now`` goes on by an hour with each poll.
    """

    stored: StoredOrder | None = None
    last: Decision | None = None
    told: list[Decision] = field(default_factory=list)
    now: datetime = field(default_factory=lambda: at(100))

    def poll(self, fetched: FetchedOrder) -> Decision:
        """Decide, record, and note the decision if it has news."""
        decision = self.last = self.decide(fetched)
        self.stored = self._recorded(decision)
        if decision.news:
            self.told.append(decision)
        self.now += timedelta(hours=1)
        return decision

    def decide(self, fetched: FetchedOrder) -> Decision:
        """Decide without recording, as if the process died before the transaction."""
        return decide(self.stored, fetched, self.now)

    @property
    def news(self) -> list[News]:
        return [decision.news for decision in self.told if decision.news]

    @property
    def texts(self) -> list[str]:
        """The words of all announced nodes, in the order in which they were told."""
        return [node.text for news in self.news for node in news.nodes]

    @property
    def milestones(self) -> list[tuple[str, Milestone]]:
        """Every announced step as (waybill, milestone)."""
        return [(step.waybill, step.after) for news in self.news for step in news.steps]

    @property
    def milestone(self) -> Milestone | None:
        assert self.stored
        return self.stored.milestone

    def parcel(self, waybill: str = "SF1") -> Parcel:
        assert self.last
        return next(parcel for parcel in self.last.shipment.parcels if parcel.waybill == waybill)

    def _recorded(self, decision: Decision) -> StoredOrder:
        return recorded(self.stored, decision)


def tracked_order(*first: Parcel, detail: Order | None = None) -> TrackedOrder:
    """A tracked order that was polled once with these parcels, as its baseline."""
    made = TrackedOrder()
    made.poll(reading(*first, detail=detail))
    return made


def recorded(stored: StoredOrder | None, decision: Decision) -> StoredOrder:
    """What the store holds of an order after a decision. Parcels and nodes that the decision does not name stay."""
    old = stored.shipment.parcels if stored else ()
    facts = {parcel.waybill: parcel for parcel in (*old, *decision.parcels)}
    nodes = {node.identity: node for parcel in old for node in parcel.nodes}
    nodes |= {node.identity: node for node in (*decision.new_nodes, *decision.edited_nodes)}
    parcels = tuple(
        replace(parcel, nodes=tuple(node for node in nodes.values() if node.waybill == waybill))
        for waybill, parcel in facts.items()
    )
    return StoredOrder(
        decision.order,
        Shipment(decision.shipment.ref, parcels),
        decision.milestone,
        decision.reason,
        decision.pick_up_by,
        decision.moved_at,
        decision.final_at,
        expected=decision.expected,
        was_late=decision.was_late,
        refunds=decision.refunds,
        money_shown=decision.money_shown,
    )


def due_order(stored: StoredOrder, **fields: Any) -> DueOrder:
    """The order as it is leased, read once so far."""
    given: dict[str, Any] = {"has_parcels": False, "polls": 1, "fails": 0, "fingerprint": b""} | fields
    return DueOrder(
        key=stored.key,
        fence=3,
        milestone=stored.milestone,
        order_json=codec.dump_order(stored.order),
        sub_orders_json=codec.dump_ids(stored.order.sub_order_ids) if stored.order else "",
        moved_at=stored.moved_at,
        final_at=stored.final_at,
        **given,
    )
