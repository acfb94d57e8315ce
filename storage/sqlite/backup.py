"""Backups of the database, made over its own connection and checked, and the restore of one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from storage.errors import CorruptFileError, DiskFullError, LostFileError, StorageError
from storage.sqlite import pragmas, private
from storage.sqlite.connection import all_or_nothing
from storage.sqlite.opening import check_owner, open_file, open_to_read
from storage.store import Store, open_store
from storage.unconfirmed import unconfirm

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from storage.sqlite.database import DatabaseThread

# Backups kept: the newest of each of the last so many hours, days and weeks that have one.
KEPT = (("%Y-%m-%dT%H", 24), ("%Y-%m-%d", 7), ("%G-W%V", 5))
FEWEST = 2  # kept however large they are
MOST = 10_000_000_000  # bytes of all backups together
NAME = "pandabot-%Y%m%dT%H%M%SZ.db"
SPARE = 1.2  # free space needed for a backup, in sizes of the database
STEP = 500  # pages (2 MB) copied between two runs of pending transactions


@dataclass(frozen=True, slots=True)
class Restored:
    """A restore: a backup of ``taken_at`` (aware) replaced the database, which is kept beside it as ``aside``.

    ``is_lost``: the database was missing or empty. ``aside`` is empty when there was no file to keep.
    """

    taken_at: datetime
    aside: str
    is_lost: bool = False


def _ignore(_point: str) -> None:
    """The default for ``passing``."""


async def back_up(thread: DatabaseThread, folder: Path, now: datetime, most: int = MOST) -> Path:
    """Copy the open database into ``folder``, check the copy, and thin out the older backups.

    ``most``: bytes that the backups may take together; where they would take more, they are thinned out further, but
    the newest :data:`FEWEST` stay.

    Returns the new backup. Raises StorageError; a failed backup leaves no file behind and deletes none.
    """
    target, partial = folder / now.strftime(NAME), folder / "partial.tmp"
    try:
        await thread.direct(lambda conn: _copy(conn, partial, thread.run_pending))
        await asyncio.to_thread(_put_behind, folder, now)
        await asyncio.to_thread(_finish, partial, target)
    except OSError as error:
        raise StorageError(f"The database could not be copied to {folder}: {error.strerror}.") from error
    except sqlite3.Error as error:
        raise StorageError(f"The database could not be copied to {folder}: {error}.") from error
    finally:
        partial.unlink(missing_ok=True)
    for old in _superfluous(folder, most):
        old.unlink(missing_ok=True)
    return target


async def check(thread: DatabaseThread) -> str:
    """Check the open database. Returns SQLite's first complaint; empty: the database is sound."""
    return await thread.direct(pragmas.complaint)


async def open_present(path: Path, folder: Path) -> Store:
    """Open the database, or make the first one. Raises StorageError.

    Raises LostFileError when the file is missing or empty although there are backups: a new file in its place would
    lose every watch without a word, and its backups would displace the good ones.
    """
    if _is_empty(path) and backups(folder):
        raise LostFileError(
            f"The database {path} is missing or empty, but there are copies of it. Starting the bot puts the newest "
            f"in its place; to start afresh instead, move the folder {folder} away first."
        )
    return await open_store(path)


async def open_or_restore(
    path: Path, folder: Path, now: datetime, passing: Callable[[str], None] = _ignore
) -> tuple[Store, Restored | None]:
    """Open the database. A damaged or lost one is set aside, and the newest sound backup takes its place.

    Returns the store, and the restore if there was one. Raises StorageError; CorruptFileError when there is no sound
    backup, with the damaged file left where it was. ``passing``: see :func:`restore`.
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


def restore(copy: Path, path: Path, now: datetime, passing: Callable[[str], None] = _ignore) -> Path | None:
    """Put a backup in the place of the database, whose files are kept under another name. Returns that name, if any.

    The backup's posts and orders are marked as unconfirmed before it takes that place. Marked afterwards, a process
    killed in between would make the next one repeat posts. No process may have the database open. Raises StorageError
    when the backup cannot be used, NewerSchemaError when a newer version made it; then nothing was moved. ``passing``
    is called with ``in_restore`` while there is no database for a moment.
    """
    if problem := _problem_of(copy):
        raise CorruptFileError(f"The copy {copy} cannot be used: {problem}.")
    with contextlib.closing(open_to_read(copy)) as conn:
        check_owner(conn, copy)
    partial = path.with_name(f"{path.name}.restoring")
    for part in private.family(partial):  # left behind by a restore that was killed
        part.unlink(missing_ok=True)
    private.create(partial)
    shutil.copyfile(copy, partial)
    _unconfirm(partial, taken_at(copy), now)
    sync(partial)
    aside = _set_aside(path, now)
    passing("in_restore")
    partial.replace(path)
    sync(path.parent)
    return aside


def _unconfirm(partial: Path, then: datetime, now: datetime) -> None:
    """Mark every post as perhaps sent since the backup was made at ``then``."""
    with contextlib.closing(open_file(partial)) as conn:
        all_or_nothing(conn, lambda conn: unconfirm(conn, then, now), pragmas.BEGIN_TO_WRITE)
        pragmas.without_log(conn)


def backups(folder: Path) -> list[Path]:
    """Return the backups in a folder, newest first."""
    files = folder.glob("pandabot-*.db") if folder.is_dir() else ()
    return sorted((file for file in files if _stamp(file)), key=lambda file: file.name, reverse=True)


def newest_good(folder: Path) -> Path | None:
    """Return the newest sound backup; None: there is none."""
    return next((copy for copy in backups(folder) if not _problem_of(copy)), None)


def taken_at(copy: Path) -> datetime:
    """Return when a backup was made (aware): by its name, or by the file's time if it was renamed."""
    return _stamp(copy) or datetime.fromtimestamp(copy.stat().st_mtime, UTC)


