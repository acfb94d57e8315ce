"""Checks payloads and arguments against the JSON Schema made from Slack's published types (schema/generate.sh)."""

from __future__ import annotations

import json
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema_rs import Draft7Validator, ValidationError

SCHEMA = Path(__file__).parent / "schema" / "slack.json"
# Fields of a view in Slack's example of app_home_opened that the published type, a view to publish, lacks.
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
DEEPEST = 12  # levels of "none of these shapes fits" that are searched for the most helpful cause


def errors(kind: str, value: Any) -> list[str]:
    """Return the violations of Slack's types in a value, each with its path.

    ``kind`` is a name of schema/entry.ts without "Our", such as ``Blocks`` or ``Command``. Needs jsonschema-rs, which
    only developers have: the stand-in itself runs without it.
    """
    return [_sentence(error) for error in _validator(kind).iter_errors(_relaxed(kind, value))]


def _relaxed(kind: str, value: Any) -> Any:
    """Return the value adapted where Slack's payloads differ from its published types.

    - An ordinary workspace sends ``enterprise: null``; the types only let the field be left out.
    - The user of a view's or menu's payload has a ``username`` in Slack's own examples; only these types forbid it.
    - A press in a view has no ``response_url``, as there is no message to answer; the type is shared with messages.
    - A number typed into a form is an action, too, but the types know no typed field other than plain text.
    - Slack adds fields to a published view; the event's type describes the view as an app publishes it.
    """
    if not isinstance(value, dict):
        return value
    relaxed = {key: part for key, part in value.items() if key != "enterprise" or part is not None}
    if kind in {"Submission", "Closed", "Suggestion"} and isinstance(relaxed.get("user"), dict):
        relaxed["user"] = {key: part for key, part in relaxed["user"].items() if key != "username"}
    if kind == "Actions" and (relaxed.get("container") or {}).get("type") == "view":
        relaxed.setdefault("response_url", "")
        actions = relaxed.get("actions")
        if isinstance(actions, list):
            relaxed["actions"] = [_as_typed_text(action) for action in actions]
    event = relaxed.get("event")
    if kind == "HomeOpened" and isinstance(event, dict) and isinstance(event.get("view"), dict):
        view = {key: part for key, part in event["view"].items() if key not in ADDED_TO_HOME}
        relaxed["event"] = {**event, "view": view}
    return relaxed


def _as_typed_text(action: Any) -> Any:
    is_number = isinstance(action, dict) and action.get("type") == "number_input"
    return action | {"type": "plain_text_input"} if is_number else action


@cache
def _validator(kind: str) -> Draft7Validator:
    from jsonschema_rs import Draft7Validator  # noqa: PLC0415  a dependency of the tests only

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return Draft7Validator({"$ref": f"#/definitions/Our{kind}", "definitions": schema["definitions"]})


def _sentence(error: ValidationError) -> str:
    """Describe the deepest cause of an error: if no shape fits, the cause in the shape that fits best."""
    for _ in range(DEEPEST):
        if not (shapes := _shapes(error)):
            break
        error = min(shapes, key=partial(_misfit, len(error.instance_path)))[0]
    path = "/".join(str(part) for part in error.instance_path)
    return f"{path}: {error.message[:200]}"


def _shapes(error: ValidationError) -> list[list[ValidationError]]:
    """Return, for "none of these shapes fits", the errors against each shape."""
    return [shape for shape in getattr(error.kind, "context", ()) if shape]


def _misfit(depth: int, shape: list[ValidationError]) -> tuple[bool, int]:
    """Rate how badly the value at this depth fits a shape: a wrong ``type`` counts most, then the number of errors."""
    total = (False, 0)
    for error in shape:
        inner = partial(_misfit, len(error.instance_path))
        other = error.kind.name == "const" and error.instance_path[depth:] == ["type"]
        misfit = min(map(inner, shapes)) if (shapes := _shapes(error)) else (other, 1)
        total = total[0] or misfit[0], total[1] + misfit[1]
    return total
