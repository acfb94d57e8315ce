"""The pieces that forms are made of, and the reading of what was filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.wire.payloads import part, text

if TYPE_CHECKING:
    from handlers.blocks.message import Block

VALUE = "value"  # the action id of every field; its block's id is the field's name
LABEL = 75  # characters of a label or an option


def plain(text: str) -> Block:
    """Our own words in a form."""
    return {"type": "plain_text", "text": text[:LABEL], "emoji": True}


def field(label: str, name: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    """One field; its value comes back under its name."""
    made: Block = {"type": "input", "block_id": name, "label": plain(label), "element": element, "optional": optional}
    return made | ({"hint": plain(hint)} if hint else {})


def option(value: str, text: str) -> Block:
    """One choice of a menu or a list of boxes."""
    return {"text": plain(text), "value": value}


def value_of(values: dict[str, Any], name: str, key: str) -> str:
    """What a field holds: what was typed, or the value that was chosen; empty for nothing."""
    found = part(values, name, VALUE, key)
    return text(found, "value") if isinstance(found, dict) else found if isinstance(found, str) else ""
