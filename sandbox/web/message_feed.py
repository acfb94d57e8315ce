"""What one person has been shown of every message, and what changed since."""

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
class Mark:
    """A message as it was last shown. Its parts are replaced, never changed in place: the object itself is the mark."""

    text: str
    blocks: Any
    attachments: Any
    edited: bool
    replies: int

    def is_of(self, one: Message, replies: list[Message]) -> bool:
        """The message still looks so."""
        return (
            self.blocks is one.blocks
            and self.attachments is one.attachments
            and self.replies == len(replies)
            and self.edited == one.edited
            and self.text == one.text
        )


class MessageFeed:
    """One person's view. ``since``: private messages from before it have vanished, as after a reload."""

    def __init__(self, workspace: Workspace, user: str, since: str) -> None:
        self.user, self.since = user, since
        self._workspace = workspace
        self._marks: dict[tuple[str, str], Mark] = {}
        self.skip()

    def skip(self) -> None:
        """Take everything that is there as shown."""
        self._marks = {(one.channel, one.ts): _mark(one, replies) for one, replies in self._everything()}

    def changes(self) -> list[Json]:
        """What to tell the page: messages that came, changed and went."""
        found: list[Json] = []
        marks: dict[tuple[str, str], Mark] = {}
        for one, replies in self._everything():
            key = (one.channel, one.ts)
            before = self._marks.get(key)
            if before is not None and before.is_of(one, replies):
                marks[key] = before
                continue
            marks[key] = _mark(one, replies)
            kind = "changed" if before else "ephemeral" if one.viewer else "message"
            found.append({"type": kind, "channel": one.channel, "message": page_json.message(one, replies)})
        found += [{"type": "deleted", "channel": key[0], "ts": key[1]} for key in self._marks if key not in marks]
        self._marks = marks
        return found

    def page(self, channel: Channel, before: str = "", thread: str = "") -> tuple[list[Json], bool]:
        """Some fifty messages of a channel or thread, oldest first, and whether there are older ones."""
        replies = _replies(channel)
        wanted = (
            replies.get(thread, []) if thread else [one for one in channel.messages.values() if page_json.in_main(one)]
        )
        private = [one for one in self._private(channel.id) if (one.thread_ts == thread if thread else _loose(one))]
        found = sorted([*wanted, *private], key=lambda one: one.ts)
        older = [one for one in found if not before or one.ts < before]
        some = older[-page_json.PAGE :]
        return [page_json.message(one, replies.get(one.ts, ())) for one in some], len(older) > len(some)

    @staticmethod
    def shape(channel: Channel, one: Message) -> Json:
        """One message of a channel, with its replies counted."""
        return page_json.message(one, _replies(channel).get(one.ts, ()))

    def _everything(self) -> Iterator[tuple[Message, list[Message]]]:
        for channel in page_json.rooms(self._workspace, self.user):
            replies = _replies(channel)
            for one in (*channel.messages.values(), *self._private(channel.id)):
                yield one, replies.get(one.ts, [])

    def _private(self, channel: str) -> list[Message]:
        return [
            one
            for one in self._workspace.ephemeral
            if one.viewer == self.user and one.channel == channel and one.ts > self.since
        ]


def _mark(one: Message, replies: list[Message]) -> Mark:
    return Mark(one.text, one.blocks, one.attachments, one.edited, len(replies))


def _loose(one: Message) -> bool:
    return not one.thread_ts


def _replies(channel: Channel) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = defaultdict(list)
    for one in channel.messages.values():
        if one.thread_ts and one.thread_ts != one.ts:
            found[one.thread_ts].append(one)
    return found
