"""What an unchanged poll costs in the database: statements and rows, counted, not timed."""

from __future__ import annotations

import asyncio

from benchmarks.poll import polls_per_second, watched_orders
from benchmarks.server import latency_server
from benchmarks.table import show

ORDERS = 500


async def measure() -> None:
    """Run it and print the table."""
    rows = []
    with latency_server(0.0) as server:
        async with watched_orders(server.url, ORDERS) as (poller, clock, store):
            await polls_per_second(server, poller, clock)
            for name, scans in (("nothing new", False), ("a new scan each", True)):
                if scans:
                    server.scan_again()
                with store.counting() as count:  # type: ignore[attr-defined]
                    await polls_per_second(server, poller, clock)
                rows.append([name, str(ORDERS), f"{count.rows / ORDERS:.2f}", str(count.node_statements)])
    header = ["", "orders", "rows written an order", "statements that touch nodes"]
    show("What a poll writes and reads (a lease and a schedule are one row each time)", header, rows)


if __name__ == "__main__":
    asyncio.run(measure())
