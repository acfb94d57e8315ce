"""The base of requests, and the types of their fields: what a caller gives, and how that is sent.

A caller gives ids as text, amounts as Decimal yuan and addresses as values; each field's type says how it is sent.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializationInfo,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from pandapon.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandapon.operations.answers import Amounts

T = TypeVar("T")
R = TypeVar("R", bound="Request")


class Request(BaseModel):
    """The typed fields of one operation. Raises pydantic's ValidationError for a field of a wrong type or name."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        defer_build=True,
    )

    def wire(self, amounts: Amounts = "fen") -> dict[str, Any]:
        """The fields that are set, under the API's names. ``amounts``: the unit of Taobao's amounts."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, context={"amounts": amounts})


class Nothing(Request):
    """The request of an operation that takes no fields."""


def _cents(amount: Decimal) -> Decimal:
    if not amount.is_finite() or amount != amount.quantize(Decimal("0.01")):
        raise ValueError("an amount has at most two decimals")
    return amount


def _in_yuan(amount: Decimal) -> str:
    return format(amount, "f")


def _in_fen(amount: Decimal) -> int:
    return int(amount * 100)


def _taobao(amount: Decimal, info: SerializationInfo) -> int | str:
    return _in_yuan(amount) if (info.context or {}).get("amounts") == "yuan" else _in_fen(amount)


def _as_json(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, Request):
        return value.wire()
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value


Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^\S+$")]
NumberId = Annotated[  # a 64-bit id that the API takes as a JSON number; Python's whole numbers keep every digit
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{1,19}$"),
    PlainSerializer(int, return_type=int),
]
Keyword = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]  # empty: everything
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
Secret = Annotated[str, Field(min_length=1, max_length=200, repr=False)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=14), AfterValidator(_cents)]  # yuan
InYuan = Annotated[Amount, PlainSerializer(_in_yuan, return_type=str)]
InFen = Annotated[Amount, PlainSerializer(_in_fen, return_type=int)]
InTaobaoUnit = Annotated[Amount, PlainSerializer(_taobao)]  # in the unit of the setting for Taobao's amounts
AsJson = Annotated[T, PlainSerializer(_as_json, return_type=str)]  # sent as a JSON text within the JSON
Quantity = Annotated[int, Field(ge=1, le=1_000_000)]
PageNumber = Annotated[int, Field(ge=1, le=10_000)]
PageSize = Annotated[int, Field(ge=1, le=50)]


def make_request(request: Callable[..., R], *values: object) -> R:
    """Return the request that ``request`` makes from values that people may have typed.

    Raises InvalidRequestError where pydantic refuses a value; the message names the fields only.
    """
    try:
        return request(*values)
    except ValidationError as error:
        fields = ", ".join(str(part["loc"][0]) for part in error.errors(include_url=False) if part["loc"])
        raise InvalidRequestError(f"the request cannot hold its {fields or 'values'}") from None
