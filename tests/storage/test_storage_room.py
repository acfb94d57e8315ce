"""The disk and the write-ahead log: a full one is told, a long one is cut off, and both pass."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import pytest
from support.old_database import VERSIONS, unpack
from support.store_harness import MINUTE, NOW, StoreHarness, baseline

from storage.errors import DiskFullError, UnusableFileError
from storage.sqlite import room
from storage.sqlite.database import thread_of
from storage.sqlite.opening import open_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.sqlite.database import DatabaseThread

ENGINES = ["sqlite"]  # what is tried here is the file


def thread(harness: StoreHarness) -> DatabaseThread:
    return thread_of(harness.store.engine)


async def limit(harness: StoreHarness, pages: int | None) -> None:
    """Let the file grow by so many pages; None: as it likes."""

    def set_limit(conn: sqlite3.Connection) -> None:
        used = conn.execute("PRAGMA page_count").fetchone()[0]
        conn.execute(f"PRAGMA max_page_count = {used + pages if pages is not None else 1 << 30}")

    await thread(harness).direct(set_limit)


async def fill(harness: StoreHarness, orders: int = 200, begin: int = 0) -> None:
    for number in range(begin, begin + orders):
        await harness.store.orders.add(NOW, baseline(f"1688:25422856349208{number:05d}"))


async def test_a_full_disk_is_told_until_something_can_be_written(harness: StoreHarness) -> None:
    """A reading that changes nothing proves nothing; what is asked next tries a write of its own."""
    assert (await harness.store.upkeep.health(NOW)).trouble is None
    await limit(harness, 0)
    with pytest.raises(DiskFullError):
        await fill(harness)
    assert await harness.store.orders.load([]) == {}
    await limit(harness, None)
    assert thread(harness).trouble is not None
    assert (await harness.store.upkeep.health(NOW)).trouble is None


async def test_a_disk_with_nothing_left_is_told_before_anything_fails(
    harness: StoreHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing is due nothing is written, and the disk is full all the same."""

    class Usage(NamedTuple):
        total: int
        used: int
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(1 << 30, 1 << 30, 4096))
    health = await harness.store.upkeep.health(NOW)
    assert isinstance(health.trouble, DiskFullError)
    assert health.disk_free == 4096
    monkeypatch.undo()
    assert (await harness.store.upkeep.health(NOW)).trouble is None


async def test_a_file_that_became_read_only_is_told(harness: StoreHarness) -> None:
    """As after an error of the disk, when the system mounts it anew for reading only."""
    await thread(harness).direct(lambda conn: conn.execute("PRAGMA query_only = ON"))
    with pytest.raises(UnusableFileError):
        await fill(harness, 1)
    health = await harness.store.upkeep.health(NOW)
    assert isinstance(health.trouble, UnusableFileError)
    await thread(harness).direct(lambda conn: conn.execute("PRAGMA query_only = OFF"))
    assert (await harness.store.upkeep.health(NOW + MINUTE)).trouble is None


def reader(harness: StoreHarness) -> sqlite3.Connection:
    """Another program that reads for as long as it likes."""
    conn = sqlite3.connect(harness.path, isolation_level=None)
    conn.execute("BEGIN")
    conn.execute("SELECT COUNT(*) FROM orders").fetchone()
    return conn


@pytest.mark.parametrize("ends", [lambda conn: conn.execute("COMMIT"), lambda conn: conn.close()])
async def test_the_log_is_cut_off_when_nobody_reads_the_old_any_more(
    harness: StoreHarness, monkeypatch: pytest.MonkeyPatch, ends: Callable[[sqlite3.Connection], object]
) -> None:
    """Under load with a long reader it grows; nobody waits for that one, and afterwards it is small again."""
    monkeypatch.setattr(room, "WAL_LIMIT", 100_000)
    await harness.restart()
    with closing(reader(harness)) as other:
        await fill(harness)
        assert not await harness.store.upkeep.tidy_log()
        grown = (await harness.store.upkeep.health(NOW)).wal_bytes
        assert grown > 1_000_000
        ends(other)
        assert await harness.store.upkeep.tidy_log()
    assert (await harness.store.upkeep.health(NOW)).wal_bytes == 0
    await fill(harness, 50, begin=1000)
    assert (await harness.store.upkeep.health(NOW)).orders == 250


async def test_the_log_does_not_stay_at_its_longest(harness: StoreHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without anybody's doing: SQLite begins it anew after a checkpoint, and then cuts it off."""
    monkeypatch.setattr(room, "WAL_LIMIT", 100_000)
    await harness.restart()
    other = reader(harness)
    await fill(harness)
    other.close()
    grown = room.wal_size(harness.path)
    await fill(harness, 5, begin=1000)
    assert grown > 1_000_000
    assert room.wal_size(harness.path) < 400_000


def test_a_database_that_would_not_fit_twice_is_not_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence with the figures, and the file is as it was, byte for byte."""
    path = tmp_path / "bot.db"
    unpack(path, VERSIONS[0])
    before = path.read_bytes()
    monkeypatch.setattr(room, "free", lambda _path: len(before) - 1)
    with pytest.raises(DiskFullError, match=r"must be free on its disk.*nothing was changed"):
        open_file(path)
    assert path.read_bytes() == before
    monkeypatch.undo()
    open_file(path).close()


async def test_a_file_that_is_mostly_empty_gives_its_room_back_at_the_next_start(harness: StoreHarness) -> None:
    """Not while another program reads it, and nothing of what is left is lost."""
    await fill(harness, 400)
    large = "CREATE TABLE large AS SELECT zeroblob(9000000) AS content"
    await harness.store.engine.run(lambda conn: conn.execute(large))
    await harness.store.engine.run(lambda conn: conn.execute("DROP TABLE large"))
    await harness.close()
    size = harness.path.stat().st_size
    assert size > 9_000_000
    with closing(sqlite3.connect(harness.path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM orders").fetchone()
        await harness.open()
        await harness.close()
    assert (await (await harness.open()).upkeep.health(NOW)).orders == 400
    await harness.close()
    assert harness.path.stat().st_size < size / 4
