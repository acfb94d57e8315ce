"""Fills in a channel's settings form as a person does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.blocks import check_view

if TYPE_CHECKING:
    from support.bot_harness import BotHarness


async def choose(harness: BotHarness, **chosen: Any) -> str:
    """Fill in the settings modal and save it; return its text afterwards."""
    await harness.ask("/panda settings")
    message, action_id = harness.button("Change…", "mei", "#orders")
    before = set(harness.slack.workspace.views)
    ack = await harness.slack.press("mei", message, action_id)
    assert ack.ok
    await harness.until(lambda: bool(set(harness.slack.workspace.views) - before))
    view_id = (set(harness.slack.workspace.views) - before).pop()
    assert check_view(harness.slack.workspace.views[view_id]) == []
    values = form() | {name: {"value": value} for name, value in chosen.items()}
    ack = await harness.slack.submit("mei", view_id, values)
    assert ack.ok
    if ack.payload and ack.payload.get("response_action") == "errors":
        return " ".join(ack.payload["errors"].values())
    await harness.until(lambda: "Saving" not in shown(harness, view_id))
    assert check_view(harness.slack.workspace.views[view_id]) == []
    return shown(harness, view_id)


def shown(harness: BotHarness, view_id: str) -> str:
    """Return the text of a modal."""
    return "\n".join(
        block["text"]["text"] for block in harness.slack.workspace.views[view_id]["blocks"] if "text" in block
    )


def form() -> dict[str, Any]:
    """Return the form of a channel with default settings."""
    return {
        "filter": {"value": {"type": "static_select", "selected_option": {"value": "default"}}},
        "filter_all": {"value": {"type": "checkboxes", "selected_options": []}},
        "threads": {"value": {"type": "radio_buttons", "selected_option": {"value": "auto"}}},
        "quiet_from": {"value": {"type": "timepicker", "selected_time": None}},
        "quiet_to": {"value": {"type": "timepicker", "selected_time": None}},
        "break_through": {"value": {"type": "checkboxes", "selected_options": [{"value": "yes"}]}},
        "digest_at": {"value": {"type": "timepicker", "selected_time": None}},
        "language": {"value": {"type": "static_select", "selected_option": {"value": "default"}}},
        "time_zone": {"value": zone("Asia/Shanghai")},
    }


def at(clock: str) -> dict[str, Any]:
    return {"type": "timepicker", "selected_time": clock}


def zone(name: str) -> dict[str, Any]:
    return {"type": "static_select", "selected_option": {"value": name, "text": {"type": "plain_text", "text": name}}}
