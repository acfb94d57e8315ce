"""The JSON of the tables ``writes`` and ``flows``. Later versions must read what an earlier one wrote."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tracking.flows import Adding, FlowContent, ShownCart
from tracking.writes import CartChange


def dump_cart_change(change: CartChange | None) -> str:
    """Return the column ``change_json`` of a write; empty for None."""
    return _cart_change().dump_json(change).decode() if change else ""


def load_cart_change(stored: str) -> CartChange | None:
    """Read :func:`dump_cart_change` back; None for text that this version cannot read."""
    try:
        return _cart_change().validate_json(stored) if stored else None
    except ValidationError:
        return None


def dump_flow(content: FlowContent) -> tuple[str, str]:
    """Return the columns ``kind`` and ``content`` of a flow."""
    adapter: TypeAdapter[Any] = _flows()[type(content).__name__]
    return type(content).__name__, adapter.dump_json(content).decode()


def load_flow(kind: str, stored: str) -> FlowContent | None:
    """Read :func:`dump_flow` back; None for what this version cannot read: the person opens the form again."""
    adapter = _flows().get(kind)
    try:
        return adapter.validate_json(stored) if adapter else None
    except ValidationError:
        return None


@cache
def _cart_change() -> TypeAdapter[CartChange]:
    return TypeAdapter(CartChange)


@cache
def _flows() -> dict[str, TypeAdapter[Adding] | TypeAdapter[ShownCart]]:
    return {"Adding": TypeAdapter(Adding), "ShownCart": TypeAdapter(ShownCart)}
