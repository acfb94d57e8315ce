"""Both stand-ins and the production bot between them, with the steps of end-to-end tests."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from support.migrated import put_empty_database
from support.patience import AT_ONCE, until
from support.schema_watch import SchemaWatch
from support.transitions import guard

from bot.app import build
from bot.commands import manifest
from bot.roles import ALL, Role
from bot.settings import Settings
from handlers.features.all import FEATURES
from sandbox.clock import SimClock
from sandbox.pandapon.demo import FIRST, demo_world
from sandbox.pandapon.goods import PICTURES_HOST
from sandbox.pandapon.server import PandaPonServer
from sandbox.slack.blocks import check_message, check_view
from sandbox.slack.schemas import errors
from sandbox.slack.server import SlackServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from bot.running import Bot
    from handlers.commands.declarations import Feature
    from sandbox.pandapon.world import World
    from sandbox.slack.delivery import Ack
    from sandbox.slack.workspace import Message

ORDER = FIRST
START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TICK = 0.1
BOT_TOKEN, APP_TOKEN, SIGNING = "xoxb-house-secret", "xapp-house-secret", "house-signing-secret"
CALLBACK_TOKEN = "house-callback-token-0123456789"
KEY, SECRET = "house-access-key", "house-access-secret"


class BotHarness:
    """The bot and the stand-ins of Slack and PandaPon, as servers on loopback in one event loop.

    Mei, in #orders, is the person who acts unless a step names another.
    """

    features: Sequence[Feature] = FEATURES

    def __init__(
        self,
        folder: Path,
        mode: str,
        extra: dict[str, Any],
        clock: SimClock | None = None,
        world_of: Callable[[SimClock], World] = demo_world,
    ) -> None:
        self.folder, self.mode, self.extra = folder, mode, extra
        self.roles: frozenset[Role] = extra.pop("roles", ALL)
        self.clock = clock or SimClock(START)
        self.world = world_of(self.clock)
        self.pandapon = PandaPonServer(self.world, self.clock, access_key=KEY, access_secret=SECRET)
        self.slack = SlackServer(
            self.clock,
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            signing_secret=SIGNING,
            manifest=manifest.read(),
        )
        self.bot: Bot | None = None
        self._has_begun = False

    @property
    def settings(self) -> Settings:
        values: dict[str, Any] = {
            "slack_mode": self.mode,
            "slack_bot_token": SecretStr(BOT_TOKEN),
            "slack_app_token": SecretStr(APP_TOKEN),
            "slack_signing_secret": SecretStr(SIGNING),
            "slack_api_url": self.slack.api_url,
            "pandapon_base_url": self.pandapon.base_url,
            "pandapon_access_key": SecretStr(KEY),
            "pandapon_access_secret": SecretStr(SECRET),
            "pandapon_user_id": "2100007341207",
            "database_path": self.folder / "bot.db",
            "http_port": 0,
            "poll_interval_seconds": TICK,
            "cadence_factor": 0,
            "channel_messages_per_second": 20,
            "channel_burst": 20,
            "slack_messages_per_second": 1000,
            "callback_token": SecretStr(CALLBACK_TOKEN),
        }
        if "storage_url" in self.extra:
            del values["database_path"]
        return Settings(_env_file=None, **(values | self.extra))

    async def start_bot(self) -> Bot:
        self._lay_down()
        stand_ins = {PICTURES_HOST: self.pandapon.base_url}
        self.bot = await build(
            self.settings, clock=self.clock, features=self.features, stand_ins=stand_ins, roles=self.roles
        )
        await self.bot.start()
        await guard(self.bot.store)
        if self.mode == "http":
            self.slack.request_url = f"http://127.0.0.1:{self.bot.http_port}/slack/events"
        return self.bot

    def _lay_down(self) -> None:
        # At the first start alone: a later one finds the database, or none, as the test left it.
        if not self._has_begun and not self.extra.keys() & {"storage_url", "database_path"}:
            put_empty_database(self.folder / "bot.db")
        self._has_begun = True

    async def stop_bot(self) -> None:
        if self.bot is not None:
            await self.bot.stop()
            self.bot = None

    # --- acts of a person -------------------------------------------------------------------------------------------

    async def type(self, line: str, *, user: str = "mei", channel: str = "#orders") -> Ack:
        """Type a slash command; return the acknowledgement."""
        command, _, text = line.partition(" ")
        return await self.slack.slash(user, channel, command, text)

    async def ask(self, line: str, *, user: str = "mei", channel: str = "#orders") -> str:
        """Type a slash command; return the text of the final private answer, checked against Slack's limits."""
        return await self._answered(lambda: self.type(line, user=user, channel=channel), user, channel)

    async def press(self, label: str, *, user: str = "mei", channel: str = "#orders") -> str:
        """Press the newest button with this label; return the answer's text."""
        message, action_id = self.button(label, user, channel)
        return await self._answered(lambda: self.slack.press(user, message, action_id), user, channel)

    async def pick(self, label: str, *, user: str = "mei", channel: str = "#orders") -> str:
        """Choose the option with this label from the newest menu ⋯ that has it; return the answer's text."""
        message, action_id, value = self.option(label, user, channel)
        return await self._answered(lambda: self.slack.press(user, message, action_id, value=value), user, channel)

    async def shortcut(self, callback_id: str, message: Message, *, user: str = "mei") -> str:
        """Choose a message shortcut; return the answer's text."""
        channel = self.slack.workspace.channels[message.channel].name
        return await self._answered(lambda: self.slack.shortcut(user, message, callback_id), user, channel)

    async def say(self, text: str, *, user: str = "tom", channel: str = "#orders") -> Message:
        return await self.slack.say(user, channel, text)

    async def _answered(self, act: Callable[[], Any], user: str, channel: str) -> str:
        before = {id(m): (m.text, str(m.blocks)) for m in self.private(user, channel)}
        ack = await act()
        assert ack.ok, "the app did not acknowledge in time"
        assert ack.seconds < AT_ONCE
        await self.idle()

        def changed() -> list[Message]:
            return [m for m in self.private(user, channel) if before.get(id(m)) != (m.text, str(m.blocks))]

        answer = changed()[-1]
        assert not answer.text.startswith("⏳")
        assert check_message({"text": answer.text, "blocks": answer.blocks}) == []
        return words(answer)

    async def idle(self) -> None:
        """Wait until the bot has handled all that it acknowledged. An answer that is missing then never comes."""
        while self.bot is not None and self.bot.context.in_hand:
            await asyncio.wait(set(self.bot.context.in_hand))

    # --- messages --------------------------------------------------------------------------------------------------

    def private(self, user: str = "mei", channel: str = "#orders") -> list[Message]:
        """Return the messages that only this person sees here, oldest first."""
        return [m for m in self.slack.visible(channel, user) if m.viewer]

    def channel(self, name: str = "#orders") -> list[Message]:
        """Return the bot's messages about orders to a whole channel, broadcasts included."""
        messages = [m for m in self.slack.visible(name, "mei") if not m.viewer and m.by_bot]
        return [message for message in messages if not is_line(message)]

    def lines(self, name: str = "#orders") -> list[Message]:
        """Return the lines that tell a channel about a change that a person made for all in it."""
        return [m for m in self.slack.visible(name, "mei") if not m.viewer and m.by_bot and is_line(m)]

    def thread(self, card: Message) -> list[Message]:
        return self.slack.thread(card)

    async def home(self, user: str = "mei") -> str:
        """Open App Home; return its text."""
        user_id = self.slack.workspace.user(user).id
        self.slack.workspace.homes.pop(user_id, None)
        event = {"type": "app_home_opened", "user": user_id, "channel": "D0", "tab": "home", "event_ts": "1.2"}
        assert (await self.slack.event(event)).ok
        await self.until(lambda: user_id in self.slack.workspace.homes)
        view = self.slack.workspace.homes[user_id]
        assert check_view({"type": "home", "blocks": view["blocks"]}) == []
        assert errors("Home", {"type": "home", "blocks": view["blocks"]}) == []
        return json.dumps(view["blocks"], ensure_ascii=False)

    async def replies(self, card: Message, count: int) -> list[Message]:
        """Wait for so many replies and return them, checked against Slack's limits."""
        await self.until(lambda: len(self.thread(card)) >= count)
        messages = self.thread(card)
        assert len(messages) == count, [words(message) for message in messages]
        for message in messages:
            assert check_message({"text": message.text, "blocks": message.blocks}) == []
        return messages

    def button(self, label: str, user: str, channel: str) -> tuple[Message, str]:
        for message in reversed([posted for posted in self.slack.visible(channel, user) if not is_line(posted)]):
            for block in message.blocks:
                for element in (*(block.get("elements") or []), block.get("accessory") or {}):
                    if element.get("type") == "button" and label in element["text"]["text"]:
                        return message, str(element["action_id"])
        raise AssertionError(f"no button {label!r} in {channel}")

    def option(self, label: str, user: str, channel: str) -> tuple[Message, str, str]:
        """Return the newest menu with this option: its message, its action id, and the option's value."""
        for message in reversed(self.slack.visible(channel, user)):
            for block in message.blocks:
                for element in (*(block.get("elements") or []), block.get("accessory") or {}):
                    for option in element.get("options") or [] if element.get("type") == "overflow" else []:
                        if label in option["text"]["text"]:
                            return message, str(element["action_id"]), str(option["value"])
        raise AssertionError(f"no option {label!r} in {channel}")

    # --- courier, jobs and time ------------------------------------------------------------------------------------

    def scan(self, text: str, **fields: Any) -> None:
        """Scan the order's parcel now."""
        self.world.add_node(ORDER, text, **fields)

    def hurry(self, *jobs: str) -> None:
        """Let these jobs of the scheduler run now."""
        assert self.bot is not None
        for job in jobs:
            self.bot.scheduler._scheduler.modify_job(job, next_run_time=datetime.now(UTC))

    async def several_ticks(self, count: int = 4) -> None:
        """Let the poller tick so many times, and the delivery send its news."""
        assert self.bot is not None
        for _ in range(count):
            last = self.bot.poller.last_tick_at
            await self.until(lambda last=last: self.bot.poller.last_tick_at != last)  # type: ignore[misc]  # mypy knows no defaults in lambdas
        await asyncio.sleep(TICK)

    async def until(self, predicate: Callable[[], object]) -> None:
        """Wait until the predicate holds, and fail if it never does."""
        await until(predicate)


