"""Holds payloads and arguments to the JSON Schema made from Slack's published types (schema/generate.sh)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

SCHEMA = Path(__file__).parent / "schema" / "slack.json"
DEEPEST = 12  # levels of "none of these fits" that are looked through for the one reason that helps


def errors(kind: str, value: Any) -> list[str]:
    """What is wrong with a value, by the path in it; empty when it is as Slack's types say.

    ``kind`` is a name of schema/entry.ts without "Our", such as ``Blocks`` or ``Command``. Needs jsonschema, which
    only developers have: the stand-in itself runs without it.
    """
    return [_sentence(error) for error in _validator(kind).iter_errors(_relaxed(kind, value))]


def _relaxed(kind: str, value: Any) -> Any:
    """The value without what Slack sends and its types do not know.

    - ``enterprise: null`` for an ordinary workspace; the types know the field only as left out.
    - ``user.username`` in a submitted view; Slack's own example has it, the type of no other payload forbids it.
    """
    if not isinstance(value, dict):
        return value
    found = {key: part for key, part in value.items() if key != "enterprise" or part is not None}
    if kind == "Submission" and isinstance(found.get("user"), dict):
        found["user"] = {key: part for key, part in found["user"].items() if key != "username"}
    return found


@cache
def _validator(kind: str) -> Validator:
    from jsonschema import Draft7Validator  # noqa: PLC0415  a dependency of the tests only

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return Draft7Validator({"$ref": f"#/definitions/Our{kind}", "definitions": schema["definitions"]})


def _sentence(error: Any) -> str:
    """The deepest cause: of many shapes that do not fit, the one that fits best tells most."""
    from jsonschema.exceptions import best_match  # noqa: PLC0415  the same

    for _ in range(DEEPEST):
        if not error.context:
            break
        error = best_match(error.context) or error.context[0]
    path = "/".join(str(part) for part in error.absolute_path)
    return f"{path}: {error.message[:200]}"
