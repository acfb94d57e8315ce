"""Lenient reading of remote JSON: a missing or odd field is empty, a wrong shape of the whole is an error."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from pandapon.errors import DecodeError
from pandapon.markup import plain

_DIGITS = 18  # before the point, and behind it: no amount or count is longer, and 1e999999999 must not be written out
_JSON = json.JSONDecoder(parse_float=Decimal)
_HALF = re.compile(r"\\u[dD]")  # of a surrogate pair, or of what only looks like one


def loads(body: bytes | str) -> Any:
    """JSON with whole numbers exact and fractions as Decimal. Raises ValueError for whatever is none.

    Half a surrogate pair is legal in JSON, and neither UTF-8 nor a database takes it: it becomes a question mark.
    """
    try:
        words = body if isinstance(body, str) else body.decode(json.detect_encoding(body))
        found = _JSON.decode(words)
        return _encodable(found) if "\\u" in words and _HALF.search(words) else found
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, list):
        return [_encodable(one) for one in value]
    if isinstance(value, dict):
        return {_encodable(name): _encodable(one) for name, one in value.items()}
    return value


def mapping(value: Any) -> dict[str, Any]:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; null, and whatever is no object, is left out."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def first(source: dict[str, Any], *names: str) -> Any:
    """The first of these fields that is there and not null."""
    for name in names:
        if (value := source.get(name)) is not None:
            return value
    return None


def text(source: dict[str, Any], *names: str) -> str:
    """The first of these fields that says something, as text. Whole numbers keep every digit."""
    for name in names:
        value = source.get(name)
        if isinstance(value, str):
            if found := value.strip():
                return found
        elif isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        elif isinstance(value, Decimal) and (plain := number(value)) is not None:
            return format(plain, "f")
    return ""


def words(source: dict[str, Any], *names: str) -> str:
    """The first of these fields that says something, as people read it: on one line, without markup."""
    return " ".join(plain(text(source, *names)).split())


def link(source: dict[str, Any], *names: str) -> str:
    """An address of the web; one without a scheme gets https. Anything else is empty."""
    found = text(source, *names)
    if found.startswith("//"):
        return f"https:{found}"
    return found if found.startswith(("https://", "http://")) else ""


def money(source: dict[str, Any], *names: str, fen: bool = False) -> Decimal | None:
    """An amount in yuan; ``fen`` says that the API counts hundredths of it."""
    value = number(first(source, *names))
    return value / 100 if value is not None and fen else value


def number(value: Any) -> Decimal | None:
    """A finite number of a sensible length, also from text."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        found = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        return None
    if not found.is_finite():
        return None
    exponent = found.as_tuple().exponent
    is_sensible = found.adjusted() < _DIGITS and isinstance(exponent, int) and exponent >= -_DIGITS
    return found if is_sensible else None


def count(source: dict[str, Any], *names: str) -> int | None:
    """How many there are."""
    found = number(first(source, *names))
    return int(found) if found is not None and found >= 0 else None


def require(value: Any, kinds: type | tuple[type, ...], what: str) -> Any:
    """The value if it has one of these shapes. Raises DecodeError."""
    if not isinstance(value, kinds):
        raise DecodeError(f"{what} is of an unexpected kind: {type(value).__name__}")
    return value


def listed(data: Any, what: str) -> tuple[list[dict[str, Any]], int | None]:
    """The rows of a page and how many there are in all; several envelopes are accepted, null is an empty page.

    Raises DecodeError.
    """
    if data is None or isinstance(data, list):
        return items(data), None
    page = require(data, dict, what)
    for name in ("data", "result", "list", "records", "items", "rows", "resultList", "itemList"):
        inner = page.get(name)
        if isinstance(inner, list):
            return items(inner), count(page, *_TOTALS)
        if isinstance(inner, dict):
            rows, total = listed(inner, what)
            return rows, count(page, *_TOTALS) if total is None else total
    return [], count(page, *_TOTALS)


_TOTALS = ("totalRecords", "totalRecord", "total", "totalCount", "totalResults")
