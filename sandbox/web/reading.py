"""The messages that people have read, and so the unread ones, mentions and threads by which Slack marks channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.web import page_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.slack.workspace import Channel, Message, Workspace
    from sandbox.web.page_json import Json

FOR_ALL = frozenset({"channel", "here", "everyone"})


class ReadMarks:
    """The ts up to which each person has read each channel and each thread."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._marks: dict[tuple[str, str, str], str] = {}

    def mark(self, user: str, channel: str, ts: str, thread: str = "") -> None:
        """Record that a person has read a channel, or a thread of it, up to a message."""
        key = (user, channel, thread)
        self._marks[key] = max(self._marks.get(key, ""), ts)

    def mark_everything(self, until: str) -> None:
        """Record that everybody has read everything up to a ts."""
        for channel in self._workspace.channels.values():
            threads = [message.ts for message in channel.messages.values() if message.replies]
            for user in channel.members:
                for thread in ("", *threads):
                    self.mark(user, channel.id, until, thread)

    def unread(self, user: str, channel: Channel) -> int:
        """Count the messages of others in a channel's main view that a person has not read."""
        return page_json.unread(channel, user, self._read(user, channel.id))

    def mentions(self, user: str) -> dict[str, int]:
        """Count, by channel, the unread messages that notified a person by a mention, replies included."""
        counts: dict[str, int] = {}
        for channel in page_json.rooms(self._workspace, user):
            count = sum(self._is_news(user, message) for message in channel.messages.values())
            if count:
                counts[channel.id] = count
        return counts

    def threads(self, user: str) -> list[Json]:
        """Return the threads of a person's channels, the thread with the latest reply first.

        Slack lists the threads that a person follows. Here all are listed, because a visitor follows none.
        """
        threads = [
            self._thread(user, channel, message)
            for channel in page_json.rooms(self._workspace, user)
            for message in channel.messages.values()
            if message.replies
        ]
        return sorted(threads, key=lambda thread: str(thread["latest"]), reverse=True)

    def _thread(self, user: str, channel: Channel, parent: Message) -> Json:
        read = self._read(user, channel.id, parent.ts)
        unread = _of_others((channel.messages[ts] for ts in reversed(parent.replies) if ts > read), user)
        return {"channel": channel.id, "ts": parent.ts, "unread": unread, "latest": parent.replies[-1]}

    def _is_news(self, user: str, message: Message) -> bool:
        if not message.notifies or not message.notifies & {user, *FOR_ALL}:
            return False
        is_reply = bool(message.thread_ts) and message.thread_ts != message.ts
        read = self._read(user, message.channel, message.thread_ts if is_reply else "")
        if message.broadcast:
            read = max(read, self._read(user, message.channel))
        return message.ts > read

    def _read(self, user: str, channel: str, thread: str = "") -> str:
        return self._marks.get((user, channel, thread), "")


def _of_others(messages: Iterable[Message], user: str) -> int:
    return sum(message.user != user for message in messages)
