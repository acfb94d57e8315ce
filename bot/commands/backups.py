"""`pandabot backup` and `pandabot restore`: what they do and what they say."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.process.leader import NotLeaderError, leading
from storage import backup
from storage.errors import StorageError
from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FAILED, BUSY = 1, 75


async def back_up_now(database: Path, folder: Path, say: Callable[[str], None]) -> int:
    """Copy the database. Returns the exit code."""
    if not database.exists() or not database.stat().st_size:  # noqa: ASYNC240  a command line has nothing else to do
        say(f"There is no database at {database} yet, or an empty one, so there is nothing to copy.")
        return FAILED
    return await _alone(database, lambda: _back_up(database, folder, say), say)


async def restore(database: Path, folder: Path, copy: Path | None, say: Callable[[str], None]) -> int:
    """Put a copy in the place of the database. Returns the exit code."""
    return await _alone(database, lambda: _restore(database, folder, copy, say), say)


def show(folder: Path, say: Callable[[str], None]) -> int:
    """List the copies, newest first. Returns the exit code."""
    found = backup.backups(folder)
    for one in found:
        say(f"{one}  {backup.taken_at(one):%Y-%m-%d %H:%M} UTC  {one.stat().st_size // 1024} KiB")
    if not found:
        say(f"There is no copy in {folder} yet: a running bot makes one every hour.")
    return 0


async def _back_up(database: Path, folder: Path, say: Callable[[str], None]) -> None:
    store = await open_store(database)
    try:
        say(f"Copied to {await backup.back_up(store.thread, folder, datetime.now(UTC))}")
    finally:
        await store.close()


async def _restore(database: Path, folder: Path, copy: Path | None, say: Callable[[str], None]) -> None:
    chosen = copy or backup.newest_good(folder)
    if chosen is None:
        raise StorageError(f"There is no sound copy in {folder}.")
    if not chosen.is_file():
        raise StorageError(f"There is no file {chosen}; `pandabot restore --list` shows the copies.")
    aside = backup.restore(chosen, database, datetime.now(UTC))
    say(
        f"Restored the copy of {backup.taken_at(chosen):%Y-%m-%d %H:%M} UTC."
        + (f" The former file is kept as {aside}." if aside else "")
    )
    say(
        "Start the bot: it reads every order again, and looks up what was posted since, so that nothing is told twice "
        "in channels whose history it may read."
    )


async def _alone(database: Path, work: Callable[[], object], say: Callable[[str], None]) -> int:
    """Only while no bot uses the database: it would go on writing to a file that is no longer there."""
    try:
        async with leading(database, standby=False, stop=asyncio.Event()):
            await work()  # type: ignore[misc]  # the lambdas above return coroutines
    except NotLeaderError as error:
        say(f"pandabot: {error}")
        return BUSY
    except StorageError as error:
        say(f"pandabot: {error}")
        return FAILED
    return 0
