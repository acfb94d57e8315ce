"""Typed arguments of an operation on the command line: ``--order-id 254… --address-param.city-text 杭州市``."""

from __future__ import annotations

import json
import types
from typing import TYPE_CHECKING, Any, Union, cast, get_args, get_origin

from pydantic import ValidationError
from pydantic.alias_generators import to_snake

from pandapon.operations.requests import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic.fields import FieldInfo

    from pandapon.operations.catalogue import AnyOperation


_UNIONS = (Union, types.UnionType)  # both spellings of a union


class ArgumentError(ValueError):
    """Arguments that the operation cannot take. The message has a line for each problem, then a list of all fields."""


def read(operation: AnyOperation, words: Sequence[str]) -> Request:
    """Read the words after the operation's name into its request. Raises ArgumentError, before anything is sent."""
    values: dict[str, Any] = {}
    for name, value in _pairs(operation, words):
        _put(operation, values, name, value)
    try:
        return cast("Request", operation.request.model_validate(values))
    except ValidationError as error:
        problems = [f"--{_option(each['loc'])}: {_words(each)}" for each in error.errors(include_url=False)]
        raise ArgumentError("\n".join([*problems, *usage(operation)])) from None


def usage(operation: AnyOperation) -> Iterator[str]:
    """Return a line for each field: its option, its type, and whether it has to be given."""
    if not operation.request.model_fields:
        yield f"{operation.name} takes no arguments."
        return
    yield f"{operation.name} takes:"
    yield from _fields(operation.request, "")


def _fields(model: type[Request], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        option = prefix + _kebab(name)
        nested = _nested(field.annotation)
        if nested is not None and not _is_list(field.annotation):
            yield from _fields(nested, f"{option}.")
            continue
        need = "required" if field.is_required() else f"default {field.default}" if field.default else "optional"
        kind = "JSON objects, repeatable" if nested else "repeatable" if _is_list(field.annotation) else ""
        yield f"  --{option:36} {', '.join(part for part in (need, kind) if part)}"


def _pairs(operation: AnyOperation, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    remaining = iter(words)
    for word in remaining:
        name, equals, value = word.partition("=")
        if not name.startswith("--") or name == "--":
            raise ArgumentError("\n".join([f"{word!r} belongs to no option", *usage(operation)]))
        if not equals:
            following = next(remaining, None)
            if following is None:
                raise ArgumentError(f"{name} needs a value")
            value = following
        yield name.removeprefix("--"), value


def _put(operation: AnyOperation, values: dict[str, Any], name: str, value: str) -> None:
    model: type[Request] = operation.request
    at = values
    *groups, last = [part.replace("-", "_") for part in name.split(".")]
    for group in groups:
        field = model.model_fields.get(group)
        nested = _nested(field.annotation) if field else None
        if nested is None:
            raise ArgumentError("\n".join([f"--{name}: no such field", *usage(operation)]))
        at, model = at.setdefault(group, {}), nested
    field = model.model_fields.get(last)
    if field is None:
        raise ArgumentError("\n".join([f"--{name}: no such field", *usage(operation)]))
    at[last] = [*at.get(last, []), *_listed(value)] if _is_list(field.annotation) else _value(value, field)


def _listed(value: str) -> list[Any]:
    decoded = _decoded(value)
    return decoded if isinstance(decoded, list) else [decoded]


def _value(value: str, field: FieldInfo) -> Any:
    holds_json = any(get_origin(each) is dict for each in _types(field.annotation))
    return _decoded(value) if holds_json or _nested(field.annotation) else value


def _decoded(value: str) -> Any:
    """Return the JSON of a value that looks like an object or a list, and any other text as it is: ids stay text."""
    if not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise ArgumentError(f"{value[:60]!r} is not JSON: {error}") from None


def _types(annotation: Any) -> Iterator[Any]:
    """Yield the types of an annotation, also the types within unions and lists."""
    if get_origin(annotation) in {tuple, *_UNIONS}:
        for inner in get_args(annotation):
            yield from _types(inner)
    elif hasattr(annotation, "__metadata__"):
        yield from _types(get_args(annotation)[0])
    else:
        yield annotation


def _nested(annotation: Any) -> type[Request] | None:
    return next((each for each in _types(annotation) if isinstance(each, type) and issubclass(each, Request)), None)


def _is_list(annotation: Any) -> bool:
    if hasattr(annotation, "__metadata__"):
        return _is_list(get_args(annotation)[0])
    origin = get_origin(annotation)
    return origin is tuple or (origin in _UNIONS and any(_is_list(inner) for inner in get_args(annotation)))


def _option(location: Sequence[str | int]) -> str:
    return ".".join(_kebab(to_snake(str(part))) for part in location) or "?"


def _kebab(name: str) -> str:
    return name.replace("_", "-")


def _words(error: Any) -> str:
    return "is required" if error["type"] == "missing" else str(error["msg"]).removeprefix("Value error, ")
