"""Files that only their owner may read: the database, SQLite's files beside it, and the backups.

A command that root runs gives them to the owner of the database, as SQLite does with its log: the service runs as a
user of its own, which could not open root's files.
"""

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
BESIDE = ("-wal", "-shm", "-journal")  # suffixes of the files that SQLite keeps beside a database


def create(path: Path, like: Path) -> None:
    """Make an empty file that is private from the start, with the owner of ``like`` if root makes it.

    ``like``: a file; if it is missing, its folder's owner counts. Raises FileExistsError and other OSErrors.
    """
    os.close(_new(path, like))


def open_or_create(path: Path, like: Path, *, follows_links: bool = True) -> int:
    """Open a file to read and write, made like by :func:`create` if missing. Returns a descriptor. Raises OSError."""
    try:
        return _new(path, like)
    except FileExistsError:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | (0 if follows_links else os.O_NOFOLLOW), MODE)


def make_folder(path: Path, like: Path) -> None:
    """Make a folder if it is missing, private and with the owner of ``like`` if root makes it. Raises OSError."""
    if not path.exists():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _hand_over(path, like)


def _new(path: Path, like: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
    _hand_over(descriptor, like)
    return descriptor


def _hand_over(made: int | Path, like: Path) -> None:
    """Give a file or folder that root has made to the owner of ``like``. A container's root may lack that right."""
    if os.geteuid() == 0:
        owner = (like if like.exists() else like.parent).stat()
        with contextlib.suppress(OSError):
            os.chown(made, owner.st_uid, owner.st_gid)


def close_to_others(paths: Iterable[Path]) -> None:
    """Revoke all rights of other users on these files. Missing files and files of another owner are left alone."""
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
