"""Files that only their owner may read: the database, SQLite's files beside it, and the backups."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MODE = 0o600
OTHERS = 0o077  # the rights of everybody else
BESIDE = ("-wal", "-shm", "-journal")  # endings of the files that SQLite keeps beside a database


def create(path: Path) -> None:
    """Make an empty file that is private from the start. Raises FileExistsError and other OSErrors."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE))


def close_to_others(paths: Iterable[Path]) -> None:
    """Take every right on these files from other users. Missing files and files of another owner are left alone."""
    for path in paths:
        with contextlib.suppress(OSError):
            if is_open_to_others(path):
                path.chmod(MODE)


def is_open_to_others(path: Path) -> bool:
    """Whether other users of this machine may read or write the file. Raises OSError for a missing file."""
    return bool(stat.S_IMODE(path.stat().st_mode) & OTHERS)


def family(path: Path) -> list[Path]:
    """Return the paths of a database and of the files that SQLite keeps beside it, whether they exist or not."""
    return [path, *(path.with_name(path.name + suffix) for suffix in BESIDE)]
