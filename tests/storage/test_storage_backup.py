"""Copies of the database: complete, checked, few enough; and the way back, which tells nothing twice."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from support.old_database import VERSIONS, unpack
from support.store_harness import NOW, ORDERS_CHANNEL, StoreHarness, mark_as_newer_version

from bot.commands.backups import restore, show
from storage import moved
from storage.errors import CorruptFileError, LostFileError, MovedError, NewerSchemaError, StorageError
from storage.post import PostKind, PostState
from storage.rows import to_int
from storage.sqlite import backup, copies
from storage.sqlite.database import thread_of
from storage.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from storage.sqlite.database import DatabaseThread

ENGINES = ["sqlite"]  # what is tried here is the file

HOUR = timedelta(hours=1)


def thread(harness: StoreHarness) -> DatabaseThread:
    """The database thread of the open store."""
    return thread_of(harness.store.engine)


async def test_a_copy_is_complete_and_private(harness: StoreHarness, tmp_path: Path) -> None:
    """The copy holds what was committed, is one sound file, and is readable by its owner alone."""
    watch = await harness.active()
    copy = await backup.back_up(thread(harness), tmp_path / "copies", NOW)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "copies").iterdir()] == [copy.name]
    with sqlite3.connect(copy) as conn:
        assert conn.execute("SELECT channel FROM watches").fetchall() == [(watch.channel,)]
    conn.close()
    assert await backup.check(thread(harness)) == ""


async def test_work_goes_on_while_a_copy_is_made(
    harness: StoreHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written between two pages makes no copy unsound."""
    monkeypatch.setattr(backup, "STEP", 1)
    await harness.active()
    for number in range(100):
        await harness.tell(f"before {number}")
    copying = asyncio.ensure_future(backup.back_up(thread(harness), tmp_path / "copies", NOW))
    second = asyncio.ensure_future(backup.back_up(thread(harness), tmp_path / "others", NOW))
    told = 0
    while not copying.done():
        await harness.tell(f"meanwhile {told}")
        told += 1
    for copy in (await copying, await second):
        with sqlite3.connect(copy) as conn:
            [(seen,)] = conn.execute("SELECT COUNT(*) FROM news").fetchall()
        conn.close()
        assert 100 <= seen <= 100 + told
    assert [path.name for path in (tmp_path / "copies").iterdir()] == [(await copying).name]


