"""`pandabot backup` and `pandabot restore`. ``say`` prints a line."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.commands.exit_codes import FAILED, exit_code
from bot.process.leader import leading
from storage.errors import NewerSchemaError, StorageError
from storage.sqlite import backup, copies
from storage.sqlite.database import thread_of
from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path


async def back_up_now(database: Path, folder: Path, most: int, say: Callable[[str], None]) -> int:
    """Copy the database. ``most``: bytes of all copies together. Returns the exit code."""
    if await asyncio.to_thread(_is_empty, database):
        say(f"There is no database at {database} yet, or an empty one, so there is nothing to copy.")
        return FAILED
    return await exit_code(_back_up(database, folder, most, say), say)


async def restore(database: Path, folder: Path, copy: Path | None, say: Callable[[str], None]) -> int:
    """Put a copy in the place of the database. Returns the exit code."""
    return await exit_code(_restore(database, folder, copy, say), say)


async def show(folder: Path, say: Callable[[str], None]) -> int:
    """List the copies, newest first. Returns the exit code."""
    return await exit_code(_show(folder, say), say)


async def _show(folder: Path, say: Callable[[str], None]) -> None:
    existing = copies.backups(folder)
    for copy in existing:
        why_not = copies.problem_of(copy) or copies.refusal_of(copy)
        size = f"{copy.stat().st_size // 1024} KiB"
        say(
            f"{copy}  {copies.taken_at(copy):%Y-%m-%d %H:%M} UTC  {size}"
            + (f"  cannot be used: {why_not}" * bool(why_not))
        )
    if not existing:
        say(f"There is no copy in {folder} yet: a running bot makes one every hour.")


def _is_empty(database: Path) -> bool:
    return not database.exists() or not database.stat().st_size


async def _back_up(database: Path, folder: Path, most: int, say: Callable[[str], None]) -> None:
    async with _alone(database):
        store = await open_store(database)
        try:
            say(f"Copied to {await backup.back_up(thread_of(store.engine), folder, datetime.now(UTC), most)}")
        finally:
            await store.close()


async def _restore(database: Path, folder: Path, copy: Path | None, say: Callable[[str], None]) -> None:
    async with _alone(database):
        backup.check_not_moved(database, folder)
        chosen = copy or copies.newest_good(folder)
        if chosen is None:
            raise StorageError(f"There is no sound copy in {folder}.")
        if not chosen.is_file():
            raise StorageError(f"There is no file {chosen}; `pandabot restore --list` shows the copies.")
        aside = _put_back(chosen, database, folder)
    say(
        f"Restored the copy of {copies.taken_at(chosen):%Y-%m-%d %H:%M} UTC."
        + (f" The former file is kept as {aside}." if aside else "")
    )
    say(
        "Start the bot: it reads every order again, and looks up what was posted since, so that nothing is told twice "
        "in channels whose history it may read."
    )


def _put_back(copy: Path, database: Path, folder: Path) -> Path | None:
    """Put a copy in the place of the database. A NewerSchemaError names the newest copy that this version can use."""
    try:
        return backup.restore(copy, database, datetime.now(UTC))
    except NewerSchemaError as error:
        usable = copies.newest_usable(folder)
        hint = f" The newest copy that this version can use: `pandabot restore {usable}`." if usable else ""
        raise NewerSchemaError(f"{error}{hint}") from error


def _alone(database: Path) -> AbstractAsyncContextManager[bool]:
    """Keep a bot away: it would go on writing to the replaced file. Raises NotLeaderError while one runs."""
    return leading(database, standby=False, stop=asyncio.Event())
