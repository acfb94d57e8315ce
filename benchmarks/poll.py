"""Polls a second over the whole path, compared with bare aiohttp on the same server in the same run.

The whole path is: lease, sign, request, fingerprint or decode and decide, one SQLite transaction a batch with
synchronous=FULL. The server answers after 80 ms, 100 requests are in flight.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import httpx

from benchmarks.server import LatencyServer, first_reading, latency_server
from benchmarks.table import show
from bot.decider import Decider
from bot.jobs.poll import Poller
from bot.running import tune_gc
from pandapon.client import Config, PandaPon
from pandapon.shipment import OrderRef, Platform
from storage.poll import Changed
from storage.store import open_store
from storage.watch import NewWatch
from tracking.circuit_breaker import CircuitBreaker
from tracking.decide import decide
from tracking.orders import FetchedOrder
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.store import Store

IN_FLIGHT = 100
ORDERS = 5_000
STOCK_ORDERS = 300  # stock httpx is too slow for more
LATENCY = 0.08
CHANNELS = 50


class Clock:
    """The real time plus the skipped time, which makes every order due again."""

    def __init__(self) -> None:
        self.skipped = timedelta()

    def __call__(self) -> datetime:
        """Now."""
        return datetime.now(UTC) + self.skipped


def order_id(number: int) -> str:
    """Return a 19-digit id."""
    return str(2542285634920000000 + number)


async def bare_aiohttp(url: str, count: int) -> float:
    """Measure the requests a second of aiohttp alone, unsigned and undecoded."""
    numbers = iter(range(count))

    async def worker(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            async with session.get(f"{url}/v2/alibaba/order/logistics?orderId={order_id(number)}") as answer:
                await answer.read()

    connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector) as session:
        began = time.perf_counter()
        await asyncio.gather(*(worker(session) for _ in range(IN_FLIGHT)))
        return count / (time.perf_counter() - began)


@asynccontextmanager
async def watched_orders(
    url: str,
    count: int,
    *,
    stock_httpx: bool = False,
    database: Path | None = None,
    skipped: timedelta = timedelta(),
) -> AsyncIterator[tuple[Poller, Clock, Store]]:
    """Make a poller over a new database with ``count`` watched orders, each read once at now plus ``skipped``."""
    clock = Clock()
    clock.skipped = skipped
    transport = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=IN_FLIGHT)) if stock_httpx else None
    config = Config(
        base_url=url,
        access_key="k",
        access_secret="s",
        user_id="u",
        rate_per_second=0,
        concurrency=IN_FLIGHT,
        background_share=1.0,
        read_timeout=30.0,
        retries=0,
    )
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(database or Path(folder) / "bench.db")
        api = PandaPon(config, transport=transport, clock=clock)
        poller = Poller(
            store=store,
            api=api,
            decider=Decider(),
            breaker=CircuitBreaker(),
            clock=clock,
            concurrency=IN_FLIGHT,
            on_news=lambda: None,
        )
        try:
            await _fill(store, clock, count)
            yield poller, clock, store
        finally:
            await api.aclose()
            await store.close()


async def _fill(store: Store, clock: Clock, count: int) -> None:
    """Store the first reading of every order, and a posted card for each."""
    for start in range(0, count, 500):
        keys = [OrderRef(Platform.ALIBABA, order_id(number)) for number in range(start, min(start + 500, count))]
        for ref in keys:
            decided = decide(None, FetchedOrder(ref, None, first_reading(ref.order_id)), clock())
            await store.orders.add(clock(), Changed(decided, 0, b""))
        wishes = [NewWatch(ref.key, f"C{number % CHANNELS:08d}", Filter.ALL, "U1") for number, ref in enumerate(keys)]
        await store.watches.open(clock(), wishes)
        await all_sent(store, clock)


async def all_sent(store: Store, clock: Clock) -> None:
    """Mark every waiting post as sent, without Slack."""
    while posts := await store.outbox.claim(clock(), CHANNELS, timedelta(minutes=5), ()):
        for post in posts:
            await store.outbox.mark_sent(clock(), post, "1.0")


async def polls_per_second(server: LatencyServer, poller: Poller, clock: Clock) -> float:
    """Run one tick over all orders, and return the requests that the server answered a second."""
    clock.skipped += timedelta(days=1)
    served, began = server.served, time.perf_counter()
    await poller.tick()
    return (server.served - served) / (time.perf_counter() - began)


def _nothing() -> None:
    """Nothing happens."""


async def measure() -> None:
    """Run every case and print the table."""
    with latency_server(LATENCY) as server:
        bare = max([await bare_aiohttp(server.url, ORDERS) for _ in range(2)])
        rows = [["bare aiohttp", f"{bare:,.0f}", "100 %"]]
        async with watched_orders(server.url, ORDERS) as (poller, clock, _):
            tune_gc()  # as the running bot does
            await polls_per_second(server, poller, clock)  # warms up, and brings the fingerprints
            for name, happens in (
                ("the bot, nothing new", _nothing),
                ("the bot, one order in ten has a new scan", server.scan_a_tenth_again),
                ("the bot, every order has a new scan", server.scan_again),
            ):
                happens()
                rate = await polls_per_second(server, poller, clock)
                rows.append([name, f"{rate:,.0f}", f"{rate / bare:.0%}"])
        async with watched_orders(server.url, STOCK_ORDERS, stock_httpx=True) as (poller, clock, _):
            rate = await polls_per_second(server, poller, clock)
            rows.append([f"the bot on stock httpx ({STOCK_ORDERS} orders)", f"{rate:,.0f}", f"{rate / bare:.0%}"])
    title = f"Polling {ORDERS:,} due orders, {IN_FLIGHT} in flight, {LATENCY * 1000:.0f} ms latency"
    show(title, ["", "requests/s", "of bare aiohttp"], rows)


if __name__ == "__main__":
    asyncio.run(measure())
