"""Messages in a terminal: every block is shown, unknown ones by name, buttons by number."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from sandbox.terminal.mrkdwn import Viewer
from sandbox.terminal.render import render

VIEWER = Viewer({"U01": "mei", "C01": "orders"})


def md(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def pt(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}


def press(text: str, value: str = "v") -> dict[str, Any]:
    return {"type": "button", "text": pt(text), "action_id": f"do_{text}", "value": value}


def rich(kind: str, *elements: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements), **fields}]}


A, B = ({"text": pt(text), "value": text} for text in "ab")
IMAGE = {"type": "image", "image_url": "http://127.0.0.1/x.png", "alt_text": "红色连衣裙"}


@pytest.mark.parametrize(
    ("block", "seen"),
    [
        ({"type": "header", "text": pt("Order :package:")}, "Order 📦"),
        ({"type": "section", "text": md("*a* <@U01>")}, "a @mei"),
        ({"type": "section", "text": md("a"), "accessory": IMAGE}, "a\n🖼 红色连衣裙"),
        ({"type": "section", "text": md("a"), "accessory": press("Go")}, "a\n[1] Go"),
        ({"type": "section", "fields": [md("a"), md("b"), md("c")]}, f"a{' ' * 40}b\nc"),
        ({"type": "section", "fields": [md("中文"), md("b\nc")]}, f"中文{' ' * 37}b\n{' ' * 41}c"),
        ({"type": "context", "elements": [IMAGE, md("_small_")]}, "🖼 红色连衣裙  small"),
        ({"type": "divider"}, "─" * 40),
        ({"type": "image", **IMAGE, "title": pt("front")}, "🖼 红色连衣裙 (front)"),
        ({"type": "actions", "elements": [press("Refresh"), press("Watch here")]}, "[1] Refresh   [2] Watch here"),
        (
            {"type": "actions", "elements": [press("Track"), {"type": "overflow", "options": [A, B]}]},
            "[1] Track   ⋯ [2] a   [3] b",
        ),
        (
            {"type": "actions", "elements": [{"type": "static_select", "options": [A, B]}]},
            "⟨menu …: a / b⟩",
        ),
        (
            {"type": "actions", "elements": [{"type": "datepicker"}]},
            "⟨element of a kind this terminal cannot show: datepicker⟩",
        ),
        ({"type": "video", "title": pt("How to"), "video_url": "https://a.example"}, "▶ How to (https://a.example)"),
        ({"type": "table", "rows": []}, "⟨block of a kind this terminal cannot show: table⟩"),
        ({}, "⟨block of a kind this terminal cannot show: None⟩"),
        (
            rich(
                "rich_text_section",
                {"type": "text", "text": "hi ", "style": {"bold": True, "code": True}},
                {"type": "user", "user_id": "U01"},
                {"type": "text", "text": " "},
                {"type": "channel", "channel_id": "C01"},
                {"type": "emoji", "name": "truck"},
                {"type": "link", "url": "https://a.example"},
                {"type": "broadcast", "range": "here"},
                {"type": "usergroup", "usergroup_id": "S1"},
                {"type": "color", "value": "#fff"},
                {"type": "date", "timestamp": 0, "format": "{date_num}"},
                {"type": "hologram"},
            ),
            "hi @mei #orders🚚https://a.example@here@S1#fff1970-01-01⟨hologram⟩",
        ),
        (
            rich(
                "rich_text_list",
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "一"}]},
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "二"}]},
                style="ordered",
            ),
            "1. 一\n2. 二",
        ),
        (rich("rich_text_list", {"elements": [{"type": "text", "text": "a"}]}, style="bullet", indent=1), "  • a"),
        (rich("rich_text_quote", {"type": "text", "text": "a\nb"}), "▏ a\n▏ b"),
        (rich("rich_text_preformatted", {"type": "text", "text": "*raw*"}), "*raw*"),
        (rich("rich_text_hologram"), "⟨text of a kind this terminal cannot show: rich_text_hologram⟩"),
    ],
)
def test_each_block_is_shown(block: dict[str, Any], seen: str) -> None:
    """Known blocks read as in Slack; anything else says what it is instead of vanishing."""
    assert render({"text": "fallback", "blocks": [block]}, VIEWER, 80).plain == seen


def test_text_is_shown_where_there_are_no_blocks() -> None:
    """A message without blocks is its text."""
    assert render({"text": "*hello*", "blocks": []}, VIEWER).plain == "hello"


def test_attachments_stand_behind_a_bar() -> None:
    """Older attachments are part of what people forward to a channel."""
    message = {
        "text": "see",
        "attachments": [
            {"title": "订单", "text": "2542285634920880794"},
            {"fallback": "only this"},
            {"blocks": [{"type": "actions", "elements": [press("Go")]}]},
        ],
    }
    drawn = render(message, VIEWER)
    assert drawn.plain == "see\n▏ 订单\n▏ 2542285634920880794\n▏ only this\n▏ [1] Go"
    assert [button.label for button in drawn.buttons] == ["Go"]


def test_buttons_are_numbered_through_the_message() -> None:
    """The number is what a person types; the button knows its ids and its value."""
    message = {
        "blocks": [
            {"type": "section", "block_id": "b1", "text": md("x"), "accessory": press("Watch", "watch 1")},
            {"type": "actions", "block_id": "b2", "elements": [press("Older", "p2"), press("Newer", "p1")]},
        ]
    }
    buttons = render(message, VIEWER).buttons
    assert [(button.number, button.label, button.action_id, button.block_id, button.value) for button in buttons] == [
        (1, "Watch", "do_Watch", "b1", "watch 1"),
        (2, "Older", "do_Older", "b2", "p2"),
        (3, "Newer", "do_Newer", "b2", "p1"),
    ]


@pytest.mark.parametrize("width", [10, 33, 56, 80])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    """Chinese characters take two cells; wrapping counts cells, and loses no character."""
    chinese = "快件已到达义乌分拨中心，正在发往上海转运中心" * 3
    message = {
        "blocks": [
            {"type": "section", "text": md(chinese)},
            {"type": "section", "fields": [md(chinese), md("short"), md("a b c " * 20)]},
            {"type": "actions", "elements": [press("Show all nodes"), press("Watch here"), press("Refresh")]},
        ]
    }
    lines = render(message, VIEWER, width).lines
    assert max(cell_len(line.plain) for line in lines) <= width
    assert "".join(line.plain for line in lines).replace("\n", "").count("义乌") >= 5


def test_a_narrow_terminal_stacks_fields() -> None:
    """Two columns need room."""
    assert render({"blocks": [{"type": "section", "fields": [md("a"), md("b")]}]}, VIEWER, 40).plain == "a\nb"
