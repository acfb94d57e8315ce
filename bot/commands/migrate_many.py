"""`pandabot migrate` where one installation serves many workspaces: between a server and a folder of SQLite files.

Each workspace is moved like a single bot's database, in a transaction of its own; the tables that all share come last.
The databases record what a run has done, so that the next run carries on. Until the whole move is done, no process
starts on either side.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.commands.exit_codes import exit_code
from bot.commands.migrate import check_engines
from bot.commands.moving import STOP_ALL, lines_for_env, move_once, words
from bot.commands.parts import SHARED_FILE, Installation, hold, name_of
from bot.database import needs_driver
from bot.process.failpoints import point
from bot.workspaces.secrets import require_keys
from storage import moved, workers
from storage.errors import BusyFileError, DiskFullError, StorageError, UnreachableError
from storage.workspaces import accounts, installations, moves

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.commands.parts import Part
    from bot.workspaces.vault import Vault
    from storage.move import Move

LASTING = (BusyFileError, DiskFullError, UnreachableError)  # errors that the next workspace would meet, too
TIMES = ("writing_seconds", "comparing_seconds")
SHARED_ROWS = "installations, accounts and keys"


async def migrate(source: str, target: str, vault: Vault, say: Callable[[str], None], *, dry_run: bool) -> int:
    """Move all workspaces to an empty place of the other engine; both are given by their addresses.

    ``vault``: checks that the keys of the settings open the secrets, which are moved still encrypted. ``dry_run``: see
    :func:`bot.commands.migrate.migrate`. Returns the exit code.
    """
    return await exit_code(_migrate(source, target, vault, say, dry_run=dry_run), say)


async def _migrate(source: str, target: str, vault: Vault, say: Callable[[str], None], *, dry_run: bool) -> None:
    check_engines(source, target, "folders of SQLite files: copy the folder")
    run = _Run(Installation(source), Installation(target), say, dry_run=dry_run)
    async with AsyncExitStack() as held:
        for installation in (run.source, run.target):
            await hold(installation, held)
        if run.source.folder is None:
            say(STOP_ALL.format(name=name_of(source)))
        with needs_driver():
            await asyncio.to_thread(run.check, vault)
            await asyncio.to_thread(run.move)


@dataclass(slots=True)
class _Run:
    """One run of the command."""

    source: Installation
    target: Installation
    say: Callable[[str], None]
    dry_run: bool
    parts: list[Part] = field(default_factory=list)  # the source's workspaces with data
    empty: list[str] = field(default_factory=list)  # the ids of the source's workspaces without data
    done: list[Move] = field(default_factory=list)
    move_id: str = ""  # of the move that is under way; empty: none

    @property
    def destination(self) -> str:
        """The target as people are shown it."""
        return name_of(self.target.url)

    def check(self, vault: Vault) -> None:
        """Check that everything can be moved. Changes nothing. Raises StorageError and StartError."""
        with self.source.shared.source() as end:
            moves.require_none_elsewhere(end.conn, self.destination)
            present = moves.under_way(end.conn)
            rows = installations.listed(end.conn)
            require_keys(vault, rows, accounts.listed(end.conn))
        self.move_id = present.id if present else ""
        kept, self.empty = self.source.ids()
        if not kept and not rows:
            raise StorageError(f"No workspace has installed the app in {name_of(self.source.url)}: nothing to move.")
        self.parts = [self.source.workspace(id_) for id_ in kept]
        for part in self.parts:
            self._check_part(part)
        self.target.require_free(moves.ARRIVED, self.move_id)

    def move(self) -> None:
        """Move the workspaces, then the tables that they share. Raises StorageError, which says how to go on."""
        was_there = self.target.folder is None or self.target.folder.exists()
        try:
            self._move()
        finally:
            if self.dry_run and self.target.folder and not was_there:
                with suppress(OSError):  # the folder may not have been made
                    self.target.folder.rmdir()

    def _move(self) -> None:
        if not self.dry_run:
            self._begin()
        failed = self._move_all()
        if failed:
            raise StorageError(self._unfinished(failed))
        now = datetime.now(UTC)
        shared = move_once(self.source.shared, self.target.shared, now, dry_run=self.dry_run, move_id=self.move_id)
        self._note(SHARED_ROWS, shared)
        for line in self._report():
            self.say(line)

    def _check_part(self, part: Part) -> None:
        try:
            with part.source() as end:
                if moved.destination(end.conn) != self.destination or not self.move_id:
                    moved.check(end.conn)
        except StorageError as error:
            raise type(error)(f"{part.id}: {error}") from error

    def _begin(self) -> None:
        """Keep processes from starting on either side: on the source first, which holds the move's id."""
        now = datetime.now(UTC)
        with self.source.shared.source() as end:
            self.move_id = moves.begin(end.conn, self.destination, now).id
            end.commit()
        point("after_begin")
        if self.target.folder is None and self.target.shared.fact(moves.ARRIVED) != self.move_id:
            with self.target.shared.target(is_rehearsal=False) as end:
                moves.expect(end.conn, self.move_id, now)
                end.commit()

    def _move_all(self) -> list[str]:
        failed = []
        for part in self.parts:
            try:
                self._require_idle()
                done = move_once(
                    part,
                    self.target.workspace(part.id),
                    datetime.now(UTC),
                    dry_run=self.dry_run,
                    move_id=self.move_id,
                )
            except StorageError as error:
                self.say(f"{part.id}: {error}")
                failed.append(part.id)
                if isinstance(error, LASTING):
                    break
            else:
                self._note(part.id, done)
        return failed

    def _require_idle(self) -> None:
        """Raise BusyFileError while a process works on the source, even one that was starting when the move began."""
        with self.source.shared.present() as end:
            workers.require_none(end.conn, datetime.now(UTC), end.form.workers)

    def _note(self, name: str, move: Move | None) -> None:
        if move is None:
            self.say(f"{name}: moved by an earlier run.")
            return
        self.done.append(move)
        counts = f"{move.rows:,} rows in {len(move.tables)} tables, with equal counts and checksums."
        self.say(" ".join([f"{name}: {counts}", *words(move)]))

    def _unfinished(self, failed: list[str]) -> str:
        first = f"Not all of the {len(self.parts)} workspaces can be moved: {', '.join(failed)} failed, as said above."
        if self.dry_run:
            return f"{first} This was a dry run: nothing was kept in {self.destination}."
        return (
            f"{first} Mend that, then run the same command again: it carries on, and moves what they share at the end. "
            f"Until then no process starts on {name_of(self.source.url)}."
        )

    def _report(self) -> list[str]:
        source, rows = name_of(self.source.url), sum(move.rows for move in self.done)
        writing, comparing = (sum(getattr(move, name) for move in self.done) for name in TIMES)
        lines = [f"{id_}: no data yet." for id_ in self.empty]
        lines.append(
            f"{rows:,} rows of {len(self.parts)} workspaces and of what they share: written in {writing:.1f} s, and "
            f"compared with the source in {comparing:.1f} s."
        )
        if self.dry_run:
            return [*lines, f"This was a dry run: nothing was kept in {self.destination}, and {source} is as it was."]
        lines.append(f"The data are in {self.destination} now, and no process starts on {source}.")
        lines.append("Tokens and keys are encrypted as they were: keep PANDABOT_KEYS, which alone opens them.")
        if self.target.folder:
            onward = f"`pandabot migrate --from {self.target.url} --to postgresql://…` takes them on to a server."
            return [*lines, f"A file there is a workspace, and {SHARED_FILE} is what they share. {onward}"]
        return [*lines, *lines_for_env(self.target.url)]
