"""Times as integers and rows as records."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, overload

from storage.records import NodeRecord, OrderState, ParcelRecord, Watch, WatchState
from tracking.values import Filter, Severity

if TYPE_CHECKING:
    import sqlite3

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@overload
def to_int(when: datetime) -> int: ...
@overload
def to_int(when: datetime | None) -> int | None: ...
def to_int(when: datetime | None) -> int | None:
    """Microseconds since 1970, exact."""
    return None if when is None else (when - EPOCH) // MICROSECOND


@overload
def to_time(stored: int) -> datetime: ...
@overload
def to_time(stored: int | None) -> datetime | None: ...
def to_time(stored: int | None) -> datetime | None:
    """Aware, in UTC."""
    return None if stored is None else EPOCH + MICROSECOND * stored


def severity(stored: str) -> Severity | None:
    """How loud a row's news is; None: it has none."""
    return Severity(stored) if stored else None


def audience(stored: str) -> frozenset[Filter]:
    """The JSON list of filters."""
    return frozenset(Filter(one) for one in json.loads(stored))


def sub_orders(stored: str) -> tuple[str, ...]:
    """The JSON list of the order's sub-orders."""
    return tuple(json.loads(stored)) if stored else ()


def state(row: sqlite3.Row) -> OrderState:
    """An order's own state."""
    return OrderState(
        milestone=row["milestone"],
        detail=row["detail"],
        sub_orders=sub_orders(row["sub_orders"]),
        moved_at=to_time(row["moved_at"]),
        final_at=to_time(row["final_at"]),
    )


def parcel(row: sqlite3.Row) -> ParcelRecord:
    """A parcel."""
    return ParcelRecord(
        row["waybill"],
        row["carrier"],
        row["status_code"],
        row["status_milestone"],
        row["milestone"],
        row["logistics_id"],
    )


def node(row: tuple[Any, ...]) -> NodeRecord:
    """A node, of a row that begins with its order's key and goes on as the record does."""
    _, waybill, identity, content, at, raw_time, basis, text, code, place, milestone, sequence = row
    when = to_time(at)
    return NodeRecord(waybill, identity, content, when, raw_time, basis, text, code, place, milestone, sequence)


def watch(row: sqlite3.Row) -> Watch:
    """A watch with its order joined in."""
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
        milestone=row["milestone"],
        detail=row["detail"],
        read_at=to_time(row["read_at"]),
        stale_since=to_time(row["stale_since"]),
        muted_until=to_time(row["muted_until"]),
        muted_by=row["muted_by"],
        subscription=row["subscription"],
    )
