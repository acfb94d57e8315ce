"""A killed process leaves whole transactions; a full disk loses nothing that was there and stops nothing for good."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
from asyncio.subprocess import PIPE
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support.store_harness import (
    MINUTE,
    NODE,
    NOW,
    ORDER,
    ORDERS_CHANNEL,
    OTHER,
    StoreHarness,
    baseline,
    changed,
    scan,
)

from benchmarks.kill import inherited
from storage.errors import DiskFullError
from storage.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from pandapon.shipment import Node
    from storage.connection import Connection

ENGINES = ["sqlite"]  # what is tried here is the file

# Writes batches of news for every order, each batch one transaction, and says after each that it is done.
WRITER = """
import asyncio, sys
from pathlib import Path
from support.store_harness import LEASE, MINUTE, NODE, NOW, changed, scan
from storage.store import open_store

async def main() -> None:
    store = await open_store(Path(sys.argv[1]))
    nodes = (NODE,)
    for batch in range(100_000):
        due = await store.orders.claim_due(NOW + batch * MINUTE, 100, LEASE)
        nodes = (*nodes, scan(f"node-{batch}", str(batch)))
        results = [
            changed(one.key, one.fence, f"batch-{batch}", nodes=nodes, next_poll_at=NOW + batch * MINUTE)
            for one in due
        ]
        await store.orders.record(NOW, results)
        print(batch, flush=True)

asyncio.run(main())
"""
ORDERS = 20


@pytest.mark.parametrize("batches", [1, 12, 30])
async def test_a_killed_writer_leaves_whole_transactions(tmp_path: Path, batches: int) -> None:
    """Whatever it reported is there; of what it had begun, either everything or nothing is."""
    harness = StoreHarness(tmp_path / "bot.db", open_store)
    await harness.open()
    for n in range(ORDERS):
        await harness.active(f"1688:{10**18 + n}")
    await harness.close()

    reported = await _kill_after(harness.path, batches)

    await harness.open()
    told = harness.rows("SELECT event_id, COUNT(*) AS orders FROM outbox WHERE kind = 'news' GROUP BY event_id")
    assert {row["orders"] for row in told} == {ORDERS}
    assert len(told) in {reported, reported + 1}
    stored = await harness.store.orders.load([row["key"] for row in harness.rows("SELECT key FROM orders")])
    entries = {tuple(sorted(node.identity for node in order.shipment.nodes)) for order in stored.values()}
    assert (len(stored), len(entries)) == (ORDERS, 1)
    assert len(*entries) == len(told) + 1
    assert harness.rows("SELECT DISTINCT version FROM orders") == [{"version": len(told) + 1}]
    await harness.close()


async def _kill_after(path: Path, batches: int) -> int:
    """Run the writer and kill it in the middle of what follows this many batches. Returns how many it reported."""
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(path), stdout=PIPE, env={**inherited(), "PYTHONPATH": ":".join(sys.path)}
    )
    assert writer.stdout is not None
    for _ in range(batches):
        await writer.stdout.readline()
    await asyncio.sleep(0.003 * batches % 0.01)
    writer.kill()
    remainder, _ = await writer.communicate()
    return batches + remainder.count(b"\n")


async def _limit(harness: StoreHarness, pages: int | None) -> None:
    """Make the disk as small as the file is now, plus this many pages; None: large again."""

    def limit(conn: Connection) -> None:
        used = conn.execute("PRAGMA page_count").fetchone()[0]
        conn.execute(f"PRAGMA max_page_count = {used + pages if pages is not None else 1 << 30}")

    await harness.store.engine.run(limit)


def _many_nodes() -> tuple[Node, ...]:
    """The first one, and more than fits in what is left, packed too."""
    words = random.Random(200)  # noqa: S311  the same in each run, no secret
    return (NODE, *(scan(f"node-{n}", words.randbytes(1000).hex()) for n in range(200)))


@pytest.mark.parametrize("pages", [0, 1, 3])
async def test_a_full_disk_rolls_back_and_the_store_goes_on(harness: StoreHarness, pages: int) -> None:
    """The batch is undone whole and said to be; with space again, the same batch is written."""
    await harness.active(ORDER)
    await harness.active(OTHER)
    due = await harness.due()
    before = await harness.store.orders.load([ORDER, OTHER])
    large = _many_nodes()
    batch = [changed(ORDER, due.fence, "moved", nodes=large)]
    await _limit(harness, pages)
    for _ in range(2):
        with pytest.raises(DiskFullError, match="disk is full"):
            await harness.store.orders.record(NOW, batch)
    assert await harness.store.orders.load([ORDER, OTHER]) == before
    assert await harness.claim() == []
    assert (await harness.store.upkeep.health(NOW)).orders == 2

    await _limit(harness, None)
    recorded = await harness.store.orders.record(NOW, batch)
    assert (recorded.applied, recorded.posts) == (1, 2)
    assert len((await harness.store.orders.load([ORDER]))[ORDER].shipment.nodes) == 201
    assert await harness.send_all() == [f"{ORDERS_CHANNEL} news moved", f"{ORDERS_CHANNEL} refresh"]


async def test_a_full_disk_still_lets_a_sent_post_be_recorded(harness: StoreHarness) -> None:
    """Settling a post rewrites its row; what was said is known to be said."""
    await harness.active()
    await harness.tell("moved")
    post = await harness.claim_one()
    await _limit(harness, 0)
    assert await harness.store.outbox.mark_sent(NOW, post, "1772416800.000100")
    await harness.restart()
    assert await harness.claim(NOW + 60 * MINUTE) == []


async def test_a_full_disk_leaves_the_file_sound(harness: StoreHarness) -> None:
    """SQLite's own check finds nothing wrong, now or after a restart."""
    await harness.active()
    due = await harness.due()
    await _limit(harness, 1)
    batch = [changed(ORDER, due.fence, "moved", nodes=_many_nodes())]
    with pytest.raises(DiskFullError):
        await harness.store.orders.record(NOW, batch)
    await harness.close()
    with closing(sqlite3.connect(harness.path)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
    await harness.open()
    assert await harness.store.orders.add(NOW, baseline(OTHER))
