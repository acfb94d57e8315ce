"""Reads fields of remote JSON leniently: a missing or odd value is empty. Lists and objects are read in ``shapes``."""

from __future__ import annotations

import json
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from pandapon.markup import plain

_DIGITS = 18  # on each side of the point; no amount is longer, and 1e999999999 must not be written out
_NATIVE = re.compile(r"[0-9]{6,20}")
_JSON = json.JSONDecoder(parse_float=Decimal)
_ODD = re.compile(r"\\u(?:[dD]|0000)")  # half of a surrogate pair or NUL, or a text that looks like one
_NULLS = frozenset({"", "null", "(null)", "undefined"})  # null as careless serialisers write it
_LONGEST_NULL = max(map(len, _NULLS))
_DOUBLE = 15  # significant digits of a double; a longer whole number in scientific notation has lost digits
_CURRENCY = re.compile(r"^(?:¥|RMB|CNY)\s*|\s*(?:元|RMB|CNY)$", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")  # 1,234.50
_FLAGS = dict.fromkeys(("true", "y", "yes", "t", "1"), True) | dict.fromkeys(("false", "n", "no", "f", "0"), False)


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


def is_null(value: Any) -> bool:
    """Whether a field holds nothing: null, also as a text, or an empty text, list or object."""
    if isinstance(value, str):
        return value.strip().casefold() in _NULLS
    return value is None or value in ([], {})


def first(source: dict[str, Any], *names: str) -> Any:
    """Return the value of the first of these fields that holds something; None: all are empty."""
    return next((value for name in names if not is_null(value := source.get(name))), None)


def text(source: dict[str, Any], *names: str) -> str:
    """Return the first of these fields that is not empty, as text. Whole numbers keep every digit."""
    for name in names:
        value = source.get(name)
        if isinstance(value, str):
            stripped = value.strip()  # is_null is inlined: every field of each scan passes here, so the call would cost
            if len(stripped) > _LONGEST_NULL or stripped.casefold() not in _NULLS:
                return stripped
        elif isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        elif isinstance(value, Decimal) and (written := _written(value)):
            return written
    return ""


def _written(value: Decimal) -> str:
    """A number as text, a whole one without a fraction; empty for a long one that has lost digits as a float."""
    if not value.is_finite() or abs(value.adjusted()) > 2 * _DIGITS or _exponent(value) < -2 * _DIGITS:
        return ""
    if value.adjusted() >= _DOUBLE and _exponent(value) > 0:
        return ""
    whole = value.to_integral_value()
    return format(whole if value == whole else value, "f")


def words(source: dict[str, Any], *names: str) -> str:
    """Return the first of these fields that is not empty, on one line and without markup."""
    return " ".join(plain(text(source, *names)).split())


def link(source: dict[str, Any], *names: str) -> str:
    """Return the first non-empty of these fields if it is a web address, else empty; ``//`` is completed to https."""
    url = text(source, *names)
    if url.startswith("//"):
        return f"https:{url}"
    return url if url.startswith(("https://", "http://")) else ""


def money(source: dict[str, Any], *names: str, fen: bool = False) -> Decimal | None:
    """Return the first of these fields that is an amount, in yuan; else None. ``fen``: the API counts hundredths."""
    first_amount = next((value for name in names if (value := amount(source.get(name))) is not None), None)
    return first_amount / 100 if first_amount is not None and fen else first_amount


def amount(value: Any) -> Decimal | None:
    """Return a number that is not negative, else None: a negative one is a mark, such as -1 for an unknown price."""
    decimal = number(value)
    return decimal if decimal is not None and decimal >= 0 else None


def number(value: Any) -> Decimal | None:
    """Return a number, or a text that holds one, as Decimal; None unless it is finite and of a sensible length.

    A text may group its thousands, name the yuan (¥, RMB, CNY, 元), and have full-width characters.
    """
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        decimal = Decimal(_plain_number(value) if isinstance(value, str) else value)
    except InvalidOperation:
        return None
    is_sensible = decimal.is_finite() and decimal.adjusted() < _DIGITS and _exponent(decimal) >= -_DIGITS
    return decimal if is_sensible else None


def _plain_number(value: str) -> str:
    folded = _CURRENCY.sub("", unicodedata.normalize("NFKC", value.strip()))
    return folded.replace(",", "") if _GROUPED.fullmatch(folded) else folded


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int), "finite"
    return exponent


def count(source: dict[str, Any], *names: str) -> int | None:
    """Return the first of these fields that is a whole number and not negative; None: none is. 2.5 is no count."""
    amounts = (amount(source.get(name)) for name in names)
    return next((int(value) for value in amounts if value is not None and value == value.to_integral_value()), None)


def flag(value: Any) -> bool | None:
    """Return the truth value of a boolean, word or number, such as "true", "Y" or 1; None for any other value."""
    if isinstance(value, bool):
        return value
    return _FLAGS.get(text({"": value}, "").casefold())


def native_number(source: dict[str, Any], *names: str) -> str:
    """Return the first of these fields that is the marketplace's own number of a product; empty if none is.

    API v2 has opaque texts as ids [stated], which make no address of the marketplace's own pages.
    """
    ids = (text(source, name) for name in names)
    return next((product_id for product_id in ids if _NATIVE.fullmatch(product_id)), "")
