"""The chat methods of the Web API: post, post for one person, edit, delete, link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.arguments import flag, parsed
from sandbox.slack.attachments import checked
from sandbox.slack.blocks import MAX_TOTAL, check_message, size
from sandbox.slack.workspace import BOT_USER, SlackError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.slack.arguments import Answer, Arguments, Method
    from sandbox.slack.workspace import Channel, Workspace

LONGEST_TEXT = 40_000


class Chat:
    """The messages of the bot. ``may`` says whether the app has a scope."""

    def __init__(self, workspace: Workspace, may: Callable[[str], bool]) -> None:
        self._workspace, self._may = workspace, may

    def methods(self) -> dict[str, Method]:
        """Return the methods by name."""
        return {
            "chat.postMessage": self._post,
            "chat.postEphemeral": self._post_ephemeral,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.getPermalink": self._permalink,
        }

    def _post(self, arguments: Arguments) -> Answer:
        channel = self._postable(str(arguments["channel"]))
        content = self._content(arguments)
        thread = str(arguments.get("thread_ts") or "")
        if thread and thread not in channel.messages:
            thread = ""  # Slack posts a reply to a deleted parent into the channel
        message = self._workspace.post(
            channel,
            BOT_USER,
            thread_ts=thread,
            broadcast=bool(thread) and flag(arguments.get("reply_broadcast")),
            metadata=_metadata(arguments),
            **content,
        )
        return {"channel": channel.id, "ts": message.ts, "message": message.wire()}

    def _post_ephemeral(self, arguments: Arguments) -> Answer:
        channel = self._workspace.joined_by_bot(str(arguments["channel"]))
        if channel.is_archived:
            raise SlackError("is_archived")
        viewer = str(arguments["user"])
        if viewer not in channel.members:
            raise SlackError("user_not_in_channel")
        message = self._workspace.post_ephemeral(channel.id, viewer, **self._content(arguments))
        return {"message_ts": message.ts}

    def _update(self, arguments: Arguments) -> Answer:
        channel = self._workspace.seen_by_bot(str(arguments["channel"]))
        message = self._workspace.find(channel, str(arguments["ts"]))
        if message.user != BOT_USER:
            raise SlackError("cant_update_message")
        if channel.is_archived:
            raise SlackError("is_archived")
        content = self._content(arguments)
        message.text, message.blocks = content["text"], content["blocks"]
        if "attachments" in arguments:
            message.attachments = content["attachments"]
        message.edited = not message.blocks  # Slack marks an edit only where the text itself is shown
        if "metadata" in arguments:
            message.metadata = _metadata(arguments)
        self._workspace.touch()
        return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message.wire()}

    def _delete(self, arguments: Arguments) -> Answer:
        channel = self._workspace.seen_by_bot(str(arguments["channel"]))
        message = self._workspace.find(channel, str(arguments["ts"]))
        if message.user != BOT_USER:
            raise SlackError("cant_delete_message")
        self._workspace.remove(message)
        return {"channel": channel.id, "ts": message.ts}

    def _permalink(self, arguments: Arguments) -> Answer:
        channel = self._workspace.seen_by_bot(str(arguments["channel"]))
        ts = str(arguments["message_ts"])
        self._workspace.find(channel, ts)
        link = f"https://panda.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
        return {"channel": channel.id, "permalink": link}

    def _postable(self, target: str) -> Channel:
        """Return the channel, if the bot may post there now. Raises SlackError."""
        if target.startswith("U"):
            return self._workspace.direct(target)
        channel = self._workspace.channel(target)
        self._workspace.seen_by_bot(channel.id)
        if channel.is_archived:
            raise SlackError("is_archived")
        if BOT_USER not in channel.members and not self._may("chat:write.public"):
            raise SlackError("not_in_channel")
        return channel

    def _content(self, arguments: Arguments) -> dict[str, Any]:
        text, blocks = str(arguments.get("text") or ""), parsed(arguments.get("blocks"), "invalid_blocks_format") or []
        attachments = checked(parsed(arguments.get("attachments")) or [])
        if len(text) > LONGEST_TEXT:
            raise SlackError("msg_too_long")
        if not text and not blocks and not attachments:
            raise SlackError("no_text")
        if size(blocks) > MAX_TOTAL:
            raise SlackError("msg_blocks_too_long")
        if problems := check_message({"text": text or "-", "blocks": blocks}):
            messages = [f"[ERROR] {problem}" for problem in problems]
            raise SlackError("invalid_blocks", response_metadata={"messages": messages})
        return {"text": text, "blocks": blocks, "attachments": attachments}


def _metadata(arguments: Arguments) -> dict[str, Any] | None:
    metadata = parsed(arguments.get("metadata"), "invalid_metadata_format")
    if not metadata:
        return None
    whole = isinstance(metadata, dict) and isinstance(metadata.get("event_payload"), dict)
    if not whole or not isinstance(metadata.get("event_type"), str):
        raise SlackError("invalid_metadata_format")
    return dict(metadata)
