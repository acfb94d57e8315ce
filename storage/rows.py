"""Converts rows into values, and times into integers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, overload

from pandapon.courier import Reason
from pandapon.shipment import Milestone, Node, OrderRef, Parcel, Shipment, TimeBasis
from storage import codec
from storage.poll import DueOrder
from storage.post import PostKind, Unreadable
from storage.watch import Watch, WatchState
from tracking.orders import StoredOrder
from tracking.values import Filter, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from storage.connection import Row
    from storage.post import Content
    from tracking.values import Refund

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_BASES = {basis.value: basis for basis in TimeBasis}
_MILESTONES: dict[str | None, Milestone] = {milestone.value: milestone for milestone in Milestone}
_ENTRY = "stored entry"  # an attribute of nodes that were read from a row; a changed node is a new object without it
_REASONS = {reason.value: reason for reason in Reason}


@overload
def to_int(when: datetime) -> int: ...
@overload
def to_int(when: datetime | None) -> int | None: ...
def to_int(when: datetime | None) -> int | None:
    """Return the exact microseconds since 1970 (UTC) of an aware time; None for None."""
    return None if when is None else (when - EPOCH) // MICROSECOND


@overload
def to_time(stored: int) -> datetime: ...
@overload
def to_time(stored: int | None) -> datetime | None: ...
def to_time(stored: int | None) -> datetime | None:
    """Read :func:`to_int` back: an aware time in UTC."""
    return None if stored is None else EPOCH + MICROSECOND * stored


def dump_times(times: Sequence[datetime]) -> str:
    """Return the text of a column of several aware times: each as :func:`to_int`, separated by blanks."""
    return " ".join(str(to_int(at)) for at in times) if times else ""


def load_times(stored: str) -> tuple[datetime, ...]:
    """Read :func:`dump_times` back. Raises ValueError."""
    return tuple(to_time(int(at)) for at in stored.split()) if stored else ()


def severity(stored: str) -> Severity | None:
    """Read a severity column; None: it is empty, since the row holds no news. Raises ValueError."""
    return Severity(stored) if stored else None


def milestone(stored: str | None) -> Milestone | None:
    """Read a milestone column; None: it is empty, or only a newer version knows the milestone."""
    return Milestone.parse(stored or "")


def reason(stored: str) -> Reason | None:
    """Read a reason column; None: it is empty, or only a newer version knows the reason."""
    return _REASONS.get(stored)


def content(kind: PostKind, stored: str | bytes) -> Content:
    """Decode the payload of a post; None for a BATCH, whose members hold the contents, and for a CARD.

    A payload that cannot be decoded becomes :class:`Unreadable`.
    """
    if not stored or kind not in _READERS:
        return None
    try:
        return codec.load_news(stored) if isinstance(stored, bytes) else _READERS[kind](stored)
    except (ValueError, TypeError) as error:
        return Unreadable(f"{type(error).__name__} in a {kind.value}")


_READERS: dict[PostKind, Callable[[str], Content]] = {
    PostKind.NEWS: codec.load_news,
    PostKind.DAILY_DIGEST: codec.load_digest,
    PostKind.LINE: codec.load_change,
    PostKind.LIST: codec.load_watch_list,
    PostKind.NOTICE: codec.load_notice,
    PostKind.APPROVAL: codec.load_notice,
    PostKind.APPROVAL_EDIT: codec.load_notice,
}


def due(key: str, lease: Sequence[Any], facts: Sequence[Any]) -> DueOrder:
    """Return a leased order.

    ``lease``, ``facts``: the columns of ``DUE`` and ``LEASED`` of :mod:`storage.orders` after the key, in their order.
    The lease has raised the fence by one since they were read. Raises OverflowError for an impossible time.
    """
    due_at, fence, fingerprint, polls, fails = lease
    stage, order_json, sub_orders, moved_at, final_at, has_parcels, created_at, late_at, refund_open_until = facts
    return DueOrder(
        key=key,
        fence=fence + 1,
        fingerprint=fingerprint,
        milestone=milestone(stage),
        order_json=order_json,
        sub_orders_json=sub_orders,
        moved_at=to_time(moved_at),
        final_at=to_time(final_at),
        has_parcels=bool(has_parcels),
        polls=polls,
        fails=fails,
        created_at=to_time(created_at),
        late_at=to_time(late_at),
        refund_open_until=to_time(refund_open_until),
        due_at=to_time(due_at),
    )


def order(row: Row, parcels: Iterable[Row], traces: Mapping[str, Sequence[Node]]) -> StoredOrder:
    """Return an order from its row with the schedule joined in, its parcels' rows, and its nodes by waybill.

    Raises ValueError, such as pydantic's ValidationError, for a row that cannot be decoded.
    """
    facts = {parcel["waybill"]: parcel for parcel in parcels}
    waybills = dict.fromkeys([*facts, *traces])
    return StoredOrder(
        order=codec.load_order(row["order_json"]),
        shipment=Shipment(
            OrderRef.from_key(row["key"]),
            tuple(_parcel_or_number(number, facts.get(number), tuple(traces.get(number, ()))) for number in waybills),
        ),
        milestone=milestone(row["milestone"]),
        reason=reason(row["reason"]),
        pick_up_by=to_time(row["pick_up_by"]),
        moved_at=to_time(row["moved_at"]),
        final_at=to_time(row["final_at"]),
        read_at=to_time(row["read_at"]),
        stale_since=to_time(row["stale_since"]),
        next_poll_at=to_time(row["next_poll_at"]),
        version=row["version"],
        fence=row["fence"],
        expected=codec.load_expected(row["expected"]),
        was_late=bool(row["was_late"]),
        refunds=codec.load_refunds(row["refunds"]),
        money_shown=load_times(row["money_shown"]),
    )


def parcel(row: Row, nodes: tuple[Node, ...] = ()) -> Parcel:
    """Return a parcel from its row and its nodes."""
    return Parcel(
        waybill=row["waybill"],
        carrier=row["carrier"],
        status_code=row["status_code"],
        status_milestone=milestone(row["status_milestone"]),
        nodes=nodes,
        milestone=milestone(row["milestone"]),
        logistics_id=row["logistics_id"],
    )


def _parcel_or_number(waybill: str, row: Row | None, nodes: tuple[Node, ...]) -> Parcel:
    return Parcel(waybill, nodes=nodes) if row is None else parcel(row, nodes)


def node(waybill: str, entry: Sequence[Any]) -> Node:
    """Read :func:`entry_of` back. Raises ValueError, KeyError or OverflowError for another list.

    A poll reads a dozen nodes for each order with news, so all fields are set at once: a frozen dataclass sets them one
    by one, which takes three times as long. The stored identity is not computed again, and the list is kept for the
    next :func:`entry_of`.
    """
    identity, at, raw_time, basis, text, code, place, claim, sequence = entry
    stored = object.__new__(Node)
    stored.__dict__.update(
        {
            "waybill": waybill,
            "at": None if at is None else EPOCH + MICROSECOND * at,
            "raw_time": raw_time,
            "time_basis": _BASES[basis],
            "text": text,
            "code": code,
            "place": place,
            "milestone": _MILESTONES.get(claim),
            "sequence": sequence,
            "identity": identity,
            _ENTRY: entry,
        }
    )
    return stored


def entry_of(node: Node) -> list[object]:
    """Return a node as a list for its trace's JSON, without the waybill, in plain types, which are encoded faster."""
    return node.__dict__.get(_ENTRY) or [
        node.identity,
        to_int(node.at),
        node.raw_time,
        node.time_basis.value,
        node.text,
        node.code,
        node.place,
        node.milestone.value if node.milestone else None,
        node.sequence,
    ]


def watch(row: Row) -> Watch:
    """Return a watch from its row with the order joined in. Raises ValueError for an unknown filter or state."""
    return Watch(
        id=row["id"],
        key=row["key"],
        channel=row["channel"],
        filter=Filter(row["filter"]),
        state=WatchState(row["state"]),
        created_by=row["created_by"],
        created_at=to_time(row["created_at"]),
        card_ts=row["card_ts"],
        reason=row["reason"],
        milestone=milestone(row["milestone"]),
        order_reason=reason(row["order_reason"]),
        pick_up_by=to_time(row["pick_up_by"]),
        order=codec.readable_order(row["order_json"]),
        read_at=to_time(row["read_at"]),
        stale_since=to_time(row["stale_since"]),
        muted_until=to_time(row["muted_until"]),
        muted_by=row["muted_by"],
        ended_at=to_time(row["ended_at"]),
        subscription=row["subscription"],
        refund=_to_act_on(row["refunds"]) if row["refund_needs_buyer"] else None,
    )


def _to_act_on(refunds: str) -> Refund | None:
    return next((refund for refund in codec.load_refunds(refunds) if refund.needs_buyer), None)
