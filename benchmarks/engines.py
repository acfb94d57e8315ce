"""The same operations of the store on both engines, in one run: PostgreSQL's rate as a share of SQLite's.

PostgreSQL runs on this machine, with synchronous commits as in production, and shares the processor with its client.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.poll import order_id
from benchmarks.postgres_server import PrivateServer, programs
from benchmarks.server import FIRST_SCANS, body
from benchmarks.table import show
from pandapon import alibaba
from pandapon.fields import loads
from pandapon.shipment import OrderRef, Platform
from storage import recording, watches
from storage.poll import Changed, Unchanged
from storage.postgres.database import PostgresEngine, PostgresServer
from storage.store import Store, open_store
from storage.watch import NewWatch
from tracking.decide import decide
from tracking.orders import FetchedOrder
from tracking.policy import Policy
from tracking.values import Filter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.connection import Connection
    from storage.poll import DueOrder, PollResult

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEASE, LATER = timedelta(minutes=5), NOW + timedelta(hours=1)
ORDERS, CLAIM, RECORD, CHANNELS = 6_000, 200, 100, 60
SENT = 1_500  # posts of a round
ROUNDS = 3  # the engines take turns, and the best round of each counts: other work only slows a round down
TARGETS = {"claim due": 0.5, "unchanged": 0.35, "changed": 0.35, "claim and send": 0.25, "one order": 0.25}


async def measure() -> None:
    """Fill a database of each engine, measure in turns, and print the table."""
    binaries = programs()
    if binaries is None:
        print("PostgreSQL is not installed: the engines cannot be compared.")
        return
    server = PrivateServer(binaries)
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with _sqlite(Path(folder)) as file, _postgres(server) as served:
                best: tuple[dict[str, float], dict[str, float]] = ({}, {})
                for number in range(1, ROUNDS + 1):
                    for rates, engine in zip(best, (file, served), strict=True):
                        for name, rate in (await _round(engine, number)).items():
                            rates[name] = max(rate, rates.get(name, 0.0))
    finally:
        server.remove()
    rows = [
        [
            name,
            f"{best[0][name]:,.0f}",
            f"{best[1][name]:,.0f}",
            f"{best[1][name] / best[0][name]:.2f}",
            f"{target:.2f}",
        ]
        for name, target in TARGETS.items()
    ]
    header = ["operation, a second", "SQLite", "PostgreSQL", "share", "aim"]
    show(f"The store on both engines, {ORDERS:,} orders, batches of {RECORD}", header, rows)


@asynccontextmanager
async def _sqlite(folder: Path) -> AsyncIterator[Store]:
    store = await open_store(folder / "engines.db")
    await _fill(store)
    yield store
    await store.close()


@asynccontextmanager
async def _postgres(server: PrivateServer) -> AsyncIterator[Store]:
    engine = PostgresEngine(PostgresServer(server.url))
    await engine.open()
    store = Store(engine)
    await _fill(store)
    yield store
    await store.close()


def _reading(number: int, scans: int) -> FetchedOrder:
    ref = OrderRef(Platform.ALIBABA, order_id(number))
    parts = alibaba.trace(loads(body(ref.order_id, scans, 0))["data"], ref)
    return FetchedOrder(ref, None, parts.shipment())


async def _fill(store: Store) -> None:
    """Store orders with their scans, each watched with a card, none of them due."""

    def batch(conn: Connection, start: int) -> None:
        numbers = range(start, start + RECORD)
        for number in numbers:
            decided = decide(None, _reading(number, FIRST_SCANS), NOW, Policy())
            recording.add_order(conn, NOW, Changed(decided, 0, b"?"))
        keys = [OrderRef(Platform.ALIBABA, order_id(number)).key for number in numbers]
        wishes = [NewWatch(key, f"C{n % CHANNELS:06d}", Filter.ALL, "U1") for n, key in enumerate(keys)]
        watches.open_watches(conn, NOW, wishes)
        conn.execute("UPDATE watches SET state = 'active', card_ts = '1.0' WHERE state = 'opening'")
        conn.execute("UPDATE outbox SET state = 'sent', sent_at = 1 WHERE state = 'pending'")

    for start in range(0, ORDERS, RECORD):
        await store.engine.run(lambda conn, start=start: batch(conn, start))  # type: ignore[misc]  # mypy infers no lambda with a default


async def _round(store: Store, number: int) -> dict[str, float]:
    """Return the rate of each operation, in orders or posts a second."""
    due: list[DueOrder] = []
    began = time.perf_counter()
    while batch := await store.orders.claim_due(NOW, CLAIM, LEASE):
        due += batch
    rates = {"claim due": len(due) / (time.perf_counter() - began)}
    rates["unchanged"] = await _recorded(store, [Unchanged(each.key, each.fence, NOW) for each in due])
    again = [each for _ in range(ORDERS // CLAIM) for each in await store.orders.claim_due(NOW, CLAIM, LEASE)]
    rates["changed"] = await _recorded(store, await _changes(store, again, number))
    rates["claim and send"] = await _sent(store)
    rates["one order"] = await _loaded(store, [each.key for each in due[:500]])
    return rates


async def _changes(store: Store, due: list[DueOrder], number: int) -> list[PollResult]:
    """Return the decisions on one new scan for each order; deciding is not measured."""
    results: list[PollResult] = []
    for start in range(0, len(due), RECORD):
        stored = await store.orders.load([each.key for each in due[start : start + RECORD]])
        for each in due[start : start + RECORD]:
            fetched = _reading(int(OrderRef.from_key(each.key).order_id) - int(order_id(0)), FIRST_SCANS + number)
            decided = decide(stored[each.key], fetched, NOW + timedelta(minutes=number), Policy())
            results.append(Changed(decided, each.fence, str(number).encode()))
    return results


async def _recorded(store: Store, results: list[PollResult]) -> float:
    began = time.perf_counter()
    for start in range(0, len(results), RECORD):
        recorded = await store.orders.record(NOW, results[start : start + RECORD])
        assert recorded.stale == 0
    seconds = time.perf_counter() - began
    await store.orders.mark_due([result.key for result in results], NOW)
    return len(results) / seconds


async def _sent(store: Store) -> float:
    """Claim and settle ``SENT`` posts one by one. Returns the posts a second."""
    began, count = time.perf_counter(), 0
    while posts := await store.outbox.claim(LATER, 50, LEASE, ()):
        for post in posts:
            assert await store.outbox.mark_sent(LATER, post, f"{post.id}.0")
        count += len(posts)
        if count >= SENT:
            break
    rate = count / (time.perf_counter() - began)
    settle_others = "UPDATE outbox SET state = 'sent', sent_at = 1 WHERE state = 'pending'"
    await store.engine.run(lambda conn: conn.execute(settle_others))
    return rate


async def _loaded(store: Store, keys: list[str]) -> float:
    began = time.perf_counter()
    for key in keys:
        await store.orders.load([key])
    return len(keys) / (time.perf_counter() - began)
