"""The base of answers, the types of their fields, and the readers that make them. Each field is read leniently.

A field that is missing, null or of another type is empty; only a wrong shape of the whole answer is an error. Fields
that the contract does not know are kept unchanged in ``model_extra``.
"""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003  dataclasses read annotations at run time
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo
from pydantic.alias_generators import to_camel

from pandapon import fields, shapes
from pandapon.errors import DecodeError
from pandapon.models import Page
from pandapon.times import parse_time

T = TypeVar("T")
Amounts = Literal["fen", "yuan"]  # the unit of Taobao's amounts, which is a setting


class Answer(BaseModel):
    """A decoded object of the API. Ids are text, amounts Decimal yuan, times aware."""

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        defer_build=True,
    )


A = TypeVar("A", bound=Answer)


def _text(value: Any) -> str:
    return fields.text({"": value}, "")


def _words(value: Any) -> str:
    return fields.words({"": value}, "")


def _link(value: Any) -> str:
    return fields.link({"": value}, "")


def _fen(value: Any) -> Decimal | None:
    return fields.money({"": value}, "", fen=True)


def _taobao(value: Any, info: ValidationInfo) -> Decimal | None:
    return fields.amount(value) if (info.context or {}).get("amounts") == "yuan" else _fen(value)


def _count(value: Any) -> int | None:
    return fields.count({"": value}, "")


def _time(value: Any) -> datetime | None:
    return parse_time(value)[0]


def _object(value: Any) -> Any:
    if isinstance(value, list):
        return shapes.mapping(value) or None
    return value if isinstance(value, dict | BaseModel) else None


Text = Annotated[str, BeforeValidator(_text)]  # ids, codes: every digit is kept
Plain = Annotated[str, BeforeValidator(_words)]  # one line, without markup
Link = Annotated[str, BeforeValidator(_link)]
Yuan = Annotated[Decimal | None, BeforeValidator(fields.amount)]  # sent as yuan
Fen = Annotated[Decimal | None, BeforeValidator(_fen)]  # sent as hundredths, read as yuan
TaobaoAmount = Annotated[Decimal | None, BeforeValidator(_taobao)]  # sent in the unit of the setting, read as yuan
Number = Annotated[Decimal | None, BeforeValidator(fields.number)]  # any number that is no amount, such as a weight
Count = Annotated[int | None, BeforeValidator(_count)]
Time = Annotated[datetime | None, BeforeValidator(_time)]
Flag = Annotated[bool | None, BeforeValidator(fields.flag)]
Texts = Annotated[tuple[str, ...], BeforeValidator(shapes.texts)]
Part = Annotated[T | None, BeforeValidator(_object)]
Rows = Annotated[tuple[T, ...], BeforeValidator(shapes.items)]


@dataclass(frozen=True, slots=True)
class One(Generic[A]):
    """Reads one object, alone or the first of a list; null is an empty object. Raises DecodeError for anything else."""

    model: type[A]

    def __call__(self, data: Any, _asked: object, amounts: Amounts) -> A:
        """Read the ``data`` of an answer."""
        if isinstance(data, list):
            data = next(iter(shapes.items(data)), None)
        answer = shapes.require({} if data is None else data, dict, "the answer")
        return _made(self.model, _unwrapped(self.model, answer), amounts)


@dataclass(frozen=True, slots=True)
class Many(Generic[A]):
    """Reads all rows: of a list, of an object that holds a list under a usual name, or a single object."""

    model: type[A]

    def __call__(self, data: Any, _asked: object, amounts: Amounts) -> tuple[A, ...]:
        """Read the ``data`` of an answer."""
        rows, _total = _rows(self.model, data, "the list")
        return tuple(_made(self.model, row, amounts) for row in rows)


@dataclass(frozen=True, slots=True)
class Paged(Generic[A]):
    """Reads one page of rows. The request's ``begin_page``, ``page_no`` or ``page``, and ``page_size``, say which."""

    model: type[A]

    def __call__(self, data: Any, asked: Any, amounts: Amounts) -> Page[A]:
        """Read the ``data`` of an answer."""
        rows, total = _rows(self.model, data, "the page")
        made = tuple(_made(self.model, row, amounts) for row in rows)
        number = getattr(asked, "begin_page", None) or getattr(asked, "page_no", None) or getattr(asked, "page", None)
        return Page[A](items=made, page=number or 1, page_size=getattr(asked, "page_size", None) or 20, total=total)


def raw(data: Any, _asked: object, _amounts: Amounts) -> Any:
    """Return the ``data`` unchanged: nothing is known of this answer."""
    return data


def rows_of(answer: Any) -> Iterator[BaseModel]:
    """Iterate over the rows of an answer, whichever reader made it; a single object is its only row."""
    if isinstance(answer, Page):
        yield from answer.items
    elif isinstance(answer, tuple | list):
        yield from (row for row in answer if isinstance(row, BaseModel))
    elif isinstance(answer, BaseModel):
        yield answer


def _rows(model: type[A], data: Any, subject: str) -> tuple[list[dict[str, Any]], int | None]:
    """The rows of a list. In an object, a part without any field of the model is part of the envelope, not a row."""
    rows, total = shapes.page_rows(data, subject)
    return [row for row in rows if isinstance(data, list) or row.keys() & _names(model)], total


def _unwrapped(model: type[A], answer: dict[str, Any]) -> dict[str, Any]:
    """The answer; or the only object within it, if the answer itself has no field of the model."""
    if answer.keys() & _names(model):
        return answer
    inner = [part for value in answer.values() if (part := shapes.mapping(value))]
    return inner[0] if len(inner) == 1 else answer


@lru_cache
def _names(model: type[Answer]) -> frozenset[str]:
    return frozenset(name for own, field in model.model_fields.items() for name in (own, field.alias or own))


def _made(model: type[A], row: dict[str, Any], amounts: Amounts) -> A:
    try:
        return model.model_validate(row, context={"amounts": amounts})
    except (ValidationError, RecursionError) as error:
        raise DecodeError(f"{model.__name__} cannot be read ({type(error).__name__})") from error
