"""The process from outside: both stand-ins on the real clock, and the environment that leads the process to them."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from benchmarks.kill import inherited
from bot.commands import manifest
from sandbox.pandapon.demo import demo_world
from sandbox.pandapon.server import PandaPonServer
from sandbox.slack.server import SlackServer

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-canary-bot-token",
    "SLACK_APP_TOKEN": "xapp-canary-app-token",
    "SLACK_SIGNING_SECRET": "canary-signing-secret",
    "PANDAPON_ACCESS_KEY": "canary-access-key",
    "PANDAPON_ACCESS_SECRET": "canary-access-secret",
}


def now() -> datetime:
    return datetime.now(UTC)


class Outside:
    """Both stand-ins, and the environment of a process between them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
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

    async def spawn(self, *arguments: str, **extra: str) -> asyncio.subprocess.Process:
        environment = {name: value for name, value in (self.environment | extra).items() if value}
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments, env=environment, cwd=self.folder, stdout=PIPE, stderr=PIPE
        )

    async def spawn_with_files(self, files: int, **extra: str) -> asyncio.subprocess.Process:
        """Run ``pandabot run`` with a limit on open files."""
        command = f'ulimit -n {files}; exec "$0" -m bot run'
        environment = self.environment | extra
        return await asyncio.create_subprocess_exec(
            "/bin/sh", "-c", command, sys.executable, env=environment, cwd=self.folder, stdout=PIPE, stderr=PIPE
        )

    async def run(self, *arguments: str, **extra: str) -> tuple[int, str]:
        process = await self.spawn(*arguments, **extra)
        out, err = await process.communicate()
        return process.returncode or 0, out.decode() + err.decode()
