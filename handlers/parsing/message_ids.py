"""Finds the order ids and waybills in a Slack message: in its text, blocks, attachments and links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.parsing.numbers import ids_in_text

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 10  # ids that one message shortcut reads

# The fields of messages, blocks and attachments that hold people's words, in reading order. Numbers in other fields
# (timestamps, user and channel ids, button values) are no order ids. Of a button, only its link is read.
_WORDS = ("pretext", "author_name", "title", "title_link", "from_url", "url", "text", "fallback", "footer")
_PARTS = ("blocks", "elements", "fields", "accessory", "rows", "actions", "attachments", "message_blocks", "message")
_SILENT = frozenset({"button", "user", "usergroup", "channel", "broadcast", "emoji", "date", "image", "overflow"})


@dataclass(frozen=True, slots=True)
class MessageIds:
    """The order ids and waybills of a message, each once, in order. ``skipped``: the ids beyond the first ``MOST``."""

    ids: tuple[str, ...]
    skipped: tuple[str, ...] = ()


def find_ids(message: dict[str, Any]) -> MessageIds:
    """Find the ids in a message, as Slack hands it to a message shortcut."""
    ids = tuple(dict.fromkeys(number for text in _texts(message) for number in ids_in_text(text)))
    return MessageIds(ids[:MOST], ids[MOST:])


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for element in part:
            yield from _texts(element)
    if not isinstance(part, dict):
        return
    if part.get("type") == "button" and isinstance(part.get("url"), str):  # bots of shops link orders this way
        yield part["url"]
    if str(part.get("type")) in _SILENT:
        return
    for key in _WORDS:
        value = part.get(key)
        if isinstance(value, str):
            yield value
        else:  # a section's text is an object
            yield from _texts(value)
    if isinstance(part.get("value"), str):  # a field of an attachment: buttons have returned above
        yield part["value"]
    for key in _PARTS:
        yield from _texts(part.get(key))
