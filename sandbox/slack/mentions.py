"""How typed text reaches a command: escaped, with mentions as ids and links marked where the command asked for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace

MENTION = re.compile(r"(?<![\w<])([#@])([\w\u4e00-\u9fff-]+)")
URL = re.compile(r"(https?://(?:(?!&[lg]t;)[^\s|])+(?<![.,;:!?)'\"]))")  # in escaped text


def escaped(text: str, workspace: Workspace, *, with_mentions: bool) -> str:
    """The text of a command. ``with_mentions`` (``should_escape``): mentions become ids, and addresses become links.

    What names no channel or person stays a word.
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if not with_mentions:
        return text
    pieces = URL.split(text)  # every second one is an address, in which # mentions nothing
    return "".join(
        f"<{piece}>" if number % 2 else MENTION.sub(lambda match: _mention(match, workspace), piece)
        for number, piece in enumerate(pieces)
    )


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
