"""Translates SQLite's errors into those of the store, each with a sentence for the person who runs the bot."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage.errors import BusyFileError, CorruptFileError, DiskFullError, StorageError, UnusableFileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def translated(path: Path | None = None) -> Iterator[None]:
    """Raise SQLite's errors in the block as StorageErrors. ``path``: the file to name in the sentence."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _ours(error, path) from error


def _ours(error: sqlite3.DatabaseError, path: Path | None) -> StorageError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    where = f"The database {path}" if path else "The database"
    if code == sqlite3.SQLITE_FULL:
        return DiskFullError("The disk is full.")
    if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return CorruptFileError(f"{where} is damaged or no SQLite file. It was left as it is: restore a backup.")
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return BusyFileError(f"{where} is held by another process. Stop that one first.")
    if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR}:
        return UnusableFileError(f"{where} cannot be written: {error}.")
    return StorageError(f"{where} failed: {error}.")
