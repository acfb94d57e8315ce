"""SQLite files with the tables of today. A test process runs the migrations once, and each file is a copy of that."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from storage.sqlite import private
from storage.sqlite.opening import open_file
from storage.store import open_store

if TYPE_CHECKING:
    from storage.store import Store


@cache
def _migrated() -> bytes:
    """The bytes of a new database after it was opened and closed. The last connection leaves no journal beside it."""
    with tempfile.TemporaryDirectory(prefix="pandabot-migrated-") as folder:
        path = Path(folder) / "bot.db"
        open_file(path).close()
        return path.read_bytes()


def put_empty_database(path: Path) -> None:
    """Put an empty database at this path, as a first open leaves it. A file that is there stays."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, private.MODE), "wb") as file:
        file.write(_migrated())


async def open_copy(path: Path) -> Store:
    """Open a store on such a copy: the usual opener of tests, except those of migrations."""
    put_empty_database(path)
    return await open_store(path)
