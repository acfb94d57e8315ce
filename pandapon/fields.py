"""Lenient reading of remote JSON: a missing or odd field is empty, a wrong shape of the whole is an error."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from pandapon.errors import DecodeError


def mapping(value: Any) -> dict[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; null, and whatever is no object, is left out."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def first(source: dict[str, Any], *names: str) -> Any:
    """The first of these fields that is there and not null, in camelCase or snake_case alike."""
    for name in names:
        if (value := source.get(name)) is not None:
            return value
    return None


def text(source: dict[str, Any], *names: str) -> str:
    """A field as text. Whole numbers keep every digit; a fraction is no id."""
    value = first(source, *names)
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return ""


def money(source: dict[str, Any], *names: str, fen: bool = False) -> Decimal | None:
    """An amount in yuan; ``fen`` says that the API counts hundredths of it."""
    value = number(first(source, *names))
    return value / 100 if value is not None and fen else value


def number(value: Any) -> Decimal | None:
    """A finite number, also from text."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        found = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def require(value: Any, kinds: type | tuple[type, ...], what: str) -> Any:
    """The value if it has one of these shapes. Raises DecodeError."""
    if not isinstance(value, kinds):
        raise DecodeError(f"{what} is of an unexpected kind: {type(value).__name__}")
    return value
