"""The databases that earlier versions left behind, with their orders and the messages in Slack.

``make_old_database`` makes the files. Orders and their scans are laid out at fixed times here, so that the stand-in of
PandaPon answers the same to the version that made the database and to the one that opens it.
"""

from __future__ import annotations

import json
import lzma
import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.bot_harness import START, BotHarness

from pandapon.shipment import Platform
from sandbox.clock import SimClock
from sandbox.pandapon.trading.account import CartEntry
from sandbox.pandapon.trading.products import skus
from sandbox.pandapon.trading.routes import OWN_PATHS
from sandbox.pandapon.world import Goods, Line, Package, Refund, SandboxOrder, Scan, World
from sandbox.slack.workspace import BOT_USER, Channel, Message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

FILES = Path(__file__).resolve().parents[1] / "storage" / "databases"
# Each released version whose tables differ from those of the one before: its newest migration, and the last commit with
# these tables. ``make_old_database`` writes two files of this name.
VERSIONS = sorted(path.name.removesuffix(".sql.xz") for path in FILES.glob("*.sql.xz"))
# The migrations with which some of the events became possible.
CHOICES, PUSHES, REMINDERS, CART, APPROVALS = 3, 4, 8, 14, 18
LEFT_IN_CART = (8, 4)  # pieces of the mugs, by colour
# Hours after START, which is a Monday, ten o'clock in the morning in China.
EARLIER = (10.0, 30.0, 50.0)  # scans that the old version posted without trouble
LATE = 60.7  # the last scan before the process ended
NIGHT_ENDS = 69.0  # 7:00
DIGEST = 71.0  # 9:00
LATER = 86.0  # a scan after the old version's end


@dataclass(frozen=True, slots=True)
class Story:
    """An order, the channel that watches it, and when its parcel is scanned, in hours after START."""

    order_id: str
    channel: str
    scans: tuple[float, ...]
    platform: Platform = Platform.ALIBABA
    is_signed: bool = False  # at its last scan

    @property
    def key(self) -> str:
        """The order's key in the store."""
        return f"{self.platform.value}:{self.order_id}"

    def text(self, number: int) -> str:
        """The courier's text of the n-th scan."""
        if self.is_signed and number == len(self.scans) - 1:
            return f"【广州市】 {self.order_id[-3:]}号货第{number + 1}站：快件已签收，签收人：本人"
        return f"【广州市】 {self.order_id[-3:]}号货第{number + 1}站：快件已到达 分拨中心"


STORIES = {
    "told": Story("2542285634920880101", "orders", (*EARLIER, LATER)),
    "silent": Story("2542285634920880102", "orders", ()),
    "seen": Story("2542285634920880103", "orders", ()),
    "snoozed": Story("3305075341149134104", "orders", (), Platform.TAOBAO),
    "unwatched": Story("2542285634920880105", "orders", (*EARLIER, LATE)),
    "waiting": Story("2542285634920880106", "waiting", (*EARLIER, LATE)),  # Slack refused for now
    "in doubt": Story("2542285634920880107", "doubt", (*EARLIER, LATE)),  # Slack stored it and did not say so
    "lost": Story("3305075341149134108", "lost", (*EARLIER, LATE), Platform.TAOBAO),  # Slack said and stored nothing
    "night": Story("3305075341149134109", "night", (*EARLIER, 60.1, 60.2), Platform.TAOBAO),  # quiet hours
    "batch": Story("2542285634920880110", "evening", (*EARLIER, 60.1, 60.2)),  # one message of two, not yet out
    "closed": Story("2542285634920880111", "closed", (*EARLIER, LATE)),  # archived in Slack, so its watch is paused
    "muted": Story("2542285634920880112", "muted", (*EARLIER, 60.1)),
    "arrived": Story("2542285634920880114", "orders", (*EARLIER[:2],), is_signed=True),
    "refund": Story("2542285634920880115", "orders", (*EARLIER, LATER)),  # asked for on the second day
    "opening": Story("2542285634920880113", "fresh", (*EARLIER, LATER)),  # its card was refused for now
}
NAMES = ("waiting", "doubt", "lost", "night", "evening", "closed", "muted", "fresh", "everything")


MUGS, DRESSES = (
    Goods(Platform.ALIBABA, "own1", "白色陶瓷马克杯 带盖勺", Decimal("12.50"), "一家", 1),
    Goods(Platform.ALIBABA, "own2", "红色连衣裙", Decimal("30.00"), "一家", 1),
)
ADDRESS = {
    "name": "王小明",
    "province": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "address": "文三路 1 号",
    "phone": "13812345678",
}
TOM = "U0TOM00002"
BUYING = {"writes": "all", "approvals": f"50:{TOM}", "pandapon_paths": OWN_PATHS}  # settings


def world_of(clock: SimClock) -> World:
    """The account: each order has one parcel, shipped half a day before START."""
    world = World(clock)
    world.goods = (MUGS, DRESSES)
    for number, story in enumerate(STORIES.values()):
        world.add_order(_order(story, number))
    return world


