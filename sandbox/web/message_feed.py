"""Finds the messages that appeared, changed or disappeared since the last changes that a page was sent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.web import page_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.slack.workspace import Channel, Message, Workspace
    from sandbox.web.page_json import Json


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A message as the page last showed it.

    The parts of a message are replaced and never changed in place, so comparing by identity is enough.
    """

    text: str
    blocks: Any
    attachments: Any
    edited: bool
    replies: int

    def matches(self, message: Message, replies: list[Message]) -> bool:
        """Whether the message still looks the same."""
        return (
            self.blocks is message.blocks
            and self.attachments is message.attachments
            and self.replies == len(replies)
            and self.edited == message.edited
            and self.text == message.text
        )


class MessageFeed:
    """The messages that one person sees. Ephemeral messages up to the ts ``since`` are gone, as after a reload."""

    def __init__(self, workspace: Workspace, user: str, since: str) -> None:
        self.user, self.since = user, since
        self._workspace = workspace
        self._snapshots: dict[tuple[str, str], Snapshot] = {}
        self.skip()

    def skip(self) -> None:
        """Count every present message as shown."""
        self._snapshots = {
            (message.channel, message.ts): _snapshot(message, replies) for message, replies in self._everything()
        }

    def changes(self) -> list[Json]:
        """Return the page's messages about what appeared, changed or disappeared, and count that as shown."""
        changes: list[Json] = []
        snapshots: dict[tuple[str, str], Snapshot] = {}
        for message, replies in self._everything():
            key = (message.channel, message.ts)
            before = self._snapshots.get(key)
            if before is not None and before.matches(message, replies):
                snapshots[key] = before
                continue
            snapshots[key] = _snapshot(message, replies)
            kind = "changed" if before else "ephemeral" if message.viewer else "message"
            content = page_json.message(message, replies)
            changes.append({"type": kind, "channel": message.channel, "message": content})
        deleted = [key for key in self._snapshots if key not in snapshots]
        changes += [{"type": "deleted", "channel": channel, "ts": ts} for channel, ts in deleted]
        self._snapshots = snapshots
        return changes

    def page(self, channel: Channel, before: str = "", thread: str = "") -> tuple[list[Json], bool]:
        """Return the last messages of a channel or thread before a ts, oldest first, and whether there are older ones.

        At most ``page_json.PAGE`` messages are returned. ``before`` empty: the very last ones.
        """
        replies = _replies(channel)
        shared = replies.get(thread, []) if thread else list(filter(page_json.in_main, channel.messages.values()))
        private = [message for message in self._private(channel.id) if message.thread_ts == thread]
        older = [message for message in (*shared, *private) if not before or message.ts < before]
        page = sorted(older, key=lambda message: message.ts)[-page_json.PAGE :]
        shown = [page_json.message(message, replies.get(message.ts, ())) for message in page]
        return shown, len(older) > len(page)

    @staticmethod
    def as_json(channel: Channel, message: Message) -> Json:
        """Return a message of a channel in the page's JSON, with its replies counted."""
        return page_json.message(message, _replies(channel).get(message.ts, ()))

    def _everything(self) -> Iterator[tuple[Message, list[Message]]]:
        for channel in page_json.rooms(self._workspace, self.user):
            replies = _replies(channel)
            for message in (*channel.messages.values(), *self._private(channel.id)):
                yield message, replies.get(message.ts, [])

    def _private(self, channel: str) -> list[Message]:
        return [
            message
            for message in self._workspace.ephemeral
            if message.viewer == self.user and message.channel == channel and message.ts > self.since
        ]


def _snapshot(message: Message, replies: list[Message]) -> Snapshot:
    return Snapshot(message.text, message.blocks, message.attachments, message.edited, len(replies))


def _replies(channel: Channel) -> dict[str, list[Message]]:
    replies: dict[str, list[Message]] = defaultdict(list)
    for message in channel.messages.values():
        if message.thread_ts and message.thread_ts != message.ts:
            replies[message.thread_ts].append(message)
    return replies