def _is_empty(path: Path) -> bool:
    """Whether the file is missing or has no bytes; a database that was in use has at least a header."""
    try:
        return path.stat().st_size == 0
    except FileNotFoundError:
        return True
    except OSError:  # opening the file will report why it cannot be examined
        return False


def _without_copy(path: Path, folder: Path) -> LostFileError:
    return LostFileError(
        f"The database {path} is missing or empty, and none of its copies in {folder} is sound. "
        "To start afresh, move that folder away."
    )


def _copy(conn: sqlite3.Connection, partial: Path, run_pending: Callable[[], None]) -> None:
    """Copy page by page. Transactions that run between two steps are part of the copy."""
    partial.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_space(conn, partial.parent)
    partial.unlink(missing_ok=True)
    private.create(partial)
    with contextlib.closing(sqlite3.connect(partial)) as copy:
        pragmas.in_no_hurry(copy)  # the file is synchronised once at the end, off the database's thread
        conn.backup(copy, pages=STEP, progress=lambda *_: run_pending())


def _finish(partial: Path, target: Path) -> None:
    """Check the copy, off the database's thread, and give it its name."""
    with contextlib.closing(sqlite3.connect(partial)) as copy:
        pragmas.without_log(copy)
        if problem := pragmas.complaint(copy):
            raise CorruptFileError(f"A copy of the database is not sound: {problem}.")
    sync(partial)
    partial.replace(target)
    sync(target.parent)


def _put_behind(folder: Path, now: datetime) -> None:
    """Give copies that bear a time to come, of a clock that was ahead, a time between those before and the next one.

    The newest copy is told by its name. The earliest time is meant, since posts are doubted from it on.
    """
    copies = backups(folder)
    ahead = [copy for copy in copies if taken_at(copy) > now]
    right = copies[len(ahead) :]
    since = taken_at(right[0]) if right else now - timedelta(days=1)
    if since + timedelta(seconds=len(ahead)) < now:
        for number, copy in enumerate(reversed(ahead), 1):
            copy.replace(folder / (since + timedelta(seconds=number)).strftime(NAME))


def _check_space(conn: sqlite3.Connection, folder: Path) -> None:
    if shutil.disk_usage(folder).free < pragmas.size(conn) * SPARE:
        raise DiskFullError(f"There is no room for a copy of the database in {folder}.")


def _problem_of(copy: Path) -> str:
    try:
        with contextlib.closing(open_to_read(copy)) as conn:
            if problem := pragmas.complaint(conn):
                return problem
            is_ours = pragmas.has_tables(conn, "orders", "watches", "outbox")
            return "" if is_ours else "it is not a database of pandabot"
    except sqlite3.Error as error:
        return str(error)


def _set_aside(path: Path, now: datetime) -> Path | None:
    """Rename the database and its log, so that no file is ever overwritten."""
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


def _superfluous(folder: Path, most: int) -> list[Path]:
    copies = backups(folder)
    wanted: set[Path] = set()
    for period, count in KEPT:
        newest: dict[str, Path] = {}
        for copy in copies:
            newest.setdefault(taken_at(copy).strftime(period), copy)
        wanted.update(list(newest.values())[:count])
    kept = [copy for copy in copies if copy in wanted]
    size = {copy: copy.stat().st_size for copy in kept}
    while len(kept) > FEWEST and sum(size[copy] for copy in kept) > most:
        kept.remove(_least_missed(kept))
    return [copy for copy in copies if copy not in kept]


def _least_missed(copies: Sequence[Path]) -> Path:
    """Return the backup between whose neighbours the gap is smallest for its age; of three the oldest.

    So the newest stay close together, and the others lie ever further apart.
    """
    if len(copies) == FEWEST + 1:
        return copies[-1]
    ages = [(taken_at(copies[0]) - taken_at(copy)).total_seconds() for copy in copies]
    between = range(FEWEST, len(copies) - 1)
    return copies[min(between, key=lambda place: (ages[place + 1] - ages[place - 1]) / ages[place])]


def _stamp(copy: Path) -> datetime | None:
    try:
        return datetime.strptime(copy.name, NAME).replace(tzinfo=UTC)
    except ValueError:
        return None


def sync(path: Path) -> None:
    """Wait until the file or folder is on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
