"""Moving the rows of a hundred thousand orders to PostgreSQL and back. Needs PostgreSQL's programs, as the tests do."""

from __future__ import annotations

import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.poll import Clock
from benchmarks.postgres_server import PrivateServer, programs
from benchmarks.scale import fill
from benchmarks.table import show
from storage.move import copy_rows
from storage.sqlite.transfer import new_file, source_file
from storage.store import open_store

if TYPE_CHECKING:
    from storage.move import Move

ORDERS = 100_000


async def measure() -> None:
    """Fill a file, move it each way, and print the rows a second."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        store = await open_store(path)
        await fill(store, Clock(), ORDERS)
        await store.close()
        rows = await asyncio.to_thread(_both_ways, path)
    header = ["to", "rows", "writing", "rows/s", "comparing", "in all", "rows/s in all"]
    show(f"Moving {ORDERS:,} orders with 12 scans each", header, rows)


def _both_ways(path: Path) -> list[list[str]]:
    from storage.postgres.transfer import empty_schema, source_schema  # noqa: PLC0415  an extra

    binaries = programs()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed, so nothing can be moved to it.")
    server = PrivateServer(binaries)
    try:
        began = time.perf_counter()
        with source_file(path) as source, empty_schema(server.url) as target:
            there = copy_rows(source, target, datetime.now(UTC))
            target.commit()
        to_server = time.perf_counter() - began
        began = time.perf_counter()
        with source_schema(server.url) as origin, new_file(path.with_name("back.db")) as file:
            back = copy_rows(origin, file, datetime.now(UTC))
            file.commit()
        return [_row("PostgreSQL", there, to_server), _row("SQLite", back, time.perf_counter() - began)]
    finally:
        server.remove()


def _row(name: str, move: Move, seconds: float) -> list[str]:
    return [
        name,
        f"{move.rows:,}",
        f"{move.writing_seconds:.1f} s",
        f"{move.rows / move.writing_seconds:,.0f}",
        f"{move.comparing_seconds:.1f} s",
        f"{seconds:.1f} s",
        f"{move.rows / seconds:,.0f}",
    ]
