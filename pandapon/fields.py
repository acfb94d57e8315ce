"""Reads remote JSON leniently: a missing or odd field is empty; only a wrong shape of the whole is an error."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from pandapon.errors import DecodeError
from pandapon.markup import plain

_DIGITS = 18  # before and behind the point; no amount is longer, and 1e999999999 must not be written out
_NATIVE = re.compile(r"[0-9]{6,20}")
_JSON = json.JSONDecoder(parse_float=Decimal)
_ODD = re.compile(r"\\u(?:[dD]|0000)")  # half of a surrogate pair or NUL, or a text that looks like one


def loads(body: bytes | str) -> Any:
    """Decode JSON with exact whole numbers and Decimal fractions. Raises ValueError for other texts.

    Half a surrogate pair, legal in JSON but not in UTF-8 or a database, becomes a question mark; NUL, which PostgreSQL
    takes in no text, is left out.
    """
    try:
        words = body if isinstance(body, str) else body.decode(json.detect_encoding(body))
        value = _JSON.decode(words)
        return _encodable(value) if "\\u" in words and _ODD.search(words) else value
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="replace").decode()
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    if isinstance(value, dict):
        return {_encodable(name): _encodable(item) for name, item in value.items()}
    return value


def mapping(value: Any) -> dict[str, Any]:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; null and other values are left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def first(source: dict[str, Any], *names: str) -> Any:
    """Return the first of these fields that is present and not null; None: there is none."""
    for name in names:
        if (value := source.get(name)) is not None:
            return value
    return None


def text(source: dict[str, Any], *names: str) -> str:
    """Return the first of these fields that is not empty, as text. Whole numbers keep every digit."""
    for name in names:
        value = source.get(name)
        if value is None:
            continue
        if isinstance(value, str):
            if stripped := value.strip():
                return stripped
        elif isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        elif isinstance(value, Decimal) and (plain := number(value)) is not None:
            return format(plain, "f")
    return ""


def words(source: dict[str, Any], *names: str) -> str:
    """Return the first of these fields that is not empty, on one line and without markup."""
    return " ".join(plain(text(source, *names)).split())


def link(source: dict[str, Any], *names: str) -> str:
    """Return the first of these fields if it is a web address, with https where it has no scheme; else empty."""
    url = text(source, *names)
    if url.startswith("//"):
        return f"https:{url}"
    return url if url.startswith(("https://", "http://")) else ""


def money(source: dict[str, Any], *names: str, fen: bool = False) -> Decimal | None:
    """Return the first of these fields as an amount in yuan; None: no amount. ``fen``: the API counts hundredths."""
    value = number(first(source, *names))
    return value / 100 if value is not None and fen else value


def number(value: Any) -> Decimal | None:
    """Return a number, or a text that holds one, as Decimal; None unless it is finite and of a sensible length."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        decimal = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        return None
    if not decimal.is_finite():
        return None
    exponent = decimal.as_tuple().exponent
    is_sensible = decimal.adjusted() < _DIGITS and isinstance(exponent, int) and exponent >= -_DIGITS
    return decimal if is_sensible else None


def count(source: dict[str, Any], *names: str) -> int | None:
    """Return the first of these fields as a whole number from 0; None: it is none."""
    decimal = number(first(source, *names))
    return int(decimal) if decimal is not None and decimal >= 0 else None


def native_number(source: dict[str, Any], *names: str) -> str:
    """Return the first of these fields that is a marketplace's own number of a product; else empty.

    The ids of API v2 are opaque texts; nothing can be addressed by these on the marketplace itself.
    """
    numbers = (text(source, name) for name in names)
    return next((number_ for number_ in numbers if _NATIVE.fullmatch(number_)), "")


def require(value: Any, kinds: type | tuple[type, ...], what: str) -> Any:
    """Return the value if it is of one of these types. Raises DecodeError, which names ``what``."""
    if not isinstance(value, kinds):
        raise DecodeError(f"{what} is of an unexpected kind: {type(value).__name__}")
    return value


def listed(data: Any, what: str) -> tuple[list[dict[str, Any]], int | None]:
    """Return the rows of a page and the total number of rows (None: unknown). Raises DecodeError that names ``what``.

    Several envelopes are accepted [inferred]; null is an empty page.
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
