"""Kills the real process again and again while parcels move, and counts the messages in Slack.

The bot runs as `python -m bot run` between the stand-ins, which keep running in this process. Each scan must be told by
exactly one message.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.table import percentile, show
from bot.commands import manifest
from bot.process.failpoints import COMMON
from pandapon.shipment import Platform
from sandbox.pandapon.server import PandaPonServer
from sandbox.pandapon.world import Line, Package, SandboxOrder, Scan, World
from sandbox.slack.server import SlackServer
from sandbox.slack.workspace import BOT_USER, Channel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

KILLS = 500
ORDERS = 24
PATIENCE = 60.0  # seconds that another process may take for a step
SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-kill",
    "SLACK_APP_TOKEN": "xapp-kill",
    "SLACK_SIGNING_SECRET": "kill",
    "PANDAPON_ACCESS_KEY": "kill-key",
    "PANDAPON_ACCESS_SECRET": "kill-secret",
}


def inherited() -> dict[str, str]:
    """Return the variables that a process needs from its parent: the paths of programs and of Python's cache."""
    names = ("PATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE")
    return {name: os.environ[name] for name in names if name in os.environ}


def now() -> datetime:
    """Return the real time, as nothing is simulated here."""
    return datetime.now(UTC)


class KillHarness:
    """Both stand-ins, the orders and their channels, and the process between them."""

    def __init__(self, folder: Path, orders: int) -> None:
        self.folder = folder
        self.slack = SlackServer(
            now,
            bot_token=SECRETS["SLACK_BOT_TOKEN"],
            app_token=SECRETS["SLACK_APP_TOKEN"],
            signing_secret=SECRETS["SLACK_SIGNING_SECRET"],
            manifest=manifest.read(),
        )
        self.world = World(now)
        self.pandapon = PandaPonServer(
            self.world,
            now,
            access_key=SECRETS["PANDAPON_ACCESS_KEY"],
            access_secret=SECRETS["PANDAPON_ACCESS_SECRET"],
        )
        self.orders = [self._order(number) for number in range(orders)]
        self.channels = [self._channel(number) for number in range(orders)]
        self.told: list[tuple[int, str]] = []  # order number and text of each scan
        self.restarts: list[float] = []  # seconds from the start of a process to its connection

    @contextlib.asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """Start everything but the bot."""
        await self.slack.start()
        await self.pandapon.start()
        try:
            yield
        finally:
            await self.slack.stop()
            await self.pandapon.stop()

    def _order(self, number: int) -> str:
        order_id = f"{2542285634920100000 + number}"
        scan = Scan(now() - timedelta(hours=3), "【义乌市】 义乌北苑网点 已揽收", "ACCEPT", "ACCEPT")
        package = Package(f"7801234500{number:04d}", "中通快递", now() - timedelta(hours=4), [scan])
        lines = [Line("红色连衣裙", Decimal("36.80"), 2)]
        created = now() - timedelta(hours=9)
        order = SandboxOrder(
            Platform.ALIBABA,
            order_id,
            "义乌某某服饰厂",
            lines,
            created,
            [(created, "waitbuyerreceive")],
            Decimal(5),
            [package],
        )
        self.world.add_order(order)
        return order_id

    def _channel(self, number: int) -> str:
        """Add a channel for one order. A backlog of several orders would become one message without texts of scans."""
        workspace = self.slack.workspace
        members = {workspace.user("mei").id, BOT_USER}
        channel = Channel(f"C0KILL{number:04d}", f"kill-{number}", members=members)
        workspace.channels[channel.id] = channel
        return channel.id

    @property
    def environment(self) -> dict[str, str]:
        """The process's environment, with the addresses of the stand-ins."""
        return {
            **inherited(),
            "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
            **SECRETS,
            "SLACK_API_URL": self.slack.api_url,
            "PANDAPON_BASE_URL": self.pandapon.base_url,
            "PANDAPON_USER_ID": "1",
            "DATABASE_PATH": str(self.folder / "bot.db"),
            "HTTP_PORT": "0",
            "POLL_INTERVAL_SECONDS": "0.1",
            "CADENCE_FACTOR": "0",
            "LOG_LEVEL": "error",
            "CHANNEL_MESSAGES_PER_SECOND": "20",
            "CHANNEL_BURST": "20",
            "SLACK_MESSAGES_PER_SECOND": "1000",
            "DIGEST_FROM": "100000",  # so that no backlog becomes one message, which would hold no texts of scans
        }

    async def spawn(self, kill_at: str = "", errors: int | None = None) -> asyncio.subprocess.Process:
        """Start the bot. ``errors`` is its stderr, as for subprocesses."""
        extra = {"PANDABOT_KILL_AT": kill_at} if kill_at else {}
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=self.environment | extra, cwd=self.folder, stderr=errors
        )

    async def connected(self, process: asyncio.subprocess.Process) -> None:
        """Wait until the process is connected to Slack or has died."""
        began = time.monotonic()
        await until(lambda: bool(self.slack.sockets.open) or process.returncode is not None)
        self.restarts.append(time.monotonic() - began)

    async def watch_all(self) -> None:
        """Watch each order in its channel, as Mei."""
        for order_id, channel in zip(self.orders, self.channels, strict=True):
            await self.slack.slash("mei", channel, "/panda", f"watch {order_id}")
        await until(lambda: all(self._cards(channel) for channel in self.channels))

    def scan(self, number: int) -> None:
        """Scan a parcel; the text identifies the scan."""
        words = f"第{len(self.told):05d}站：快件已到达 分拨中心"
        self.world.add_node(self.orders[number], words)
        self.told.append((number, words))

    def seen(self) -> Counter[str]:
        """Count the thread messages that tell each scan. The card, which shows the newest scan too, does not count."""
        counts: Counter[str] = Counter()
        for number, words in self.told:
            messages = self.slack.workspace.channels[self.channels[number]].messages.values()
            counts[words] = sum(words in message.text for message in messages if message.thread_ts)
        return counts

    def cards(self) -> int:
        """Count the cards in all channels."""
        return sum(self._cards(channel) for channel in self.channels)

    def _cards(self, channel: str) -> int:
        messages = self.slack.workspace.channels[channel].messages.values()
        return sum(message.by_bot and not message.thread_ts for message in messages)


