"""A file that a person shared in Slack."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file, as Slack describes it. Every field but the id may be empty: Slack describes some files only when asked.

    ``size``: bytes; 0: unknown. ``address`` and ``preview``: URLs at Slack, read with the bot's token; the preview is a
    smaller JPEG or PNG that Slack made of a picture. ``is_elsewhere``: the file is stored outside Slack. ``is_gone``:
    Slack no longer has the file.
    """

    id: str
    name: str = ""
    mimetype: str = ""
    size: int = 0
    address: str = ""
    preview: str = ""
    is_elsewhere: bool = False
    is_gone: bool = False