async def test_closing_waits_for_a_copy(harness: StoreHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is finished, not torn."""
    monkeypatch.setattr(backup, "STEP", 1)
    await harness.active()
    copying = asyncio.ensure_future(backup.back_up(thread(harness), tmp_path / "copies", NOW))
    await asyncio.sleep(0)
    await harness.close()
    copy = await copying
    assert copies.newest_good(tmp_path / "copies") == copy


def _made_hourly(folder: Path, days: int, size: int) -> None:
    """Leave copies of so many bytes behind, the last an hour before :data:`NOW`."""
    folder.mkdir()
    for hours in range(1, 24 * days):
        (folder / (NOW - hours * HOUR).strftime(copies.NAME)).touch()
        os.truncate(folder / (NOW - hours * HOUR).strftime(copies.NAME), size)


def _ages(folder: Path) -> list[timedelta]:
    return [NOW.replace(microsecond=0) - copies.taken_at(copy) for copy in copies.backups(folder)]


async def test_old_copies_are_thinned_out(harness: StoreHarness, tmp_path: Path) -> None:
    """A day is kept by the hour, a week by the day, a month by the week, each with its newest."""
    folder = tmp_path / "copies"
    _made_hourly(folder, 70, 1)
    newest = await backup.back_up(thread(harness), folder, NOW)
    ages = _ages(folder)
    assert copies.backups(folder)[0] == newest
    assert ages[:24] == [hours * HOUR for hours in range(24)]
    stamps = [copies.taken_at(copy) for copy in copies.backups(folder)]
    assert len({stamp.date() for stamp in stamps[:29]}) == 7
    assert len({stamp.isocalendar()[:2] for stamp in stamps}) == 5
    assert len(ages) <= 24 + 6 + 4
    assert ages[-1] > timedelta(days=21)


@pytest.mark.parametrize("fit", [0, 1, 2, 3, 6, 12])
async def test_copies_that_take_too_much_room_are_thinned_out_further(
    harness: StoreHarness, tmp_path: Path, fit: int
) -> None:
    """The newest two stay in any case; of more the gaps widen with the age."""
    folder, size = tmp_path / "copies", 10_000_000
    _made_hourly(folder, 40, size)
    await backup.back_up(thread(harness), folder, NOW, most=(fit - 1) * size + size // 2)
    ages = _ages(folder)
    assert len(ages) == max(2, fit)
    assert ages[:2] == [timedelta(0), HOUR]
    gaps = [later - earlier for earlier, later in pairwise(ages)]
    assert all(gap <= 6 * max(HOUR, age) for gap, age in zip(gaps, ages, strict=False) if fit > 6)
    assert fit <= 3 or ages[-1] > timedelta(days=20)


async def test_the_way_back_to_the_version_before_is_kept(harness: StoreHarness, tmp_path: Path) -> None:
    """An update changes the tables for good. For two weeks the newest copy of the former ones stays."""
    folder = tmp_path / "copies"
    folder.mkdir()
    old = folder / (NOW - HOUR / 6).strftime(copies.NAME)
    for minutes in (20, 30):
        unpack(folder / (NOW - minutes * HOUR / 60).strftime(copies.NAME), VERSIONS[-2])
    unpack(old, VERSIONS[-2])
    for hours in range(0, 13 * 24, 12):
        await backup.back_up(thread(harness), folder, NOW + hours * HOUR, most=1)
    assert copies.backups(folder)[2:] == [old]
    await backup.back_up(thread(harness), folder, NOW + 15 * 24 * HOUR, most=1)
    assert old not in copies.backups(folder)


async def test_two_copies_of_one_hour_are_both_kept(harness: StoreHarness, tmp_path: Path) -> None:
    """The newest two stay: one is made before a move or an update, and another after it."""
    folder = tmp_path / "copies"
    made = [await backup.back_up(thread(harness), folder, NOW + n * HOUR / 60) for n in range(3)]
    assert copies.backups(folder) == [made[2], made[1]]


async def test_copies_that_cannot_be_listed_are_not_none(harness: StoreHarness, tmp_path: Path) -> None:
    """A start that took them for none would begin anew, beside good copies."""
    folder = tmp_path / "copies"
    folder.touch()
    await harness.close()
    harness.path.unlink()
    output: list[str] = []
    with pytest.raises(StorageError, match="cannot be listed: Not a directory"):
        await backup.open_or_restore(harness.path, folder, NOW)
    assert await show(folder, output.append) == 1
    assert "cannot be listed" in output[0]
    assert not harness.path.exists()


async def test_of_what_is_moved_no_copy_is_restored(harness: StoreHarness, tmp_path: Path) -> None:
    """A bot on it would tell everything a second time, beside the one where the data went."""
    folder = tmp_path / "copies"
    await backup.back_up(thread(harness), folder, NOW)
    await harness.store.engine.run(lambda conn: moved.mark(conn, "postgresql://db/bot", NOW))
    marked = await backup.back_up(thread(harness), folder, NOW + HOUR / 60)
    await harness.close()
    output: list[str] = []
    assert await restore(harness.path, folder, None, output.append) == 1
    assert await restore(harness.path, folder, copies.backups(folder)[1], output.append) == 1
    harness.path.unlink()
    assert await restore(harness.path, folder, copies.backups(folder)[1], output.append) == 1
    assert [line for line in output if "The data moved to postgresql://db/bot" not in line] == []
    store, restored = await backup.open_or_restore(harness.path, folder, NOW + HOUR)
    assert restored is not None
    assert restored.taken_at == copies.taken_at(marked)
    with pytest.raises(MovedError):
        await store.engine.read(moved.check)
    await store.engine.run(moved.unmark)
    await store.close()
    assert await restore(harness.path, folder, copies.backups(folder)[1], output.append) == 0


async def test_the_list_names_what_this_version_can_use(harness: StoreHarness, tmp_path: Path) -> None:
    """Somebody went back to an older version: the newest copy is none for it, and the refusal names the one that is."""
    folder = tmp_path / "copies"
    good = await backup.back_up(thread(harness), folder, NOW)
    newer = await backup.back_up(thread(harness), folder, NOW + HOUR)
    await harness.close()
    mark_as_newer_version(newer)
    output: list[str] = []
    assert await show(folder, output.append) == 0
    assert [line.endswith("cannot be used: of a newer version") for line in output] == [True, False]
    assert await restore(harness.path, folder, None, output.append) == 1
    assert output[-1].endswith(f"`pandabot restore {good}`.")


async def test_a_copy_from_before_is_restored_and_carried_on(harness: StoreHarness, tmp_path: Path) -> None:
    """A copy that an earlier version made is brought up to date when it takes the database's place."""
    folder = tmp_path / "copies"
    folder.mkdir()
    unpack(folder / NOW.strftime(copies.NAME), VERSIONS[0])
    await harness.close()
    copy = copies.newest_good(folder)
    assert copy is not None
    backup.restore(copy, harness.path, NOW + HOUR)
    await harness.open()
    assert (await harness.store.upkeep.health(NOW)).orders > 0
    assert await backup.check(thread(harness)) == ""


async def test_no_room_for_a_copy(harness: StoreHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without room nothing is begun, the reason is one sentence, and the older copies stay."""
    folder = tmp_path / "copies"
    first = await backup.back_up(thread(harness), folder, NOW)
    monkeypatch.setattr(backup, "SPARE", 10**12)
    with pytest.raises(StorageError, match="no room"):
        await backup.back_up(thread(harness), folder, NOW + timedelta(hours=1))
    assert copies.backups(folder) == [first]


async def _garbled(harness: StoreHarness, tmp_path: Path) -> tuple[Path, Path]:
    """A damaged database with a sound copy made before its last news."""
    await harness.active()
    folder = tmp_path / "copies"
    await backup.back_up(thread(harness), folder, NOW)
    await harness.tell("told after the copy")
    path = harness.path
    await harness.close()
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 3] = b"\xa5" * 8192
    path.write_bytes(content)
    return path, folder


async def test_a_damaged_file_is_set_aside_and_the_copy_used(harness: StoreHarness, tmp_path: Path) -> None:
    """Nothing is overwritten, people are told, and whatever was on its way is looked up before it is sent."""
    path, folder = await _garbled(harness, tmp_path)
    damaged = path.read_bytes()
    store, restored = await backup.open_or_restore(path, folder, NOW + timedelta(hours=2))
    try:
        assert restored is not None
        assert restored.taken_at == NOW.replace(microsecond=0)
        [aside] = [
            damaged for damaged in path.parent.glob("*.set-aside-*") if not damaged.name.endswith(("-wal", "-shm"))
        ]
        assert (aside.read_bytes(), aside.name) == (damaged, restored.aside)
        due = await store.orders.claim_due(NOW + timedelta(hours=3), 10, timedelta(minutes=5))
        assert [(order.fingerprint, order.key != "") for order in due] == [(b"", True)]
    finally:
        await store.close()


async def test_without_a_copy_the_damaged_file_stays(harness: StoreHarness, tmp_path: Path) -> None:
    """No copy, no guess: the start fails with a sentence and touches nothing."""
    path, folder = await _garbled(harness, tmp_path)
    for copy in copies.backups(folder):
        copy.write_bytes(b"not a database at all" * 300)
    damaged = path.read_bytes()
    with pytest.raises(CorruptFileError):
        await backup.open_or_restore(path, folder, NOW)
    assert path.read_bytes() == damaged


@pytest.mark.parametrize("left", [None, b""], ids=["no file", "no bytes"])
async def test_a_lost_file_is_not_begun_anew(harness: StoreHarness, tmp_path: Path, left: bytes | None) -> None:
    """Nothing in the database's place, but copies: the newest is used, and what was lost is named."""
    path, folder = await _garbled(harness, tmp_path)
    path.unlink()
    if left is not None:
        path.write_bytes(left)
    with pytest.raises(LostFileError, match=f"move the folder {folder} away"):
        await backup.open_present(path, folder)
    assert path.exists() == (left is not None), "looking changes nothing"
    store, restored = await backup.open_or_restore(path, folder, NOW + timedelta(hours=2))
    try:
        assert restored is not None
        assert (restored.is_lost, bool(restored.aside)) == (True, left is not None)
        assert await store.watches.watched_channels() == [ORDERS_CHANNEL]
    finally:
        await store.close()


async def test_a_lost_file_without_a_sound_copy_is_for_a_person(harness: StoreHarness, tmp_path: Path) -> None:
    """An empty start would hide it: the start fails with what to do, and what to do helps."""
    path, folder = await _garbled(harness, tmp_path)
    path.unlink()
    for copy in copies.backups(folder):
        copy.write_bytes(b"not a database at all" * 300)
    with pytest.raises(LostFileError, match="To start afresh, move that folder away"):
        await backup.open_or_restore(path, folder, NOW)
    assert not path.exists()
    folder.rename(tmp_path / "moved away")
    store, restored = await backup.open_or_restore(path, folder, NOW)
    assert restored is None
    assert await store.watches.watched_channels() == []
    await store.close()


async def test_news_after_a_restore_is_looked_up_under_the_same_token(harness: StoreHarness, tmp_path: Path) -> None:
    """The same news found again has the token it was posted with, and waits for a look into the channel."""
    await harness.active()
    copy = await backup.back_up(thread(harness), tmp_path / "copies", NOW)
    await harness.tell("moved")
    posted = await harness.claim_one()
    await harness.store.outbox.mark_sent(NOW, posted, "1.1")
    await harness.close()
    backup.restore(copy, harness.path, NOW - 2 * HOUR)
    await harness.open()
    await harness.tell("moved")
    again = await harness.claim_one()
    assert (again.token, again.state) == (posted.token, PostState.UNCERTAIN)
    await harness.store.outbox.mark_sent(NOW, again, "1.1")
    await harness.tell("moved on")
    assert (await harness.claim_one()).state is PostState.SENDING


async def test_an_order_stays_doubtful_for_an_hour(harness: StoreHarness, tmp_path: Path) -> None:
    """Its first reading may be a partial one: what the second one finds is looked up as well."""
    await harness.active()
    copy = await backup.back_up(thread(harness), tmp_path / "copies", NOW)
    await harness.close()
    backup.restore(copy, harness.path, NOW)
    await harness.open()
    for event in ("moved", "moved on"):
        await harness.tell(event)
        post = await harness.claim_one()
        assert (post.state, post.restored_at) == (PostState.UNCERTAIN, NOW)
        await harness.store.outbox.mark_sent(NOW, post, "1.1")


async def test_the_first_card_is_looked_up_after_a_restore(harness: StoreHarness, tmp_path: Path) -> None:
    """An order that joined by itself gets its card with its first news: one posted since the copy is found again."""
    await harness.active()
    await thread(harness).run(lambda conn: conn.execute("UPDATE watches SET card_ts = ''"))
    await thread(harness).run(lambda conn: conn.execute("DELETE FROM outbox"))
    copy = await backup.back_up(thread(harness), tmp_path / "copies", NOW)
    await harness.tell("moved")
    card = await harness.claim_one()
    await harness.close()
    backup.restore(copy, harness.path, NOW)
    await harness.open()
    await harness.tell("moved")
    again = await harness.claim_one()
    assert (again.kind, again.state, again.token) == (PostKind.CARD, PostState.UNCERTAIN, card.token)


async def test_doubt_and_copy_come_in_one_step(
    harness: StoreHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at the last moment before the copy takes its place, or right after: there is never a copy without doubt.

    What an earlier restore left half-way is not taken for part of the next, and an older doubt is kept.
    """
    await harness.active()
    folder = tmp_path / "copies"
    await backup.back_up(thread(harness), folder, NOW)
    await harness.close()
    with monkeypatch.context() as patch:
        patch.setattr(backup, "sync", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await backup.open_or_restore(_emptied(harness.path), folder, NOW + HOUR)
    for suffix in ("-wal", "-journal"):
        harness.path.with_name(f"{harness.path.name}.restoring{suffix}").write_bytes(b"\xa5" * 9000)
    copy = copies.newest_good(folder)
    assert copy is not None
    backup.restore(copy, harness.path, NOW + HOUR)
    since = harness.value("SELECT unconfirmed_since FROM orders")
    assert since == to_int(NOW.replace(microsecond=0))
    await harness.open()
    newer = await backup.back_up(thread(harness), folder, NOW + 2 * HOUR)
    await harness.close()
    backup.restore(newer, harness.path, NOW + 3 * HOUR)
    assert harness.value("SELECT unconfirmed_since FROM orders") == since
    await harness.open()


def _emptied(path: Path) -> Path:
    path.write_bytes(b"")
    return path


async def test_a_foreign_file_is_no_copy(harness: StoreHarness, tmp_path: Path) -> None:
    """A database of another program is refused before anything is moved."""
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as conn:
        conn.execute("CREATE TABLE things (id INTEGER)")
    conn.close()
    with pytest.raises(CorruptFileError, match="not a database of pandabot"):
        backup.restore(foreign, harness.path, NOW)
    reopened = await open_store(harness.path.with_name("other.db"))
    await reopened.close()


async def test_the_copy_of_a_newer_version_is_left_alone(harness: StoreHarness, tmp_path: Path) -> None:
    """Somebody went back to an older version: neither the copy nor the database is touched, and nothing lies about.

    Neither by hand, nor where a start looks for a copy because the database is lost.
    """
    folder = tmp_path / "copies"
    copy = await backup.back_up(thread(harness), folder, NOW)
    await harness.close()
    mark_as_newer_version(copy)
    before = _files(tmp_path)
    with pytest.raises(NewerSchemaError, match="newer version"):
        backup.restore(copy, harness.path, NOW + HOUR)
    assert _files(tmp_path) == before
    before = _files(_emptied(harness.path).parents[1])
    with pytest.raises(NewerSchemaError, match=copy.name):
        await backup.open_or_restore(harness.path, folder, NOW + HOUR)
    assert _files(tmp_path) == before


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_a_copy_of_a_clock_that_was_ahead_is_not_the_newest(harness: StoreHarness, tmp_path: Path) -> None:
    """Two were made while it was two days ahead. The copies after that are newer, and the times before are kept."""
    folder = tmp_path / "copies"
    now = NOW.replace(microsecond=0)
    for hours in (-1, 48, 49, 0, 1):
        await backup.back_up(thread(harness), folder, now + hours * HOUR)
    taken = [copies.taken_at(copy) - now for copy in copies.backups(folder)]
    assert taken == [HOUR, timedelta(), timedelta(seconds=2) - HOUR]  # of an hour the newest is kept
    assert copies.newest_good(folder) == folder / (now + HOUR).strftime(copies.NAME)


def contents(folder: Path) -> dict[str, bytes]:
    """The files of the database in a folder, without the mark of who leads."""
    return {each.name: each.read_bytes() for each in folder.glob("bot.db*") if each.suffix != ".lock"}


async def test_a_restore_without_room_is_one_sentence_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file of the copy's size cannot be made, as on a full disk or by a quota: the database and its folder stay."""
    path, folder = tmp_path / "bot.db", tmp_path / "copies"
    store = await open_store(path)
    copy = await backup.back_up(thread_of(store.engine), folder, NOW)
    await store.close()
    before = contents(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (copy.stat().st_size // 2, hard))
    try:
        code = await restore(path, folder, copy, print)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    output = capsys.readouterr().out
    assert (code, output.count("\n"), "Nothing was changed" in output) == (1, 1, True), output
    assert contents(tmp_path) == before
    assert await restore(path, folder, copy, print) == 0


async def test_a_damaged_copy_is_a_line_of_the_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """SQLite's complaint has several lines at times."""
    store = await open_store(tmp_path / "bot.db")
    copy = await backup.back_up(thread_of(store.engine), tmp_path / "copies", NOW)
    await store.close()
    content = bytearray(copy.read_bytes())
    content[4096:4120] = b"garbage garbage garbage "
    copy.write_bytes(content)
    assert await show(tmp_path / "copies", print) == 0
    output = capsys.readouterr().out
    assert (output.count("\n"), "cannot be used: *** in database main *** " in output) == (1, True), output
