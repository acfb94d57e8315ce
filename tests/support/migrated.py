"""SQLite files with the tables of today: made step by step once in each test process, the rest are copies of that."""

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
    """What a new file holds when it was opened and closed: the last connection leaves nothing beside it."""
    with tempfile.TemporaryDirectory(prefix="pandabot-migrated-") as folder:
        path = Path(folder) / "bot.db"
        open_file(path).close()
        return path.read_bytes()


def put_empty_database(path: Path) -> None:
    """Put an empty database there, as a first open leaves it, unless there is a file."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, private.MODE), "wb") as file:
        file.write(_migrated())


async def open_copy(path: Path) -> Store:
    """A store that begins with such a copy: an opener for tests that are not about making the file."""
    put_empty_database(path)
    return await open_store(path)
