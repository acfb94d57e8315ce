"""Holds payloads and arguments to the JSON Schema made from Slack's published types (schema/generate.sh)."""

from __future__ import annotations

import json
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema_rs import Draft7Validator, ValidationError

SCHEMA = Path(__file__).parent / "schema" / "slack.json"
# What Slack's own example of app_home_opened has, and the type of a view to publish has not.
ADDED_TO_HOME = {
    "id",
    "team_id",
    "app_id",
    "app_installed_team_id",
    "bot_id",
    "state",
    "hash",
    "title",
    "close",
    "submit",
    "clear_on_close",
    "notify_on_close",
    "root_view_id",
    "previous_view_id",
}
DEEPEST = 12  # levels of "none of these fits" that are looked through for the one reason that helps


def errors(kind: str, value: Any) -> list[str]:
    """What is wrong with a value, by the path in it; empty when it is as Slack's types say.

    ``kind`` is a name of schema/entry.ts without "Our", such as ``Blocks`` or ``Command``. Needs jsonschema-rs, which
    only developers have: the stand-in itself runs without it.
    """
    return [_sentence(error) for error in _validator(kind).iter_errors(_relaxed(kind, value))]


def _relaxed(kind: str, value: Any) -> Any:
    """The value without what Slack sends and its types do not know.

    - ``enterprise: null`` for an ordinary workspace; the types know the field only as left out.
    - ``user.username`` in what a view or a menu sends; Slack's own examples have it, the types of no other payload
      forbid it.
    - no ``response_url`` for what is pressed in a view; there is no message to answer, and the type is that of both.
    - what Slack adds to a published view; the type of the event speaks of the view as an app hands it in.
    """
    if not isinstance(value, dict):
        return value
    found = {key: part for key, part in value.items() if key != "enterprise" or part is not None}
    if kind in {"Submission", "Closed", "Suggestion"} and isinstance(found.get("user"), dict):
        found["user"] = {key: part for key, part in found["user"].items() if key != "username"}
    if kind == "Actions" and (found.get("container") or {}).get("type") == "view":
        found.setdefault("response_url", "")
    event = found.get("event")
    if kind == "HomeOpened" and isinstance(event, dict) and isinstance(event.get("view"), dict):
        view = {key: part for key, part in event["view"].items() if key not in ADDED_TO_HOME}
        found["event"] = {**event, "view": view}
    return found


@cache
def _validator(kind: str) -> Draft7Validator:
    from jsonschema_rs import Draft7Validator  # noqa: PLC0415  a dependency of the tests only

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return Draft7Validator({"$ref": f"#/definitions/Our{kind}", "definitions": schema["definitions"]})


def _sentence(error: ValidationError) -> str:
    """The deepest cause: of many shapes that do not fit, the one that fits best tells most."""
    for _ in range(DEEPEST):
        if not (shapes := _shapes(error)):
            break
        error = min(shapes, key=partial(_misfit, len(error.instance_path)))[0]
    path = "/".join(str(part) for part in error.instance_path)
    return f"{path}: {error.message[:200]}"


def _shapes(error: ValidationError) -> list[list[ValidationError]]:
    """For "none of these fits": what is wrong with the value as each of them."""
    return [shape for shape in getattr(error.kind, "context", ()) if shape]


def _misfit(depth: int, shape: list[ValidationError]) -> tuple[bool, int]:
    """How far the value at this depth is from a shape: another ``type`` is another thing; else fewer errors win."""
    total = (False, 0)
    for error in shape:
        inner = partial(_misfit, len(error.instance_path))
        other = error.kind.name == "const" and error.instance_path[depth:] == ["type"]
        one = min(map(inner, shapes)) if (shapes := _shapes(error)) else (other, 1)
        total = total[0] or one[0], total[1] + one[1]
    return total
