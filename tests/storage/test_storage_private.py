"""The database and its copies are their owner's alone, whatever an archive, a copy or an editor made of them."""

from __future__ import annotations

import os
import shutil
import stat
from typing import TYPE_CHECKING

import pytest
from support.store_harness import NOW, baseline

from storage.sqlite import backup, private
from storage.sqlite.database import thread_of
from storage.store import open_store

if TYPE_CHECKING:
    from pathlib import Path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def loose_umask() -> object:
    """The most careless machine there is."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.parametrize("given", [0o644, 0o666, 0o640, 0o604, 0o755])
async def test_a_database_that_others_may_read_is_closed_to_them(tmp_path: Path, given: int) -> None:
    """With what SQLite keeps beside it, before anything new is written."""
    path = tmp_path / "bot.db"
    store = await open_store(path)
    await store.close()
    path.chmod(given)
    for suffix in ("-wal", "-shm"):  # as a killed process leaves them
        path.with_name(path.name + suffix).touch(mode=given)
    store = await open_store(path)
    await store.orders.add(NOW, baseline())
    assert [oct(mode(part)) for part in private.family(path)[:3]] == ["0o600"] * 3
    await store.close()


async def test_another_programs_file_keeps_its_rights(tmp_path: Path) -> None:
    """What is refused is left as it is."""
    path = tmp_path / "bot.db"
    path.write_bytes(b"somebody's notes, and no database at all" * 10)
    path.chmod(0o644)
    with pytest.raises(Exception, match="no SQLite file"):
        await open_store(path)
    assert mode(path) == 0o644


async def test_copies_are_private_from_their_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked at while they are written: a copy made every hour, and the one that a restore puts in place."""
    path, folder, seen = tmp_path / "bot.db", tmp_path / "copies", []
    store = await open_store(path)
    await store.orders.add(NOW, baseline())
    copy = await backup.back_up(thread_of(store.engine), folder, NOW)
    await store.close()
    assert mode(copy) == 0o600
    copy.chmod(0o644)  # as it came back from an archive

    real = shutil.copyfile

    def watched(source: Path, target: Path) -> object:
        seen.append(oct(mode(target)))
        result = real(source, target)
        seen.append(oct(mode(target)))
        return result

    monkeypatch.setattr(shutil, "copyfile", watched)
    path.chmod(0o644)
    aside = backup.restore(copy, path, NOW)
    assert seen == ["0o600", "0o600"]
    assert aside is not None
    assert (mode(path), mode(aside)) == (0o600, 0o600)


async def test_a_start_closes_the_copies_too(tmp_path: Path) -> None:
    """They hold as much as the database."""
    path, folder = tmp_path / "bot.db", tmp_path / "copies"
    store = await open_store(path)
    copy = await backup.back_up(thread_of(store.engine), folder, NOW)
    await store.close()
    copy.chmod(0o664)
    store, _restored = await backup.open_or_restore(path, folder, NOW)
    assert mode(copy) == 0o600
    await store.close()


def test_nothing_is_made_over_what_is_there(tmp_path: Path) -> None:
    """A link that somebody laid in the way is not followed."""
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "new").symlink_to(elsewhere)
    with pytest.raises(FileExistsError):
        private.create(tmp_path / "new", tmp_path)
    assert not elsewhere.exists()
