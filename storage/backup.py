"""Copies of the database made from its own connection, each checked; and the way back from one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlite_utils import Database

from storage import private, sqlite
from storage.database import check_owner, open_file, open_to_read
from storage.errors import CorruptFileError, DiskFullError, LostFileError, StorageError
from storage.rows import to_int
from storage.store import Store, open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.database import DatabaseThread

HOURLY, DAILY = 24, 7  # copies kept: the newest so many, and the newest of each of so many days
NAME = "pandabot-%Y%m%dT%H%M%SZ.db"
SPARE = 1.2  # free space wanted, in sizes of the database
STEP = 500  # pages copied (2 MB) before others have their turn

# After a restore nobody knows what was posted since the copy was made: everything is looked up before it is sent, and
# every order is read again from the start.
DOUBT = (
    (
        "UPDATE orders SET fingerprint = :nothing, fence = fence + 1, "
        "unconfirmed_since = CASE WHEN unconfirmed_since < :then THEN unconfirmed_since ELSE :then END, "
        "next_poll_at = CASE WHEN next_poll_at IS NULL THEN next_poll_at ELSE :now END"
    ),
    (
        "UPDATE outbox SET state = 'uncertain', fence = fence + 1, lease_until = NULL, not_before = :now, "
        "claimed_at = COALESCE(claimed_at, created_at) "
        "WHERE state IN ('pending', 'sending') OR (state = 'held' AND held_until IS NOT NULL)"
    ),
    # A paused watch's posts are looked up when it is resumed.
    "UPDATE outbox SET claimed_at = COALESCE(claimed_at, created_at) WHERE state = 'held'",
    (
        "INSERT INTO facts (name, value, at) VALUES ('restored', :said, :now) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at"
    ),
)


@dataclass(frozen=True, slots=True)
class Restored:
    """A copy took the place of a damaged database, which is kept under the name ``aside`` beside it.

    ``is_lost``: it was empty, or not there at all. ``aside`` is empty when there was no file.
    """

    taken_at: datetime
    aside: str
    is_lost: bool = False


def _pass(point: str) -> None:
    """Nobody is interested."""


async def back_up(thread: DatabaseThread, folder: Path, now: datetime) -> Path:
    """Copy the open database into ``folder``, check the copy, and drop copies that are too old. Returns the copy.

    Raises StorageError; a failed copy leaves nothing behind and the older ones as they are.
    """
    target, partial = folder / now.strftime(NAME), folder / "partial.tmp"
    try:
        await thread.direct(lambda conn: _copy(conn, partial, thread.run_pending))
        await asyncio.to_thread(_finish, partial, target)
    except OSError as error:
        raise StorageError(f"The database could not be copied to {folder}: {error.strerror}.") from error
    except sqlite3.Error as error:
        raise StorageError(f"The database could not be copied to {folder}: {error}.") from error
    finally:
        partial.unlink(missing_ok=True)
    for old in _too_old(folder):
        old.unlink(missing_ok=True)
    return target


async def check(thread: DatabaseThread) -> str:
    """Look through the open database; empty when it is sound, else SQLite's first complaint."""
    return await thread.direct(sqlite.complaint)


async def open_present(path: Path, folder: Path) -> Store:
    """Open the database, or make the first one. Raises StorageError.

    LostFileError when there is nothing to open, but copies: a file was lost, and an empty one in its place would lose
    every watch in silence, and push the copies out one by one.
    """
    if _is_empty(path) and backups(folder):
        raise LostFileError(
            f"The database {path} is missing or empty, but there are copies of it. Starting the bot puts the newest "
            f"in its place; to start afresh instead, move the folder {folder} away first."
        )
    return await open_store(path)


async def open_or_restore(
    path: Path, folder: Path, now: datetime, passing: Callable[[str], None] = _pass
) -> tuple[Store, Restored | None]:
    """Open the database; a damaged or lost one is set aside and the newest good copy takes its place.

    Returns the store and, if it was necessary, what was restored. Raises StorageError; CorruptFileError when there is
    no good copy, with the damaged file left where it was. ``passing``: see :func:`restore`.
    """
    is_lost = False
    private.close_to_others(backups(folder))
    try:
        return await open_present(path, folder), None
    except CorruptFileError as error:
        is_lost = isinstance(error, LostFileError)
        copy = newest_good(folder)
        if copy is None:
            raise _without_copy(path, folder) if is_lost else error from None
    aside = restore(copy, path, now, passing)
    store = await open_store(path)
    return store, Restored(taken_at(copy), aside.name if aside else "", is_lost)


