"""Reads a request's fields strictly: a missing field or one of a wrong type is refused, and the refusal names it."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.pandapon.refusals import RefusedError

_ID = re.compile(r"[\w./:=+-]{1,64}")
MOST = 1_000_000  # pieces of one line


class Fields:
    """The fields of one request: the query of a GET, or the JSON object of a POST.

    Every method that reads a field raises RefusedError for a missing field or a wrong type.
    """

    def __init__(self, values: Any) -> None:
        self._values: dict[str, Any] = values if isinstance(values, dict) else {}

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def id(self, name: str) -> str:
        """Return an id as text; a number keeps every digit."""
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int) or not _ID.fullmatch(str(value)):
            raise _wrong(name)
        return str(value)

    def ids(self, name: str) -> list[str]:
        """Return a list of ids, at least one."""
        values = self._values.get(name)
        if not isinstance(values, list) or not values:
            raise _wrong(name)
        return [Fields({name: value}).id(name) for value in values]

    def words(self, name: str) -> str:
        """Return a text that is not empty."""
        value = self._values.get(name)
        if not isinstance(value, str) or not value.strip():
            raise _wrong(name)
        return value.strip()

    def optional(self, name: str) -> str:
        """Return a text; empty if the field is missing."""
        return self.words(name) if name in self else ""

    def texts(self, name: str) -> list[str]:
        """Return a list of texts; empty if the field is missing."""
        values = self._values.get(name)
        if values is not None and not (isinstance(values, list) and all(isinstance(value, str) for value in values)):
            raise _wrong(name)
        return list(values or ())

    def quantity(self, name: str = "quantity") -> int:
        """Return a number of pieces."""
        return self.number(name, least=1, most=MOST)

    def number(self, name: str, *, least: int = 0, most: int = 10**15) -> int:
        """Return a whole number within bounds."""
        value = self._values.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise _wrong(name)
        return value

    def yuan(self, name: str) -> Decimal:
        """Return an amount that is sent as a text of yuan."""
        value = self._values.get(name)
        try:
            amount = Decimal(value) if isinstance(value, str) else None
        except InvalidOperation:
            amount = None
        if amount is None or not amount.is_finite() or amount < 0:
            raise _wrong(name)
        return amount

    def fen(self, name: str) -> Decimal:
        """Return an amount in yuan that is sent as a whole number of fen."""
        return Decimal(self.number(name)) / 100

    def part(self, name: str) -> Fields:
        """Return the fields of a nested object."""
        return _object(name, self._values.get(name))

    def rows(self, name: str) -> list[Fields]:
        """Return a list of objects, at least one."""
        values = self._values.get(name)
        if not isinstance(values, list) or not values:
            raise _wrong(name)
        return [_object(name, value) for value in values]

    def json(self, name: str) -> Fields:
        """Decode the JSON in a text field. The result has the decoded value as its only field, under the same name."""
        try:
            return Fields({name: json.loads(self.words(name))})
        except ValueError:
            raise _wrong(name) from None


def _object(name: str, value: Any) -> Fields:
    if not isinstance(value, dict):
        raise _wrong(name)
    return Fields(value)


def _wrong(name: str) -> RefusedError:
    return RefusedError(400, f"参数错误: {name}")
