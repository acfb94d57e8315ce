"""A file that a person shared in Slack."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file, as Slack describes it. Every field but the id may be empty: Slack hides some files until it is asked.

    ``size``: bytes; 0: not said. ``address`` and ``preview``: Slack's own, of which the bot's token gets the bytes; the
    preview is a smaller JPEG or PNG that Slack made of a picture. ``is_elsewhere``: it is kept outside Slack.
    ``is_gone``: Slack no longer has it.
    """

    id: str
    name: str = ""
    mimetype: str = ""
    size: int = 0
    address: str = ""
    preview: str = ""
    is_elsewhere: bool = False
    is_gone: bool = False
