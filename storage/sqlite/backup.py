"""Makes backups of the database over its own connection, checks them, and restores them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from storage import moved
from storage.errors import CorruptFileError, DiskFullError, LostFileError, StorageError
from storage.sqlite import pragmas, private
from storage.sqlite.connection import all_or_nothing
from storage.sqlite.copies import MOST, NAME, backups, newest_good, problem_of, superfluous, taken_at
from storage.sqlite.errors import translated
from storage.sqlite.opening import check_owner, open_file, open_to_read
from storage.store import Store, open_store
from storage.unconfirmed import unconfirm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from storage.sqlite.database import DatabaseThread

SPARE = 1.2  # a backup needs so many times the database's size in free space
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

    ``most``: the bytes that all backups may take together. If they would take more, further backups are deleted, except
    some, see :func:`storage.sqlite.copies.superfluous`.

    Returns the new backup's path. Raises StorageError; a failed backup leaves no file behind and deletes none.
    """
    target, partial = folder / now.strftime(NAME), folder / "partial.tmp"
    try:
        await thread.direct(lambda conn: _copy(conn, thread.path or folder, partial, thread.run_pending))
        await asyncio.to_thread(_put_behind, folder, now)
        await asyncio.to_thread(_finish, partial, target)
    except OSError as error:
        raise StorageError(f"The database could not be copied to {folder}: {error.strerror}.") from error
    except sqlite3.Error as error:
        raise StorageError(f"The database could not be copied to {folder}: {error}.") from error
    finally:
        partial.unlink(missing_ok=True)
    for old in await asyncio.to_thread(superfluous, folder, most):
        old.unlink(missing_ok=True)
    return target


async def check(thread: DatabaseThread) -> str:
    """Check the open database. Returns SQLite's first complaint; empty: the database is sound."""
    return await thread.direct(pragmas.complaint)


async def open_present(path: Path, folder: Path) -> Store:
    """Open the database, or make the first one. Raises StorageError.

    Raises LostFileError if the file is missing or empty although there are backups: a new file in its place would
    lose every watch silently, and its backups would displace the good ones.
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
    """Open the database. A damaged or lost file is set aside, and the newest sound backup takes its place.

    Returns the store, and the restore (None: there was none). Raises StorageError; CorruptFileError if there is no
    sound backup, and then the damaged file stays where it is. ``passing``: see :func:`restore`.
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


def check_not_moved(path: Path, folder: Path) -> None:
    """Raise MovedError if the rows were moved to another database: a bot on a restored copy would repeat their news.

    The present file holds that marker; if the file cannot be read, the newest copy, which a move makes at its end,
    counts.
    """
    for file in filter(None, (path, newest_good(folder))):
        with contextlib.suppress(sqlite3.Error), contextlib.closing(open_to_read(file, is_still=True)) as conn:
            conn.row_factory = sqlite3.Row
            moved.check(conn)
            return


def restore(copy: Path, path: Path, now: datetime, passing: Callable[[str], None] = _ignore) -> Path | None:
    """Replace the database by a backup. Returns where the former file is kept; None: there was no file.

    The backup's posts and orders are marked as unconfirmed before it takes the database's place: if that was done
    afterwards, a process killed in between would make the next one repeat posts. No process may have the database open.
    Raises StorageError if the backup cannot be used, and NewerSchemaError if a newer version made it; then nothing was
    moved. ``passing`` is called with ``in_restore`` while there is no database for a moment.
    """
    if problem := problem_of(copy):
        raise CorruptFileError(f"The copy {copy} cannot be used: {problem}.")
    with contextlib.closing(open_to_read(copy)) as conn:
        check_owner(conn, copy)
    partial = path.with_name(f"{path.name}.restoring")
    with _made_whole(partial):
        private.create(partial, path)
        shutil.copyfile(copy, partial)
        _unconfirm(partial, taken_at(copy), now)
        sync(partial)
    aside = _set_aside(path, now)
    passing("in_restore")
    partial.replace(path)
    sync(path.parent)
    return aside


@contextlib.contextmanager
def _made_whole(partial: Path) -> Iterator[None]:
    """Delete ``partial``, which the block makes, if the block fails. Raises StorageError for the block's errors."""
    _remove(partial)  # left behind by a restore that was killed
    try:
        yield
    except (OSError, StorageError) as error:
        _remove(partial)
        why = error.strerror if isinstance(error, OSError) else str(error).rstrip(".")
        raise StorageError(f"The copy could not be put into {partial.parent}: {why}. Nothing was changed.") from error


def _remove(partial: Path) -> None:
    for part in private.family(partial):
        part.unlink(missing_ok=True)


def _unconfirm(partial: Path, then: datetime, now: datetime) -> None:
    """Mark every post as perhaps sent since the backup was made at ``then``."""
    with contextlib.closing(open_file(partial)) as conn, translated(partial):
        all_or_nothing(conn, lambda conn: unconfirm(conn, then, now), pragmas.BEGIN_TO_WRITE)
        pragmas.leave_wal_mode(conn)


def _is_empty(path: Path) -> bool:
    """Whether the file is missing or empty. A database that was in use has at least a header."""
    try:
        return path.stat().st_size == 0
    except FileNotFoundError:
        return True
    except OSError:  # opening the file will report the reason
        return False


def _without_copy(path: Path, folder: Path) -> LostFileError:
    return LostFileError(
        f"The database {path} is missing or empty, and none of its copies in {folder} is sound. "
        "To start afresh, move that folder away."
    )


def _copy(conn: sqlite3.Connection, path: Path, partial: Path, run_pending: Callable[[], None]) -> None:
    """Copy the database page by page. Transactions that run between two steps become part of the copy."""
    private.make_folder(partial.parent, path)
    _check_space(conn, partial.parent)
    partial.unlink(missing_ok=True)
    private.create(partial, path)
    with contextlib.closing(sqlite3.connect(partial)) as copy:
        pragmas.do_not_sync(copy)  # the file is synchronised once at the end, off the database's thread
        conn.backup(copy, pages=STEP, progress=lambda *_: run_pending())


def _finish(partial: Path, target: Path) -> None:
    """Check the copy, off the database's thread, and give it its name."""
    with contextlib.closing(sqlite3.connect(partial)) as copy:
        pragmas.leave_wal_mode(copy)
        if problem := pragmas.complaint(copy):
            raise CorruptFileError(f"A copy of the database is not sound: {problem}.")
    sync(partial)
    partial.replace(target)
    sync(target.parent)


def _put_behind(folder: Path, now: datetime) -> None:
    """Rename copies whose names bear a future time, since the clock was ahead: to times after the newest other copy.

    Copies are ordered by their names. The earliest possible time is taken, since after a restore posts are in doubt
    from that time on.
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


def sync(path: Path) -> None:
    """Wait until the file or folder is on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
