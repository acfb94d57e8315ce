"""Two processes beside one on the same PostgreSQL: readings recorded a second, and posts claimed and settled a second.

The pollers are whole processes with the production's poller on its event loop; PandaPon answers after 80 ms. They share
the machine's processors with PostgreSQL and with the server that answers them. So there are two measures: with few
requests in flight the latency limits a process, and the ratio tells whether two processes hinder each other in the
database; with many, the processors are the limit. Each order must be read exactly once, and each post claimed once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg

from benchmarks.poll import LATENCY, MOST_IN_FLIGHT, Clock, config_of
from benchmarks.postgres_server import PrivateServer, programs
from benchmarks.scale import fill
from benchmarks.server import LatencyServer, latency_server
from benchmarks.table import show
from bot.clients.account import account_of
from bot.clients.breaker import AccountBreaker
from bot.jobs.poll import Poller
from bot.orders.decider import Decider
from bot.process import loop
from bot.process.garbage import tune_gc
from pandapon.client import PandaPon
from storage.pace import Pace, Rate
from storage.postgres.database import PostgresEngine, PostgresServer
from storage.rows import to_int
from storage.store import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from contextlib import AbstractAsyncContextManager
    from multiprocessing.connection import Connection

    from storage.post import Post

    Work = Callable[[], Awaitable[int]]  # works until nothing is left, and returns how many items it handled
    Worker = Callable[[Store], AbstractAsyncContextManager[Work]]

FEW, MANY = (25, 4_000), (MOST_IN_FLIGHT, 10_000)  # requests in flight of each process, and orders due
POSTS, ROUNDS = 2_000, 2
POSTS_IN_FLIGHT, ANSWER_SECONDS = 20, 0.1  # of a sender: 200 posts a second
PACE = Pace(channel=Rate(1, 4), workspace=Rate(10_000, 10_000))
LEASE, PAUSE = timedelta(minutes=5), 0.02
AIM = "1.6"
SEEN = 101  # earlier readings of each order; after this number the poller reads neither the whole trace nor the order
NEVER = 9 * 10**15  # microseconds since 1970
DUE = """
UPDATE schedule SET polls = %(seen)s, fence = fence + 1,
  next_poll_at = CASE WHEN key IN (SELECT key FROM orders ORDER BY key LIMIT %(orders)s) THEN %(now)s ELSE %(never)s END
"""
READ = """
SELECT %(orders)s - COUNT(*) FILTER (WHERE polls > %(seen)s), COUNT(*) FILTER (WHERE polls > %(seen)s + 1) FROM schedule
"""
NEWS = "SELECT COUNT(*) FROM outbox WHERE kind = 'news'"
UNSENT = """
UPDATE outbox SET state = 'pending', attempts = 0, sent_at = NULL, not_before = 0, lease_until = NULL
WHERE id IN (SELECT id FROM outbox WHERE kind = 'card' ORDER BY id LIMIT %s)
"""
ATTEMPTS = """
SELECT COUNT(*) FILTER (WHERE state <> 'sent'), COUNT(*) FILTER (WHERE state = 'sent' AND attempts > 1) FROM outbox
WHERE kind = 'card'
"""


class _Run(NamedTuple):
    """One run of one process or two."""

    rate: float  # readings or posts a second
    cost: float  # of the processor of its process, seconds each
    lost: int
    twice: int


async def measure() -> None:
    """Run one and two of each in turns, and print the table. Raises AssertionError for a reading or post too many."""
    binaries = programs()
    if binaries is None:
        print("PostgreSQL is not installed: no two processes can share a database.")
        return
    server = PrivateServer(binaries)
    try:
        store = await _open(server.url)
        await fill(store, Clock(), MANY[1])
        await store.close()
        rows = await asyncio.to_thread(_rows, server.url)
    finally:
        server.remove()
    header = ["", "one", "two", "of one", "aim", "µs of each", "beside another", "lost", "twice"]
    title = f"Two processes on one PostgreSQL, a second; PandaPon answers after {LATENCY * 1000:.0f} ms"
    show(title, header, rows)


def _rows(url: str) -> list[list[str]]:
    rows = []
    with latency_server(LATENCY) as api:
        for in_flight, orders in (FEW, MANY):
            with _processes(url, partial(_poll, api.url, in_flight)) as processes:
                _poll_once(url, api, orders, processes)  # brings the fingerprints
                for name, happens in (("nothing new", None), ("one in ten has a scan", api.scan_a_tenth_again)):
                    run = partial(_poll_once, url, api, orders, happens=happens)
                    rows.append(_row(f"readings, {in_flight} in flight each, {name}", run, processes))
    with _processes(url, _send) as processes:
        name = f"posts, {POSTS_IN_FLIGHT} in flight each, Slack takes {ANSWER_SECONDS * 1000:.0f} ms"
        rows.append(_row(name, partial(_send_once, url), processes))
    return rows


def _row(name: str, work: Callable[[list[Connection]], _Run], processes: list[Connection]) -> list[str]:
    """Measure one process and two in turns. The best run of each counts, since other work only slows a run down."""
    runs = [(work(processes[:1]), work(processes)) for _ in range(ROUNDS)]
    lost = sum(run.lost for turn in runs for run in turn)
    twice = sum(run.twice for turn in runs for run in turn)
    assert (lost, twice) == (0, 0), f"{name}: {lost} lost, {twice} twice"
    single, pair = (max(column) for column in zip(*runs, strict=True))
    costs = [f"{each.cost * 1e6:,.0f}" for each in (single, pair)]
    return [
        name,
        f"{single.rate:,.0f}",
        f"{pair.rate:,.0f}",
        f"{pair.rate / single.rate:.2f}",
        AIM,
        *costs,
        f"{lost}",
        f"{twice}",
    ]


def _poll_once(
    url: str, api: LatencyServer, orders: int, processes: list[Connection], happens: Callable[[], None] | None = None
) -> _Run:
    """Let these processes together read this number of orders once."""
    with psycopg.connect(url, autocommit=True) as conn:
        facts = {"orders": orders, "seen": SEEN, "now": to_int(datetime.now(UTC)), "never": NEVER}
        conn.execute(DUE, facts)
        conn.execute("VACUUM ANALYZE schedule, orders")
        served, news = api.served, _one(conn, NEWS)[0]
        if happens:
            happens()
        rate, cost = _together(processes)
        lost, twice = _one(conn, READ, facts)
        told = _one(conn, NEWS)[0] - news
    assert not happens or told == orders // 10, told
    return _Run(rate, cost, lost, twice + max(0, api.served - served - orders))


def _send_once(url: str, processes: list[Connection]) -> _Run:
    """Let these processes together send the same posts once."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("UPDATE outbox SET state = 'sent' WHERE state <> 'sent'")
        conn.execute(UNSENT, (POSTS,))
        conn.execute("UPDATE lanes SET full_at = 0")
        conn.execute("VACUUM ANALYZE outbox")
        rate, cost = _together(processes)
        lost, twice = _one(conn, ATTEMPTS)
    return _Run(rate, cost, lost, twice)


