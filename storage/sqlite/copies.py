"""The copies of a database in their folder: lists them, and finds those that can be used and those to be kept."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from storage.errors import NewerSchemaError, StorageError
from storage.sqlite import pragmas
from storage.sqlite.opening import check_owner, open_to_read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# The newest backup of each hour, day and week is kept, for the last so many hours, days and weeks that have a backup.
KEPT = (("%Y-%m-%dT%H", 24), ("%Y-%m-%d", 7), ("%G-W%V", 5))
FEWEST = 2  # the newest backups, which are kept however large they are
WAY_BACK = timedelta(days=14)  # the newest copy with an earlier version's tables is kept for so long
MOST = 10_000_000_000  # bytes that all backups may take together
NAME = "pandabot-%Y%m%dT%H%M%SZ.db"


def backups(folder: Path) -> list[Path]:
    """Return the backups in a folder, newest first. Raises StorageError if the folder cannot be listed."""
    try:
        files = [file for file in folder.iterdir() if _stamp(file.name)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StorageError(f"The copies in {folder} cannot be listed: {error.strerror}.") from error
    return sorted(files, key=lambda file: file.name, reverse=True)


def newest_good(folder: Path) -> Path | None:
    """Return the newest sound backup, also of a newer version; None: there is none. Raises StorageError."""
    return next((copy for copy in backups(folder) if not problem_of(copy)), None)


def newest_usable(folder: Path) -> Path | None:
    """Return the newest sound backup that this version can use; None: there is none. Raises StorageError."""
    return next((copy for copy in backups(folder) if not (problem_of(copy) or refusal_of(copy))), None)


def taken_at(copy: Path) -> datetime:
    """Return when a backup was made (aware): by its name or, if it was renamed, by the file's time."""
    return _stamp(copy.name) or datetime.fromtimestamp(copy.stat().st_mtime, UTC)


def problem_of(copy: Path) -> str:
    """Return why a backup is not sound; empty: it is sound."""
    try:
        with contextlib.closing(open_to_read(copy)) as conn:
            if problem := pragmas.complaint(conn):
                return problem
            is_ours = pragmas.has_tables(conn, "orders", "watches", "outbox")
            return "" if is_ours else "it is not a database of pandabot"
    except sqlite3.Error as error:
        return str(error)


def refusal_of(copy: Path) -> str:
    """Return why this version cannot use a sound backup; empty: it can."""
    try:
        with contextlib.closing(open_to_read(copy)) as conn:
            check_owner(conn, copy)
    except NewerSchemaError:
        return "of a newer version"
    except StorageError:
        return "of another program"
    return ""


def superfluous(folder: Path, most: int) -> list[Path]:
    """Return the backups to be deleted: those beyond :data:`KEPT`, and more if all others exceed ``most`` bytes.

    The newest :data:`FEWEST` and, for :data:`WAY_BACK`, the newest of each earlier version are kept, however large they
    are. Raises StorageError.
    """
    copies = backups(folder)
    ways_back = _ways_back(copies)
    wanted = {*copies[:FEWEST]}
    for period, count in KEPT:
        newest: dict[str, Path] = {}
        for copy in copies:
            newest.setdefault(taken_at(copy).strftime(period), copy)
        wanted.update(list(newest.values())[:count])
    kept = [copy for copy in copies if copy in wanted and copy not in ways_back]
    size = {copy: copy.stat().st_size for copy in (*kept, *ways_back)}
    while len(kept) > FEWEST and sum(size[copy] for copy in (*kept, *ways_back)) > most:
        kept.remove(_least_missed(kept))
    return [copy for copy in copies if copy not in kept and copy not in ways_back]


def _ways_back(copies: Sequence[Path]) -> set[Path]:
    """The newest backup with each earlier version's tables: after an update, only such a backup leads back."""
    newest: dict[str, Path] = {}
    for copy in copies:
        if taken_at(copies[0]) - taken_at(copy) <= WAY_BACK and (step := _last_step(copy)):
            newest.setdefault(step, copy)
    return {copy for copy in newest.values() if copy is not copies[0]}


def _last_step(copy: Path) -> str:
    """The name of the last migration step of a backup; empty: the backup cannot be read."""
    try:
        with contextlib.closing(open_to_read(copy)) as conn:
            return str(conn.execute("SELECT MAX(name) FROM _sqlite_migrations").fetchone()[0])
    except sqlite3.Error:
        return ""


def _least_missed(copies: Sequence[Path]) -> Path:
    """Return the backup whose neighbours are closest together for its age; of three backups the oldest.

    So the newest backups stay close together, and older backups lie ever further apart.
    """
    if len(copies) == FEWEST + 1:
        return copies[-1]
    ages = [(taken_at(copies[0]) - taken_at(copy)).total_seconds() for copy in copies]
    between = range(FEWEST, len(copies) - 1)
    return copies[min(between, key=lambda place: (ages[place + 1] - ages[place - 1]) / ages[place])]


def _stamp(name: str) -> datetime | None:
    try:
        return datetime.strptime(name, NAME).replace(tzinfo=UTC)
    except ValueError:
        return None
