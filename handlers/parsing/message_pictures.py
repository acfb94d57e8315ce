"""Finds the pictures in a Slack message: its files, the pictures in its blocks and previews, and links to pictures."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from handlers.wire.files import ENDINGS, shared_file
from handlers.wire.payloads import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracking.files import SharedFile

MOST = 9  # pictures of one message to choose from
_PARTS = ("blocks", "elements", "accessory", "attachments", "message_blocks", "message", "hero_image", "icon")
_ENDINGS = tuple(f".{ending}" for ending in ENDINGS)
_LINK = re.compile(r"https?://[^\s<>|]+")


@dataclass(frozen=True, slots=True)
class FoundPicture:
    """A picture: a file in Slack, or the address of one elsewhere. ``name``: a few remote words for people."""

    name: str
    file: SharedFile | None = None
    address: str = ""


def find_pictures(message: dict[str, Any]) -> tuple[FoundPicture, ...]:
    """Find the pictures of a message, as Slack hands it to a message shortcut: each once, in order of appearance."""
    found: dict[str, FoundPicture] = {}
    for picture in _pictures(message):
        found.setdefault(picture.file.id if picture.file else picture.address, picture)
    return tuple(found.values())[:MOST]


def _pictures(message: dict[str, Any]) -> Iterator[FoundPicture]:
    files = message.get("files")
    for described in files if isinstance(files, list) else []:
        file = shared_file(described)
        # The type of a file that Slack hides is not known before it is asked for.
        if file and (not file.mimetype or file.mimetype.startswith("image/") or file.preview):
            yield FoundPicture(file.name, file)
    yield from _in_part(message)
    yield from _linked(message)


def _in_part(part: Any) -> Iterator[FoundPicture]:
    """The pictures of blocks and attachments, however deep they stand."""
    if isinstance(part, list):
        for element in part:
            yield from _in_part(element)
    if not isinstance(part, dict):
        return
    name = text(part, "alt_text") or text(part, "title", "text") or text(part, "title") or text(part, "fallback")
    if file := shared_file(part.get("slack_file")):
        yield FoundPicture(name, file)
    for key in ("image_url", "thumb_url"):
        if address := text(part, key):
            yield FoundPicture(name or _last(address), address=address)
            break
    for key in _PARTS:
        yield from _in_part(part.get(key))


def _linked(message: dict[str, Any]) -> Iterator[FoundPicture]:
    """The links in the text that end as the name of a picture does."""
    for match in _LINK.finditer(text(message, "text")):
        address = html.unescape(match[0])
        if _last(address).lower().endswith(_ENDINGS):
            yield FoundPicture(_last(address), address=address)


def _last(address: str) -> str:
    """The last part of an address' path."""
    try:
        return urlsplit(address).path.rpartition("/")[2]
    except ValueError:
        return ""
