"""Steps of a person in a form: look at it, fill it in and send it, press its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support import forged

from sandbox.slack import payloads

if TYPE_CHECKING:
    from support.bot_harness import BotHarness

WAITING = "⏳"


def view_of(harness: BotHarness) -> dict[str, Any]:
    """The newest form."""
    return list(harness.slack.workspace.views.values())[-1]


def text_of(harness: BotHarness) -> str:
    """All words of the newest form."""
    return str(view_of(harness)["blocks"])


async def open_by(harness: BotHarness, label: str, *, user: str = "mei", channel: str = "#orders") -> dict[str, Any]:
    """Press the newest button with this label in a message; return the form when it is filled."""
    message, action = harness.button(label, user, channel)
    before = len(harness.slack.workspace.views)
    assert (await harness.slack.press(user, message, action)).ok
    await harness.until(lambda: len(harness.slack.workspace.views) > before and WAITING not in text_of(harness))
    await harness.idle()
    return view_of(harness)


async def send_page(harness: BotHarness, values: dict[str, Any] | None = None, *, user: str = "mei") -> dict[str, str]:
    """Send the current page; return the errors at its fields."""
    ack = await harness.slack.submit(user, view_of(harness)["id"], values or {})
    assert ack.ok
    await harness.idle()
    return dict((ack.payload or {}).get("errors") or {})


async def press_in_page(
    harness: BotHarness, label: str, values: dict[str, Any] | None = None, *, user: str = "mei", value: str = ""
) -> None:
    """Press the first button of the page with this label; ``value`` replaces the one that it carries."""
    view = view_of(harness)
    element = next(each for each in buttons(view) if each["text"]["text"] == label)
    action = {
        "action_id": element["action_id"],
        "block_id": "buttons",
        "type": "button",
        "value": value or element["value"],
        "action_ts": "1.2",
    }
    trigger = harness.slack.interactions.new_trigger(view["id"])
    shown = {**view, "state": {"values": values or {}}}
    who = harness.slack.workspace.user(user)
    assert (await forged.send(harness, payloads.view_actions(who, shown, action, trigger=trigger))).ok
    await harness.idle()


def buttons(view: dict[str, Any]) -> list[dict[str, Any]]:
    """The buttons of a form."""
    elements = [each for block in view["blocks"] for each in [*(block.get("elements") or []), block.get("accessory")]]
    return [each for each in elements if each and each["type"] == "button"]


def typed(**fields: str) -> dict[str, Any]:
    """The values of text fields, by the fields' names."""
    return {name: {"value": {"value": text}} for name, text in fields.items()}


def chosen(**fields: str) -> dict[str, Any]:
    """The values of menus, by the fields' names."""
    return {
        name: {"value": {"selected_option": {"value": value, "text": {"type": "plain_text", "text": "…"}}}}
        for name, value in fields.items()
    }
