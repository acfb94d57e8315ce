"""Mentions: how a command gets typed mentions, and whom the mentions of a message notify."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.slack.workspace import Workspace

MENTION = re.compile(r"(?<![\w<])([#@])([\w\u4e00-\u9fff-]+)")
URL = re.compile(r"(https?://(?:(?!&[lg]t;)[^\s|])+(?<![.,;:!?)'\"]))")  # matches in escaped text
WRITTEN = re.compile(r"<(?:@([UW][A-Z0-9]+)|!(channel|here|everyone))(?:\|[^<>]*)?>")


def escaped(text: str, workspace: Workspace, *, with_mentions: bool) -> str:
    """Return typed text as a command gets it.

    With ``with_mentions`` (the manifest's ``should_escape``) mentions become ids and addresses become links. An unknown
    name stays as typed.
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if not with_mentions:
        return text
    pieces = URL.split(text)  # every second piece is an address, in which # is no mention
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


def notified(text: str, blocks: list[dict[str, Any]]) -> frozenset[str]:
    """Return whom a new message notifies: ids of people, and ``channel``, ``here``, ``everyone``.

    Mentions count in the text and in blocks, except in plain text. An update of a message notifies nobody.
    """
    return frozenset(
        name for words in (text, *_marked_up(blocks)) for pair in WRITTEN.findall(words) for name in pair if name
    )


def _marked_up(part: Any) -> Iterator[str]:
    """Yield every mrkdwn text within blocks, and the mentions of rich text as mrkdwn."""
    if isinstance(part, list):
        for item in part:
            yield from _marked_up(item)
    elif isinstance(part, dict):
        kind = part.get("type")
        if kind == "mrkdwn":
            yield str(part.get("text", ""))
        elif kind == "user":
            yield f"<@{part.get('user_id', '')}>"
        elif kind == "broadcast":
            yield f"<!{part.get('range', '')}>"
        else:
            yield from _marked_up(list(part.values()))
