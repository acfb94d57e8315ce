"""People, channels and messages as the JSON that the page gets, limited to what its person may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.workspace import BOT_USER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.slack.workspace import Channel, Message, User, Workspace

Json = dict[str, Any]
PAGE = 50  # messages in one answer about history


def person(user: User) -> Json:
    """Return a person's names, time zone and locale."""
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "tz": user.tz,
        "locale": user.locale,
        "is_bot": user.is_bot,
    }


def channel(channel: Channel, unread: int, mentions: int) -> Json:
    """Return a channel as the left rail shows it, and the people in it.

    ``unread`` counts messages, ``mentions`` unread mentions of the page's person.
    """
    kind = "im" if channel.is_im else "private" if channel.is_private else "channel"
    return {
        "id": channel.id,
        "name": "pandabot" if channel.is_im else channel.name,
        "kind": kind,
        "unread": unread,
        "mentions": mentions,
        "has_bot": BOT_USER in channel.members,
        "people": sorted(channel.members - {BOT_USER}),
    }


def message(message: Message, replies: Iterable[Message] = ()) -> Json:
    """Return a message as in Slack's history, with its channel, whether it is ephemeral, and a count of replies."""
    body = message.wire(metadata=False) | {"channel": message.channel, "ephemeral": bool(message.viewer)}
    if thread := list(replies):
        body |= {
            "reply_count": len(thread),
            "reply_users": list(dict.fromkeys(reply.user for reply in thread))[:5],
            "latest_reply": thread[-1].ts,
        }
    return body


def rooms(workspace: Workspace, user: str) -> list[Channel]:
    """Return the channels that a person is in, direct conversations last."""
    joined = [room for room in workspace.channels.values() if user in room.members and not room.is_archived]
    return sorted(joined, key=lambda room: room.is_im)


def in_main(message: Message) -> bool:
    """Whether the channel's main view shows the message: it is no reply, or a broadcast reply."""
    return not message.thread_ts or message.broadcast or message.thread_ts == message.ts


def unread(channel: Channel, user: str, read: str) -> int:
    """Count the messages of others in the channel's main view after the ts ``read``."""
    count = 0
    for ts in reversed(channel.messages):
        if ts <= read:
            break
        newer = channel.messages[ts]
        count += in_main(newer) and newer.user != user
    return count
