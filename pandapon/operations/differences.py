"""Compares an answer of the API with its type in the contract: which fields are missing, new or of another type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

Kind = Literal["missing", "extra", "other type"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs. ``json_type``: the type of its value, never the value; empty for a missing field."""

    field: str  # with the fields above it, e.g. "skuList[].price"
    kind: Kind
    json_type: str = ""


def differences(answer: BaseModel, raw: Any, above: str = "") -> Iterator[Difference]:
    """Compare a decoded answer with the JSON object that it was made from. ``above``: the prefix of nested fields.

    Of a list of objects only the first one is compared.
    """
    if not isinstance(raw, dict):
        yield Difference(above or "data", "other type", kind_of(raw))
        return
    known = set()
    for name, field in type(answer).model_fields.items():
        wire = _wire_name(name, field, raw)
        known.add(wire)
        yield from _of_field(f"{above}{wire}", getattr(answer, name), field, raw, wire)
    for name in raw.keys() - known:
        yield Difference(f"{above}{name}", "extra", kind_of(raw[name]))


def _of_field(where: str, value: Any, field: FieldInfo, raw: dict[str, Any], wire: str) -> Iterator[Difference]:
    if wire not in raw:
        yield Difference(where, "missing")
        return
    sent = raw[wire]
    if isinstance(value, BaseModel):
        yield from differences(value, sent, f"{where}.")
    elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        yield from differences(value[0], sent[0], f"{where}[].")
    elif value == field.default and sent != field.default and not _is_empty(sent):
        yield Difference(where, "other type", kind_of(sent))


def kind_of(value: Any) -> str:
    """The JSON type of a value."""
    kinds = {type(None): "null", bool: "boolean", str: "string", int: "number", list: "list", dict: "object"}
    return kinds.get(type(value), "number")


def _wire_name(name: str, field: FieldInfo, raw: dict[str, Any]) -> str:
    """The name under which the API sent the field: camel case, or the upstream's snake case."""
    alias = field.alias or name
    return name if name in raw and alias not in raw else alias


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})
