"""The elements of forms (Slack calls them modals), and the values that people entered.

Each kind of text has its own limit: https://docs.slack.dev/reference/block-kit (input block, composition objects).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.blocks.text import truncate
from handlers.wire.payloads import part, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.blocks.message import Block

VALUE = "value"  # the action id of every field; the id of the field's block is the field's name
# Slack's limits, in characters: of a view's title and its buttons; of an option and a group's label; of the grey words
# in an empty field; of a field's label and its hint.
TITLE, OPTION, PLACEHOLDER, LABEL, HINT = 24, 75, 150, 2000, 2000
GROUP = 100  # options of a menu, or of one group in it; also groups in a menu


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a menu or of a group of checkboxes. ``value``: what Slack sends back."""

    value: str
    words: str


def plain(text: str, limit: int = TITLE) -> Block:
    """The bot's own words in a form, as ``plain_text`` of at most ``limit`` characters."""
    return {"type": "plain_text", "text": truncate(text, limit), "emoji": True}


def field(label: str, name: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    """One field. :func:`value_of` reads its value under the same ``name``."""
    words = plain(label, LABEL)
    block: Block = {"type": "input", "block_id": name, "label": words, "element": element, "optional": optional}
    return block | ({"hint": plain(hint, HINT)} if hint else {})


def option(value: str, text: str) -> Block:
    """One choice as Slack takes it; see :class:`Choice`."""
    return {"text": plain(text, OPTION), "value": value}


def select(choices: Sequence[Choice], chosen: str) -> Block:
    """A menu of 1 to ``GROUP`` choices; the first is selected if ``chosen`` is none of their values."""
    options = [option(choice.value, choice.words) for choice in choices]
    initial = next((choice for choice in options if choice["value"] == chosen), options[0])
    return {"type": "static_select", "action_id": VALUE, "options": options, "initial_option": initial}


def grouped_select(groups: Sequence[tuple[str, Sequence[Choice]]], chosen: str, placeholder: str = "") -> Block:
    """A menu of labelled groups. A group of more than ``GROUP`` choices is split into several with the same label.

    Nothing is selected if ``chosen`` is none of the values. Slack narrows such a menu down while a person types.
    """
    parts = [(label, choices[at : at + GROUP]) for label, choices in groups for at in range(0, len(choices), GROUP)]
    made = [(label, [option(choice.value, choice.words) for choice in choices]) for label, choices in parts]
    initial = next((choice for _label, options in made for choice in options if choice["value"] == chosen), None)
    element: Block = {
        "type": "static_select",
        "action_id": VALUE,
        "option_groups": [{"label": plain(label, OPTION), "options": options} for label, options in made],
    }
    element |= {"initial_option": initial} if initial else {}
    return element | ({"placeholder": plain(placeholder, PLACEHOLDER)} if placeholder else {})


def radio(choices: Sequence[Choice], chosen: str) -> Block:
    """Radio buttons; the first is selected if ``chosen`` is none of their values."""
    return select(choices, chosen) | {"type": "radio_buttons"}


def checkbox(choice: Choice, *, is_checked: bool) -> Block:
    """A single checkbox."""
    made = option(choice.value, choice.words)
    element: Block = {"type": "checkboxes", "action_id": VALUE, "options": [made]}
    return element | ({"initial_options": [made]} if is_checked else {})


def time_picker(chosen: str) -> Block:
    """A picker for a time of day. ``chosen``: the time shown at first, ``HH:MM``; empty: none."""
    element: Block = {"type": "timepicker", "action_id": VALUE}
    return element | ({"initial_time": chosen} if chosen else {})


def value_of(values: dict[str, Any], name: str, key: str) -> str:
    """The text typed into a field, or the value of the chosen option; empty where nobody entered anything.

    ``values``: ``view.state.values`` of the submission. ``key``: Slack's name for the value of this kind of element,
    such as ``value`` or ``selected_option``.
    """
    entry = part(values, name, VALUE, key)
    return text(entry, "value") if isinstance(entry, dict) else entry if isinstance(entry, str) else ""


def is_checked(values: dict[str, Any], name: str) -> bool:
    """Whether a field's checkbox is checked."""
    options = part(values, name, VALUE, "selected_options")
    return isinstance(options, list) and bool(options)
