"""`pandabot restored` where one installation serves many workspaces: each is marked like a single bot's database.

Before the first workspace is marked, the shared tables record which ones are to be marked. A workspace that a run did
not mark, because the run was killed or something failed there, starts no bot until a later run has marked it.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.commands.exit_codes import exit_code
from bot.commands.parts import Installation, hold, name_of
from bot.commands.restored import START, mark, moment
from bot.database import needs_driver
from bot.process.failpoints import point
from storage import moved, workers
from storage.errors import StorageError
from storage.facts import SHARED
from storage.unconfirmed import unconfirmed_at
from storage.workspaces import moves, restoring

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.commands.parts import Part


class UnknownWorkspaceError(ValueError):
    """The app is not installed in a workspace; the message says so."""


async def run(url: str, text: str, now: datetime, say: Callable[[str], None], id_: str = "") -> int:
    """Mark the workspaces of an installation. ``id_``: the only one to mark; empty: all. Returns the exit code.

    Raises MomentError for a text that is no time, UnknownWorkspaceError, and ValueError for a text that is no id.
    """
    installation = Installation(url)
    if id_:
        installation.workspace(id_)
    marking = _Marking(installation, moment(text, now), now, say, id_)
    return await exit_code(_run(marking), say)


async def _run(marking: _Marking) -> None:
    async with AsyncExitStack() as held:
        await hold(marking.installation, held)
        with needs_driver():
            await asyncio.to_thread(marking.do)


@dataclass(slots=True)
class _Marking:
    """One run of the command. ``only``: the one workspace to mark; empty: all."""

    installation: Installation
    at: datetime
    now: datetime
    say: Callable[[str], None]
    only: str
    failed: list[str] = field(default_factory=list)
    marked: int = 0
    before: int = 0  # workspaces that were marked by an earlier run

    def do(self) -> None:
        """Mark the workspaces one by one. Raises UnknownWorkspaceError, and StorageError when some were not marked."""
        kept, empty = self._ids()
        parts = [self.installation.workspace(id_) for id_ in kept]
        self._begin([part for part in parts if not self._is_done(part)])
        point("after_notes")
        for part in parts:
            self._mark(part)
            point("after_workspace")
        for id_ in empty:
            self._done(id_)
            self.say(f"{id_}: no data yet, so there is nothing to mark.")
        self._end()

    def _ids(self) -> tuple[list[str], list[str]]:
        kept, empty = self.installation.ids()
        if not self.only:
            if not kept and not empty:
                name = name_of(self.installation.url)
                raise StorageError(f"No workspace has installed the app in {name}: nothing to mark.")
            return kept, empty
        if self.only not in kept + empty:
            raise UnknownWorkspaceError(
                f"the app is not installed in {self.only}; `pandabot workspaces list` shows where it is"
            )
        return [id_ for id_ in kept if id_ == self.only], [id_ for id_ in empty if id_ == self.only]

    def _is_done(self, part: Part) -> bool:
        """Whether the part needs no mark. A part that cannot be read does: marking it then reports the error."""
        try:
            with part.present() as end:
                return unconfirmed_at(end.conn, self.at) is not None and not moved.destination(end.conn)
        except StorageError:
            return False

    def _begin(self, todo: list[Part]) -> None:
        """Record what is to be marked, while no process works. A second check finds one that was just starting."""
        with self.installation.shared.present() as end:
            moves.require_arrived(end.conn)
            if self.only:
                moves.check(end.conn)  # all workspaces were moved together, so one alone cannot come back
            if not todo and not moved.destination(end.conn, SHARED) and moves.under_way(end.conn) is None:
                return
            workers.require_none(end.conn, self.now, end.form.workers)
            restoring.begin(end.conn, [part.id for part in todo], self.at, self.now)
            end.commit()
        with self.installation.shared.present() as end:
            workers.require_none(end.conn, self.now, end.form.workers)

    def _mark(self, part: Part) -> None:
        try:
            with part.present() as end:
                outcome = mark(end.conn, self.at, self.now)
                end.commit()
            self._done(part.id)
        except StorageError as error:
            self.failed.append(part.id)
            self.say(f"{part.id}: {error}")
            return
        self.marked += outcome.done_at is None
        self.before += outcome.done_at is not None
        for line in outcome.lines(self.at):
            self.say(f"{part.id}: {line}")

    def _done(self, id_: str) -> None:
        with self.installation.shared.present() as end:
            restoring.done(end.conn, id_)
            end.commit()

    def _end(self) -> None:
        counts = f"{self.marked} marked, {self.before} marked before, {len(self.failed)} failed"
        if self.failed:
            raise StorageError(
                f"Workspaces: {counts} ({', '.join(self.failed)}). Mend what is said above, and run the same command "
                "again: until then the bots of these do not start, and those of the others may."
            )
        if not self.only:
            with self.installation.shared.present() as end:
                if moves.give_up(end.conn):
                    self.say("Processes may start on this database again, although its data were moved to another one.")
                end.commit()
        self.say(f"Workspaces: {counts}.")
        if self.marked:
            self.say(START)
