"""The workspace, without HTTP: people, channels and messages, and Slack's rules for them."""

from __future__ import annotations

import asyncio
import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.slack.mentions import notified

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

TEAM = "T0PANDA01"
APP = "A0PANDA01"
BOT_USER = "U0BOTPANDA"
BOT = "B0PANDA01"


class SlackError(Exception):
    """An answer of ``ok: false`` with Slack's own error code. ``fields``: the answer's other fields."""

    def __init__(self, code: str, **fields: Any) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


@dataclass
class User:
    """A person, or the bot."""

    id: str
    name: str
    real_name: str
    tz: str = "Asia/Shanghai"
    locale: str = "en-US"
    is_bot: bool = False
    is_restricted: bool = False  # a guest of the workspace, in several channels
    is_ultra_restricted: bool = False  # a guest in a single channel, who counts as restricted, too
    is_admin: bool = False  # an admin of the workspace
    team: str = TEAM  # another team: a person of another company, in a channel that both share


@dataclass
class Channel:
    """A channel or a direct conversation."""

    id: str
    name: str
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False  # a direct conversation of several people
    is_archived: bool = False
    members: set[str] = field(default_factory=set)
    messages: dict[str, Message] = field(default_factory=dict)  # by ts, in the order they came


@dataclass
class Message:
    """One message. An ephemeral one has a ``viewer``: only this person sees it, and no history contains it."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str = ""
    broadcast: bool = False
    metadata: dict[str, Any] | None = None
    viewer: str = ""
    edited: bool = False
    replies: list[str] = field(default_factory=list)  # the ts of each reply, oldest first
    attachments: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)  # as Slack describes them
    notifies: frozenset[str] = frozenset()  # the people and groups that it mentioned when it was posted

    @property
    def by_bot(self) -> bool:
        """Whether the bot wrote the message."""
        return self.user == BOT_USER

    def identified_blocks(self) -> list[dict[str, Any]]:
        """Return the blocks as Slack sends them, each with an id."""
        return identified(self.blocks)

    def wire(self, *, metadata: bool = True) -> dict[str, Any]:
        """Return the message object as Slack sends it."""
        body: dict[str, Any] = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts, "team": TEAM}
        if self.by_bot:
            body |= {"bot_id": BOT, "app_id": APP}
        if self.blocks:
            body["blocks"] = self.identified_blocks()
        if self.attachments:
            body["attachments"] = [_whole(attachment) for attachment in self.attachments]
        if self.files:
            body |= {"files": copy.deepcopy(self.files), "upload": False}
        if self.thread_ts or self.replies:
            body["thread_ts"] = self.thread_ts or self.ts
        if self.replies:
            body |= {"reply_count": len(self.replies), "latest_reply": self.replies[-1]}
        if self.broadcast:
            body["subtype"] = "thread_broadcast"
        if self.edited:
            body["edited"] = {"user": self.user, "ts": self.ts}
        if metadata and self.metadata is not None:
            body["metadata"] = copy.deepcopy(self.metadata)
        return body


def identified(blocks: list[dict[str, Any]], prefix: str = "b") -> list[dict[str, Any]]:
    """Return the blocks, each with an id: the app's own, or a generated one."""
    return [{"block_id": f"{prefix}{number}", **copy.deepcopy(block)} for number, block in enumerate(blocks)]


def _whole(attachment: dict[str, Any]) -> dict[str, Any]:
    """Return an attachment as Slack sends it. Its generated block ids differ from those of the message."""
    blocks = attachment.get("blocks")
    with_ids = {"blocks": identified(blocks, f"a{attachment['id']}b")} if blocks else {}
    return copy.deepcopy(attachment) | with_ids


