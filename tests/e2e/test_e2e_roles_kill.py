"""Real processes, one for each role, on one PostgreSQL: each dies in turn, and a reader sees everything once."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from typing import TYPE_CHECKING

from support import postgres
from support.patience import until

from benchmarks.kill import KillHarness, kill_harness

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ROLES = ("web", "poll", "send", "jobs")
# Where each dies: at named points, or (empty) at once while the news is under way.
DEATHS = {
    "poll": ("", "after_claim", "before_record", "after_record"),
    "send": ("", "before_send", "after_send", "after_mark"),
    "web": ("",),
    "jobs": ("",),
}
DEATH_SECONDS = 60.0


class Fleet:
    """The processes by the role of each, between the stand-ins."""

    def __init__(self, harness: KillHarness, url: str) -> None:
        self.harness, self._url = harness, url
        self.processes: dict[str, asyncio.subprocess.Process] = {}

    async def spawn(self, role: str, kill_at: str = "") -> asyncio.subprocess.Process:
        environment = {name: value for name, value in self.harness.environment.items() if name != "DATABASE_PATH"}
        environment |= {"STORAGE_URL": self._url, "WORKER": role}
        environment |= {"PANDABOT_KILL_AT": kill_at} if kill_at else {}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", "--roles", role, env=environment, cwd=self.harness.folder
        )
        self.processes[role] = process
        return process

    async def begin(self) -> None:
        for role in ROLES:
            await self.spawn(role)
        await until(lambda: bool(self.harness.slack.sockets.open))
        await self.harness.watch_all()

    async def die(self, role: str, kill_at: str, next_at: str) -> None:
        """Let a process die at this point while parcels move; the next one of its name will die at ``next_at``."""
        for number in range(len(self.harness.orders)):
            self.harness.scan(number)
        if kill_at:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.processes[role].wait(), DEATH_SECONDS)
            assert self.processes[role].returncode == -signal.SIGKILL, f"{role} never came to {kill_at}"
        else:
            await asyncio.sleep(0.15)
            await self.end(role, signal.SIGKILL)
        await self.spawn(role, next_at)

    async def end(self, role: str, by: signal.Signals = signal.SIGTERM) -> int:
        process = self.processes[role]
        if process.returncode is None:
            process.send_signal(by)
        return await process.wait()


@contextlib.asynccontextmanager
async def fleet(folder: Path, orders: int) -> AsyncIterator[Fleet]:
    async with kill_harness(folder, orders) as harness:
        made = Fleet(harness, postgres.new_database(folder))
        try:
            yield made
        finally:
            for role in made.processes:
                await made.end(role, signal.SIGKILL)


def all_told(harness: KillHarness) -> bool:
    return min(harness.seen().values()) > 0


async def test_each_role_dies_in_turn_and_nothing_is_lost_or_told_twice(tmp_path: Path) -> None:
    """The others go on; the next process of that name takes up what the dead one had in hand."""
    async with fleet(tmp_path, 3) as running_fleet:
        await running_fleet.begin()
        for role, points in DEATHS.items():
            for kill_at, next_at in zip(points, (*points[1:], ""), strict=True):
                await running_fleet.die(role, kill_at, next_at)
            await until(lambda: all_told(running_fleet.harness))
        await until(lambda: bool(running_fleet.harness.slack.sockets.open))
        await asyncio.sleep(2)
        assert set(running_fleet.harness.seen().values()) == {1}
        assert running_fleet.harness.cards() == 3
        codes = [await running_fleet.end(role) for role in ROLES]
        assert codes == [0, 0, 0, 0]
