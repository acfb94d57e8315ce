"""How long Slack waits for the acknowledgement of a slash command while the same process polls and delivers.

The bot is the production one, in both of Slack's modes. Another process sends the commands and times them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import Pipe, Process
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.poll import all_sent, polls_per_second, watched_orders
from benchmarks.server import LatencyServer, latency_server
from benchmarks.table import percentile, show
from benchmarks.typist import PER_SECOND, SECRET, typist
from bot.app import build
from bot.process.loop import run
from bot.settings import load

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

ORDERS = 2_000
LATENCY = 0.08
DAY = timedelta(days=1)  # see polls_per_second
MODES = ("http", "socket")


@dataclass(frozen=True, slots=True)
class Load:
    """The work of the bot beside answering commands."""

    name: str
    polls: bool = True
    news: bool = False  # every reading brings a new scan, posted at Slack's pace
    flat_out: bool = False  # 100 requests in flight, without a rate limit

    @property
    def settings(self) -> dict[str, float]:
        """The settings for this load; the others are the defaults."""
        settings = {"cadence_factor": 0.0 if self.polls else 1.0, "poll_interval_seconds": 0.1}
        return settings | ({"pandapon_rate_per_second": 0, "pandapon_concurrency": 100} if self.flat_out else {})


LOADS = (
    Load("idle", polls=False),
    Load("default poll budget (200/s)"),
    Load("the same, every reading with news to post", news=True),
    Load("flat out (100 in flight)", flat_out=True),
    Load("flat out, every reading with news to post", flat_out=True, news=True),
)
Salvo = tuple[list[float], int]  # the seconds of each acknowledgement, and the number of posts and updates meanwhile


@contextlib.asynccontextmanager
async def _running(mode: str, load_: Load, slack_url: str, server: LatencyServer) -> AsyncIterator[str]:
    """Run the bot with its watched orders; yields the target of the commands."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load(
            None,
            slack_bot_token="xoxb-bench",
            slack_mode=mode,
            slack_app_token="xapp-bench",
            slack_signing_secret=SECRET,
            slack_api_url=f"{slack_url}/api/",
            pandapon_base_url=server.url,
            pandapon_access_key="k",
            pandapon_access_secret="s",
            pandapon_user_id="u",
            database_path=Path(folder) / "bot.db",
            http_port=0,
            log_level="error",
            **load_.settings,
        )
        filled = watched_orders(server.url, ORDERS, database=settings.database_path, skipped=-DAY)
        async with filled as (poller, clock, store):  # the poll of all skips a day; the bot starts at the real time
            await polls_per_second(server, poller, clock)
            await all_sent(store, clock)
            due = 0 if load_.polls else None
            await store.engine.run(lambda conn: conn.execute("UPDATE schedule SET next_poll_at = ?", (due,)))
        async with await build(settings) as bot:
            yield "socket" if mode == "socket" else f"http://127.0.0.1:{bot.http_port}"


async def _under(
    mode: str, load_: Load, slack_url: str, ask: Callable[[str], Awaitable[Salvo]]
) -> tuple[float, Salvo, float]:
    """Measure polls a second, the salvo's figures, and its length in seconds."""
    loop = asyncio.get_running_loop()
    with latency_server(LATENCY) as server:
        async with _running(mode, load_, slack_url, server) as target:
            scanning = asyncio.create_task(_scanning(server)) if load_.news else None
            await asyncio.sleep(2)
            served, began = server.served, loop.time()
            salvo = await ask(target)
            seconds = loop.time() - began
            rate = (server.served - served) / seconds
            if scanning is not None:
                scanning.cancel()
            return rate, salvo, seconds


async def _scanning(server: LatencyServer) -> None:
    """Give every order a new scan each second."""
    while True:
        server.scan_again()
        await asyncio.sleep(1)


async def measure() -> None:
    """Run every load in both modes and print the table."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns when a tick finds the last one at work
    here, there = Pipe()
    process = Process(target=typist, args=(there,), daemon=True)
    process.start()
    slack_url = str(here.recv())
    loop = asyncio.get_running_loop()

    async def ask(target: str) -> Salvo:
        here.send(target)
        seconds, posts = await loop.run_in_executor(None, here.recv)
        return list(seconds), int(posts)

    rows: list[list[str]] = []
    for mode in MODES:
        idle = 0.0
        for load_ in LOADS:
            polls, (times, posts), seconds = await _under(mode, load_, slack_url, ask)
            p50, p99 = percentile(times, 0.5) * 1000, percentile(times, 0.99) * 1000
            idle = idle or p99
            posted = f"{posts / seconds:,.0f}"
            rows.append([mode, load_.name, f"{polls:,.0f}", posted, f"{p50:.1f}", f"{p99:.1f}", f"{p99 / idle:.2f} ×"])
    here.send("")
    process.join()
    title = f"Acknowledging {PER_SECOND} slash commands a second beside {ORDERS:,} watched orders"
    show(title, ["", "", "polls/s", "posts/s", "ack p50 ms", "ack p99 ms", "p99 of idle"], rows)


if __name__ == "__main__":
    run(measure())