@contextlib.asynccontextmanager
async def kill_harness(folder: Path, orders: int) -> AsyncIterator[KillHarness]:
    """Start everything but the bot."""
    harness = KillHarness(folder, orders)
    async with harness.served():
        yield harness


async def until(predicate: Callable[[], bool]) -> None:
    """Wait until another process has made the predicate true. Raises TimeoutError after ``PATIENCE``."""
    async with asyncio.timeout(PATIENCE):
        while not predicate():  # noqa: ASYNC110  another process has to act
            await asyncio.sleep(0.01)


async def begin(harness: KillHarness) -> None:
    """Watch all orders, and kill the process."""
    process = await harness.spawn()
    await harness.connected(process)
    await harness.watch_all()
    await kill(process, harness)


async def kill(process: asyncio.subprocess.Process, harness: KillHarness) -> None:
    """Kill the process, unless it has died already, and wait until Slack has noticed."""
    if process.returncode is None:
        process.kill()
    await process.wait()
    await until(lambda: not harness.slack.sockets.open)


async def torture(harness: KillHarness, plan: list[str], rng: random.Random) -> None:
    """Kill once for each entry of the plan: at a failpoint, or (empty) at a random time. Then let the bot finish."""
    await begin(harness)
    for kill_at in plan:
        process = await harness.spawn(kill_at)
        for number in rng.sample(range(len(harness.orders)), k=min(4, len(harness.orders))):
            harness.scan(number)
        await harness.connected(process)
        if kill_at:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 10)
        else:
            await asyncio.sleep(rng.uniform(0, 0.5))
        await kill(process, harness)
    process = await harness.spawn()
    with contextlib.suppress(TimeoutError):
        await until(lambda: min(harness.seen().values()) > 0)
    await asyncio.sleep(2)
    process.send_signal(signal.SIGTERM)
    await process.wait()


async def measure(kills: int = KILLS) -> None:
    """Kill so many times, a third of them at failpoints, and print the counts."""
    rng = random.Random(1)  # noqa: S311  the same plan every time
    named = [f"{name}:{times}" for name in COMMON for times in (1, 2, 3)]
    plan = [rng.choice(named) if number % 3 == 0 else "" for number in range(kills)]
    with tempfile.TemporaryDirectory() as folder:
        async with kill_harness(Path(folder), ORDERS) as harness:
            await torture(harness, plan, rng)
            counts = harness.seen()
            rows = [
                ["kills", f"{kills}"],
                ["scans made", f"{len(harness.told)}"],
                ["lost", f"{sum(count == 0 for count in counts.values())}"],
                ["told twice", f"{sum(count > 1 for count in counts.values())}"],
                ["cards", f"{harness.cards()} for {len(harness.orders)} watches"],
                ["start to connection, median", f"{percentile(harness.restarts, 0.5):.2f} s"],
            ]
    show("Killed with SIGKILL while parcels move", ["", ""], rows)