def restore(copy: Path, path: Path, now: datetime, passing: Callable[[str], None] = _pass) -> Path | None:
    """Put a copy in the place of the database, whose files are kept under another name. Returns that name.

    The copy is full of doubt before it takes that place: were the process killed in between, the next one would post
    again what was posted since the copy was made. No process may have the database open. Raises StorageError when the
    copy cannot be used, NewerSchemaError when a newer version made it; then nothing was moved. ``passing`` is told when
    there is no database for a moment.
    """
    if problem := _problem_of(copy):
        raise CorruptFileError(f"The copy {copy} cannot be used: {problem}.")
    with contextlib.closing(open_to_read(copy)) as conn:
        check_owner(Database(conn), copy)
    partial = path.with_name(f"{path.name}.restoring")
    for part in private.family(partial):  # of a restore that was killed: another file's pages
        part.unlink(missing_ok=True)
    private.create(partial)
    shutil.copyfile(copy, partial)
    _doubt(partial, taken_at(copy), now)
    _sync(partial)
    aside = _set_aside(path, now)
    passing("in_restore")
    partial.replace(path)
    _sync(path.parent)
    return aside


def _doubt(partial: Path, then: datetime, now: datetime) -> None:
    """Mark everything as possibly posted since the copy was taken."""
    with contextlib.closing(open_file(partial).conn) as conn:
        conn.execute(sqlite.BEGIN_TO_WRITE)
        facts = {"then": to_int(then), "said": str(to_int(then)), "now": to_int(now), "nothing": b""}
        for statement in DOUBT:
            conn.execute(statement, facts)
        conn.execute("COMMIT")
        sqlite.without_log(conn)


def backups(folder: Path) -> list[Path]:
    """The copies, newest first."""
    found = folder.glob("pandabot-*.db") if folder.is_dir() else ()
    return sorted((one for one in found if _stamp(one)), key=lambda one: one.name, reverse=True)


def newest_good(folder: Path) -> Path | None:
    """The newest copy that is sound."""
    return next((one for one in backups(folder) if not _problem_of(one)), None)


def taken_at(copy: Path) -> datetime:
    """When a copy was made, by its name; by the file's own time for one that was renamed."""
    return _stamp(copy) or datetime.fromtimestamp(copy.stat().st_mtime, UTC)


def _is_empty(path: Path) -> bool:
    """SQLite takes a file of no bytes for a new database; one that was in use has at least a header."""
    try:
        return path.stat().st_size == 0
    except FileNotFoundError:
        return True
    except OSError:  # not to be looked at: opening it says why
        return False


def _without_copy(path: Path, folder: Path) -> LostFileError:
    return LostFileError(
        f"The database {path} is missing or empty, and none of its copies in {folder} is sound. "
        "To start afresh, move that folder away."
    )


def _copy(conn: sqlite3.Connection, partial: Path, run_pending: Callable[[], None]) -> None:
    """Page by page; what the connection itself writes between two steps is in the copy too."""
    partial.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_space(conn, partial.parent)
    partial.unlink(missing_ok=True)
    private.create(partial)
    with contextlib.closing(sqlite3.connect(partial)) as copy:
        sqlite.in_no_hurry(copy)  # the whole is synchronised at the end, where nobody waits for it
        conn.backup(copy, pages=STEP, progress=lambda *_: run_pending())


def _finish(partial: Path, target: Path) -> None:
    """Check the copy, by itself and in no hurry, and give it its name."""
    with contextlib.closing(sqlite3.connect(partial)) as copy:
        sqlite.without_log(copy)
        if problem := sqlite.complaint(copy):
            raise CorruptFileError(f"A copy of the database is not sound: {problem}.")
    _sync(partial)
    partial.replace(target)
    _sync(target.parent)


def _check_space(conn: sqlite3.Connection, folder: Path) -> None:
    if shutil.disk_usage(folder).free < sqlite.size(conn) * SPARE:
        raise DiskFullError(f"There is no room for a copy of the database in {folder}.")


def _problem_of(copy: Path) -> str:
    try:
        with contextlib.closing(open_to_read(copy)) as conn:
            if problem := sqlite.complaint(conn):
                return problem
            is_ours = sqlite.has_tables(conn, "orders", "watches", "outbox")
            return "" if is_ours else "it is not a database of pandabot"
    except sqlite3.Error as error:
        return str(error)


def _set_aside(path: Path, now: datetime) -> Path | None:
    """The database and what belongs to it under another name, so that nothing is ever overwritten."""
    mark = now.strftime("set-aside-%Y%m%dT%H%M%SZ")
    private.close_to_others(private.family(path))
    for suffix in ("-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(path.with_name(f"{path.name}.{mark}{suffix}"))
    if not path.exists():
        return None
    aside = path.with_name(f"{path.name}.{mark}")
    path.replace(aside)
    return aside


def _too_old(folder: Path) -> list[Path]:
    found = backups(folder)
    kept = set(found[:HOURLY])
    days: dict[str, Path] = {}
    for one in found:
        days.setdefault(taken_at(one).date().isoformat(), one)
    kept.update(list(days.values())[:DAILY])
    return [one for one in found if one not in kept]


def _stamp(copy: Path) -> datetime | None:
    try:
        return datetime.strptime(copy.name, NAME).replace(tzinfo=UTC)
    except ValueError:
        return None


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