def is_line(message: Message) -> bool:
    """Whether a message tells a channel about a change that a person made for all in it."""
    return any(
        element.get("action_id") == "undo_for_all:1" for b in message.blocks for element in b.get("elements") or []
    )


def words(message: Message) -> str:
    """Return all text of a message that a reader sees: that of its blocks, or its text if it has none."""
    parts: list[str] = []
    _collect(message.blocks, parts)
    return "\n".join(parts) if parts else message.text


def _collect(value: Any, parts: list[str]) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, parts)
    elif isinstance(value, dict):
        if isinstance(value.get("text"), str):
            parts.append(value["text"])
        for key in ("text", "fields", "elements", "accessory"):
            if isinstance(value.get(key), dict | list):
                _collect(value[key], parts)


@asynccontextmanager
async def running(
    folder: Path, *, mode: str = "socket", features: Sequence[Feature] = FEATURES, **extra: Any
) -> AsyncIterator[BotHarness]:
    """Start both stand-ins and the bot, and stop them in order. ``extra`` are settings."""
    harness = BotHarness(folder, mode, extra)
    harness.features = features
    watch = SchemaWatch(harness.slack)
    await harness.pandapon.start()
    await harness.slack.start()
    try:
        await harness.start_bot()
        yield harness
        assert watch.problems == [], watch.problems  # every accepted message fits Slack's types
    finally:
        await harness.stop_bot()
        await harness.slack.stop()
        await harness.pandapon.stop()
