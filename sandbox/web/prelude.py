"""The two days before the page opens, played in seconds by people and the real bot, so that no channel is empty.

The three channels differ only in their language. In each of them one person asks to keep an eye on orders, another
watches them, a parcel lies in its depot until the bot raises an alarm, and news arrives in the threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from sandbox.pandapon.demo import FIRST, LATE, UNSHIPPED
from sandbox.slack.workspace import BOT_USER, Channel, User
from sandbox.web import page_commands
from sandbox.web.session import Session

if TYPE_CHECKING:
    from datetime import datetime

    from sandbox.slack.workspace import Workspace
    from sandbox.web.hub import Hub

LENGTH = timedelta(hours=53)
MEI, TOM = "U0MEI00001", "U0TOM00002"
WEI, PLOY, NIRAN = "U0WEI00003", "U0PLOY0004", "U0NIRAN005"


@dataclass(frozen=True, slots=True)
class Part:
    """The conversation of one language: its channel, who asks and who watches, and what they write.

    ``{late}``, ``{first}`` and ``{unshipped}`` stand for order ids.
    """

    channel: str
    name: str
    asks: str
    watches: str
    late: str
    first: str
    thanks: str


PARTS = {
    "en": Part(
        "C0ORDERS01",
        "orders",
        TOM,
        MEI,
        "Mugs for the café in Lyon: {late}. They open on Friday, so please keep an eye on it.",
        "{first} is for the spring sale, and {unshipped} too. Can you watch both?",
        "Thanks! I'll tell the customer.",
    ),
    "zh": Part(
        "C0CAIGOU07",
        "采购",
        MEI,
        WEI,
        "咖啡店的马克杯：{late}，周五开业前要到，麻烦盯一下。",
        "{first} 是春季促销的货，{unshipped} 也是。两个都关注一下吧。",
        "好的，谢谢！我跟客户说一声。",
    ),
    "th": Part(
        "C0JADSUE08",
        "จัดซื้อ",
        PLOY,
        NIRAN,
        "แก้วสำหรับร้านกาแฟ: {late} ร้านเปิดวันศุกร์ ช่วยดูให้หน่อยนะคะ",
        "{first} เป็นของโปรโมชันฤดูใบไม้ผลิ และ {unshipped} ด้วย ช่วยติดตามทั้งสองรายการนะคะ",
        "ขอบคุณค่ะ เดี๋ยวแจ้งลูกค้าให้",
    ),
}
Language = Literal["en", "zh_CN", "th"]  # as in tracking.channel_settings
LANGUAGES: dict[str, Language] = {PARTS["en"].channel: "en", PARTS["zh"].channel: "zh_CN", PARTS["th"].channel: "th"}
# The hours before the page opens at which the clock stops for the bot. Parcels are scanned between these stops.
ASKED, MORE, LAST = 53.0, (49.0,), (16.0, 6.0, 1.0)
ASKED_AGAIN, THANKED = 30.0, 5.5


def furnish(workspace: Workspace) -> None:
    """Add the people and channels of the other languages. Nobody is in the channel of another language."""
    newcomers = (
        User(WEI, "wei", "Wei Chen 陈伟", locale="zh-CN"),
        User(PLOY, "ploy", "Ploy Suksai พลอย", "Asia/Bangkok", "th-TH"),
        User(NIRAN, "niran", "Niran Chaiya นิรันดร์", "Asia/Bangkok", "th-TH"),
    )
    workspace.users[MEI].locale = "zh-CN"
    workspace.users |= {person.id: person for person in newcomers}
    for channel in workspace.channels.values():
        if not channel.is_private and not channel.is_archived:
            channel.members |= {person.id for person in newcomers}
    # The direct conversations come last in the rail, the other channels in the order of this dictionary.
    channels = [workspace.channels.get(part.channel) or Channel(part.channel, part.name) for part in PARTS.values()]
    for channel, part in zip(channels, PARTS.values(), strict=True):
        channel.members = {part.asks, part.watches, BOT_USER}
    workspace.channels = {channel.id: channel for channel in channels} | workspace.channels


async def play(hub: Hub, now: datetime) -> None:
    """Play the prelude, from ``LENGTH`` before ``now`` (aware) on. At the end only the last replies are unread."""
    player = _Player(hub, now)
    for part in PARTS.values():
        await player.say(part, part.asks, part.late.format(late=LATE))
        await player.watch(part, LATE)
    await player.reach(*MORE, ASKED_AGAIN)
    for part in PARTS.values():
        await player.say(part, part.asks, part.first.format(first=FIRST, unshipped=UNSHIPPED))
        await player.watch(part, FIRST)
        await player.watch(part, UNSHIPPED)
    await player.reach(*LAST[:2], THANKED)
    for part in PARTS.values():
        await player.say(part, part.watches, part.thanks)
    hub.marks.mark_everything(hub.sandbox.slack.workspace.next_ts())
    await player.reach(*LAST[2:], 0.0)
    player.leave()


class _Player:
    """Acts for the people by the commands that a page sends, so that a recording of the page holds them."""

    def __init__(self, hub: Hub, now: datetime) -> None:
        self._hub, self._now = hub, now
        self._pages = {user: Session(hub, user) for user in (MEI, TOM, WEI, PLOY, NIRAN)}

    async def say(self, part: Part, user: str, text: str) -> None:
        await self._do(user, type="say", channel=part.channel, text=text)

    async def watch(self, part: Part, order_id: str) -> None:
        await self._do(part.watches, type="slash", channel=part.channel, command="/panda", text=f"watch {order_id}")
        await self._hub.sandbox.settled()

    async def reach(self, *hours: float) -> None:
        """Move the clock to these times, in hours before the page opens; the bot catches up before and at each."""
        await self._hub.sandbox.caught_up()
        for before in hours:
            step = self._now - timedelta(hours=before) - self._hub.sandbox.clock()
            await self._do(TOM, type="time", forward=max(0.0, step.total_seconds()))
            await self._hub.sandbox.caught_up()

    def leave(self) -> None:
        for page in self._pages.values():
            self._hub.leave(page)

    async def _do(self, user: str, **command: object) -> None:
        await page_commands.execute(self._pages[user], dict(command))