def _order(story: Story, number: int) -> SandboxOrder:
    shipped = START - timedelta(hours=12)
    before = Scan(
        START - timedelta(hours=2), "【义乌市】 快件已到达 义乌分拨中心", action="TMS_STATION_IN", city="义乌"
    )
    scans = [
        Scan(START + timedelta(hours=hours), story.text(place), action="TMS_STATION_IN", city="广州")
        for place, hours in enumerate(story.scans)
    ]
    if story.is_signed:
        scans[-1] = replace(scans[-1], action="TMS_SIGN", status="SIGN")
    codes = ("waitsellersend", "waitbuyerreceive") if story.platform is Platform.ALIBABA else ("10", "11")
    return SandboxOrder(
        story.platform,
        story.order_id,
        "杭州锦绣服饰厂",
        [Line("白色陶瓷马克杯 带盖勺", Decimal("9.46"), 12, "白色", sub_order=f"20004885{number:04d}")],
        START - timedelta(hours=30),
        [(START - timedelta(hours=30), codes[0]), (shipped, codes[1])],
        Decimal(8),
        [Package(f"781000000000{number:02d}", "中通快递", shipped, [before, *scans], f"20004885{number:04d}")],
        refunds=_refunds() if story is STORIES["refund"] else [],
    )


def _refunds() -> list[tuple[datetime, Refund]]:
    """A refund: asked for on the second day, agreed to on the third, and paid back after the old version's end."""
    case = Refund("waitselleragree", 10, None, "TQ2800000000000000001", Decimal("20.50"))
    steps = ((26.0, "waitselleragree", 10), (52.0, "waitsellerreceive", 30), (LATER, "refundsuccess", 100))
    times = [(START + timedelta(hours=hours), status, number) for hours, status, number in steps]
    return [(at, replace(case, status=status, number=number)) for at, status, number in times]


class OldBotHarness(BotHarness):
    """A bot and both stand-ins with the orders and channels of STORIES, as when the database was made."""

    def __init__(self, folder: Path, at: datetime = START) -> None:
        super().__init__(folder, "socket", {"poll_interval_seconds": 0.1, **BUYING}, SimClock(at), world_of)
        self.pandapon.account.addresses[1] = dict(ADDRESS)
        for name in NAMES:
            self._channel(name)

    def put(self, *quantities: int) -> None:
        """Fill 1688's cart as the old version left it: so many mugs of each colour."""
        for place, quantity in enumerate(quantities):
            number = self.pandapon.account.next_number()
            self.pandapon.account.carts[Platform.ALIBABA][number] = CartEntry(number, skus(MUGS)[place], quantity)

    def _channel(self, name: str) -> None:
        made = Channel(f"C0{name.upper()}", name, members={"U0MEI00001", "U0TOM00002", BOT_USER})
        self.slack.workspace.channels[made.id] = made

    async def pass_to(self, hours: float) -> None:
        """Advance the clock to so many hours after START, and wait until the poller has read every order."""
        self.clock.advance(START + timedelta(hours=hours) - self.clock())
        await self.several_ticks(6)

    def replies_of(self, story: Story) -> list[Message]:
        """The bot's replies in the threads of a story's channel, oldest first."""
        return [m for m in self.slack.workspace.channel(story.channel).messages.values() if m.by_bot and m.thread_ts]

    def scan_counts(self, name: str) -> list[int]:
        """For each scan of an order, how many replies in its channel's threads hold its text."""
        story = STORIES[name]
        texts = [
            f"{message.text} {json.dumps(message.blocks, ensure_ascii=False)}" for message in self.replies_of(story)
        ]
        return [
            sum(story.text(number).partition("】 ")[2] in text for text in texts) for number in range(len(story.scans))
        ]

    def conversations(self) -> dict[str, Any]:
        """The time, and each channel with its members and messages."""
        channels = [asdict(channel) for channel in self.slack.workspace.channels.values()]
        return {"at": self.clock().isoformat(), "channels": channels}


@asynccontextmanager
async def running_stand_ins(harness: OldBotHarness) -> AsyncIterator[OldBotHarness]:
    """Run both stand-ins, without the bot. A bot that the test started is stopped at the end."""
    await harness.pandapon.start()
    await harness.slack.start()
    try:
        yield harness
    finally:
        await harness.stop_bot()
        await harness.slack.stop()
        await harness.pandapon.stop()


def unpack(path: Path, version: str) -> None:
    """Write an old version's database to this path."""
    with closing(sqlite3.connect(path)) as conn:
        conn.executescript(lzma.decompress((FILES / f"{version}.sql.xz").read_bytes()).decode())


def left_behind(folder: Path, version: str) -> OldBotHarness:
    """A harness as an old version left it: its database in this folder, its messages in Slack, and its clock."""
    unpack(folder / "bot.db", version)
    stored = json.loads(lzma.decompress((FILES / f"{version}.slack.json.xz").read_bytes()))
    harness = OldBotHarness(folder, datetime.fromisoformat(stored["at"]))
    for channel in stored["channels"]:
        harness.slack.workspace.channels[channel["id"]] = _channel(channel)
    if migration_of(version) >= CART:
        harness.put(*LEFT_IN_CART)
    return harness


def _channel(stored: dict[str, Any]) -> Channel:
    messages = {
        ts: Message(**message | {"notifies": frozenset(message["notifies"])})
        for ts, message in stored["messages"].items()
    }
    return Channel(**stored | {"members": set(stored["members"]), "messages": messages})


def migration_of(version: str) -> int:
    """The number of a version's newest migration."""
    return int(version.partition("-")[0])


def pack(path: Path, content: bytes) -> None:
    """Write a file of the folder of databases."""
    path.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))
