"""Runs the bot as a process of its own, beside both stand-ins on the real clock."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE
from datetime import UTC, datetime
from pathlib import Path

from support import in_process
from support.patience import until

from benchmarks.kill import inherited
from bot.commands import manifest
from sandbox.pandapon.demo import demo_world
from sandbox.pandapon.server import PandaPonServer
from sandbox.slack.server import SlackServer

LISTENS = "0A"  # the state of a listening socket in /proc/net/tcp
SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-canary-bot-token",
    "SLACK_APP_TOKEN": "xapp-canary-app-token",
    "SLACK_SIGNING_SECRET": "canary-signing-secret",
    "PANDAPON_ACCESS_KEY": "canary-access-key",
    "PANDAPON_ACCESS_SECRET": "canary-access-secret",
}


def now() -> datetime:
    return datetime.now(UTC)


class ProcessHarness:
    """Both stand-ins, and the processes of the bot that a test starts between them.

    Keyword arguments of ``spawn``, ``run`` and ``run_here`` are further environment variables. An empty value removes
    a variable.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._processes: list[asyncio.subprocess.Process] = []
        self.slack = SlackServer(
            now,
            bot_token=SECRETS["SLACK_BOT_TOKEN"],
            app_token=SECRETS["SLACK_APP_TOKEN"],
            signing_secret=SECRETS["SLACK_SIGNING_SECRET"],
            manifest=manifest.read(),
        )
        self.world = demo_world(now)
        self.pandapon = PandaPonServer(
            self.world,
            now,
            access_key=SECRETS["PANDAPON_ACCESS_KEY"],
            access_secret=SECRETS["PANDAPON_ACCESS_SECRET"],
        )

    @property
    def environment(self) -> dict[str, str]:
        return {
            **inherited(),
            **SECRETS,
            "SLACK_API_URL": self.slack.api_url,
            "PANDAPON_BASE_URL": self.pandapon.base_url,
            "PANDAPON_USER_ID": "2100007341207",
            "DATABASE_PATH": str(self.folder / "data" / "bot.db"),
            "HTTP_PORT": "0",
            "POLL_INTERVAL_SECONDS": "0.2",
            "CADENCE_FACTOR": "0",
            "LOG_LEVEL": "debug",
        }

    def _given(self, extra: dict[str, str]) -> dict[str, str]:
        given = self.environment | extra
        if extra.get("STORAGE_URL"):
            given |= {"DATABASE_PATH": extra.get("DATABASE_PATH", "")}
        return given

    async def spawn(self, *arguments: str, **extra: str) -> asyncio.subprocess.Process:
        environment = {name: value for name, value in self._given(extra).items() if value}
        return await self._started(sys.executable, "-m", "bot", *arguments, env=environment)

    async def spawn_with_files(self, files: int, **extra: str) -> asyncio.subprocess.Process:
        """Run ``pandabot run`` with a limit on open files."""
        command = f'ulimit -n {files}; exec "$0" -m bot run'
        environment = self.environment | extra
        return await self._started("/bin/sh", "-c", command, sys.executable, env=environment)

    async def _started(self, *command: str, env: dict[str, str]) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(*command, env=env, cwd=self.folder, stdout=PIPE, stderr=PIPE)
        self._processes.append(process)
        return process

    async def leave_none(self) -> None:
        """Kill the processes that a failed test left behind."""
        for process in self._processes:
            if process.returncode is None:
                process.kill()
                await process.communicate()

    async def run(self, *arguments: str, **extra: str) -> tuple[int, str]:
        process = await self.spawn(*arguments, **extra)
        out, err = await process.communicate()
        return process.returncode or 0, out.decode() + err.decode()

    async def run_here(self, *arguments: str, **extra: str) -> tuple[int, str]:
        """Run a command that ends by itself, in this process. Returns its exit code and its output."""
        given = {name: value or None for name, value in self._given(extra).items()}
        return await asyncio.to_thread(in_process.command, self.folder, *arguments, environment=given)


async def port_of(process: asyncio.subprocess.Process) -> int:
    """Wait until the process listens, and return its port. A port that the test chose could be taken by then."""
    ports: list[int] = []

    def listens() -> bool:
        ports[:] = _listening(process.pid)
        return bool(ports) or process.returncode is not None

    await until(listens)
    assert ports, f"the process has ended with {process.returncode}"
    return ports[0]


def _listening(pid: int) -> list[int]:
    """The TCP ports on which a process listens, from ``/proc``."""
    own = set()
    with contextlib.suppress(OSError):
        for file in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                own.add(str(file.readlink()).removeprefix("socket:[").removesuffix("]"))
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return [int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == LISTENS and row[9] in own]
