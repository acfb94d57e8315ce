"""Files that nobody but their owner may read: the database, what SQLite keeps beside it, and the copies."""

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
BESIDE = ("-wal", "-shm", "-journal")


def create(path: Path) -> None:
    """Make an empty file, private from its first moment on. Raises FileExistsError and other OSErrors."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE))


def close_to_others(paths: Iterable[Path]) -> None:
    """Take from everybody else what a copy, an archive or an editor gave them. A file of another owner stays."""
    for path in paths:
        with contextlib.suppress(OSError):
            if is_open_to_others(path):
                path.chmod(MODE)


def is_open_to_others(path: Path) -> bool:
    """Whether somebody else on this machine may read or write it. Raises OSError when there is no such file."""
    return bool(stat.S_IMODE(path.stat().st_mode) & OTHERS)


def family(path: Path) -> list[Path]:
    """A database's file and those that SQLite keeps beside it, whether they are there or not."""
    return [path, *(path.with_name(path.name + suffix) for suffix in BESIDE)]
