"""The conversations methods of the Web API: channels, their members and their messages."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sandbox.slack.arguments import flag
from sandbox.slack.workspace import BOT_USER, SlackError

if TYPE_CHECKING:
    from sandbox.slack.arguments import Answer, Arguments, Method
    from sandbox.slack.workspace import Channel, Message, Workspace

USUAL_LIMIT, MOST = 100, 1000  # entries of one page


class Conversations:
    """The bot's view of channels."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def methods(self) -> dict[str, Method]:
        """Return the methods by name."""
        return {
            "conversations.list": self._list,
            "conversations.info": self._info,
            "conversations.members": self._members,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.open": self._open,
            "conversations.join": self._join,
        }

    def _list(self, arguments: Arguments) -> Answer:
        kinds = str(arguments.get("types") or "public_channel").split(",")
        channels = [
            self._describe(channel)
            for channel in self._workspace.channels.values()
            if ("private_channel" if channel.is_private else "public_channel") in kinds
            and not (channel.is_im or channel.is_mpim)
            and (not channel.is_private or BOT_USER in channel.members)
            and not (flag(arguments.get("exclude_archived")) and channel.is_archived)
        ]
        page, cursor = _page(channels, arguments)
        return {"channels": page, "response_metadata": {"next_cursor": cursor}}

    def _info(self, arguments: Arguments) -> Answer:
        channel = self._workspace.seen_by_bot(str(arguments["channel"]))
        return {"channel": self._describe(channel)}

    def _members(self, arguments: Arguments) -> Answer:
        channel = self._workspace.seen_by_bot(str(arguments["channel"]))
        page, cursor = _page(sorted(channel.members), arguments)
        return {"members": page, "response_metadata": {"next_cursor": cursor}}

    def _history(self, arguments: Arguments) -> Answer:
        channel = self._workspace.joined_by_bot(str(arguments["channel"]))
        shown = [m for m in channel.messages.values() if not m.thread_ts or m.broadcast or m.thread_ts == m.ts]
        return self._messages(sorted(shown, key=lambda m: m.ts, reverse=True), arguments)

    def _replies(self, arguments: Arguments) -> Answer:
        channel = self._workspace.joined_by_bot(str(arguments["channel"]))
        message = channel.messages.get(str(arguments["ts"]))
        parent = (message.thread_ts or message.ts) if message is not None else ""
        if parent not in channel.messages:
            raise SlackError("thread_not_found")
        thread = [channel.messages[parent], *self._workspace.thread(channel, parent)]
        return self._messages(thread, arguments)

    def _messages(self, messages: list[Message], arguments: Arguments) -> Answer:
        oldest, latest = _ts(arguments, "oldest", "0"), _ts(arguments, "latest", "9" * 12)
        inclusive = flag(arguments.get("inclusive"))
        within = [
            message
            for message in messages
            if oldest < Decimal(message.ts) < latest or (inclusive and Decimal(message.ts) in {oldest, latest})
        ]
        page, cursor = _page(within, arguments)
        metadata = flag(arguments.get("include_all_metadata"))
        return {
            "messages": [message.wire(metadata=metadata) for message in page],
            "has_more": bool(cursor),
            "response_metadata": {"next_cursor": cursor},
        }

    def _open(self, arguments: Arguments) -> Answer:
        user = str(arguments["users"])
        if user not in self._workspace.users:
            raise SlackError("user_not_found")
        channel = self._workspace.direct(user)
        return {"channel": {"id": channel.id}}

    def _join(self, arguments: Arguments) -> Answer:
        channel = self._workspace.seen_by_bot(str(arguments["channel"]))
        if channel.is_archived:
            raise SlackError("is_archived")
        if channel.is_private:
            raise SlackError("method_not_supported_for_channel_type")
        channel.members.add(BOT_USER)
        return {"channel": self._describe(channel)}

    def _describe(self, channel: Channel) -> Answer:
        return {
            "id": channel.id,
            "name": channel.name,
            "is_channel": not channel.is_private,
            "is_group": channel.is_private and not channel.is_im,
            "is_im": channel.is_im,
            "is_mpim": channel.is_mpim,
            "is_private": channel.is_private,
            "is_archived": channel.is_archived,
            "is_member": BOT_USER in channel.members,
            "num_members": len(channel.members),
        }


def _ts(arguments: Arguments, name: str, default: str) -> Decimal:
    try:
        return Decimal(str(arguments.get(name) or default))
    except InvalidOperation:
        raise SlackError(f"invalid_ts_{name}") from None


def _page(entries: list[Any], arguments: Arguments) -> tuple[list[Any], str]:
    cursor, limit = str(arguments.get("cursor") or "0"), str(arguments.get("limit") or USUAL_LIMIT)
    if not cursor.isdecimal() or int(cursor) > len(entries):
        raise SlackError("invalid_cursor")
    if not limit.isdecimal() or not 1 <= int(limit) <= MOST:
        raise SlackError("invalid_limit")
    start = int(cursor)
    end = start + int(limit)
    return entries[start:end], str(end) if end < len(entries) else ""
