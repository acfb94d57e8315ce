"""Both stand-ins and their clock, behind the operations that a session of the terminal or the page needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pandapon.shipment import Platform
from sandbox.terminal.mrkdwn import Viewer
from sandbox.terminal.screen import Item

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from sandbox.clock import SimClock
    from sandbox.pandapon.server import PandaPonServer
    from sandbox.pandapon.world import SandboxOrder, World
    from sandbox.slack.server import SlackServer
    from sandbox.slack.workspace import Channel, Message, User
    from sandbox.terminal.blocks import Button

ONE_WAIT = 3600.0  # seconds; the wait for a change is repeated without end
SHORTCUTS = {"track": "track_message", "watch": "watch_message"}  # callback ids of the manifest

FAULTS: dict[str, dict[str, Any]] = {
    "slow": {"delay": 5.0},
    "down": {"down": True},
    "5xx": {"status": 503},
    "malformed": {"malformed": True},
    "ratelimit": {"rate_limited": 5},
    "off": {},
}
_EFFECTS = {
    "slow": "PandaPon takes 5 s for every answer",
    "down": "PandaPon resets every connection",
    "5xx": "PandaPon answers with HTTP 503",
    "malformed": "PandaPon sends half of its JSON",
    "ratelimit": "PandaPon refuses everything for 5 s at a time (HTTP 429)",
    "off": "PandaPon works again",
}
_PLATFORMS = {Platform.ALIBABA: "1688", Platform.TAOBAO: "Taobao"}
ANSWERS = {"response_url", "chat.postEphemeral"}


async def _at_once() -> None:
    """Return at once: an app without jobs has always caught up."""


def _never(_message: Message) -> bool:
    return False


@dataclass
class Sandbox:
    """Both stand-ins with the bot between them.

    ``settled`` waits until the bot has finished its answers, ``caught_up`` until it has posted all that has happened by
    now. ``scene``: the name of the furnishing; empty: the plain one. ``starts``: by language, the channel in which a
    visitor begins.
    """

    slack: SlackServer
    pandapon: PandaPonServer
    world: World
    clock: SimClock
    settled: Callable[[], Awaitable[None]]
    caught_up: Callable[[], Coroutine[Any, Any, None]] = _at_once
    is_alarm: Callable[[Message], bool] = _never
    scene: str = ""
    starts: dict[str, str] = field(default_factory=dict)
    first_user: str = "mei"
    first_channel: str = "#orders"

    async def changed(self) -> None:
        """Wait for a change in the workspace."""
        workspace = self.slack.workspace
        seen = workspace.version
        while not await workspace.wait_for(lambda: workspace.version != seen, ONE_WAIT):
            pass

    def viewer(self, user: str) -> Viewer:
        """Return what a person's reading depends on: the names by id, the person's time zone, the present time."""
        workspace = self.slack.workspace
        names = {user_id: person.name for user_id, person in workspace.users.items()}
        names |= {channel_id: channel.name for channel_id, channel in workspace.channels.items()}
        return Viewer(names, ZoneInfo(self._user(user).tz), self.clock())

    def people(self) -> list[str]:
        """Return the names of the people."""
        return [user.name for user in self.slack.workspace.users.values() if not user.is_bot]

    def channels(self, user: str) -> list[str]:
        """Return the names of a person's channels, as shown."""
        return [_shown(channel) for channel in self._channels(user)]

    def items(self, user: str) -> list[Item]:
        """Return every message that a person sees, in all channels and threads."""
        viewer = self._user(user).id
        shared = [(c, message) for c in self._channels(user) for message in c.messages.values()]
        mine = {channel.id: channel for channel in self._channels(user)}
        private = [(mine[m.channel], m) for m in self.slack.workspace.ephemeral if m.viewer == viewer]
        return [self._item(channel, message) for channel, message in (*shared, *private)]

    def answers(self) -> int:
        """Count the bot's answers to people so far, including repeated ones."""
        return sum(call.method in ANSWERS for call in self.slack.calls)

    async def slash(self, user: str, channel: str, command: str, text: str) -> None:
        """Type a slash command."""
        await self.slack.slash(self._user(user).id, self._channel(channel).id, command, text)

    async def say(self, user: str, channel: str, text: str) -> None:
        """Write a plain message."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        await self.slack.say(self._user(user).id, self._channel(channel).id, escaped)

    async def press(self, user: str, item: Item, button: Button) -> None:
        """Press a button."""
        await self.slack.press(self._user(user).id, self._message(item), button.action_id, value=button.value)

    async def shortcut(self, user: str, item: Item, name: str) -> None:
        """Run one of the two message shortcuts."""
        await self.slack.shortcut(self._user(user).id, self._message(item), SHORTCUTS[name])

    def orders(self) -> list[str]:
        """Return a line for each order of the account: id, platform, status code, first goods."""
        now = self.clock()
        return [
            f"{order.order_id:20} {_PLATFORMS[order.platform]:7} {order.status(now):20} {order.lines[0].title}"
            for order in self._orders()
        ]

    def _orders(self) -> list[SandboxOrder]:
        self.world.arrive()
        return list(self.world.orders.values())

    def fault(self, kind: str) -> str:
        """Switch one of PandaPon's faults on, or all off. Returns a sentence for the person about the effect."""
        faults = self.pandapon.faults
        faults.clear()
        for name, value in FAULTS[kind].items():
            setattr(faults, name, value)
        return _EFFECTS[kind]

    def _item(self, channel: Channel, message: Message) -> Item:
        wire = message.wire(metadata=False)
        sender = self.slack.workspace.users.get(message.user)
        return Item(
            channel=_shown(channel),
            ts=message.ts,
            sender=sender.name if sender else message.user,
            at=datetime.fromtimestamp(float(message.ts), UTC),
            content={key: wire.get(key) for key in ("text", "blocks", "attachments")},
            by_bot=message.by_bot,
            thread=message.thread_ts if message.thread_ts != message.ts else "",
            broadcast=message.broadcast,
            private=bool(message.viewer),
        )

    def _message(self, item: Item) -> Message:
        if item.private:
            return next(message for message in self.slack.workspace.ephemeral if message.ts == item.ts)
        return self.slack.workspace.find(self._channel(item.channel), item.ts)

    def _user(self, name: str) -> User:
        return self.slack.workspace.user(name)

    def _channel(self, shown: str) -> Channel:
        return next(channel for channel in self.slack.workspace.channels.values() if _shown(channel) == shown)

    def _channels(self, user: str) -> list[Channel]:
        viewer = self._user(user).id
        return [channel for channel in self.slack.workspace.channels.values() if viewer in channel.members]


def _shown(channel: Channel) -> str:
    return "@pandabot" if channel.is_im else f"#{channel.name}"
