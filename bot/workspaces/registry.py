"""Starts and stops the bots of all installed workspaces, as the shared tables say.

Every process reads the tables every few seconds, and so follows the changes of other processes. After an installation
or a revocation that it handled itself, it reads them at once. Each workspace starts and stops in a task of its own: one
that fails or hangs does not affect the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from bot.process.errors import StartError
from bot.web.callbacks import digest
from bot.workspaces.vault import SealedError
from bot.workspaces.workspace import State, Workspace
from pandapon import log_context
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.running import Bot
    from bot.web.callbacks import Callbacks
    from storage.workspaces.directory import Directory
    from storage.workspaces.marks import Mark

log = logging.getLogger(__name__)

START_SECONDS = 60.0  # for one bot; a start waits for the database and for Slack
AT_ONCE = 8  # bots that start at the same time
PAUSES = (15.0, 30.0, 60.0, 300.0, 600.0)  # seconds before a failed start is tried again


class Launcher(Protocol):
    """Builds and starts the bot of a workspace."""

    async def launch(self, id_: str) -> Bot:
        """Return the started bot. Raises StartError, StorageError and SealedError."""
        ...

    def is_stale(self, bot: Bot, mark: Mark) -> bool:
        """Whether a running bot needs another token than it has."""
        ...

    async def renew_token(self, id_: str, bot: Bot) -> None:
        """Give a running bot the newest token. Raises StorageError and SealedError."""
        ...


class Registry:
    """The workspaces of this process, by the ids of their installations."""

    def __init__(self, directory: Directory, launcher: Launcher, seconds: float) -> None:
        """``seconds``: between two looks at the shared tables."""
        self._directory, self._launcher, self._seconds = directory, launcher, seconds
        self._workspaces: dict[str, Workspace] = {}
        self._woken = asyncio.Event()
        self._starting = asyncio.Semaphore(AT_ONCE)
        self._loop: asyncio.Task[None] | None = None
        self._stopping: set[asyncio.Task[None]] = set()
        self.trouble = ""  # why the shared tables could not be read the last time

    def find(self, ids: Iterable[str]) -> Workspace | None:
        """Return the first workspace that is installed under one of the ids; None: the app is installed in none."""
        return next((self._workspaces[id_] for id_ in ids if id_ in self._workspaces), None)

    def callbacks(self, token: str) -> Callbacks | None:
        """Return the callbacks of the workspace with this token; None: no workspace has it."""
        given = digest(token)  # compared by its hash, so that the duration tells nothing about the tokens
        bots = (workspace.bot for workspace in self._workspaces.values() if workspace.bot)
        return next((bot.callbacks for bot in bots if given in bot.callbacks.digests), None)

    def all(self) -> list[Workspace]:
        """Return all workspaces."""
        return list(self._workspaces.values())

    def counts(self) -> dict[State, int]:
        """Return the number of workspaces in each state."""
        counted = Counter(workspace.state for workspace in self._workspaces.values())
        return {state: counted[state] for state in State}

    def wake(self) -> None:
        """Look at the shared tables now."""
        self._woken.set()

    def start(self) -> None:
        """Follow the shared tables from now on."""
        self._loop = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Stop all bots."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
        for workspace in self.all():
            self._close(workspace)
        while self._stopping:
            await asyncio.wait(set(self._stopping))

    async def sync(self) -> None:
        """Compare the workspaces with the shared tables once, and begin to start and stop bots accordingly."""
        try:
            marks = await self._directory.installations.marks()
        except StorageError as error:
            if not self.trouble:
                log.error("the shared tables cannot be read, the bots run on", extra={"error": error})  # noqa: TRY400  a StorageError's sentence suffices
            self.trouble = str(error)
            return
        self.trouble = ""
        for workspace in self.all():
            if workspace.id not in marks:
                log.info("workspace stops: the app is not installed there any more", extra={"workspace": workspace.id})
                self._close(workspace)
        for id_, mark in marks.items():
            self._settle(id_, mark)

    async def settled(self) -> None:
        """Wait until no start is under way."""
        while tasks := {workspace.work for workspace in self.all() if workspace.work and not workspace.work.done()}:
            await asyncio.wait(tasks)

    async def _follow(self) -> None:
        while True:
            self._woken.clear()
            await self.sync()
            try:
                await asyncio.wait_for(self._woken.wait(), self._seconds)
            except TimeoutError:
                continue

    def _settle(self, id_: str, mark: Mark) -> None:
        """Start the bot of a workspace if it is new, has changed, or failed some time ago."""
        workspace = self._workspaces.setdefault(id_, Workspace(id_, mark))
        if workspace.work is not None and not workspace.work.done():
            return  # the next sync sees a change
        is_due = workspace.state is State.FAILED and asyncio.get_running_loop().time() >= workspace.again_at
        is_new = workspace.bot is None and workspace.state is State.STARTING
        if is_new or workspace.mark.of_bot != mark.of_bot or is_due:
            workspace.work = asyncio.create_task(self._start(workspace, mark))
        elif workspace.bot is not None and self._launcher.is_stale(workspace.bot, mark):
            workspace.work = asyncio.create_task(self._renew_token(workspace, workspace.bot))

    async def _start(self, workspace: Workspace, mark: Mark) -> None:
        with log_context.bound(workspace=workspace.id):
            former, workspace.mark = workspace.bot, mark
            try:
                async with self._starting, asyncio.timeout(START_SECONDS):
                    bot = await self._launcher.launch(workspace.id)
            except Exception as error:  # noqa: BLE001  whatever fails here, the other workspaces go on
                self._failed(workspace, error)
            else:
                workspace.bot, workspace.fails, workspace.reason = bot, 0, ""
                workspace.state = State.RUNNING if bot.is_working else State.UNCONNECTED
            if former is not None:  # with other tokens or keys; it answered people until now
                await _stop(former)

    async def _renew_token(self, workspace: Workspace, bot: Bot) -> None:
        with log_context.bound(workspace=workspace.id):
            try:
                await self._launcher.renew_token(workspace.id, bot)
            except (StorageError, SealedError) as error:
                log.warning("token cannot be read, tried again", extra={"error": str(error)})

    def _failed(self, workspace: Workspace, error: Exception) -> None:
        ours = isinstance(error, StartError | StorageError | SealedError)
        workspace.bot, workspace.state = None, State.FAILED
        workspace.reason = _sentence(error) if ours else f"unexpected {type(error).__name__}"
        pause = PAUSES[min(workspace.fails, len(PAUSES) - 1)]
        workspace.again_at, workspace.fails = asyncio.get_running_loop().time() + pause, workspace.fails + 1
        trace = None if ours or isinstance(error, TimeoutError) else error
        log.error("workspace cannot start, it is tried again", extra={"reason": workspace.reason}, exc_info=trace)

    def _close(self, workspace: Workspace) -> None:
        del self._workspaces[workspace.id]
        task = asyncio.create_task(self._end(workspace))
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)

    async def _end(self, workspace: Workspace) -> None:
        with log_context.bound(workspace=workspace.id):
            if workspace.work is not None:
                workspace.work.cancel()
                await asyncio.gather(workspace.work, return_exceptions=True)
            if workspace.bot is not None:
                await _stop(workspace.bot)


async def _stop(bot: Bot) -> None:
    try:
        await bot.stop()
    except Exception:
        log.exception("bot of a workspace did not stop in order")


def _sentence(error: Exception) -> str:
    """Return the error as a sentence. The vault's has no subject, as the vault does not know whose secret it is."""
    return f"its data {error}" if isinstance(error, SealedError) else str(error)
