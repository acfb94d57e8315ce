"""`pandabot migrate` where one installation serves many workspaces: between a server and a folder of SQLite files.

Each workspace is moved as a single bot is, in a transaction of its own, and then what all share. What a run did is
noted in the databases, so that the next one carries on; until the last is done no process starts on either side.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.commands.migrate import check_engines
from bot.commands.moving import STOP_ALL, lines_for_env, move_once, words
from bot.commands.outcomes import exit_code
from bot.commands.parts import SHARED_FILE, Installation, driver, hold, name_of
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

LASTING = (BusyFileError, DiskFullError, UnreachableError)  # the next workspace would fail, too
TIMES = ("writing_seconds", "comparing_seconds")
SHARED_ROWS = "installations, accounts and keys"


async def migrate(source: str, target: str, vault: Vault, say: Callable[[str], None], *, dry_run: bool) -> int:
    """Move all workspaces to an empty place of the other engine; both are given by their addresses.

    ``vault``: of the keys that open the secrets, which are moved as they are. Returns the exit code. ``dry_run``: see
    :func:`bot.commands.migrate.migrate`.
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
        with driver():
            await asyncio.to_thread(run.look, vault)
            await asyncio.to_thread(run.do)


@dataclass(slots=True)
class _Run:
    """One run of the command."""

    source: Installation
    target: Installation
    say: Callable[[str], None]
    dry_run: bool
    parts: list[Part] = field(default_factory=list)  # of the source: its workspaces with data
    empty: list[str] = field(default_factory=list)  # the ids of those without any
    done: list[Move] = field(default_factory=list)
    passage: str = ""  # the id of the move that is under way; empty: none

    @property
    def destination(self) -> str:
        """The target as people are shown it."""
        return name_of(self.target.url)

    def look(self, vault: Vault) -> None:
        """See whether all of it can be moved, and change nothing. Raises StorageError and StartError."""
        with self.source.shared.source() as end:
            moves.require_none_elsewhere(end.conn, self.destination)
            present = moves.under_way(end.conn)
            rows = installations.listed(end.conn)
            require_keys(vault, rows, accounts.listed(end.conn))
        self.passage = present.id if present else ""
        kept, self.empty = self.source.ids()
        if not kept and not rows:
            raise StorageError(f"No workspace has installed the app in {name_of(self.source.url)}: nothing to move.")
        self.parts = [self.source.workspace(id_) for id_ in kept]
        for part in self.parts:
            self._look_at(part)
        self.target.require_free(moves.ARRIVED, self.passage)

    def do(self) -> None:
        """Move the workspaces, and then what they share. Raises StorageError, which says how to go on."""
        was_there = self.target.folder is None or self.target.folder.exists()
        try:
            self._do()
        finally:
            if self.dry_run and self.target.folder and not was_there:
                with suppress(OSError):  # it was not made
                    self.target.folder.rmdir()

    def _do(self) -> None:
        if not self.dry_run:
            self._begin()
        failed = self._move_all()
        if failed:
            raise StorageError(self._unfinished(failed))
        now = datetime.now(UTC)
        shared = move_once(self.source.shared, self.target.shared, now, dry_run=self.dry_run, passage=self.passage)
        self._note(SHARED_ROWS, shared)
        for line in self._report():
            self.say(line)

    def _look_at(self, part: Part) -> None:
        try:
            with part.source() as end:
                if moved.destination(end.conn) != self.destination or not self.passage:
                    moved.check(end.conn)
        except StorageError as error:
            raise type(error)(f"{part.id}: {error}") from error

    def _begin(self) -> None:
        """Keep processes from starting on either side: on the source first, which holds the move's id."""
        now = datetime.now(UTC)
        with self.source.shared.source() as end:
            self.passage = moves.begin(end.conn, self.destination, now).id
            end.commit()
        point("after_begin")
        if self.target.folder is None and self.target.shared.fact(moves.ARRIVED) != self.passage:
            with self.target.shared.target(is_rehearsal=False) as end:
                moves.expect(end.conn, self.passage, now)
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
                    passage=self.passage,
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
        """A process that was starting as this began has its row in the shared tables by now."""
        with self.source.shared.present() as end:
            workers.require_none(end.conn, datetime.now(UTC), end.form.workers)

    def _note(self, name: str, move: Move | None) -> None:
        if move is None:
            self.say(f"{name}: moved by an earlier run.")
            return
        self.done.append(move)
        said = f"{move.rows:,} rows in {len(move.tables)} tables, with equal counts and checksums."
        self.say(" ".join([f"{name}: {said}", *words(move)]))

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
