"""The events that a bot of any version goes through before its database is packed by ``make_old_database``.

The bot is a process of its own (:mod:`support.old_bot`) beside the stand-ins of today, which it knows only by the wire.
People type, press and fill in forms as they do in Slack, so no name of that version's code is needed here. Steps
that a version cannot do yet are left out, by the number of its newest migration; all others must succeed.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from support.bot_harness import APP_TOKEN, BOT_TOKEN, CALLBACK_TOKEN, KEY, SECRET, SIGNING, START, TICK, words
from support.old_database import (
    APPROVALS,
    BUYING,
    CART,
    CHOICES,
    EARLIER,
    LATE,
    LEFT_IN_CART,
    MUGS,
    PUSHES,
    STORIES,
    OldBotHarness,
    running_stand_ins,
)
from support.patience import PATIENCE
from support.wizard_steps import chosen

from pandapon.shipment import Platform
from sandbox.pandapon.trading.routes import OWN_PATHS
from sandbox.slack.faults import Fault

if TYPE_CHECKING:
    from sandbox.pandapon.trading.account import CartEntry
    from sandbox.slack.workspace import Message

AGES = 99  # a fault that lasts until the bot is stopped
PROGRAM = Path(__file__).with_name("old_bot.py")
TOLD = ("told", "night", "lost", "closed", "waiting", "refund")


@dataclass(frozen=True, slots=True)
class Version:
    """A version that was built."""

    commit: str
    migration: int  # the number of its newest migration
    checkout: Path
    python: Path

    @property
    def name(self) -> str:
        """The name of its files."""
        return f"{self.migration:04d}-{self.commit}"


class OldBotRun(OldBotHarness):
    """Both stand-ins, and the bot of a version as a process."""

    def __init__(self, version: Version, folder: Path) -> None:
        super().__init__(folder)
        self.version, self.port = version, free_port()
        self.process: asyncio.subprocess.Process | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The settings, whose names are the same in all versions."""
        return {
            "PATH": os.environ["PATH"],
            "SLACK_MODE": "socket",
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING,
            "SLACK_API_URL": self.slack.api_url,
            "PANDAPON_BASE_URL": self.pandapon.base_url,
            "PANDAPON_ACCESS_KEY": KEY,
            "PANDAPON_ACCESS_SECRET": SECRET,
            "PANDAPON_USER_ID": "2100007341207",
            "DATABASE_PATH": str(self.folder / "bot.db"),
            "HTTP_PORT": str(self.port),
            "POLL_INTERVAL_SECONDS": str(TICK),
            "CADENCE_FACTOR": "0.02",  # at most a quarter of an hour, which is less than the clock goes on at a time
            "CHANNEL_MESSAGES_PER_SECOND": "20",
            "CHANNEL_BURST": "20",
            "CALLBACK_TOKEN": CALLBACK_TOKEN,
            **self.buying(),
        }

    def buying(self) -> dict[str, str]:
        """The settings for writes to the account."""
        if not self.has(CART):
            return {}
        return {
            "WRITES": str(BUYING["writes"]) if self.has(APPROVALS) else "cart",
            "PANDAPON_PATHS": json.dumps(BUYING["pandapon_paths"]),
            "APPROVALS": str(BUYING["approvals"]),
        }

    async def start_process(self) -> None:
        """Start the bot of that version. Raises AssertionError if it does not start."""
        self.process = await asyncio.create_subprocess_exec(
            self.version.python,
            PROGRAM,
            cwd=self.version.checkout,
            env=self.environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self.tell_the_time()
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE)
        assert line == b"started\n", line

    async def stop_process(self) -> None:
        """Stop the bot as a signal does."""
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert await self.process.wait() == 0

    def tell_the_time(self) -> None:
        """Set the bot's clock to that of the stand-ins."""
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(f"{self.clock().isoformat()}\n".encode())

    async def pass_to(self, hours: float) -> None:
        """Advance the clock to so many hours after START, and wait until every job of the bot has run."""
        self.clock.advance(START + timedelta(hours=hours) - self.clock())
        self.tell_the_time()
        await asyncio.sleep(max(2.5, TICK * 25))  # its slow jobs run every ten ticks

    async def ask(self, line: str, *, user: str = "mei", channel: str = "#orders") -> str:
        """Type a slash command; return the text of the final private answer."""
        before = {id(m): (m.text, str(m.blocks)) for m in self.private(user, channel)}
        ack = await self.type(line, user=user, channel=channel)
        assert ack.ok, line

        def changed() -> list[str]:
            new = [m for m in self.private(user, channel) if before.get(id(m)) != (m.text, str(m.blocks))]
            return [words(m) for m in new if "⏳" not in words(m)]

        await self.until(changed)
        return changed()[-1]

    def has(self, migration: int) -> bool:
        """Whether the version has this migration, and so what came with it."""
        return self.version.migration >= migration

    def alarm(self, name: str) -> Message:
        """The only alarm of an order."""
        [message] = [m for m in self.alarms() if self._tells(m, name)]
        return message

    def alarms(self) -> list[Message]:
        """All alarms in #orders, by their buttons."""
        return [m for m in self.replies_of(STORIES["told"]) if "alarm_seen:1" in str(m.blocks)]

    def _tells(self, message: Message, name: str) -> bool:
        card = self.slack.workspace.channels[message.channel].messages[message.thread_ts]
        return STORIES[name].order_id in f"{card.text} {json.dumps(card.blocks)}"

    async def choose(self, channel: str, **chosen: str) -> None:
        """Set times in a channel's settings form, by the names of their fields."""
        await self.ask("/panda settings", channel=f"#{channel}")
        message, action = self.button("Change…", "mei", channel)
        before = set(self.slack.workspace.views)
        assert (await self.slack.press("mei", message, action)).ok
        await self.until(lambda: set(self.slack.workspace.views) - before)
        view_id = (set(self.slack.workspace.views) - before).pop()
        fields = {name: {"value": {"type": "timepicker", "selected_time": at}} for name, at in chosen.items()}
        ack = await self.slack.submit("mei", view_id, fields)
        assert ack.ok, ack
        assert (ack.payload or {}).get("response_action") != "errors", ack.payload
        sql = "SELECT COUNT(*) FROM channels WHERE channel = ? AND settings <> ''"
        await self.until_count(1, sql, self.slack.workspace.channel(channel).id)

    async def until_count(self, count: int, sql: str, *facts: Any) -> None:
        """Wait until a statement counts so many rows. Raises AssertionError if it never does."""
        try:
            await self.until(lambda: self.count(sql, *facts) == count)
        except TimeoutError:
            raise AssertionError(f"{self.count(sql, *facts)} instead of {count}: {sql} {facts}") from None

    def count(self, sql: str, *facts: Any) -> int:
        """Return what a statement counts in the bot's database."""
        with closing(sqlite3.connect(f"file:{self.folder / 'bot.db'}?mode=ro", uri=True)) as conn:
            return int(conn.execute(sql, facts).fetchone()[0])

    async def until_in_state(self, count: int, *states: str) -> None:
        """Wait until so many posts are in one of these states: the names that the versions have for the same state."""
        marks = ", ".join("?" * len(states))
        sql = f"SELECT COUNT(*) FROM outbox WHERE state IN ({marks}) AND kind <> 'refresh'"  # noqa: S608  marks
        await self.until_count(count, sql, *states)

    def fault(self, method: str, channel: str, times: int, **fields: bool | int) -> None:
        """Let calls about a channel fail."""
        channel_id = self.slack.workspace.channel(channel).id
        self.slack.faults.plan(Fault(method, times, channel=channel_id, **fields))  # type: ignore[arg-type]  # by name

    # --- the events ---------------------------------------------------------------------------------------------------

    async def early_versions(self) -> None:
        """Orders are watched and their news is posted. Three stand still, and people answer their alarms."""
        for name, story in STORIES.items():
            if name != "opening":
                answer = await self.ask(f"/panda watch {story.order_id} all", channel=f"#{story.channel}")
                assert "atch" in answer, answer
        if self.has(CHOICES):
            await self.ask("/panda watch all problems", channel="#everything")
            await self.choose("evening", quiet_from="20:00", quiet_to="22:30")
            await self.choose("night", quiet_from="21:00", quiet_to="07:00")
            await self.choose("orders", digest_at="09:00")
        for place, hours in enumerate(EARLIER[:2], 1):
            await self.pass_to(hours)
            await self.until_told(place)
        await self.ask(f"/panda unwatch {STORIES['unwatched'].order_id}")
        if self.has(CHOICES):
            await self.third_day()
        await self.pass_to(EARLIER[2])
        await self.until_told(3)

    async def until_told(self, scans: int) -> None:
        """Wait until each of so many scans was posted, once."""

        def missing() -> dict[str, list[int]]:
            return {name: self.scan_counts(name) for name in TOLD if self.scan_counts(name)[:scans] != [1] * scans}

        try:
            await self.until(lambda: not missing())
        except TimeoutError:
            raise AssertionError(f"heard {missing()} of {scans} scans") from None

    async def third_day(self) -> None:
        """Alarms are raised and answered, and a day's digest is posted."""
        await self.pass_to(46.3)
        await self.until(lambda: len(self.alarms()) == 3)
        for name, act in (("seen", "alarm_seen:1"), ("snoozed", "alarm_snooze:1")):
            assert (await self.slack.press("tom", self.alarm(name), act)).ok
        if self.has(PUSHES):
            await self.push(STORIES["told"].order_id)
        await self.pass_to(47.2)
        digests = "SELECT COUNT(*) FROM outbox WHERE kind IN ('summary', 'daily_digest') AND state = 'sent'"
        await self.until(lambda: self.count(digests) > 0)

    async def push(self, order_id: str) -> None:
        """Push PandaPon's message that an order moved."""
        url = f"http://127.0.0.1:{self.port}/pandapon/callbacks/{CALLBACK_TOKEN}"
        body = {"messageType": "1688_LOGISTICS_BUYER_VIEW_TRACE", "messageBody": {"orderId": order_id}}
        async with aiohttp.ClientSession() as session, session.post(url, data=json.dumps(body)) as answer:
            assert answer.status == 200, answer

    async def shopping(self) -> None:
        """Put something into the cart, leave a form open, and lose the answer of another write."""
        await self.add_to_cart(0, LEFT_IN_CART[0])
        await self.until_count(1, "SELECT COUNT(*) FROM writes WHERE state = 'done'")
        if self.has(APPROVALS):
            await self.order()
        await self.open_form()
        await self.add_to_cart(1, LEFT_IN_CART[1], is_lost=True)
        await self.until(lambda: len(self.pandapon.account.carts[Platform.ALIBABA]) == 2)
        await self.until_count(1, "SELECT COUNT(*) FROM writes WHERE state IN ('begun', 'unclear')")
        assert self.count("SELECT COUNT(*) FROM flows") > 0

    async def open_form(self) -> str:
        """Show a product and press Add to cart; return the id of the filled form."""
        await self.ask(f"/panda product 1688:{MUGS.product_id}")
        return await self.press_for_form("Add to cart")

    async def press_for_form(self, label: str) -> str:
        """Press a button; return the id of the form that it opens, once it is filled."""
        message, action = self.button(label, "mei", "#orders")
        before = set(self.slack.workspace.views)
        assert (await self.slack.press("mei", message, action)).ok
        await self.until(lambda: set(self.slack.workspace.views) - before)
        view_id = (set(self.slack.workspace.views) - before).pop()
        await self.until(lambda: "Checking with" not in self.shown(view_id) and "⏳" not in self.shown(view_id))
        return view_id

    def shown(self, view_id: str) -> str:
        """The text of a form."""
        return str(self.slack.workspace.views[view_id]["blocks"])

    async def send(self, view_id: str, values: dict[str, Any]) -> None:
        """Send a page of a form, and wait for the next one."""
        before = self.shown(view_id)
        ack = await self.slack.submit("mei", view_id, values)
        assert ack.ok
        assert "errors" not in (ack.payload or {}), ack.payload
        await self.until(lambda: self.shown(view_id) != before and "⏳" not in self.shown(view_id))

    async def add_to_cart(self, variant: int, quantity: int, *, is_lost: bool = False) -> None:
        """Put mugs into the cart. ``is_lost``: PandaPon does it, but answers no call about the cart from then on."""
        view_id = await self.open_form()
        if is_lost:
            self.pandapon.faults.cut, self.pandapon.faults.path = True, OWN_PATHS["1688.cart.add"]
            self.pandapon.account.carts[Platform.ALIBABA] = SilentCart(self)
        choice = {"selected_option": {"value": str(variant)}}
        fields = {
            "variant": {"add_choice:variant": choice},
            "quantity": {"add_choice:quantity": {"value": str(quantity)}},
        }
        assert (await self.slack.submit("mei", view_id, fields)).ok

    async def order(self) -> None:
        """Order what is in the cart, which asks for an approval that nobody gives."""
        await self.ask("/panda cart")
        view_id = await self.press_for_form("Order…")
        await self.send(view_id, chosen(address="1"))
        await self.send(view_id, {})
        await self.until_count(1, "SELECT COUNT(*) FROM approvals WHERE state = 'waiting'")

    async def last_evening(self) -> None:
        """Let quiet hours begin, hold news in them, and then let posts to several channels fail."""
        if self.has(CHOICES):
            await self.ask("/panda mute 3d", channel="#muted")
            await self.ask(f"/panda mute {STORIES['seen'].order_id} 3d")
        for hours, held in ((60.15, 2), (60.3, 4)):
            await self.pass_to(hours)
            if self.has(CHOICES):
                await self.until_in_state(held, "held")
        for channel in ("evening", "waiting", "fresh"):
            self.fault("chat.postMessage", channel, AGES, retry_after=60)
        self.fault("chat.postMessage", "doubt", 1, drop=True, applied=True)
        self.fault("chat.postMessage", "lost", 1, drop=True)
        for channel in ("doubt", "lost"):
            self.fault("conversations.replies", channel, AGES, retry_after=60)
        self.slack.workspace.channel("closed").is_archived = True
        await self.pass_to(60.55)
        if self.has(CHOICES):
            await self.until_in_state(2, "batched", "folded")
        if self.has(CART):
            await self.shopping()
        await self.pass_to(LATE + 0.01)
        assert (await self.type(f"/panda watch {STORIES['opening'].order_id} all", channel="#fresh")).ok
        await self.until_in_state(2, "uncertain")
        if self.has(CHOICES):
            await self.until_in_state(3, "held")
            await self.until_in_state(3, "pending")
        self.clock.advance(timedelta(minutes=1))

    def pushed_before_the_end(self) -> None:
        """Store a push of PandaPon that the bot had received and not yet handled when it stopped."""
        story, now = STORIES["told"], int(self.clock().timestamp() * 1_000_000)
        with closing(sqlite3.connect(self.folder / "bot.db", isolation_level=None)) as conn:
            sql = "INSERT INTO inbox (dedup, kind, ids, body, received_at) VALUES (?, ?, ?, '', ?)"
            ids = json.dumps([story.order_id])
            conn.execute(sql, ("pushed-before-the-end", "1688_LOGISTICS_BUYER_VIEW_TRACE", ids, now))

    def dump(self) -> bytes:
        """The database as SQL statements."""
        with closing(sqlite3.connect(self.folder / "bot.db")) as conn:
            return "\n".join(conn.iterdump()).encode()


class SilentCart(dict[int, "CartEntry"]):
    """A cart whose calls all fail once something was put into it."""

    def __init__(self, bot_run: OldBotRun) -> None:
        super().__init__(bot_run.pandapon.account.carts[Platform.ALIBABA])
        self.faults = bot_run.pandapon.faults

    def setdefault(self, number: int, entry: CartEntry) -> CartEntry:
        """Put an entry into it."""
        self.faults.path, self.faults.down = "cart", True
        return super().setdefault(number, entry)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def run_version(version: Version, folder: Path) -> tuple[bytes, bytes]:
    """Run the bot of a version through all events. Returns its database as SQL and the contents of Slack as JSON."""
    bot_run = OldBotRun(version, folder)
    async with running_stand_ins(bot_run):
        await bot_run.start_process()
        await bot_run.early_versions()
        await bot_run.last_evening()
        await bot_run.stop_process()
        if bot_run.has(PUSHES):
            bot_run.pushed_before_the_end()
        conversations = json.dumps(bot_run.conversations(), ensure_ascii=False, default=sorted)
        return bot_run.dump(), conversations.encode()
