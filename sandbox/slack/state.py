"""The state of the inputs of a view or message: the chosen values, and the initial values of the other inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]

TEXTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input")
# element type -> the key of its value in the state, the key of its initial value, and the empty value
INPUTS: dict[str, tuple[str, str, Any]] = {
    **dict.fromkeys(TEXTS, ("value", "initial_value", None)),
    **dict.fromkeys(("static_select", "external_select", "radio_buttons"), ("selected_option", "initial_option", None)),
    **dict.fromkeys(
        ("checkboxes", "multi_static_select", "multi_external_select"), ("selected_options", "initial_options", [])
    ),
    "users_select": ("selected_user", "initial_user", None),
    "channels_select": ("selected_channel", "initial_channel", None),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
    "file_input": ("files", "initial_files", []),  # Slack knows no initial files
}


def state_values(blocks: list[Json], chosen: Json) -> Json:
    """Return the ``state.values`` of blocks, by block_id and action_id: the chosen value, else the initial one.

    An option may be chosen by its value alone; the result has the whole option, as Slack sends it.
    """
    values: Json = {}
    for block, element in _inputs(blocks):
        key, initial, empty = INPUTS[element["type"]]
        given = (chosen.get(block["block_id"]) or {}).get(element["action_id"]) or {}
        value = given[key] if key in given else element.get(initial, empty)
        state = {"type": element["type"], key: _whole(element, value) if key.startswith("selected_option") else value}
        values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def _inputs(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        for element in (block.get("element"), block.get("accessory"), *(block.get("elements") or [])):
            if isinstance(element, dict) and element.get("type") in INPUTS and "block_id" in block:
                yield block, element


def _whole(element: Json, value: Any) -> Any:
    if isinstance(value, list):
        return [_whole(element, option) for option in value]
    if not isinstance(value, dict):
        return value
    groups = [element, *(element.get("option_groups") or [])]
    options = [option for group in groups for option in group.get("options") or []]
    return next((option for option in options if option["value"] == value["value"]), value)
