"""Input blocks as a modal has them: labels, hints, initial values, state, errors, and inputs that tell at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from support.accessibility import violations

from handlers.blocks.settings_words import Defaults
from handlers.features.channel.settings_views import modal
from handlers.features.channel.time_zones import groups
from tracking.channel_settings import ChannelSettings

if TYPE_CHECKING:
    from support.block_board import Board

pytestmark = pytest.mark.asyncio(loop_scope="session")

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": plain(value.upper()), "value": value}


def field(element: Json, **fields: Any) -> Json:
    return {
        "type": "input",
        "block_id": "b",
        "label": plain("What"),
        "element": {"action_id": "x", **element},
        **fields,
    }


RICH = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "hi"}]}]}
A, B = option("a"), option("b")
# element, what it holds at first, what is typed, what it holds then
INPUTS: list[tuple[Json, Json, str, Json]] = [
    ({"type": "plain_text_input"}, {"value": None}, "裙子 &", {"value": "裙子 &"}),
    ({"type": "plain_text_input", "multiline": True, "initial_value": "a\nb"}, {"value": "a\nb"}, "", {"value": None}),
    ({"type": "email_text_input", "initial_value": "a@b.cn"}, {"value": "a@b.cn"}, "c@d.cn", {"value": "c@d.cn"}),
    ({"type": "url_text_input"}, {"value": None}, "https://x.cn", {"value": "https://x.cn"}),
    ({"type": "number_input", "is_decimal_allowed": True}, {"value": None}, "4.5", {"value": "4.5"}),
    ({"type": "rich_text_input"}, {"rich_text_value": None}, "hi", {"rich_text_value": RICH}),
    (
        {"type": "datepicker", "initial_date": "2026-05-20"},
        {"selected_date": "2026-05-20"},
        "",
        {"selected_date": None},
    ),
    ({"type": "timepicker"}, {"selected_time": None}, "08:30", {"selected_time": "08:30"}),
]
CHOICES: list[tuple[Json, Json]] = [
    ({"type": "static_select", "options": [A, B], "initial_option": B}, {"selected_option": B}),
    ({"type": "radio_buttons", "options": [A, B]}, {"selected_option": None}),
    ({"type": "checkboxes", "options": [A, B], "initial_options": [A, B]}, {"selected_options": [A, B]}),
    ({"type": "multi_static_select", "options": [A, B]}, {"selected_options": []}),
    ({"type": "external_select", "initial_option": A}, {"selected_option": A}),
    ({"type": "multi_external_select"}, {"selected_options": []}),
    ({"type": "users_select", "initial_user": "U2"}, {"selected_user": "U2"}),
    ({"type": "conversations_select", "initial_conversation": "C1"}, {"selected_conversation": "C1"}),
    ({"type": "channels_select", "initial_channel": "C9"}, {"selected_channel": None}),
    ({"type": "multi_users_select", "initial_users": ["U1"]}, {"selected_users": ["U1"]}),
    ({"type": "file_input"}, {"files": []}),
]


@pytest.mark.parametrize(("element", "first", "typed", "then"), INPUTS)
async def test_typed(board: Board, element: Json, first: Json, typed: str, then: Json) -> None:
    """What is typed is read in Slack's shape, null where there is nothing; the app hears of it only on submitting."""
    await board.draw(field(element))
    assert await board.state() == {"b": {"x": {"type": element["type"], **first}}}
    await board.page.get_by_label("What").fill(typed)
    assert await board.state() == {"b": {"x": {"type": element["type"], **then}}}
    await board.page.get_by_label("What").press("Tab")
    assert await board.sent() == []


@pytest.mark.parametrize(("element", "first"), CHOICES)
async def test_chosen(board: Board, element: Json, first: Json) -> None:
    """What is chosen at first is read in Slack's shape; the label names the control."""
    await board.draw(field(element))
    assert await board.state() == {"b": {"x": {"type": element["type"], **first}}}
    await expect(board.page.get_by_label("What").first).to_be_visible()


