"""The replay's substitutes for networks and threads: PandaPon's answers, Slack's channels, and a clock that jumps."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl

import httpx

from pandapon.config import Config
from pandapon.shipment import Platform
from pandapon.transport import Connections
from sandbox.pandapon import replies
from sandbox.slack.mentions import notified
from sandbox.terminal.blocks import Layout, add_block
from sandbox.terminal.mrkdwn import Viewer
from storage.sqlite.database import DatabaseThread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from pandapon import transport
    from sandbox.pandapon.world import World

T = TypeVar("T")
WIDTH = 90  # columns of Slack's main view on a common screen; a Chinese character takes two
TOKEN = re.compile(r"#[A-Z0-9]+-\d\d")  # the mark in the text of each generated scan


@dataclass
class Clock:
    """A clock that the replay sets."""

    at: datetime

    def __call__(self) -> datetime:
        """Return the present time."""
        return self.at


class _Head(NamedTuple):
    status_code: int
    headers: Mapping[str, str]


_HEAD = _Head(200, {})


class Api(Connections):
    """PandaPon without the network: it returns the stand-in's answers and counts them.

    It stands where the connections are, so that the poller's requests bypass httpx as they do in production.
    """

    def __init__(self, world: World, clock: Clock) -> None:
        super().__init__(config(), deadline=1.0)
        self.world, self.clock, self.calls = world, clock, 0

    async def exchange(self, method: str, url: str, headers: dict[str, str], content: bytes | None) -> transport.Answer:
        """Answer a request of the poller from the present state of the world."""
        del method, headers
        return _HEAD, self._answer(url, content)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer any other request in the same way."""
        return httpx.Response(200, content=self._answer(str(request.url), request.content), request=request)

    def _answer(self, url: str, content: bytes | None) -> bytes:
        self.calls += 1
        code, data = self._data(url, content)
        return json.dumps({"requestId": "r", "code": code, "msg": "", "data": data}, ensure_ascii=False).encode()

    def _data(self, url: str, content: bytes | None) -> tuple[int | str, Any]:  # noqa: PLR0911  a line for each answer
        path, _, rest = url.partition("?")
        query, now = dict(parse_qsl(rest)), self.clock()
        if path.endswith("order/logistics"):
            order = self.world.orders.get(query["orderId"])
            order = order if order and order.platform is Platform.ALIBABA else None
        elif path.endswith("detail/get"):
            order = self.world.by_sub_order(query["subPurchaseOrderId"])
        else:
            wanted = query.get("orderId") or str(json.loads(content or b"{}").get("orderId"))
            order = self.world.orders.get(wanted)
            if order is None or ("taobao" in path) != (order.platform is Platform.TAOBAO):
                return "404", None
            detail = (
                replies.order_taobao(order, now) if "taobao" in path else replies.order_1688(order, now, detail=True)
            )
            return 200, detail
        if order is None:
            return "404", None
        if not any(package.shipped_at <= now for package in order.packages):
            return "500_2", None
        if order.hidden:
            return 200, []
        if order.platform is Platform.ALIBABA:
            return 200, replies.trace_1688(order, now)
        return 200, replies.trace_taobao(order, query["subPurchaseOrderId"], now)


def config() -> Config:
    """Return a client's settings: no limits of rate, no retries, and an address that nothing listens on."""
    return Config(
        base_url="http://127.0.0.1:1",
        access_key="k",
        access_secret="s",
        user_id="u",
        rate_per_second=0,
        concurrency=64,
        background_share=1.0,
        retries=0,
    )


class Database(DatabaseThread):
    """The database without its thread: a replay has no waiting users, and each switch of threads costs time."""

    async def _submit(self, work: Callable[[], T], *, is_short: bool = True) -> T:
        del is_short
        return work()


def lines_of(blocks: list[dict[str, Any]], now: datetime) -> int:
    """Return the height of a message: the lines of its texts, wrapped at ``WIDTH`` columns, and its rows of buttons.

    A closed menu is only a sign, so it is not counted, and neither are the generator's marks. ``now``: the reader's
    time, for words such as "today".
    """
    layout = Layout(Viewer(now=now), WIDTH)
    for block in json.loads(TOKEN.sub("", json.dumps(blocks))):
        elements = [element for element in block.get("elements") or [] if element.get("type") != "overflow"]
        add_block(layout, block | ({"elements": elements} if elements else {}))
    return len(layout.lines)


class Answer(dict[str, Any]):
    """Slack's answer, which the bot reads as a whole or by its keys, like an answer of slack_sdk."""

    @property
    def data(self) -> dict[str, Any]:
        """The whole answer."""
        return self


@dataclass
class Ledger:
    """Slack without the network: it counts messages and keeps the times of told scans."""

    clock: Clock
    channel: int = 0  # messages that a channel's main view shows
    thread: int = 0  # replies that only the thread shows
    told: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))  # by the mark of the scan
    alarms: list[tuple[str, datetime]] = field(default_factory=list)  # text and time of each
    broadcast: int = 0  # replies that the channel shows as well
    direct: int = 0  # messages to one person
    unseen: int = 0  # alarms and reminders that only a thread shows, and that notify nobody
    mentions: Counter[str] = field(default_factory=Counter)  # people notified, by the card in whose thread or itself
    lines: int = 0  # of all messages, as a screen shows them
    channel_lines: int = 0  # of those in channels' main views
    calls: int = 0

    async def chat_postMessage(self, **post: Any) -> Answer:  # noqa: N802  slack_sdk's name
        """Count a message."""
        self.calls += 1
        text, thread = str(post["text"]), str(post.get("thread_ts") or "")
        people = len(notified(text, post["blocks"]))
        self.mentions[thread or f"{self.calls}.0"] += people
        self.broadcast += bool(thread and post.get("reply_broadcast"))
        height = lines_of(post["blocks"], self.clock())
        self.lines += height
        if str(post["channel"]).startswith("U"):
            self.direct += 1
        elif thread and not post.get("reply_broadcast"):
            self.thread += 1
            self.unseen += text.startswith("⏰") and not people
        else:
            self.channel += 1
            self.channel_lines += height
        if text.startswith("⏰"):
            self.alarms.append((text, self.clock()))
        elif post.get("thread_ts"):
            for mark in set(TOKEN.findall(text.partition("filled in")[0])):  # the text after it repeats older scans
                self.told[mark].append(self.clock())
        return Answer(ts=f"{self.calls}.0")

    async def chat_getPermalink(self, **_which: Any) -> dict[str, Any]:  # noqa: N802  slack_sdk's name
        """Return an address."""
        return {"permalink": "https://panda.slack.com/archives/C0ORDERS01/p1"}

    async def chat_update(self, **_post: Any) -> dict[str, Any]:
        """Count the call; an updated card is no message."""
        self.calls += 1
        return {"ts": "0"}
