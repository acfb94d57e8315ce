"""A hundred thousand watched orders in one process: memory, start, idle tick, file, and the cost of an order's poll."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from datetime import timedelta
from multiprocessing import Pipe, Process
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.poll import IN_FLIGHT, LATENCY, Clock, all_sent, config_of, order_id
from benchmarks.server import LatencyServer, first_reading, latency_server
from benchmarks.table import show
from bot.clients.breaker import AccountBreaker
from bot.jobs.poll import Poller
from bot.orders.decider import Decider
from pandapon.client import PandaPon
from pandapon.shipment import OrderRef, Platform
from storage import recording, watches
from storage.poll import Changed
from storage.sqlite.database import thread_of
from storage.store import open_store
from storage.watch import NewWatch
from tracking.decide import decide
from tracking.orders import FetchedOrder
from tracking.values import Filter

if TYPE_CHECKING:
    import sqlite3
    from multiprocessing.connection import Connection

    from storage.connection import Connection as Transaction
    from storage.store import Store

SIZES = (1_000, 10_000, 100_000)
DUE = 3_000  # orders polled to measure the cost of one; fewer if there are fewer
BATCH = 1_000
SCANS_A_DAY = 3
PAGES = ("page_count", "freelist_count", "page_size")


async def measure() -> None:
    """Measure each size in a process of its own, so that memory is not shared, and print the table."""
    rows: list[list[str]] = []
    first = 0.0
    with latency_server(LATENCY) as server:
        for size in SIZES:
            figures = await asyncio.to_thread(_of_size, server, size)
            first = first or figures["cpu"]
            rows.append(
                [
                    f"{size:,}",
                    f"{figures['memory']:,.0f} MB",
                    f"{figures['start'] * 1000:,.0f} ms",
                    f"{figures['idle'] * 1000:.1f} ms",
                    f"{figures['file']:,.0f} MB",
                    f"{figures['growth']:,.0f} MB",
                    f"{figures['rate']:,.0f}",
                    f"{figures['cpu'] * 1e6:,.0f} µs",
                    f"{figures['cpu'] / first:.2f} ×",
                ]
            )
    header = [
        "watched orders",
        "memory",
        "start",
        "idle tick",
        "database",
        "a day adds",
        "polls/s",
        "CPU a poll",
        "of the first",
    ]
    show(
        f"Scale: 12 scans an order, {SCANS_A_DAY} more a day, {IN_FLIGHT} in flight, {LATENCY * 1000:.0f} ms latency",
        header,
        rows,
    )


def _of_size(server: LatencyServer, size: int) -> dict[str, float]:
    """Fill a file in a process of its own, which leaves its memory there, and measure in a second one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scale.db"
        filling = Process(target=_filled, args=(path, size))
        filling.start()
        filling.join()
        file = path.stat().st_size / 1e6
        here, there = Pipe()
        process = Process(target=_in_process, args=(server, path, size, there))
        process.start()
        figures: dict[str, float] = here.recv()
        process.join()
        return {**figures, "file": file}


def _filled(path: Path, size: int) -> None:
    async def work() -> None:
        store = await open_store(path)
        await fill(store, Clock(), size)
        await store.close()

    asyncio.run(work())


def _in_process(server: LatencyServer, path: Path, size: int, answer: Connection) -> None:
    answer.send(asyncio.run(_one(server, path, size)))


async def _one(server: LatencyServer, path: Path, size: int) -> dict[str, float]:
    clock = Clock()
    api = PandaPon(config_of(server.url, IN_FLIGHT), clock=clock)
    began = time.perf_counter()
    store = await open_store(path)
    await store.outbox.recover_after_crash(clock())
    start = time.perf_counter() - began
    polls = await _poll(store, api, clock, size)
    growth = await _growth(server, store, api, clock, size)
    await api.aclose()
    await store.close()
    return {**polls, "start": start, "growth": growth, "memory": _memory()}


async def fill(store: Store, clock: Clock, size: int) -> None:
    """Store orders with their scans, each watched with a card, none of them due."""

    def batch(conn: Transaction, start: int) -> None:
        refs = [OrderRef(Platform.ALIBABA, order_id(n)) for n in range(start, min(start + BATCH, size))]
        for ref in refs:
            decided = decide(None, FetchedOrder(ref, None, first_reading(ref.order_id)), clock())
            recording.add_order(conn, clock(), Changed(decided, 0, b"?"))
        wishes = [NewWatch(ref.key, f"C{n % 500:06d}", Filter.ALL, "U1") for n, ref in enumerate(refs)]
        watches.open_watches(conn, clock(), wishes)
        conn.execute("UPDATE watches SET state = 'active', card_ts = '1.0' WHERE state = 'opening'")
        conn.execute("UPDATE outbox SET state = 'sent', sent_at = 1 WHERE state = 'pending'")
        conn.execute("UPDATE schedule SET next_poll_at = 9000000000000000")

    for start in range(0, size, BATCH):
        await store.engine.run(lambda conn, start=start: batch(conn, start))  # type: ignore[misc]  # mypy infers no lambda with a default


async def _poll(store: Store, api: PandaPon, clock: Clock, size: int) -> dict[str, float]:
    poller = _poller(store, api, clock)
    began = time.perf_counter()
    for _ in range(20):
        await poller.tick()
    idle = (time.perf_counter() - began) / 20
    keys = _sample(size)
    figures: dict[str, Any] = {}
    for _ in range(2):  # the first round brings the fingerprints
        clock.skipped += timedelta(days=1)
        await store.orders.mark_due(keys, clock())
        began, cpu = time.perf_counter(), time.process_time()
        count = await poller.tick()
        figures = {"rate": count / (time.perf_counter() - began), "cpu": (time.process_time() - cpu) / count}
    return {**figures, "idle": idle}


async def _growth(server: LatencyServer, store: Store, api: PandaPon, clock: Clock, size: int) -> float:
    """Return the MB that a day adds for ``size`` orders, with three posted scans an order, before pruning."""
    poller, keys = _poller(store, api, clock), _sample(size)
    before = await _used(store)
    for _ in range(SCANS_A_DAY):
        server.scan_again()
        clock.skipped += timedelta(hours=8)
        await store.orders.mark_due(keys, clock())
        await poller.tick()
        await all_sent(store, clock)
    return (await _used(store) - before) / len(keys) * size / 1e6


async def _used(store: Store) -> int:
    """Return the bytes in use in the database."""

    def ask(conn: sqlite3.Connection) -> int:
        pages, free, size = (conn.execute(f"PRAGMA {name}").fetchone()[0] for name in PAGES)
        return int((pages - free) * size)

    return await thread_of(store.engine).direct(ask)


def _poller(store: Store, api: PandaPon, clock: Clock) -> Poller:
    return Poller(
        store=store,
        api=api,
        decider=Decider(),
        breaker=AccountBreaker(clock),
        clock=clock,
        concurrency=IN_FLIGHT,
        on_news=lambda: None,
    )


def _sample(size: int) -> list[str]:
    """Return keys of orders spread over the table."""
    count = min(DUE, size)
    return [OrderRef(Platform.ALIBABA, order_id(n * (size // count))).key for n in range(count)]


def _memory() -> float:
    """Return the resident memory in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
