"""Kills the real process again and again while parcels move, and counts what a reader of Slack sees.

The bot runs as `python -m bot run` between the stand-ins, which live on in this process and keep the ledger. Every scan
must be told in exactly one message.
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
SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-kill",
    "SLACK_APP_TOKEN": "xapp-kill",
    "SLACK_SIGNING_SECRET": "kill",
    "PANDAPON_ACCESS_KEY": "kill-key",
    "PANDAPON_ACCESS_SECRET": "kill-secret",
}


def inherited() -> dict[str, str]:
    """What a process needs of its parent's: where programs lie, and where Python keeps what it compiled."""
    names = ("PATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE")
    return {name: os.environ[name] for name in names if name in os.environ}


def now() -> datetime:
    """The real time: nothing is simulated here."""
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
        self.told: list[tuple[int, str]] = []  # order number and the words of each scan made
        self.restarts: list[float] = []  # seconds from the start of a process to its connection

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
        """One channel an order: a backlog of several orders would become a digest, which holds no words of scans."""
        workspace = self.slack.workspace
        members = {workspace.user("mei").id, BOT_USER}
        channel = Channel(f"C0KILL{number:04d}", f"kill-{number}", members=members)
        workspace.channels[channel.id] = channel
        return channel.id

    @property
    def environment(self) -> dict[str, str]:
        """What leads the process to the stand-ins."""
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
            "DIGEST_FROM": "100000",  # a digest holds no words of scans, which are what is counted here
        }

    async def spawn(self, kill_at: str = "", errors: int | None = None) -> asyncio.subprocess.Process:
        """Start the bot. ``errors``: where its log goes, as for subprocesses."""
        extra = {"PANDABOT_KILL_AT": kill_at} if kill_at else {}
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=self.environment | extra, cwd=self.folder, stderr=errors
        )

    async def connected(self, process: asyncio.subprocess.Process) -> None:
        """Until it speaks with Slack, or died on the way."""
        began = time.monotonic()
        await until(lambda: bool(self.slack.sockets.open) or process.returncode is not None, 30)
        self.restarts.append(time.monotonic() - began)

    async def watch_all(self) -> None:
        """Mei watches each order in its channel."""
        for order_id, channel in zip(self.orders, self.channels, strict=True):
            await self.slack.slash("mei", channel, "/panda", f"watch {order_id}")
        await until(lambda: all(self._cards(channel) for channel in self.channels), 60)

    def scan(self, number: int) -> None:
        """A courier scans a parcel; the words name the scan."""
        words = f"第{len(self.told):05d}站：快件已到达 分拨中心"
        self.world.add_node(self.orders[number], words)
        self.told.append((number, words))

    def seen(self) -> Counter[str]:
        """In how many messages each scan is told. The card shows the newest one too and does not count."""
        counts: Counter[str] = Counter()
        for number, words in self.told:
            messages = self.slack.workspace.channels[self.channels[number]].messages.values()
            counts[words] = sum(words in message.text for message in messages if message.thread_ts)
        return counts

    def cards(self) -> int:
        """Cards that stand in all channels together."""
        return sum(self._cards(channel) for channel in self.channels)

    def _cards(self, channel: str) -> int:
        messages = self.slack.workspace.channels[channel].messages.values()
        return sum(message.by_bot and not message.thread_ts for message in messages)


@contextlib.asynccontextmanager
async def kill_harness(folder: Path, orders: int) -> AsyncIterator[KillHarness]:
    """Everything outside of the bot, up."""
    one = KillHarness(folder, orders)
    await one.slack.start()
    await one.pandapon.start()
    try:
        yield one
    finally:
        await one.slack.stop()
        await one.pandapon.stop()


async def until(predicate: Callable[[], bool], patience: float) -> None:
    """Wait for what another process does. Raises TimeoutError."""
    async with asyncio.timeout(patience):
        while not predicate():  # noqa: ASYNC110  another process has to act
            await asyncio.sleep(0.01)


async def begin(one: KillHarness) -> None:
    """Mei watches all orders, and the process is killed."""
    process = await one.spawn()
    await one.connected(process)
    await one.watch_all()
    await kill(process, one)


async def kill(process: asyncio.subprocess.Process, one: KillHarness) -> None:
    """Kill it, unless it has died already, and wait until Slack has noticed."""
    if process.returncode is None:
        process.kill()
    await process.wait()
    await until(lambda: not one.slack.sockets.open, 10)


async def torture(one: KillHarness, plan: list[str], rng: random.Random) -> None:
    """Kill once for each entry: at a named point, or (empty) at a random moment. Then let it finish."""
    await begin(one)
    for kill_at in plan:
        process = await one.spawn(kill_at)
        for number in rng.sample(range(len(one.orders)), k=min(4, len(one.orders))):
            one.scan(number)
        await one.connected(process)
        if kill_at:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 10)
        else:
            await asyncio.sleep(rng.uniform(0, 0.5))
        await kill(process, one)
    process = await one.spawn()
    with contextlib.suppress(TimeoutError):
        await until(lambda: min(one.seen().values()) > 0, 60)
    await asyncio.sleep(2)
    process.send_signal(signal.SIGTERM)
    await process.wait()


async def measure(kills: int = KILLS) -> None:
    """Kill that often, a third of it at named points, and print what was seen."""
    rng = random.Random(1)  # noqa: S311  the same plan every time
    named = [f"{name}:{times}" for name in COMMON for times in (1, 2, 3)]
    plan = [rng.choice(named) if number % 3 == 0 else "" for number in range(kills)]
    with tempfile.TemporaryDirectory() as folder:
        async with kill_harness(Path(folder), ORDERS) as one:
            await torture(one, plan, rng)
            counts = one.seen()
            rows = [
                ["kills", f"{kills}"],
                ["scans made", f"{len(one.told)}"],
                ["lost", f"{sum(count == 0 for count in counts.values())}"],
                ["told twice", f"{sum(count > 1 for count in counts.values())}"],
                ["cards", f"{one.cards()} for {len(one.orders)} watches"],
                ["start to connection, median", f"{percentile(one.restarts, 0.5):.2f} s"],
            ]
    show("Killed with SIGKILL while parcels move", ["", ""], rows)
