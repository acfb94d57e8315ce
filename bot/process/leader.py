"""One process leads a data directory: a file lock, which the kernel frees as soon as its holder dies."""

from __future__ import annotations

import asyncio
import fcntl
import os
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from storage.errors import StorageError
from storage.sqlite import private

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

RETRY_SECONDS = 0.5  # how soon a standby notices that the leader is gone


class NotLeaderError(Exception):
    """Another process leads this data directory; the message says which and what to do."""


@asynccontextmanager
async def leading(database: Path, *, standby: bool, stop: asyncio.Event) -> AsyncIterator[bool]:
    """Hold the lock of the database for the length of the block, since two pollers would post everything twice.

    Yields True as the leader, and False when ``stop`` was set while a standby waited. The lock is on a separate file:
    closing another descriptor of the database file would drop SQLite's own locks. Works on local disks only.

    Raises NotLeaderError when another process leads and ``standby`` is off, and StorageError for an unusable folder.
    """
    path = database.with_name(database.name + ".lock")
    descriptor = _open(path, database)
    try:
        while not _take(descriptor):
            if not standby:
                raise NotLeaderError(
                    f"another pandabot{_holder(descriptor)} already uses {database}. Stop it first, or start this "
                    "one with --standby to take over when it ends."
                )
            if await _stopped_within(stop, RETRY_SECONDS):
                yield False
                return
        _sign(descriptor)
        yield True
    finally:
        os.close(descriptor)


def _open(path: Path, database: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return private.open_or_create(path, database, follows_links=False)  # a leader overwrites the file
    except OSError as error:
        raise StorageError(f"the folder of DATABASE_PATH cannot be used: {path.parent} ({error.strerror})") from error


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sign(descriptor: int) -> None:
    """Write the leader's process id, for the message to a second process. The lock holds without it, too."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _holder(descriptor: int) -> str:
    pid = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
    return f" (process {pid})" if pid.isdigit() else ""


async def _stopped_within(stop: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True
