"""Checks that hold for every message: Slack's own models, and the limits that these leave out."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from slack_sdk.models.blocks import Block

from handlers.blocks.message import MAX_SIZE, MAX_TEXT
from sandbox.slack.blocks import check_message
from sandbox.slack.schemas import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.blocks.message import Message

OURS = re.compile(
    r"<!date\^\d+\^(?:\{date_short_pretty\}|\{time\}|\{date_short_pretty\} \{time\})\|[^<>|]+>"
    r"|<@[UW][A-Z0-9]+>|<#[CG][A-Z0-9]+>|<https?://[^<>| ]+\|[^<>]+>"
)
FENCED = re.compile("\u2068([^\u2066-\u2069]*)\u2069")  # a title from right to left, fenced off by the bot itself
BIDI = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u200b\ufeff]")


def check(message: Message) -> Message:
    """Fail on anything that Slack would refuse and on markup that remote text has brought in. Returns the message."""
    assert message.text.strip()
    assert len(message.text) <= MAX_TEXT
    assert 1 <= len(message.blocks) <= 50
    size = len(json.dumps(message.blocks, ensure_ascii=False))
    assert size + len(message.text) <= MAX_SIZE + MAX_TEXT + 100
    assert check_message({"text": message.text, "blocks": message.blocks}) == []
    assert errors("Blocks", message.blocks) == []
    action_ids = [element["action_id"] for element in _buttons(message.blocks)]
    assert len(action_ids) == len(set(action_ids))
    for block in message.blocks:
        _check_block(block)
    for text in (message.text, *_mrkdwn(message.blocks)):
        bare = OURS.sub("", text)
        assert "<" not in bare
        assert ">" not in bare
        assert not BIDI.search(FENCED.sub(r"\1", text))
    return message


def commands(message: Message) -> list[str]:
    """The values of the message's buttons and of the options in its menus."""
    return [option["value"] for button in _buttons(message.blocks) for option in button.get("options") or [button]]


def labels(message: Message) -> list[str]:
    """What is written on the message's buttons, and on the options in its menus."""
    return [
        option["text"]["text"] for button in _buttons(message.blocks) for option in button.get("options") or [button]
    ]


def shown(message: Message) -> str:
    """The text of all blocks, joined."""
    return "\n".join(_texts(message.blocks))


def _check_block(block: dict[str, Any]) -> None:
    parsed = Block.parse(block)
    assert parsed is not None
    assert parsed.to_dict() == block  # also raises on most limits
    if block["type"] == "section":
        assert all(0 < len(field["text"]) <= 2000 for field in block.get("fields", []))
        assert 0 < len(block.get("text", {"text": "x"})["text"]) <= 3000
    if block["type"] == "actions":
        assert block["elements"]


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for value in part.values():
            yield from _texts(value)
    elif isinstance(part, list):
        for item in part:
            yield from _texts(item)


def _mrkdwn(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            yield part["text"]
        for value in part.values():
            yield from _mrkdwn(value)
    elif isinstance(part, list):
        for item in part:
            yield from _mrkdwn(item)


def _buttons(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if part.get("type") in {"button", "overflow"}:
            yield part
        for value in part.values():
            yield from _buttons(value)
    elif isinstance(part, list):
        for item in part:
            yield from _buttons(item)
