"""The JSON that the page gets: people, channels and messages, as one person may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.workspace import BOT_USER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.slack.workspace import Channel, Message, User, Workspace

Json = dict[str, Any]
PAGE = 50  # messages in one answer


def person(user: User) -> Json:
    """Somebody's name and place."""
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "tz": user.tz,
        "locale": user.locale,
        "is_bot": user.is_bot,
    }


def channel(one: Channel, unread: int) -> Json:
    """A line of the left rail."""
    kind = "im" if one.is_im else "private" if one.is_private else "channel"
    return {
        "id": one.id,
        "name": "pandabot" if one.is_im else one.name,
        "kind": kind,
        "unread": unread,
        "has_bot": BOT_USER in one.members,
    }


def message(one: Message, replies: Iterable[Message] = ()) -> Json:
    """A message as Slack's history gives it, with what a client adds: whose it is, whether it is private, replies."""
    found = one.wire(metadata=False) | {"channel": one.channel, "ephemeral": bool(one.viewer)}
    if answered := list(replies):
        found |= {
            "reply_count": len(answered),
            "reply_users": list(dict.fromkeys(reply.user for reply in answered))[:5],
            "latest_reply": answered[-1].ts,
        }
    return found


def rooms(workspace: Workspace, user: str) -> list[Channel]:
    """The channels a person is in, direct conversations last."""
    mine = [one for one in workspace.channels.values() if user in one.members and not one.is_archived]
    return sorted(mine, key=lambda one: one.is_im)


def in_main(one: Message) -> bool:
    """Shown in the channel itself, not only in a thread."""
    return not one.thread_ts or one.broadcast or one.thread_ts == one.ts


def unread(one: Channel, user: str, read: str) -> int:
    """Messages of others in the channel's main view after the last one read."""
    count = 0
    for ts in reversed(one.messages):
        if ts <= read:
            break
        found = one.messages[ts]
        count += in_main(found) and found.user != user
    return count
