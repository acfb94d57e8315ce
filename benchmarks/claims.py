"""Claims on PostgreSQL as the table grows, beside an old snapshot, and after many updates; with the plans used.

An old snapshot, such as that of a forgotten session or a backup, keeps dead rows from being vacuumed: without a floor
each claim would read over all rows that were claimed before it.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks.postgres_server import PrivateServer, programs
from benchmarks.table import show
from storage import claims, orders
from storage.postgres.connection import PostgresConnection
from storage.postgres.database import PostgresEngine, PostgresServer
from storage.rows import to_int
from storage.store import Store

if TYPE_CHECKING:
    from storage.connection import Connection

SIZES = (100_000, 1_000_000)
BATCH, CLAIMED, UPDATES = 200, 200_000, 10
COUNTED = 40_000  # orders claimed to measure a size
NOW, LEASE = datetime(2026, 3, 2, tzinfo=UTC), timedelta(days=30)
LIMIT = 200
FILL = """
INSERT INTO orders (key, order_json, sub_orders, created_at)
  SELECT '1688:' || n, repeat('x', 1200), '[]', 0 FROM generate_series(%(start)s::bigint, %(end)s::bigint) n;
"""
SCHEDULE = """
INSERT INTO schedule (key, next_poll_at, fingerprint)
  SELECT '1688:' || n, %(now)s::bigint - 2 * %(end)s::bigint + n, 'x'
  FROM generate_series(%(start)s::bigint, %(end)s::bigint) n;
"""
SPREAD = """
UPDATE schedule SET fence = fence + 1, polls = polls + 1, next_poll_at = next_poll_at + 1 WHERE key IN
  (SELECT key FROM schedule ORDER BY key LIMIT 20000 OFFSET %s)
"""


async def measure() -> None:
    """Measure each size, print the table, and the plans of the hot statements at the largest size."""
    binaries = programs()
    if binaries is None:
        print("PostgreSQL is not installed: nothing can be claimed there.")
        return
    server = PrivateServer(binaries)
    engine = PostgresEngine(PostgresServer(server.url))
    try:
        await engine.open()
        store, rows, filled = Store(engine), [], 0
        first = 0.0
        for size in SIZES:
            _fill(server.url, filled + 1, size)
            filled = size
            rate = await _rate(store, server.url)
            first = first or rate
            rows.append([f"{size:,} orders", f"{rate:,.0f}", f"{first / rate:.2f} ×"])
        show("Claims a second, and the time of one beside that at the first size", ["", "orders/s", "time"], rows)
        await _beside_a_snapshot(store, server.url)
        _grown(server.url)
        _plans(server.url)
    finally:
        await engine.close()
        server.remove()


def _fill(url: str, start: int, end: int) -> None:
    facts = {"start": start, "end": end, "now": to_int(NOW)}
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(FILL, facts)
        conn.execute(SCHEDULE, facts)
        conn.execute("VACUUM ANALYZE orders, schedule")


async def _rate(store: Store, url: str) -> float:
    """Return how many orders a second are claimed; afterwards they are due again."""
    began, claimed, since = time.perf_counter(), 0, None
    while claimed < COUNTED:
        batch = await store.orders.claim_due(NOW, BATCH, LEASE, since=since)
        claimed += len(batch)
        since = min((due.due_at for due in batch if due.due_at), default=None)
        if not batch:
            break
    rate = claimed / (time.perf_counter() - began)
    _due_again(url)
    return rate


def _due_again(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        sql = "UPDATE schedule SET next_poll_at = %s - 2000000 + substr(key, 6)::bigint WHERE next_poll_at > %s"
        conn.execute(sql, (to_int(NOW), to_int(NOW)))
        conn.execute("VACUUM ANALYZE schedule")


async def _beside_a_snapshot(store: Store, url: str) -> None:
    """Claim ``CLAIMED`` orders while somebody holds a snapshot, or nobody does, and measure the last ones."""
    rates: dict[str, float] = {}
    for name, is_held, has_floor in (
        ("no old snapshot", False, True),
        ("an old snapshot, with the floor", True, True),
        ("an old snapshot, without it", True, False),
    ):
        with psycopg.connect(url) as holder:
            if is_held:
                holder.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                holder.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                holder.execute("SELECT COUNT(*) FROM facts")
            rates[name] = await _last_rate(store, has_floor=has_floor)
            holder.rollback()
        _due_again(url)
    first = rates["no old snapshot"]
    rows = [[name, f"{rate:,.0f}", f"{rate / first:.2f}"] for name, rate in rates.items()]
    show(f"Claims a second after {CLAIMED:,} claims (aim with the floor: 0.80)", ["", "orders/s", "share"], rows)


async def _last_rate(store: Store, *, has_floor: bool) -> float:
    """Claim ``CLAIMED`` orders. Returns the orders a second of the median of the last tenth of the claims."""
    times: list[float] = []
    since = None
    for _ in range(CLAIMED // BATCH):
        began = time.perf_counter()
        batch = await store.orders.claim_due(NOW, BATCH, LEASE, since=since)
        times.append(time.perf_counter() - began)
        since = min((due.due_at for due in batch if due.due_at), default=None) if has_floor else None
    return BATCH / median(times[-len(times) // 10 :])


def _grown(url: str) -> None:
    """Print how the schedule grows when each row is updated many times, with autovacuum as the tables set it."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("VACUUM FULL schedule")
        before = _size(conn)
        for _ in range(UPDATES):
            for offset in range(0, SIZES[0], 20_000):
                conn.execute(SPREAD, (offset,))
            time.sleep(2)  # the server looks for work every second here
        after = _size(conn)
    row = [f"{before / 1e6:,.0f} MB", f"{after / 1e6:,.0f} MB", f"{after / before:.2f} ×"]
    title = f"The schedule of {SIZES[-1]:,} orders, of which {SIZES[0]:,} are updated {UPDATES} times (aim: 3 ×)"
    show(title, ["before", "after", "of before"], [row])


def _size(conn: psycopg.Connection[Any]) -> int:
    row = conn.execute("SELECT pg_total_relation_size('schedule')").fetchone()
    assert row is not None
    return int(row[0])


def _plans(url: str) -> None:
    """Print the plans of the hot statements, in which a sequential scan of a large table would stand out."""
    with psycopg.connect(url) as raw:
        conn = PostgresConnection(raw)
        print("\nPlans at the largest size")
        for name, sql, facts in hot_statements(conn):
            plan = [row[0] for row in conn.execute(f"EXPLAIN {sql}", facts)]
            scans = [line.strip() for line in plan if "Scan" in line]
            print(f"  {name}: {'; '.join(scans)}")


def hot_statements(conn: Connection) -> list[tuple[str, str, tuple[Any, ...]]]:
    """Return the name, the text and the values of each statement that a claim runs."""
    among, values = conn.among(["1688:1", "1688:2"])
    return [
        ("due", f"{orders.DUE.format(among='')} {conn.skip_locked}", (to_int(NOW), 0, LIMIT)),
        ("lease", orders.CLAIM.format(among=among), (to_int(NOW), "", *values)),
        ("order", orders.LEASED.format(among=among), tuple(values)),
        ("channels", claims.CHANNELS, ()),
        ("head", f"{claims.HEAD} {conn.for_update}", ("C1", False)),
        ("refresh", f"{claims.REFRESH} {conn.for_update}", ("C1", True, to_int(NOW))),
    ]
