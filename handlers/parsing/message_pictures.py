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
    """A picture in a message: a file in Slack, or an address elsewhere. ``name``: remote words, such as its title."""

    name: str
    file: SharedFile | None = None
    address: str = ""


def find_pictures(message: dict[str, Any]) -> tuple[FoundPicture, ...]:
    """Find the first ``MOST`` pictures of a message from a message shortcut: each once, files before links."""
    pictures: dict[str, FoundPicture] = {}
    for picture in _pictures(message):
        pictures.setdefault(picture.file.id if picture.file else picture.address, picture)
    return tuple(pictures.values())[:MOST]


def _pictures(message: dict[str, Any]) -> Iterator[FoundPicture]:
    files = message.get("files")
    for described in files if isinstance(files, list) else []:
        file = shared_file(described)
        # Slack hides the type of some files until the bot asks for their description.
        if file and (not file.mimetype or file.mimetype.startswith("image/") or file.preview):
            yield FoundPicture(file.name, file)
    yield from _in_part(message)
    yield from _linked(message)


def _in_part(part: Any) -> Iterator[FoundPicture]:
    """The pictures in blocks and attachments, at any depth."""
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
    """The links in the text whose path ends in a picture's file name extension."""
    for match in _LINK.finditer(text(message, "text")):
        address = html.unescape(match[0])
        if _last(address).lower().endswith(_ENDINGS):
            yield FoundPicture(_last(address), address=address)


def _last(address: str) -> str:
    """The last part of an address's path; empty for an invalid address."""
    try:
        return urlsplit(address).path.rpartition("/")[2]
    except ValueError:
        return ""
