"""The JSON of orders: the order itself, its parcels' entries, its expected arrival, its refunds, and lists of ids."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from pandapon.models import Order
from storage.packing import pack, unpack
from tracking.values import Expected, Refund

if TYPE_CHECKING:
    from collections.abc import Sequence


def dump_order(order: Order | None) -> str:
    """Return the text of the column ``order_json``: equal orders give equal texts, and None gives an empty text."""
    return order.model_dump_json(exclude_defaults=True) if order else ""


def load_order(stored: str) -> Order | None:
    """Read :func:`dump_order` back. Raises pydantic's ValidationError for a text that this version cannot read."""
    return Order.model_validate_json(stored) if stored else None


def readable_order(stored: str) -> Order | None:
    """Read :func:`dump_order` back; None: empty or unreadable, so that one bad row does not spoil a list."""
    try:
        return load_order(stored)
    except ValidationError:
        return None


def pack_entries(entries: Sequence[Sequence[object]]) -> bytes:
    """Return the column ``nodes`` of a trace. For an entry see :func:`storage.rows.entry_of`."""
    return pack(to_json(entries).decode())  # five times as fast as the standard library's encoder


def unpack_entries(stored: bytes) -> list[list[Any]]:
    """Read :func:`pack_entries` back. Raises ValueError."""
    entries: list[list[Any]] = json.loads(unpack(stored))
    return entries


def dump_expected(expected: Expected | None) -> str:
    """Return the column ``expected`` of an order; None gives an empty text."""
    return _expected().dump_json(expected, exclude_defaults=True).decode() if expected else ""


def load_expected(stored: str) -> Expected | None:
    """Read :func:`dump_expected` back; None: empty, or unreadable to this version until the next change renews it."""
    try:
        return _expected().validate_json(stored) if stored else None
    except ValidationError:
        return None


def dump_refunds(refunds: Sequence[Refund]) -> str:
    """Return the column ``refunds`` of an order; no refunds give an empty text."""
    return _refunds().dump_json(tuple(refunds), exclude_defaults=True).decode() if refunds else ""


def load_refunds(stored: str) -> tuple[Refund, ...]:
    """Read :func:`dump_refunds` back; empty for an unreadable text, since the order itself names its refunds."""
    try:
        return _refunds().validate_json(stored) if stored else ()
    except ValidationError:
        return ()


def dump_ids(ids: Sequence[str]) -> str:
    """Return a column of ids: the sub-orders of an order, or the ids of a pushed message."""
    return json.dumps(ids)


def load_ids(stored: str) -> tuple[str, ...]:
    """Read :func:`dump_ids` back; an empty text gives no ids. Raises ValueError."""
    return tuple(json.loads(stored)) if stored and stored != "[]" else ()


# Each adapter is built at its first use: pydantic takes some milliseconds for it, and a start does not need them all.
@cache
def _expected() -> TypeAdapter[Expected]:
    return TypeAdapter(Expected)


@cache
def _refunds() -> TypeAdapter[tuple[Refund, ...]]:
    return TypeAdapter(tuple[Refund, ...])