class Workspace:
    """The people, channels, messages and views. Every change wakes the waiters of :meth:`wait_for`."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._last_ts = 0
        self.changed = asyncio.Condition()
        self.version = 0
        self.users = {user.id: user for user in _people()}
        self.channels = {channel.id: channel for channel in _channels()}
        self.ephemeral: list[Message] = []
        self.views: dict[str, dict[str, Any]] = {}
        self.homes: dict[str, dict[str, Any]] = {}
        self.link_names: dict[str, str] = {}
        self.groups: dict[str, set[str]] = {}  # the members of each user group, by its id

    def user(self, name_or_id: str) -> User:
        """Return a person by id or name. Raises StopIteration for an unknown one."""
        wanted = name_or_id.lstrip("@").casefold()
        return next(u for u in self.users.values() if name_or_id == u.id or u.name == wanted)

    def channel(self, name_or_id: str) -> Channel:
        """Return a channel by id or name. Raises SlackError channel_not_found."""
        wanted = name_or_id.lstrip("#")
        for channel in self.channels.values():
            if name_or_id == channel.id or wanted == channel.name:
                return channel
        raise SlackError("channel_not_found")

    def seen_by_bot(self, channel_id: str) -> Channel:
        """Return a channel by its id. Raises SlackError channel_not_found, also for a private one without the bot."""
        channel = self.channels.get(channel_id)
        if channel is None or (channel.is_private and BOT_USER not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def joined_by_bot(self, channel_id: str) -> Channel:
        """Return a channel that the bot is in. Raises SlackError channel_not_found or not_in_channel."""
        channel = self.seen_by_bot(channel_id)
        if BOT_USER not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def direct(self, user_id: str) -> Channel:
        """Return the bot's direct conversation with a person. Raises SlackError channel_not_found."""
        if user_id not in self.users:
            raise SlackError("channel_not_found")
        return self.channels.setdefault(
            f"D{user_id[1:]}",
            Channel(f"D{user_id[1:]}", f"dm-{user_id}", is_private=True, is_im=True, members={user_id, BOT_USER}),
        )

    def between(self, *names: str) -> Channel:
        """Return the direct conversation of two or more people, without the bot."""
        people = [self.user(name) for name in names]
        group = len(people) > 2  # noqa: PLR2004  two are a pair
        name = "mpdm-" + "--".join(person.name for person in people) + "-1"
        id_ = ("C0MP" if group else "D0IM") + "".join(person.name[:2].upper() for person in people)
        members = {person.id for person in people}
        channel = Channel(id_, name, is_private=True, is_im=not group, is_mpim=group, members=members)
        return self.channels.setdefault(id_, channel)

    def next_ts(self) -> str:
        """Return a new ``ts``: unique, and higher than the last one even when the clock stands still."""
        self._last_ts = max(self._last_ts + 1, int(self._clock().timestamp() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def post(self, channel: Channel, user: str, text: str, **fields: Any) -> Message:
        """Add a message to a channel, and return it. ``fields``: further fields of Message."""
        message = Message(ts=self.next_ts(), channel=channel.id, user=user, text=text, **fields)
        message.notifies = notified(message.text, message.blocks) - {user}
        channel.messages[message.ts] = message
        if message.thread_ts in channel.messages:
            channel.messages[message.thread_ts].replies.append(message.ts)
        self.touch()
        return message

    def remove(self, message: Message) -> None:
        """Delete a message, ephemeral or not."""
        if message.viewer:
            self.ephemeral.remove(message)
        else:
            messages = self.channels[message.channel].messages
            del messages[message.ts]
            if message.thread_ts in messages:
                messages[message.thread_ts].replies.remove(message.ts)
        self.touch()

    def post_ephemeral(self, channel_id: str, viewer: str, text: str, **fields: Any) -> Message:
        """Show one person a message of the bot, and return it. ``fields``: further fields of Message."""
        message = Message(ts=self.next_ts(), channel=channel_id, user=BOT_USER, text=text, viewer=viewer, **fields)
        self.ephemeral.append(message)
        self.touch()
        return message

    def find(self, channel: Channel, ts: str) -> Message:
        """Return a message by its ts. Raises SlackError message_not_found."""
        if ts not in channel.messages:
            raise SlackError("message_not_found")
        return channel.messages[ts]

    def mentions(self, person: str) -> list[Message]:
        """Return the messages that notified a person by a mention when they were posted, oldest first."""
        names = {person, "channel", "here", "everyone"}
        messages = [m for c in self.channels.values() if person in c.members for m in c.messages.values()]
        return sorted((m for m in messages if m.notifies & names), key=lambda message: message.ts)

    def visible(self, channel: Channel, viewer: str) -> list[Message]:
        """Return the messages in a person's main view of a channel: of replies only broadcasts, and ephemeral ones."""
        seen = [m for m in channel.messages.values() if not m.thread_ts or m.broadcast or m.thread_ts == m.ts]
        seen += [m for m in self.ephemeral if m.channel == channel.id and m.viewer == viewer]
        return sorted(seen, key=lambda message: message.ts)

    def thread(self, channel: Channel, parent_ts: str) -> list[Message]:
        """Return the replies to a message, oldest first."""
        return [m for m in channel.messages.values() if m.thread_ts == parent_ts and m.ts != parent_ts]

    def touch(self) -> None:
        """Count a change and wake the waiters."""
        self.version += 1
        task = asyncio.ensure_future(self._notify())
        self._notifying = task

    async def _notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def wait_for(self, predicate: Callable[[], bool], timeout: float = 10.0) -> bool:  # noqa: ASYNC109  a test says how long
        """Wait until the predicate holds, checking it at every change. Returns False after ``timeout`` seconds."""
        try:
            async with asyncio.timeout(timeout), self.changed:
                await self.changed.wait_for(predicate)
        except TimeoutError:
            return predicate()
        return True


def _people() -> list[User]:
    return [
        User("U0MEI00001", "mei", "Mei Lin 林梅"),
        User("U0TOM00002", "tom", "Tom Berger", "Europe/Berlin", "en-US"),
        User(BOT_USER, "pandabot", "pandabot", "Etc/UTC", "en-US", is_bot=True),
    ]


def _channels() -> list[Channel]:
    people = {"U0MEI00001", "U0TOM00002"}
    return [
        Channel("C0ORDERS01", "orders", members={*people, BOT_USER}),
        Channel("C0URGENT02", "urgent", members={*people, BOT_USER}),
        Channel("C0RANDOM03", "random", members=set(people)),
        Channel("G0BUYERS04", "buyers", is_private=True, members={*people, BOT_USER}),
        Channel("G0SECRET05", "secret", is_private=True, members={"U0TOM00002"}),
        Channel("C0OLDIES06", "oldies", is_archived=True, members={*people, BOT_USER}),
    ]
