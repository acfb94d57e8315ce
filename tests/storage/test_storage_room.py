"""The disk and the write-ahead log: a full one is told, a long one is cut off, and both pass."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import pytest
from support.shelf import MINUTE, NOW, Shelf, baseline

from storage import room
from storage.errors import DiskFullError, UnusableFileError

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.database import DatabaseThread


def thread(shelf: Shelf) -> DatabaseThread:
    return shelf.store.thread


async def limit(shelf: Shelf, pages: int | None) -> None:
    """Let the file grow by so many pages; None: as it likes."""

    def set_limit(conn: sqlite3.Connection) -> None:
        used = conn.execute("PRAGMA page_count").fetchone()[0]
        conn.execute(f"PRAGMA max_page_count = {used + pages if pages is not None else 1 << 30}")

    await thread(shelf).direct(set_limit)


async def fill(shelf: Shelf, orders: int = 200, begin: int = 0) -> None:
    for number in range(begin, begin + orders):
        await shelf.store.orders.add(NOW, baseline(f"1688:25422856349208{number:05d}"))


async def test_a_full_disk_is_told_until_something_can_be_written(shelf: Shelf) -> None:
    """A reading that changes nothing proves nothing; what is asked next tries a write of its own."""
    assert (await shelf.store.upkeep.health(NOW)).trouble is None
    await limit(shelf, 0)
    with pytest.raises(DiskFullError):
        await fill(shelf)
    assert await shelf.store.orders.load([]) == {}
    await limit(shelf, None)
    assert thread(shelf).trouble is not None
    assert (await shelf.store.upkeep.health(NOW)).trouble is None


async def test_a_disk_with_nothing_left_is_told_before_anything_fails(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing is due nothing is written, and the disk is full all the same."""

    class Usage(NamedTuple):
        total: int
        used: int
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(1 << 30, 1 << 30, 4096))
    health = await shelf.store.upkeep.health(NOW)
    assert isinstance(health.trouble, DiskFullError)
    assert health.disk_free == 4096
    monkeypatch.undo()
    assert (await shelf.store.upkeep.health(NOW)).trouble is None


async def test_a_file_that_became_read_only_is_told(shelf: Shelf) -> None:
    """As after an error of the disk, when the system mounts it anew for reading only."""
    await thread(shelf).direct(lambda conn: conn.execute("PRAGMA query_only = ON"))
    with pytest.raises(UnusableFileError):
        await fill(shelf, 1)
    health = await shelf.store.upkeep.health(NOW)
    assert isinstance(health.trouble, UnusableFileError)
    await thread(shelf).direct(lambda conn: conn.execute("PRAGMA query_only = OFF"))
    assert (await shelf.store.upkeep.health(NOW + MINUTE)).trouble is None


def reader(shelf: Shelf) -> sqlite3.Connection:
    """Another program that reads for as long as it likes."""
    conn = sqlite3.connect(shelf.path, isolation_level=None)
    conn.execute("BEGIN")
    conn.execute("SELECT COUNT(*) FROM orders").fetchone()
    return conn


@pytest.mark.parametrize("ends", [lambda conn: conn.execute("COMMIT"), lambda conn: conn.close()])
async def test_the_log_is_cut_off_when_nobody_reads_the_old_any_more(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, ends: Callable[[sqlite3.Connection], object]
) -> None:
    """Under load with a long reader it grows; nobody waits for that one, and afterwards it is small again."""
    monkeypatch.setattr(room, "WAL_LIMIT", 100_000)
    await shelf.restart()
    with closing(reader(shelf)) as other:
        await fill(shelf)
        assert not await shelf.store.upkeep.truncate_wal()
        grown = (await shelf.store.upkeep.health(NOW)).wal_bytes
        assert grown > 1_000_000
        ends(other)
        assert await shelf.store.upkeep.truncate_wal()
    assert (await shelf.store.upkeep.health(NOW)).wal_bytes == 0
    await fill(shelf, 50, begin=1000)
    assert (await shelf.store.upkeep.health(NOW)).orders == 250


async def test_the_log_does_not_stay_at_its_longest(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without anybody's doing: SQLite begins it anew after a checkpoint, and then cuts it off."""
    monkeypatch.setattr(room, "WAL_LIMIT", 100_000)
    await shelf.restart()
    other = reader(shelf)
    await fill(shelf)
    other.close()
    grown = room.wal_size(shelf.path)
    await fill(shelf, 5, begin=1000)
    assert grown > 1_000_000
    assert room.wal_size(shelf.path) < 400_000
