"""A process that is killed during a write, and what the database and PandaPon say of the write afterwards."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support.patience import in_time, until

from benchmarks.kill import KillHarness, kill, now
from handlers.writing.verifiers import VERIFIERS
from handlers.writing.writer import Writer
from pandapon.client import Config, PandaPon
from sandbox.pandapon.trading.routes import OWN_PATHS
from storage.store import open_store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tracking.writes import Write, WriteState

SETTLED = 2.0  # seconds in which a process resolves the writes of its predecessor and handles what it was sent
NO_VALUES: dict[str, Any] = {}


class WriteKillHarness(KillHarness):
    """Both stand-ins, with every path of the API, and a bot that may change the account."""

    def __init__(self, folder: Path, writes: str) -> None:
        """``writes``: the setting ``WRITES``, which says what the bot may change."""
        super().__init__(folder, 1)
        self._writes = writes

    @property
    def environment(self) -> dict[str, str]:
        """The environment of :class:`KillHarness`, with writes switched on."""
        return super().environment | {"WRITES": self._writes, "PANDAPON_PATHS": json.dumps(OWN_PATHS)}

    @property
    def page(self) -> dict[str, Any]:
        """The newest form."""
        return dict(list(self.slack.workspace.views.values())[-1])

    async def open_form(self, command: str, button: str) -> dict[str, Any]:
        """Type a command and press its answer's button whose id begins with ``button``. Returns the filled form."""
        messages = self.slack.workspace.ephemeral
        count = len(messages)
        await self.slack.slash("mei", self.channels[0], "/panda", command)
        await until(lambda: len(messages) > count and button in str(messages[-1].blocks))
        elements = [
            each for block in messages[-1].blocks for each in [*(block.get("elements") or []), block.get("accessory")]
        ]
        ids = [str(each.get("action_id", "")) for each in elements if each]
        assert (await self.slack.press("mei", messages[-1], next(id_ for id_ in ids if id_.startswith(button)))).ok
        await until(lambda: any(view.get("private_metadata") for view in self.slack.workspace.views.values()))
        return self.page

    async def send(self, values: dict[str, Any]) -> None:
        """Send the newest form's page, and wait for its next one."""
        before = self.page["private_metadata"]
        assert (await self.slack.submit("mei", self.page["id"], values)).ok
        await until(lambda: self.page["private_metadata"] not in {"", before})

    async def die_over(
        self,
        moment: str,
        path: str,
        fill_in: Callable[[], Awaitable[dict[str, Any]]],
        values: dict[str, Any] = NO_VALUES,
    ) -> dict[str, Any]:
        """Fill a form in, send its last page, and kill the process at this moment of the write. Returns that page.

        ``moment``: a failpoint of the bot; or ``during``: the stand-in has carried the write out, but its answer to
        ``path`` reaches nobody.
        """
        process = await self.spawn("" if moment == "during" else moment)
        await self.connected(process)
        page = await fill_in()
        if moment == "during":
            self.pandapon.on_request.append(lambda seen, *_: process.kill() if seen.path == path else None)
        await self.slack.submit("mei", page["id"], values)
        await in_time(process.wait())
        await kill(process, self)
        self.pandapon.on_request.clear()
        return page

    async def send_again(
        self,
        page: dict[str, Any],
        values: dict[str, Any] = NO_VALUES,
        *,
        settled: Callable[[], object] | None = None,
    ) -> None:
        """Send the page again to a new process, and kill this one too once ``settled`` holds; None: after SETTLED."""
        process = await self.spawn()
        await self.connected(process)
        self.slack.workspace.views[page["id"]] = page
        assert (await self.slack.submit("mei", page["id"], values)).ok
        await (until(settled) if settled else asyncio.sleep(SETTLED))
        await kill(process, self)


async def recorded(harness: KillHarness) -> Write:
    """The only record of a write in the database. No bot may run meanwhile."""
    store = await open_store(harness.folder / "bot.db")
    [write], _total = await store.writes.newest(0, 9)
    await store.close()
    return write


async def found_later(harness: KillHarness, after: timedelta) -> WriteState:
    """The state that a verification gives to the write a little more than ``after`` from now.

    By then a call that was lost on the way could no longer arrive.
    """
    store = await open_store(harness.folder / "bot.db")
    config = Config(
        harness.pandapon.base_url, harness.pandapon.access_key, harness.pandapon.access_secret, "1", paths=OWN_PATHS
    )
    async with PandaPon(config, clock=now) as api:
        [write], _total = await store.writes.newest(0, 9)
        verified = await Writer(api, store, lambda: now() + after + timedelta(seconds=1), VERIFIERS).verify(write)
    await store.close()
    return verified.state
