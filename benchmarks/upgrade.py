"""How long the start after an update takes with 100,000 orders, and how much disk it needs meanwhile and afterwards."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

from benchmarks.table import show
from storage.sqlite.opening import open_file

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.old_database import VERSIONS, unpack

ORDERS = 100_000
TABLES = ("orders", "parcels", "nodes", "watches", "news", "outbox")  # the tables that grow with the orders
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"


async def measure() -> None:
    """Update a large database of the oldest released version and of the newest, and print the table."""
    rows = [await asyncio.to_thread(_of_version, version) for version in (VERSIONS[0], VERSIONS[-1])]
    show(f"Update of {ORDERS:,} orders", ["made by", "before", "update", "most meanwhile", "after"], rows)


def _of_version(version: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        unpack(path, version)
        _grow(path)
        before, most, over = _size(path), [0], threading.Event()
        watcher = threading.Thread(target=_watch, args=(path, most, over))
        watcher.start()
        began = time.perf_counter()
        open_file(path).close()
        took = time.perf_counter() - began
        over.set()
        watcher.join()
        sizes = [f"{size / 1e6:,.0f} MB" for size in (before, most[0], _size(path))]
        return [version, sizes[0], f"{took:.1f} s", *sizes[1:]]


def _grow(path: Path) -> None:
    """Copy every row of the orders under new keys, until there are enough; posts stay without their watch."""
    with closing(sqlite3.connect(path)) as conn:
        copies = ORDERS // conn.execute("SELECT COUNT(*) FROM orders").fetchone()[0]
        for table in TABLES:
            columns = [row[1] for row in conn.execute(f"PRAGMA table_info({table})") if row[1] != "id"]
            if not columns:  # a table of a later version
                continue
            values = {"key": "key || printf('%06d', i)", "watch_id": "NULL"}
            sql = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {{}} FROM {table}, n"  # noqa: S608  ours
            conn.execute(f"{NUMBERS} {sql.format(', '.join(values.get(c, c) for c in columns))}", (copies - 1,))
        conn.commit()
        conn.execute("PRAGMA journal_mode=WAL")


def _watch(path: Path, most: list[int], over: threading.Event) -> None:
    while not over.wait(0.02):
        most[0] = max(most[0], _size(path))


def _size(path: Path) -> int:
    """Return the bytes of a database and its log."""
    files = (f"{path}{end}" for end in ("", "-wal", "-journal"))
    return sum(os.stat(name).st_size for name in files if os.path.exists(name))  # noqa: PTH110, PTH116  names, not paths