def _together(processes: list[Connection]) -> tuple[float, float]:
    """Start these processes at once, and wait for all. Returns the items a second, and the processor time of each."""
    began = time.monotonic()
    for process in processes:
        process.send("go")
    done = [process.recv() for process in processes]
    count = sum(count for count, _ended, _cost in done)
    return count / (max(ended for _count, ended, _cost in done) - began), sum(cost for *_, cost in done) / count


@contextlib.contextmanager
def _processes(url: str, worker: Worker) -> Iterator[list[Connection]]:
    """Start two processes, which work whenever they are told to."""
    context, pipes, running = get_context("spawn"), [], []
    for _ in range(2):
        here, there = context.Pipe()
        process = context.Process(target=_process, args=(url, worker, there), daemon=True)
        process.start()
        there.close()  # so that the end of the process is the end of the pipe
        pipes.append(here)
        running.append(process)
    try:
        for pipe in pipes:
            pipe.recv()
        yield pipes
    finally:
        for process in running:
            process.terminate()
            process.join()


def _process(url: str, worker: Worker, pipe: Connection) -> None:
    loop.run(_work(url, worker, pipe))


async def _work(url: str, worker: Worker, pipe: Connection) -> None:
    store = await _open(url)
    tune_gc()  # as the running bot does
    pipe.send("ready")
    async with worker(store) as work:
        while await asyncio.to_thread(pipe.recv):
            cost = time.process_time()
            count, ended = await work(), time.monotonic()
            pipe.send((count, ended, time.process_time() - cost))


@contextlib.asynccontextmanager
async def _poll(url: str, in_flight: int, store: Store) -> AsyncIterator[Work]:
    """Read due orders until no more are due."""
    clock = Clock()
    api = PandaPon(config_of(url, in_flight), clock=clock)
    poller = Poller(
        store=store,
        api=api,
        decider=Decider(),
        breaker=AccountBreaker(clock, account_of(store), shares=True),
        clock=clock,
        concurrency=in_flight,
        on_news=lambda: None,
        worker=f"process {os.getpid()}",
    )

    async def work() -> int:
        count = 0
        while read := await poller.tick():
            count += read
        return count

    yield work
    await api.aclose()


@contextlib.asynccontextmanager
async def _send(store: Store) -> AsyncIterator[Work]:
    """Send waiting posts until none is left."""
    yield partial(_send_all, store)


async def _send_all(store: Store) -> int:
    """Send waiting posts, each in a task of its own, until none is left."""
    sending: set[asyncio.Task[None]] = set()
    count = 0
    while True:
        free = POSTS_IN_FLIGHT - len(sending)
        posts = await store.outbox.claim(datetime.now(UTC), free, LEASE, (), pace=PACE) if free else []
        sending |= {asyncio.create_task(_sent(store, post)) for post in posts}
        count += len(posts)
        if not (posts or sending):
            return count
        _done, sending = await asyncio.wait(sending, timeout=PAUSE, return_when=asyncio.FIRST_COMPLETED)


async def _sent(store: Store, post: Post) -> None:
    await asyncio.sleep(ANSWER_SECONDS)
    assert await store.outbox.mark_sent(datetime.now(UTC), post, f"{post.id}.0")


async def _open(url: str) -> Store:
    engine = PostgresEngine(PostgresServer(url))
    await engine.open()
    return Store(engine)


def _one(conn: psycopg.Connection[Any], sql: str, facts: Any = ()) -> Any:
    row = conn.execute(sql, facts).fetchone()
    assert row is not None
    return row