async def test_label_hint_optional_limits(board: Board) -> None:
    """The hint belongs to its field, an optional one says so, the others are required, lengths are kept."""
    await board.draw(
        field({"type": "plain_text_input", "max_length": 3, "placeholder": plain("ids")}, hint=plain("One a line")),
        {
            **field({"type": "plain_text_input", "action_id": "y"}, optional=True),
            "block_id": "c",
            "label": plain("Why"),
        },
    )
    entry, why = board.page.get_by_label("What"), board.page.get_by_label("Why (optional)")
    await expect(entry).to_have_accessible_description("One a line")
    await expect(entry).to_have_attribute("aria-required", "true")
    await expect(why).not_to_have_attribute("aria-required", "true")
    await entry.press_sequentially("12345")
    assert (await board.state())["b"]["x"]["value"] == "123"


async def test_errors(board: Board) -> None:
    """An error stands under its input, is announced, marks and focuses it; the next answer takes it away."""
    second = {
        **field({"type": "radio_buttons", "action_id": "y", "options": [A, B]}),
        "block_id": "c",
        "label": plain("Which"),
    }
    await board.draw(field({"type": "plain_text_input"}), second)
    await board.show_errors({"b": "No order has this id.", "c": "Choose one."})
    entry = board.page.get_by_label("What")
    await expect(entry).to_have_accessible_description("No order has this id.")
    await expect(entry).to_have_attribute("aria-invalid", "true")
    await expect(entry).to_be_focused()
    await expect(board.page.get_by_role("alert").filter(has_text="Choose one.")).to_be_visible()
    await board.show_errors({})
    await expect(entry).not_to_have_attribute("aria-invalid", "true")
    assert "No order" not in await board.root.inner_text()


async def test_dispatching(board: Board) -> None:
    """An input that dispatches tells on Enter, or with each character where the app asks for it."""
    element: Json = {"type": "plain_text_input"}
    await board.draw(field(element, dispatch_action=True))
    await board.page.get_by_label("What").fill("ab")
    assert await board.sent() == []
    await board.page.get_by_label("What").press("Enter")
    told = {"type": "plain_text_input", "block_id": "b", "action_id": "x", "value": "ab"}
    assert await board.sent(1) == [told]
    eager = element | {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    await board.draw(field(eager, dispatch_action=True))
    await board.page.get_by_label("What").press_sequentially("ab")
    assert [act["value"] for act in await board.sent(2)] == ["a", "ab"]


async def test_dispatching_choice(board: Board) -> None:
    """A choice that dispatches tells at once."""
    await board.draw(field({"type": "static_select", "options": [A, B]}, dispatch_action=True))
    await board.page.get_by_label("What").select_option("B")
    assert [act["selected_option"] for act in await board.sent(1)] == [B]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe(board: Board, scheme: str) -> None:
    """Axe finds nothing serious in any input, with an error shown, in light and in dark."""
    elements = [*(sample[0] for sample in INPUTS), *(choice[0] for choice in CHOICES)]
    blocks = [{**field(element), "block_id": f"b{at}", "hint": plain("hint")} for at, element in enumerate(elements)]
    bare = {"type": "actions", "elements": [{**element, "action_id": f"x{at}"} for at, element in enumerate(elements)]}
    await board.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    try:
        await board.draw(*blocks, bare)
        await board.show_errors({f"b{at}": "wrong" for at in range(len(blocks))})
        problems = await violations(board.page)
    finally:
        await board.page.emulate_media(color_scheme="light")
    bad = [violation for violation in problems if violation["impact"] in {"serious", "critical"}]
    assert [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in bad] == []


async def test_settings_of_the_bot(board: Board) -> None:
    """The bot's own form is drawn with every label, and reads back as it was given."""
    view = modal("C1", ChannelSettings(), groups([], datetime.now(UTC)), Defaults())
    seen = await board.draw(*view["blocks"], surface="modal")
    assert "Unsupported" not in seen
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    assert all(block["label"]["text"] in seen for block in inputs)
    state = await board.state()
    assert {(block["block_id"], block["element"]["action_id"]) for block in inputs} == {
        (block_id, action_id) for block_id, actions in state.items() for action_id in actions
    }
