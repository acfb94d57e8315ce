"""The database cost of an unchanged poll, in statements and rows."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.poll import polls_per_second, watched_orders
from benchmarks.server import latency_server
from benchmarks.table import show
from storage.sqlite.database import thread_of
from storage.store import Store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

ORDERS = 500


def _trace(listener: Callable[[str], None] | None, conn: sqlite3.Connection) -> None:
    conn.set_trace_callback(listener)


async def measure() -> None:
    """Count and print the table."""
    rows = []
    with latency_server(0.0) as server:
        async with watched_orders(server.url, ORDERS) as (poller, clock, store):
            assert isinstance(store, Store)
            thread = thread_of(store.engine)
            await polls_per_second(server, poller, clock)
            for name, scans in (("nothing new", False), ("a new scan each", True)):
                if scans:
                    server.scan_again()
                before = await thread.direct(lambda conn: conn.total_changes)
                statements: list[str] = []
                await thread.direct(partial(_trace, statements.append))
                await polls_per_second(server, poller, clock)
                await thread.direct(partial(_trace, None))
                written = await thread.direct(lambda conn: conn.total_changes) - before
                touching = sum(" nodes " in statement for statement in statements)
                rows.append([name, str(ORDERS), f"{written / ORDERS:.2f}", str(touching)])
    header = ["", "orders", "rows written an order", "statements that touch nodes"]
    show("What a poll writes and reads (a lease and a schedule are one row each time)", header, rows)


if __name__ == "__main__":
    asyncio.run(measure())
