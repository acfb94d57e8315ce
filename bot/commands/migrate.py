"""`pandabot migrate`: moves all data to another engine. ``say`` prints a line."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.commands.outcomes import exit_code
from bot.database import NO_DRIVER
from bot.process.failpoints import point
from bot.process.leader import leading
from bot.settings.storage_url import file_of, shown
from storage import moved
from storage.errors import StorageError
from storage.move import copy_rows
from storage.sqlite import backup
from storage.sqlite.database import thread_of
from storage.sqlite.transfer import check_present, new_file, source_file
from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from storage.move import End, Move

PASSWORD = re.compile(r"((?:://[^/@:]*:|[?&](?:ssl)?password=))[^@/&]+(?=@|&|$)")
STOP_ALL = "Stop every process of the bot that works on {name} before this, and start none until it is done."


async def migrate(source: str, target: str, backups: Path, say: Callable[[str], None], *, dry_run: bool) -> int:
    """Move the rows of one database to another, empty one; both are given by their addresses. Returns the exit code.

    A bot refuses to start on the source afterwards. ``dry_run``: all is done but that and what the target would keep.
    """
    return await exit_code(_migrate(source, target, backups, say, dry_run=dry_run), say)


async def _migrate(source: str, target: str, backups: Path, say: Callable[[str], None], *, dry_run: bool) -> None:
    async with AsyncExitStack() as held:
        _check_engines(source, target)
        for path in filter(None, (file_of(source), file_of(target))):
            await held.enter_async_context(leading(path, standby=False, stop=asyncio.Event()))
        if file := file_of(source):
            await _back_up(file, backups, say)
        else:
            say(STOP_ALL.format(name=shown(source)))
        try:
            move = await asyncio.to_thread(_move, source, target, dry_run=dry_run)
        except ImportError:
            raise StorageError(NO_DRIVER) from None
    for line in _report(move, source, target, dry_run=dry_run):
        say(line)


def _check_engines(source: str, target: str) -> None:
    are_files = [file_of(url) is not None for url in (source, target)]
    if all(are_files):
        raise StorageError("Both databases are SQLite files: stop the bot and copy the file instead.")
    if not any(are_files):
        raise StorageError("Both databases are on PostgreSQL: use pg_dump and pg_restore instead.")


async def _back_up(file: Path, folder: Path, say: Callable[[str], None]) -> None:
    await asyncio.to_thread(check_present, file)
    store = await open_store(file)
    try:
        await store.engine.read(moved.check)
        copy = await backup.back_up(thread_of(store.engine), folder, datetime.now(UTC))
    finally:
        await store.close()
    say(f"Copied {file} to {copy} first.")


def _move(source: str, target: str, *, dry_run: bool) -> Move:
    """Move the rows.

    The target is committed before the source gets its marker: a process that dies in between leaves both whole.
    """
    now = datetime.now(UTC)
    with _source(source) as old:
        with _target(target, is_rehearsal=dry_run) as new:
            move = copy_rows(old, new, now, point)
            if not dry_run:
                new.commit()
                point("after_commit")
        if not dry_run:
            point("after_move")
            moved.mark(old.conn, _name(target), now)
            old.commit()
    return move


def _source(url: str) -> AbstractContextManager[End]:
    if file := file_of(url):
        return source_file(file)
    from storage.postgres.transfer import source_schema  # noqa: PLC0415  an extra

    return source_schema(url)


def _target(url: str, *, is_rehearsal: bool) -> AbstractContextManager[End]:
    if file := file_of(url):
        return new_file(file, is_rehearsal=is_rehearsal)
    from storage.postgres.transfer import empty_schema  # noqa: PLC0415  an extra

    return empty_schema(url)


def _name(url: str) -> str:
    """Return a database's address as people are shown it."""
    return shown(url) if file_of(url) is None else url


def _report(move: Move, source: str, target: str, *, dry_run: bool) -> list[str]:
    width = max(len(table.name) for table in move.tables)
    lines = [f"{table.name:{width}}  {table.rows:>10,}  {table.checksum}" for table in move.tables if table.rows]
    rate = move.rows / max(move.writing_seconds, 0.001)
    lines.append(
        f"{move.rows:,} rows: written in {move.writing_seconds:.1f} s ({rate:,.0f}/s), and compared with the source in "
        f"{move.comparing_seconds:.1f} s: equal counts and checksums in all {len(move.tables)} tables."
    )
    if move.nuls:
        lines.append(f"{move.nuls} NUL characters were left out: PostgreSQL stores none in a text.")
    if move.in_doubt:
        lines.append(f"{move.in_doubt} posts were being sent: each is looked up in its channel before it is sent.")
    if dry_run:
        lines.append(f"This was a dry run: nothing was kept in {_name(target)}, and {_name(source)} is as it was.")
        return lines
    lines.append(f"The data are in {_name(target)} now, and a bot refuses to start on {_name(source)}.")
    lines.append("Put this line into .env, with the password in its place, and no DATABASE_PATH; then start the bot:")
    lines.append("STORAGE_URL=" + PASSWORD.sub(r"\1PASSWORD", target))
    return lines
