"""A file that cannot be used is refused with one clear sentence and left exactly as it was."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from support.store_harness import NOW, baseline, mark_as_newer_version

from storage.errors import BusyFileError, CorruptFileError, NewerSchemaError, StorageError, UnusableFileError
from storage.sqlite import opening
from storage.store import open_store

needs_permissions = pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")


async def _make(path: Path) -> None:
    """A good database with one order, closed."""
    store = await open_store(path)
    await store.orders.add(NOW, baseline())
    await store.close()


def _contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


async def _refused(path: Path, kind: type[StorageError]) -> str:
    """Open, expect this error, and prove that nothing on the disk changed. Returns the sentence."""
    before = _contents(path.parent)
    with pytest.raises(kind) as caught:
        await open_store(path)
    assert type(caught.value) is kind
    assert _contents(path.parent) == before
    sentence = str(caught.value)
    assert str(path) in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


async def test_the_folder_and_the_file_are_made(tmp_path: Path) -> None:
    """A newcomer has nothing to prepare; the file and its helpers are readable by their owner alone."""
    path = tmp_path / "new" / "folder" / "bot.db"
    store = await open_store(path)
    await store.orders.add(NOW, baseline())
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["bot.db", "bot.db-shm", "bot.db-wal"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    await store.close()
    assert [file.name for file in path.parent.iterdir()] == ["bot.db"]


async def test_every_table_is_strict(tmp_path: Path) -> None:
    """SQLite itself refuses a number where text belongs: a long id never becomes a float."""
    path = tmp_path / "bot.db"
    await _make(path)
    with closing(sqlite3.connect(path)) as conn:
        tables = conn.execute("SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND schema = 'main'")
        loose = {
            name for name, strict in tables.fetchall() if not strict and not name.startswith(("sqlite_", "_sqlite"))
        }
        assert loose == set()
        with pytest.raises(sqlite3.IntegrityError):
            conn.execute("UPDATE schedule SET read_at = 'yesterday'")


async def test_opening_twice_migrates_once(tmp_path: Path) -> None:
    """The second open changes no schema."""
    path = tmp_path / "bot.db"
    await _make(path)
    with closing(sqlite3.connect(path)) as conn:
        before = conn.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    store = await open_store(path)
    await store.close()
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall() == before


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """Somebody pointed DATABASE_PATH at a text file."""
    path = tmp_path / "notes.txt"
    path.write_text("订单备注\n" * 500)
    assert "no SQLite file" in await _refused(path, CorruptFileError)


async def test_a_damaged_database_is_left_alone(tmp_path: Path) -> None:
    """Pages overwritten in the middle are found before anything is written."""
    path = tmp_path / "bot.db"
    await _make(path)
    content = bytearray(path.read_bytes())
    content[4096 * 2 : 4096 * 6] = os.urandom(4096 * 4)
    path.write_bytes(content)
    assert "damaged" in await _refused(path, CorruptFileError)


async def test_a_cut_off_database_is_left_alone(tmp_path: Path) -> None:
    """A copy that was interrupted half-way."""
    path = tmp_path / "bot.db"
    await _make(path)
    path.write_bytes(path.read_bytes()[: 4096 * 3])
    assert "damaged" in await _refused(path, CorruptFileError)


async def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    """Not even its journal mode changes."""
    path = tmp_path / "photos.db"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE photos (id INTEGER PRIMARY KEY, name TEXT)")
        conn.commit()
    assert "another program" in await _refused(path, UnusableFileError)


async def test_a_newer_version_s_database_is_left_alone(tmp_path: Path) -> None:
    """An old bot does not write to what it does not understand."""
    path = tmp_path / "bot.db"
    await _make(path)
    mark_as_newer_version(path)
    assert "newer version" in await _refused(path, NewerSchemaError)


async def test_the_log_of_a_newer_version_that_was_killed_is_left_alone(tmp_path: Path) -> None:
    """It may hold what this version does not understand: it is not written into the file either."""
    path = tmp_path / "bot.db"
    await _make(path)
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("SELECT COUNT(*) FROM orders").fetchone()  # whoever closes the file last puts the log away
        mark_as_newer_version(path)
        left = {name: (tmp_path / name).read_bytes() for name in ("bot.db", "bot.db-wal")}
    for name, content in left.items():  # as if that process had not closed them
        (tmp_path / name).write_bytes(content)
    with pytest.raises(NewerSchemaError, match="newer version"):
        await open_store(path)
    assert len(left["bot.db-wal"]) > 0
    assert {name: (tmp_path / name).read_bytes() for name in left} == left


async def test_a_file_held_by_another_process_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits a little, then says who is in the way."""
    path = tmp_path / "bot.db"
    await _make(path)
    monkeypatch.setattr(opening, "BUSY_MS", 50)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert "another process" in await _refused(path, BusyFileError)
        other.execute("ROLLBACK")


async def test_a_write_that_cannot_get_the_lock_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another writer that does not let go is named; the store works again once it has."""
    path = tmp_path / "bot.db"
    monkeypatch.setattr(opening, "BUSY_MS", 50)
    store = await open_store(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyFileError):
            await store.orders.add(NOW, baseline())
        other.execute("ROLLBACK")
    assert await store.orders.add(NOW, baseline())
    await store.close()


async def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    """DATABASE_PATH names a folder."""
    with pytest.raises(UnusableFileError, match="directory"):
        await open_store(tmp_path)
    assert _contents(tmp_path) == {}


async def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    """DATABASE_PATH leads through a file."""
    (tmp_path / "file").write_text("here")
    with pytest.raises(UnusableFileError, match=r"cannot be opened for writing"):
        await open_store(tmp_path / "file" / "bot.db")
    assert _contents(tmp_path) == {"file": b"here"}


@needs_permissions
async def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    """Nothing is made in it."""
    folder = tmp_path / "sealed"
    folder.mkdir(mode=0o500)
    await _refused(folder / "bot.db", UnusableFileError)


@needs_permissions
async def test_a_read_only_file_is_refused(tmp_path: Path) -> None:
    """It is not written to, though its folder could be."""
    path = tmp_path / "bot.db"
    await _make(path)
    path.chmod(0o400)
    await _refused(path, UnusableFileError)


async def test_a_read_only_file_system_is_refused() -> None:
    """The error names the path, not a traceback."""
    with pytest.raises(UnusableFileError, match="/proc/pandabot"):
        await open_store(Path("/proc/pandabot") / "bot.db")


async def test_a_migration_that_fails_leaves_nothing_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next open, with a good version, finds a file it can use."""
    path = tmp_path / "bot.db"
    with monkeypatch.context() as patch:
        broken = ("CREATE TABLE one (id TEXT) STRICT", "CREATE TABLE broken (")
        patch.setattr("storage.migrations.step.Step.for_sqlite", lambda _step: iter(broken))
        with pytest.raises(StorageError):
            await open_store(path)
    await _make(path)


async def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """STRICT tables need 3.37; the file is not made."""
    monkeypatch.setattr("storage.sqlite.opening.OLDEST", (99, 0, 0))
    with pytest.raises(UnusableFileError, match="too old"):
        await open_store(tmp_path / "bot.db")
    assert _contents(tmp_path) == {}
