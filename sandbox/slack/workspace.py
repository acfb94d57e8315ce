"""The workspace: people, channels and messages. State and its rules; no HTTP."""

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
    """An answer of ``ok: false``. The code is Slack's own."""

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.more = more


@dataclass
class User:
    """A person, or the bot."""

    id: str
    name: str
    real_name: str
    tz: str = "Asia/Shanghai"
    locale: str = "zh-CN"
    is_bot: bool = False
    is_restricted: bool = False  # a guest of the workspace, in several channels
    is_ultra_restricted: bool = False  # a guest in a single one, who counts as restricted too
    team: str = TEAM  # another one: somebody of another company, in a channel that both share


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
    """One message. ``viewer``: only that person sees it (ephemeral), and the history does not hold it."""

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
    replies: list[str] = field(default_factory=list)  # the ts of each, oldest first; a message has a thread if any
    attachments: list[dict[str, Any]] = field(default_factory=list)
    notifies: frozenset[str] = frozenset()  # whom it mentioned when it was posted

    @property
    def by_bot(self) -> bool:
        """The bot said it."""
        return self.user == BOT_USER

    def identified_blocks(self) -> list[dict[str, Any]]:
        """The blocks as Slack hands them out."""
        return identified(self.blocks)

    def wire(self, *, metadata: bool = True) -> dict[str, Any]:
        """The message object as Slack sends it."""
        found: dict[str, Any] = {"type": "message", "user": self.user, "text": self.text, "ts": self.ts, "team": TEAM}
        if self.by_bot:
            found |= {"bot_id": BOT, "app_id": APP}
        if self.blocks:
            found["blocks"] = self.identified_blocks()
        if self.attachments:
            found["attachments"] = [_whole(one) for one in self.attachments]
        if self.thread_ts or self.replies:
            found["thread_ts"] = self.thread_ts or self.ts
        if self.replies:
            found |= {"reply_count": len(self.replies), "latest_reply": self.replies[-1]}
        if self.broadcast:
            found["subtype"] = "thread_broadcast"
        if self.edited:
            found["edited"] = {"user": self.user, "ts": self.ts}
        if metadata and self.metadata is not None:
            found["metadata"] = copy.deepcopy(self.metadata)
        return found


def identified(blocks: list[dict[str, Any]], prefix: str = "b") -> list[dict[str, Any]]:
    """Blocks with an id for each: the app's own, or one that Slack makes up."""
    return [{"block_id": f"{prefix}{place}", **copy.deepcopy(block)} for place, block in enumerate(blocks)]


def _whole(attachment: dict[str, Any]) -> dict[str, Any]:
    """An attachment as Slack hands it out; no id in it is one of the message's own."""
    blocks = attachment.get("blocks")
    more = {"blocks": identified(blocks, f"a{attachment['id']}b")} if blocks else {}
    return copy.deepcopy(attachment) | more


