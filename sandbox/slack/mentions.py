"""How typed text reaches a command: escaped, and with mentions as ids where the command asked for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace

MENTION = re.compile(r"(?<![\w<])([#@])([\w\u4e00-\u9fff-]+)")


def escaped(text: str, workspace: Workspace, *, with_mentions: bool) -> str:
    """The text of a command. ``with_mentions`` (``should_escape``): what names no channel or person stays a word."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return MENTION.sub(lambda match: _mention(match, workspace), text) if with_mentions else text


def _mention(match: re.Match[str], workspace: Workspace) -> str:
    sign, name = match.groups()
    if sign == "#":
        for channel in workspace.channels.values():
            if name in {channel.name, channel.id} and not channel.is_im:
                return f"<#{channel.id}|{channel.name}>"
    for user in workspace.users.values():
        if sign == "@" and name in {user.name, user.id}:
            return f"<@{user.id}|{user.name}>"
    return match[0]
