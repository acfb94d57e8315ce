"""The elements of forms (Slack calls them modals), and the values that people entered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers.wire.payloads import part, text

if TYPE_CHECKING:
    from handlers.blocks.message import Block

VALUE = "value"  # the action id of every field; the id of the field's block is the field's name
LABEL = 75  # characters of a label or an option


def plain(text: str) -> Block:
    """The bot's own words in a form, as ``plain_text`` of at most ``LABEL`` characters."""
    return {"type": "plain_text", "text": text[:LABEL], "emoji": True}


def field(label: str, name: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    """One field. :func:`value_of` reads its value under the same ``name``."""
    block: Block = {"type": "input", "block_id": name, "label": plain(label), "element": element, "optional": optional}
    return block | ({"hint": plain(hint)} if hint else {})


def option(value: str, text: str) -> Block:
    """One choice of a menu or of a group of checkboxes."""
    return {"text": plain(text), "value": value}


def value_of(values: dict[str, Any], name: str, key: str) -> str:
    """The text typed into a field, or the value of the chosen option; empty where nobody entered anything.

    ``values``: ``view.state.values`` of the submission. ``key``: Slack's name for the value of this kind of element,
    such as ``value`` or ``selected_option``.
    """
    entry = part(values, name, VALUE, key)
    return text(entry, "value") if isinstance(entry, dict) else entry if isinstance(entry, str) else ""
