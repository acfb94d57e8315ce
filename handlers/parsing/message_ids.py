"""Finds the order ids and waybills that a Slack message mentions, wherever in it they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.parsing.numbers import in_text

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 10  # orders that one message shortcut takes on

# Where people's words stand in messages, blocks and attachments, in the order a reader meets them. Everything else
# (timestamps, user and channel ids, button values) holds numbers that are no orders; of a button, only its link counts.
_WORDS = ("pretext", "author_name", "title", "title_link", "from_url", "url", "text", "fallback", "footer")
_PARTS = ("blocks", "elements", "fields", "accessory", "rows", "actions", "attachments", "message_blocks", "message")
_SILENT = frozenset({"button", "user", "usergroup", "channel", "broadcast", "emoji", "date", "image", "overflow"})


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of a message, each once, in order of appearance; ``skipped`` are those beyond the first ten."""

    ids: tuple[str, ...]
    skipped: tuple[str, ...] = ()


def find_ids(message: dict[str, Any]) -> Found:
    """Look through text, blocks, attachments and links of a message as Slack hands it to a shortcut."""
    found: dict[str, None] = {}
    for text in _texts(message):
        for one in in_text(text):
            found[one] = None
    ids = tuple(found)
    return Found(ids[:MOST], ids[MOST:])


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _texts(one)
    if not isinstance(part, dict):
        return
    if part.get("type") == "button" and isinstance(part.get("url"), str):  # a shop's bot links an order this way
        yield part["url"]
    if str(part.get("type")) in _SILENT:
        return
    for key in _WORDS:
        value = part.get(key)
        if isinstance(value, str):
            yield value
        else:  # a section's text is an object
            yield from _texts(value)
    if isinstance(part.get("value"), str):  # a field of an attachment; buttons do not come this far
        yield part["value"]
    for key in _PARTS:
        yield from _texts(part.get(key))
