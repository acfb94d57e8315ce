"""Domain values to stored records and back. The only place that knows both vocabularies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.interactions.ports import Look
from pandapon.shipment import Milestone, Node, OrderRef, Parcel, Shipment, TimeBasis, by_shipping
from storage import codec
from storage.records import Announcement, Changed, KnownOrder, NodeRecord, OrderState, ParcelRecord
from tracking.decide import Decision, Known
from tracking.renumber import live

if TYPE_CHECKING:
    from datetime import datetime

    from storage.records import DueOrder

_BASES = {basis.value: basis for basis in TimeBasis}


def node_record(node: Node) -> NodeRecord:
    """A node as it is stored."""
    return NodeRecord(
        waybill=node.waybill,
        identity=node.identity,
        content=node.content,
        at=node.at,
        raw_time=node.raw_time,
        time_basis=node.time_basis.value,
        text=node.text,
        code=node.code,
        place=node.place,
        milestone=node.milestone.value if node.milestone else None,
        sequence=node.sequence,
    )


def parcel_record(parcel: Parcel) -> ParcelRecord:
    """A parcel as it is stored, without its nodes."""
    return ParcelRecord(
        waybill=parcel.waybill,
        carrier=parcel.carrier,
        status_code=parcel.status_code,
        status_milestone=parcel.status_milestone.value if parcel.status_milestone else None,
        milestone=parcel.milestone.value if parcel.milestone else None,
        logistics_id=parcel.logistics_id,
    )


def order_state(decision: Decision) -> OrderState:
    """The order's own row."""
    return OrderState(
        milestone=decision.milestone.value if decision.milestone else None,
        detail=codec.dump_order(decision.order),
        sub_orders=decision.order.sub_order_ids if decision.order else (),
        moved_at=decision.moved_at,
        final_at=decision.final_at,
    )


def announcement(decision: Decision) -> Announcement | None:
    """What the outbox is told, if there is anything to tell."""
    if decision.news is None or decision.level is None:
        return None
    return Announcement(decision.what, decision.audience, codec.dump_news(decision.news), decision.level)


def changed(key: str, fence: int, fingerprint: bytes, decided: Decision, *, archived: bool = False) -> Changed:
    """A decision as the store takes it. ``archived``: the order is not read any more, and this does not change that."""
    follow_up = decided.follow_up
    return Changed(
        key=key,
        fence=fence,
        next_poll_at=None if archived else follow_up.next_poll_at,
        fingerprint=fingerprint,
        state=order_state(decided),
        parcels=tuple(parcel_record(parcel) for parcel in decided.parcels),
        nodes=tuple(node_record(node) for node in (*decided.new_nodes, *decided.edited_nodes)),
        announcement=announcement(decided),
        refresh_cards=decided.changed,
        moved=decided.moved,
        silent=follow_up.silent,
        stall_at=follow_up.stall_at,
        is_pressing=follow_up.is_pressing,
    )


def known(stored: KnownOrder) -> Known:
    """What the rules know of an order."""
    return Known(
        order=codec.load_order(stored.state.detail),
        shipment=_shipment(stored),
        milestone=_milestone(stored.state.milestone),
        moved_at=stored.state.moved_at,
        final_at=stored.state.final_at,
    )


def look(stored: KnownOrder) -> Look:
    """What a person is shown of a stored order."""
    return Look(
        ref=OrderRef.from_key(stored.key),
        order=codec.load_order(stored.state.detail),
        shipment=_shown(_shipment(stored)),
        milestone=_milestone(stored.state.milestone),
        read_at=stored.read_at,
        stale_since=stored.stale_since,
        moved_at=stored.state.moved_at,
    )


def fresh_look(ref: OrderRef, decision: Decision, now: datetime) -> Look:
    """What a person is shown of a reading made just now."""
    return Look(
        ref=ref,
        order=decision.order,
        shipment=_shown(decision.shipment),
        milestone=decision.milestone,
        read_at=now,
        moved_at=decision.moved_at,
    )


def due_milestone(due: DueOrder) -> Milestone | None:
    """The leased order's milestone."""
    return _milestone(due.state.milestone)


def _milestone(value: str | None) -> Milestone | None:
    return Milestone.parse(value or "")


def _shown(shipment: Shipment) -> Shipment:
    """In the order in which parcels are counted, without the numbers that they had before; those can be asked for."""
    return Shipment(shipment.ref, by_shipping(live(shipment.parcels)))


def _shipment(stored: KnownOrder) -> Shipment:
    nodes: dict[str, list[Node]] = {parcel.waybill: [] for parcel in stored.parcels}
    for record in stored.nodes:
        nodes.setdefault(record.waybill, []).append(_node(record))
    facts = {parcel.waybill: parcel for parcel in stored.parcels}
    return Shipment(
        OrderRef.from_key(stored.key),
        tuple(_parcel(facts.get(waybill, ParcelRecord(waybill)), found) for waybill, found in nodes.items()),
    )


def _parcel(record: ParcelRecord, nodes: list[Node]) -> Parcel:
    return Parcel(
        waybill=record.waybill,
        carrier=record.carrier,
        status_code=record.status_code,
        status_milestone=_milestone(record.status_milestone),
        nodes=tuple(nodes),
        milestone=_milestone(record.milestone),
        logistics_id=record.logistics_id,
    )


def _node(record: NodeRecord) -> Node:
    """The stored identity is kept as it is: computing it again for every known node would double a poll's cost."""
    waybill, identity, _content, at, raw_time, basis, text, code, place, milestone, sequence = record
    node = Node(waybill, at, raw_time, _BASES[basis], text, code, place, _milestone(milestone), sequence)
    node.__dict__["identity"] = identity
    return node
