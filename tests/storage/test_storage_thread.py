"""One thread, one transaction at a time: closing waits for what was asked, cancelling undoes nothing by half."""

from __future__ import annotations

import asyncio
import threading
import time
import warnings
from typing import TYPE_CHECKING

import pytest
from support.patience import PATIENCE
from support.store_harness import NOW, ORDER, OTHER, baseline

from storage.errors import StorageError
from storage.sqlite.database import thread_of
from storage.store import open_store

if TYPE_CHECKING:
    from pathlib import Path


async def test_closing_finishes_what_was_asked_before(tmp_path: Path) -> None:
    """Writes that wait for the thread are made, then the file is closed."""
    store = await open_store(tmp_path / "bot.db")
    keys = [f"1688:{10**18 + n}" for n in range(20)]
    writes = [asyncio.ensure_future(store.orders.add(NOW, baseline(key))) for key in keys]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*writes) == [True] * len(keys)
    store = await open_store(tmp_path / "bot.db")
    assert set(await store.orders.load(keys)) == set(keys)
    await store.close()


async def test_a_long_job_lets_transactions_in_between(tmp_path: Path) -> None:
    """Those that come while it runs are done in it; another long job, and the end, wait for it."""
    store = await open_store(tmp_path / "bot.db")
    begun, ended = threading.Event(), threading.Event()

    def long(_conn: object) -> str:
        begun.set()
        while not ended.is_set():
            thread_of(store.engine).run_pending()
            time.sleep(0.001)
        return "over"

    first = asyncio.ensure_future(thread_of(store.engine).direct(long))
    second = asyncio.ensure_future(thread_of(store.engine).direct(lambda _conn: "second"))
    await asyncio.to_thread(begun.wait, 5)
    assert await store.orders.add(NOW, baseline())
    assert not first.done()
    assert not second.done()
    closing = asyncio.ensure_future(store.close())
    await asyncio.sleep(0.01)
    ended.set()
    assert [await first, await second] == ["over", "second"]
    await closing


async def test_a_closed_store_says_so(tmp_path: Path) -> None:
    """Closing twice is harmless; using it afterwards is an error of ours."""
    store = await open_store(tmp_path / "bot.db")
    await store.close()
    await store.close()
    with pytest.raises(StorageError, match="closed"):
        await store.orders.load([ORDER])


async def test_a_cancelled_caller_leaves_a_whole_transaction(tmp_path: Path) -> None:
    """The write it had asked for is made whole, or not begun; the store goes on."""
    store = await open_store(tmp_path / "bot.db")
    writing = asyncio.ensure_future(store.orders.add(NOW, baseline()))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    stored = (await store.orders.load([ORDER])).get(ORDER)
    assert stored is None or stored.shipment.nodes
    assert await store.orders.add(NOW, baseline(OTHER))
    await store.close()


async def test_a_cancelled_open_leaves_no_connection_behind(tmp_path: Path) -> None:
    """Stopping while the file opens closes it again, and ends the thread."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opening = asyncio.ensure_future(open_store(tmp_path / "bot.db"))
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
    files = {file.name for file in (tmp_path).iterdir()}  # noqa: ASYNC240  a local folder of a test
    assert files <= {"bot.db"}
    assert not any(thread.name.startswith("database") for thread in await asyncio.to_thread(_threads))


def _threads() -> list[threading.Thread]:
    """Those that are left once the database threads had a moment to end."""
    for thread in threading.enumerate():
        if thread.name.startswith("database"):
            thread.join(PATIENCE)
    return threading.enumerate()


async def test_a_failure_in_the_middle_undoes_the_whole(tmp_path: Path) -> None:
    """The second of two orders cannot be written: the first is not there either."""
    store = await open_store(tmp_path / "bot.db")

    def half(conn: object) -> None:
        conn.execute("INSERT INTO deliveries (id, at) VALUES ('one', 1)")  # type: ignore[attr-defined]  # a connection
        raise LookupError

    with pytest.raises(LookupError):
        await store.engine.run(half)
    assert await store.people.first_seen("one", NOW)
    assert not await store.people.first_seen("one", NOW)
    await store.close()