class Workspace:
    """Who and what there is. Every change wakes those who wait for one."""

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

    def user(self, name_or_id: str) -> User:
        """A person by id or name. Raises KeyError."""
        wanted = name_or_id.lstrip("@").casefold()
        return next(u for u in self.users.values() if name_or_id == u.id or u.name == wanted)

    def channel(self, name_or_id: str) -> Channel:
        """A channel by id or name. Raises SlackError channel_not_found."""
        wanted = name_or_id.lstrip("#")
        for channel in self.channels.values():
            if name_or_id == channel.id or wanted == channel.name:
                return channel
        raise SlackError("channel_not_found")

    def seen_by_bot(self, channel_id: str) -> Channel:
        """A channel as the bot finds it: by id only, and not a private one that it is not in. Raises SlackError."""
        channel = self.channels.get(channel_id)
        if channel is None or (channel.is_private and BOT_USER not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def joined_by_bot(self, channel_id: str) -> Channel:
        """A channel that the bot is in. Raises SlackError channel_not_found or not_in_channel."""
        channel = self.seen_by_bot(channel_id)
        if BOT_USER not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def direct(self, user_id: str) -> Channel:
        """The bot's direct conversation with a person."""
        if user_id not in self.users:
            raise SlackError("channel_not_found")
        return self.channels.setdefault(
            f"D{user_id[1:]}",
            Channel(f"D{user_id[1:]}", f"dm-{user_id}", is_private=True, is_im=True, members={user_id, BOT_USER}),
        )

    def between(self, *names: str) -> Channel:
        """The direct conversation that two or more people have with each other. The bot is never in it."""
        people = [self.user(name) for name in names]
        group = len(people) > 2  # noqa: PLR2004  two are a pair
        name = "mpdm-" + "--".join(one.name for one in people) + "-1"
        id_ = ("C0MP" if group else "D0IM") + "".join(one.name[:2].upper() for one in people)
        found = Channel(id_, name, is_private=True, is_im=not group, is_mpim=group, members={one.id for one in people})
        return self.channels.setdefault(id_, found)

    def next_ts(self) -> str:
        """A timestamp id: unique, and growing even when the clock stands still."""
        self._last_ts = max(self._last_ts + 1, int(self._clock().timestamp() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def post(self, channel: Channel, user: str, text: str, **more: Any) -> Message:
        """Store a message."""
        message = Message(ts=self.next_ts(), channel=channel.id, user=user, text=text, **more)
        message.notifies = notified(message.text, message.blocks) - {user}
        channel.messages[message.ts] = message
        if message.thread_ts in channel.messages:
            channel.messages[message.thread_ts].replies.append(message.ts)
        self.touch()
        return message

    def remove(self, message: Message) -> None:
        """Delete a message, whoever sees it."""
        if message.viewer:
            self.ephemeral.remove(message)
        else:
            messages = self.channels[message.channel].messages
            del messages[message.ts]
            if message.thread_ts in messages:
                messages[message.thread_ts].replies.remove(message.ts)
        self.touch()

    def post_ephemeral(self, channel_id: str, viewer: str, text: str, **more: Any) -> Message:
        """Show a message to one person only."""
        message = Message(ts=self.next_ts(), channel=channel_id, user=BOT_USER, text=text, viewer=viewer, **more)
        self.ephemeral.append(message)
        self.touch()
        return message

    def find(self, channel: Channel, ts: str) -> Message:
        """A message by its ts. Raises SlackError message_not_found."""
        if ts not in channel.messages:
            raise SlackError("message_not_found")
        return channel.messages[ts]

    def mentions(self, person: str) -> list[Message]:
        """The messages that notified a person by a mention, oldest first; what an update brought notifies nobody."""
        loud = {person, "channel", "here", "everyone"}
        found = [m for c in self.channels.values() if person in c.members for m in c.messages.values()]
        return sorted((m for m in found if m.notifies & loud), key=lambda message: message.ts)

    def visible(self, channel: Channel, viewer: str) -> list[Message]:
        """What a person sees in a channel's main view: no thread replies but broadcasts, their own whispers too."""
        seen = [m for m in channel.messages.values() if not m.thread_ts or m.broadcast or m.thread_ts == m.ts]
        seen += [m for m in self.ephemeral if m.channel == channel.id and m.viewer == viewer]
        return sorted(seen, key=lambda message: message.ts)

    def thread(self, channel: Channel, parent_ts: str) -> list[Message]:
        """The replies to a message, oldest first."""
        return [m for m in channel.messages.values() if m.thread_ts == parent_ts and m.ts != parent_ts]

    def touch(self) -> None:
        """Something changed."""
        self.version += 1
        task = asyncio.ensure_future(self._notify())
        self._notifying = task

    async def _notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def wait_for(self, predicate: Callable[[], bool], timeout: float = 10.0) -> bool:  # noqa: ASYNC109  a test says how long
        """Wait until something is so, looking again at every change. False when it never was."""
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
    both = {"U0MEI00001", "U0TOM00002"}
    return [
        Channel("C0ORDERS01", "orders", members={*both, BOT_USER}),
        Channel("C0URGENT02", "urgent", members={*both, BOT_USER}),
        Channel("C0RANDOM03", "random", members=set(both)),
        Channel("G0BUYERS04", "buyers", is_private=True, members={*both, BOT_USER}),
        Channel("G0SECRET05", "secret", is_private=True, members={"U0TOM00002"}),
        Channel("C0OLDIES06", "oldies", is_archived=True, members={*both, BOT_USER}),
    ]
