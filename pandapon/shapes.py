"""Reads the shapes of answers: lists, pages and single objects, in every form in which gateways send them."""

from __future__ import annotations

from typing import Any

from pandapon.errors import DecodeError
from pandapon.fields import count, is_null, loads, text

# Fields within a row. An object whose only field is one of these is a row itself, not a wrapper around rows.
_WITHIN_ROWS = frozenset(
    name.casefold()
    for name in (
        *("baseInfo", "nativeLogistics", "productItems", "skuInfos", "logisticsItems", "skuAttributes"),
        *("logisticsSteps", "traceNodeList", "logisticsTraces", "logisticOrders", "logisticsPartner"),
        *("subPurchaseOrders", "subOrders", "subOrderDetails", "subOrderList", "orderLines"),
        *("cartItemInfos", "orderItemTOList", "priceInfo"),
    )
)


def mapping(value: Any) -> dict[str, Any]:
    """Return the value if it is an object, or the object in a list of one; else an empty object."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; null and other values are left out.

    These forms stand for a list as well [inferred]: its only object, and a list under the name of its elements, as a
    gateway that turns XML into JSON sends them; a JSON text; an object with numbers as names. An object without a value
    is an empty list.
    """
    if isinstance(value, str) and value[:1] in {"[", "{"}:
        value = _unpacked(value)
    if isinstance(value, dict):
        value = _rows_of(value)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _unpacked(value: str) -> Any:
    try:
        return loads(value)
    except ValueError:
        return None


def _rows_of(value: dict[str, Any]) -> list[Any]:
    """The rows in an object that stands for a list: the object itself, or the rows that it wraps."""
    while len(value) == 1 and isinstance(inner := next(iter(value.values())), dict) and not _is_row(value):
        value = inner
    if all(map(is_null, value.values())):
        return []
    if all(name.isdecimal() for name in value):  # PHP writes a list with gaps like this
        return list(value.values())
    inner = next(iter(value.values()))
    if len(value) > 1 or _is_row(value) or not isinstance(inner, list):
        return [value]
    return inner if all(item is None or isinstance(item, dict) for item in inner) else [value]


def _is_row(value: dict[str, Any]) -> bool:
    return any(name.casefold().replace("_", "") in _WITHIN_ROWS for name in value)


def texts(value: Any) -> tuple[str, ...]:
    """Return the texts of a list; a single text, or a list wrapped once, stands for a list as in :func:`items`."""
    if isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    elements = value if isinstance(value, list) else [value]
    return tuple(read for element in elements if (read := text({"": element}, "")))


def require(value: Any, kinds: type | tuple[type, ...], subject: str) -> Any:
    """Return the value if it is of one of these types. Raises DecodeError, whose message names the ``subject``."""
    if not isinstance(value, kinds):
        raise DecodeError(f"{subject} is of an unexpected kind: {type(value).__name__}")
    return value


def single(data: Any, subject: str) -> dict[str, Any]:
    """Return the object of an answer, as :func:`unwrapped` does. Raises DecodeError where there is no object."""
    return unwrapped(require(next(iter(items(data)), None) if isinstance(data, list) else data, dict, subject))


def unwrapped(data: Any) -> dict[str, Any]:
    """Return the object of an answer: alone, first in a list, or under ``result`` or ``data``; else an empty one."""
    answer = mapping(next(iter(items(data)), None) if isinstance(data, list) else data)
    return mapping(answer.get("result")) or mapping(answer.get("data")) or answer


def page_rows(data: Any, subject: str) -> tuple[list[dict[str, Any]], int | None]:
    """Return the rows of a page, and the number of rows on all pages (None: unknown).

    Several envelopes are accepted [inferred]; null is an empty page, and a single row may stand for its page.
    Raises DecodeError, whose message names the ``subject``.
    """
    if data is None or isinstance(data, list):
        return items(data), None
    page = require(data, dict, subject)
    total = count(page, *_TOTALS)
    for name in _ROWS:
        inner = page.get(name)
        if isinstance(inner, dict):
            rows, inner_total = page_rows(inner, subject)
            return rows, total if inner_total is None else inner_total
        if isinstance(inner, list) or items(inner):
            return items(inner), total
    return items({name: value for name, value in page.items() if name not in _OF_PAGES}), total


_ROWS = ("data", "result", "list", "records", "items", "rows", "resultList", "itemList")
_TOTALS = ("totalRecords", "totalRecord", "total", "totalCount", "totalResults")
# Fields of a page itself: an object with no other field is an empty page, not a row.
_OF_PAGES = frozenset(
    {
        *(*_ROWS, *_TOTALS, "totalPage", "totalPages", "pages", "success", "errorCode", "errorInfo", "errorMsg"),
        *("page", "pageNo", "pageNum", "pageIndex", "pageSize", "currentPage", "beginPage", "hasNext", "size"),
    }
)
