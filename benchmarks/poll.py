"""Polls a second over the whole path, compared with bare aiohttp on the same server in the same run.

The whole path is: lease, sign, request, fingerprint or decode and decide, one SQLite transaction a batch with
synchronous=FULL. The server answers after 80 ms, 400 requests are in flight: with 100 the latency alone would limit
both to the same 1,250 requests a second. The rounds of bare aiohttp lie between those of the bot, and the median ratio
of the rounds counts. Requests a second depend on what else the machine does and on the server, a process of its own;
the processor time a request, of all threads of the client, depends on them less.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import aiohttp
import httpx

from benchmarks.server import LatencyServer, first_reading, latency_server
from benchmarks.table import show
from bot.clients.breaker import AccountBreaker
from bot.jobs.poll import Poller
from bot.orders.decider import Decider
from bot.process.garbage import tune_gc
from pandapon.client import Config, PandaPon
from pandapon.shipment import OrderRef, Platform
from storage.poll import Changed
from storage.store import open_store
from storage.watch import NewWatch
from tracking.decide import decide
from tracking.orders import FetchedOrder
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Sequence

    from storage.connection import Connection
    from storage.store import Store

IN_FLIGHT = 100  # in the other benchmarks
MOST_IN_FLIGHT = 400  # here
ORDERS = 5_000
STOCK_ORDERS = 300  # stock httpx is too slow for more
LATENCY = 0.08
CHANNELS = 50
ROUNDS = 3


class Clock:
    """The real time plus the skipped time, which makes every order due again."""

    def __init__(self) -> None:
        self.skipped = timedelta()

    def __call__(self) -> datetime:
        """Return the present time, aware."""
        return datetime.now(UTC) + self.skipped


def order_id(number: int) -> str:
    """Return a 19-digit id."""
    return str(2542285634920000000 + number)


class Speed(NamedTuple):
    """The time and processor time of a run of requests."""

    rate: float  # requests a second
    cost: float  # processor time of a request, in seconds, of all threads of this process


async def bare_aiohttp(session: aiohttp.ClientSession, server: LatencyServer, count: int) -> None:
    """Make requests with aiohttp alone, unsigned and undecoded."""
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            async with session.get(f"{server.url}/v2/alibaba/order/logistics?orderId={order_id(number)}") as answer:
                await answer.read()

    await asyncio.gather(*(worker() for _ in range(MOST_IN_FLIGHT)))


async def speed_of(server: LatencyServer, work: Awaitable[object]) -> Speed:
    """Measure the work by the requests that the server answers meanwhile."""
    served, began, cost = server.served, time.perf_counter(), time.process_time()
    await work
    requests = server.served - served
    return Speed(requests / (time.perf_counter() - began), (time.process_time() - cost) / requests)


def config_of(url: str, in_flight: int) -> Config:
    """Return the settings of a client that has no limit but that of its requests in flight."""
    return Config(
        base_url=url,
        access_key="k",
        access_secret="s",
        user_id="u",
        rate_per_second=0,
        concurrency=in_flight,
        background_share=1.0,
        read_timeout=30.0,
        retries=0,
    )


@asynccontextmanager
async def watched_orders(
    url: str,
    count: int,
    *,
    stock_httpx: bool = False,
    database: Path | None = None,
    skipped: timedelta = timedelta(),
    in_flight: int = IN_FLIGHT,
) -> AsyncIterator[tuple[Poller, Clock, Store]]:
    """Make a poller over a new database with ``count`` watched orders, each read once at now plus ``skipped``."""
    clock = Clock()
    clock.skipped = skipped
    transport = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=in_flight)) if stock_httpx else None
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(database or Path(folder) / "bench.db")
        api = PandaPon(config_of(url, in_flight), transport=transport, clock=clock)
        poller = Poller(
            store=store,
            api=api,
            decider=Decider(),
            breaker=AccountBreaker(clock),
            clock=clock,
            concurrency=in_flight,
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
        await store.engine.run(_with_cards)  # many orders at once get a list, and their cards with the first news
        await all_sent(store, clock)


def _with_cards(conn: Connection) -> None:
    conn.execute("UPDATE watches SET card_ts = '1.0' WHERE card_ts = ''")


async def all_sent(store: Store, clock: Clock) -> None:
    """Mark every waiting post as sent, without Slack."""
    while posts := await store.outbox.claim(clock(), CHANNELS, timedelta(minutes=5), ()):
        for post in posts:
            await store.outbox.mark_sent(clock(), post, "1.0")


async def polls_per_second(server: LatencyServer, poller: Poller, clock: Clock) -> Speed:
    """Run one tick over all orders, and return its speed."""
    clock.skipped += timedelta(days=1)
    return await speed_of(server, poller.tick())


def _nothing() -> None:
    """Do nothing: no order has anything new."""


async def _round(server: LatencyServer, speeds: dict[str, list[tuple[Speed, Speed]]]) -> None:
    """Run every case once, each beside bare aiohttp, and add their speeds."""
    connector = aiohttp.TCPConnector(limit=MOST_IN_FLIGHT)
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        watched_orders(server.url, ORDERS, in_flight=MOST_IN_FLIGHT) as (poller, clock, _),
    ):
        tune_gc()  # as the running bot does
        await polls_per_second(server, poller, clock)  # warms up, and brings the fingerprints
        for name, happens in (
            ("the bot, nothing new", _nothing),
            ("the bot, one order in ten has a new scan", server.scan_a_tenth_again),
            ("the bot, every order has a new scan", server.scan_again),
        ):
            bare = await speed_of(server, bare_aiohttp(session, server, ORDERS))
            happens()
            speeds.setdefault(name, []).append((await polls_per_second(server, poller, clock), bare))


async def measure() -> None:
    """Run every case and print the table."""
    speeds: dict[str, list[tuple[Speed, Speed]]] = {}
    with latency_server(LATENCY) as server:
        for _ in range(ROUNDS):
            await _round(server, speeds)
        async with watched_orders(server.url, STOCK_ORDERS, stock_httpx=True) as (poller, clock, _):
            stock = await polls_per_second(server, poller, clock)
    bares = [bare for runs in speeds.values() for _, bare in runs]
    speeds[f"the bot on stock httpx, {STOCK_ORDERS} orders, {IN_FLIGHT} in flight"] = [(stock, _middle(bares))]
    rows = [_row("bare aiohttp", [(bare, bare) for bare in bares])]
    rows += [_row(name, runs) for name, runs in speeds.items()]
    title = f"Polling {ORDERS:,} due orders, {MOST_IN_FLIGHT} in flight, {LATENCY * 1000:.0f} ms latency"
    show(title, ["", "requests/s", "of bare aiohttp", "µs of processor", "bare takes of it"], rows)


def _row(name: str, runs: Sequence[tuple[Speed, Speed]]) -> list[str]:
    """Return the medians of the runs, each a pair of the measured speed and the speed of bare aiohttp just before."""
    ours = _middle([own for own, _ in runs])
    rate = median(own.rate / bare.rate for own, bare in runs)
    cost = median(bare.cost / own.cost for own, bare in runs)
    return [name, f"{ours.rate:,.0f}", f"{rate:.0%}", f"{ours.cost * 1e6:,.0f}", f"{cost:.0%}"]


def _middle(speeds: Sequence[Speed]) -> Speed:
    return Speed(median(speed.rate for speed in speeds), median(speed.cost for speed in speeds))


if __name__ == "__main__":
    asyncio.run(measure())
