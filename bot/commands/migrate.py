"""`pandabot migrate`: moves all data of one bot to another engine. ``say`` prints a line."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.commands.exit_codes import exit_code
from bot.commands.moving import STOP_ALL, lines_for_env, move, words
from bot.commands.parts import name_of, single
from bot.database import needs_driver
from bot.process.leader import leading
from bot.settings.storage_url import file_of, shown
from storage import moved
from storage.errors import StorageError
from storage.sqlite import backup
from storage.sqlite.database import thread_of
from storage.sqlite.transfer import check_present
from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.connection import Connection
    from storage.move import Move


async def migrate(source: str, target: str, backups: Path, say: Callable[[str], None], *, dry_run: bool) -> int:
    """Move the rows of one database to another, empty one; both are given by their addresses. Returns the exit code.

    A bot refuses to start on the source afterwards. ``dry_run``: the rows are copied and compared, but the
    target keeps none of them, and the source stays as it was.
    """
    return await exit_code(_migrate(source, target, backups, say, dry_run=dry_run), say)


async def _migrate(source: str, target: str, backups: Path, say: Callable[[str], None], *, dry_run: bool) -> None:
    async with AsyncExitStack() as held:
        check_engines(source, target, "SQLite files: stop the bot and copy the file")
        for path in filter(None, (file_of(source), file_of(target))):
            await held.enter_async_context(leading(path, standby=False, stop=asyncio.Event()))
        file = file_of(source)
        if file:
            await _back_up(file, backups, say)
        else:
            say(STOP_ALL.format(name=shown(source)))
        with needs_driver():
            now = datetime.now(UTC)
            done = await asyncio.to_thread(move, single(source), single(target), now, dry_run=dry_run)
        if file and not dry_run:
            await _copy(file, backups)  # so that the newest copy, too, is marked as moved
    for line in _report(done, source, target, dry_run=dry_run):
        say(line)


def check_engines(source: str, target: str, files: str) -> None:
    """Raise StorageError if both addresses are of one engine. ``files``: the message's words if both are SQLite's."""
    are_files = [file_of(url) is not None for url in (source, target)]
    if all(are_files):
        raise StorageError(f"Both databases are {files} instead.")
    if not any(are_files):
        raise StorageError("Both databases are on PostgreSQL: use pg_dump and pg_restore instead.")


async def _back_up(file: Path, folder: Path, say: Callable[[str], None]) -> None:
    await asyncio.to_thread(check_present, file)
    say(f"Copied {file} to {await _copy(file, folder, moved.check)} first.")


async def _copy(file: Path, folder: Path, check: Callable[[Connection], None] = lambda _conn: None) -> Path:
    store = await open_store(file)
    try:
        await store.engine.read(check)
        return await backup.back_up(thread_of(store.engine), folder, datetime.now(UTC))
    finally:
        await store.close()


def _report(move: Move, source: str, target: str, *, dry_run: bool) -> list[str]:
    width = max(len(table.name) for table in move.tables)
    lines = [f"{table.name:{width}}  {table.rows:>10,}  {table.checksum}" for table in move.tables if table.rows]
    rate = move.rows / max(move.writing_seconds, 0.001)
    lines.append(
        f"{move.rows:,} rows: written in {move.writing_seconds:.1f} s ({rate:,.0f}/s), and compared with the source in "
        f"{move.comparing_seconds:.1f} s: equal counts and checksums in all {len(move.tables)} tables."
    )
    lines += words(move)
    if dry_run:
        lines.append(f"This was a dry run: nothing was kept in {name_of(target)}, and {name_of(source)} is as it was.")
        return lines
    lines.append(f"The data are in {name_of(target)} now, and a bot refuses to start on {name_of(source)}.")
    return [*lines, *lines_for_env(target)]
