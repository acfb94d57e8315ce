"""Run the bot of any released version under a clock that standard input sets.

:mod:`support.old_bot_life` starts it, with the interpreter of that version and in its checkout. Only what every version
has is used here: ``build``, ``start``, ``stop`` and the settings of the environment. Each line of standard input is a
time (ISO 8601); the end of the input stops the bot.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))  # the checkout of that version

from bot.app import build
from bot.settings import Settings


class Clock:
    """A clock that runs at the usual speed from the time that was set last."""

    def __init__(self) -> None:
        self.set(sys.stdin.readline())

    def set(self, line: str) -> None:
        """Set the time."""
        self._at, self._since = datetime.fromisoformat(line.strip()), time.monotonic()

    def __call__(self) -> datetime:
        """Return the present time (aware)."""
        return self._at + timedelta(seconds=time.monotonic() - self._since)


async def main() -> None:
    """Start the bot, say so, and follow the clock until the input ends."""
    clock = Clock()
    bot = await build(Settings(_env_file=None), clock=clock)
    await bot.start()
    print("started", flush=True)  # noqa: T201  the parent process waits for it
    while line := await asyncio.to_thread(sys.stdin.readline):
        clock.set(line)
    await bot.stop()


asyncio.run(main())
