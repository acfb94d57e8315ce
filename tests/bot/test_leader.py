"""One process leads a data directory; the next one says so, or takes over when the first dies."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import sys
from asyncio.subprocess import PIPE
from typing import TYPE_CHECKING

import pytest
from support.patience import in_time

from bot.process.leader import NotLeaderError, leading

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import asyncio, sys
from pathlib import Path
from bot.process.leader import leading
async def main():
    async with leading(Path(sys.argv[1]), standby=False, stop=asyncio.Event()):
        print("leading", flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_a_second_process_is_told_who_leads(tmp_path: Path) -> None:
    """The message names the process and the way out."""
    database = tmp_path / "data" / "bot.db"
    async with leading(database, standby=False, stop=asyncio.Event()) as first:
        assert first
        with pytest.raises(NotLeaderError, match="--standby"):
            async with leading(database, standby=False, stop=asyncio.Event()):
                pytest.fail("two leaders")
    async with leading(database, standby=False, stop=asyncio.Event()) as again:
        assert again


async def test_a_standby_takes_over_when_the_leader_is_killed(tmp_path: Path) -> None:
    """SIGKILL leaves no lock behind: the standby leads within seconds."""
    database = tmp_path / "bot.db"
    leader = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLD, str(database), stdout=PIPE)
    assert leader.stdout is not None
    assert await leader.stdout.readline() == b"leading\n"

    async def stand_by() -> bool:
        async with leading(database, standby=True, stop=asyncio.Event()) as leads:
            return leads

    waiting = asyncio.create_task(stand_by())
    await asyncio.sleep(0.2)
    assert not waiting.done()
    leader.send_signal(signal.SIGKILL)
    await leader.wait()
    assert await in_time(waiting)


async def test_a_standby_can_be_stopped(tmp_path: Path) -> None:
    """SIGTERM ends the wait."""
    database, stop = tmp_path / "bot.db", asyncio.Event()
    async with leading(database, standby=False, stop=asyncio.Event()):
        stop.set()
        async with leading(database, standby=True, stop=stop) as leads:
            assert not leads


async def test_a_full_disk_keeps_nobody_from_leading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock holds; only the number of the process is missing from what a second one is told."""

    def full(*_arguments: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    database = tmp_path / "bot.db"
    async with leading(database, standby=False, stop=asyncio.Event()) as leads:
        assert leads
        with pytest.raises(NotLeaderError, match="another pandabot already uses"):
            async with leading(database, standby=False, stop=asyncio.Event()):
                pytest.fail("two leaders")
