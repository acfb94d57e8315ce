"""The process on a machine whose clock is set while it runs, and while it does not: it polls and posts on, once."""

from __future__ import annotations

import asyncio
import re
import signal
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest
from support.patience import PATIENCE, until
from support.process_harness import port_of

from sandbox.pandapon.demo import FIRST

if TYPE_CHECKING:
    from support.process_harness import ProcessHarness

    from sandbox.slack.workspace import Message

LIBRARY = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
JUMPS = ["-60", "-10800", "-120d", "-2y", "+60", "+10800", "+120d", "+2y"]
SOON = 15.0  # seconds; older than this is no tick of now
NOTICEABLE = 30.0  # seconds; every jump is longer

pytestmark = [
    pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed (Debian: apt-get install faketime)"),
]


class Machine:
    """A machine that runs the bot. A test sets its clock; the stand-ins keep the true time."""

    def __init__(self, process_harness: ProcessHarness) -> None:
        self.process_harness, self._set = process_harness, process_harness.folder / "clock"
        self.process: asyncio.subprocess.Process | None = None
        self.port, self.log = 0, ""
        self._write("+0")

    async def set(self, off: str) -> None:
        """Set the clock to so much more or less than the true time, and wait until a running process sees that."""
        self._write(off)
        if self.process is not None and self.process.returncode is None:
            await self._until_seen(is_off=off != "+0")

    def _write(self, off: str) -> None:
        partial = self._set.with_suffix(".new")
        partial.write_text(off)
        partial.replace(self._set)

    async def start(self, **extra: str) -> None:
        self.process = await self.process_harness.spawn(
            "run",
            LD_PRELOAD=str(LIBRARY),
            FAKETIME_TIMESTAMP_FILE=str(self._set),
            FAKETIME_CACHE_DURATION="1",  # seconds; without a cache every look at the clock reads the file
            FAKETIME_DONT_FAKE_MONOTONIC="1",
            FAKETIME_FORCE_MONOTONIC_FIX="0",  # meant for other versions of glibc: with it each wait for the GIL spins
            LOG_LEVEL="info",
            **extra,
        )
        await until(lambda: bool(self.process_harness.slack.sockets.open))
        self.port = await port_of(self.process)

    async def stop(self, sign: signal.Signals = signal.SIGTERM) -> str:
        assert self.process is not None
        self.process.send_signal(sign)
        out, err = await self.process.communicate()
        return out.decode() + err.decode()

    async def watch(self) -> None:
        assert (await self.process_harness.slack.slash("mei", "#orders", "/panda", f"watch {FIRST}")).ok
        await until(lambda: any(m.by_bot for m in self.posts()))

    def posts(self) -> list[Message]:
        return list(self.process_harness.slack.workspace.channel("orders").messages.values())

    def cards(self) -> list[Message]:
        return [m for m in self.posts() if m.by_bot and not m.thread_ts]

    def told(self, text: str) -> int:
        """In how many pieces of news it stands; an alarm names the last scan, too."""
        return sum(text in m.text for m in self.posts() if m.thread_ts and not m.text.startswith("⏰"))

    async def told_once(self, text: str) -> None:
        """A scan that comes now is told soon, and no second time."""
        self.process_harness.world.add_node(FIRST, text)
        await until(lambda: self.told(text) > 0)
        await asyncio.sleep(0.5)
        assert self.told(text) == 1

    async def ready(self) -> None:
        """Soon: slack_sdk takes a clock set forward for a lost connection and makes a new one."""
        async with asyncio.timeout(PATIENCE):
            while (await self.get("/readyz"))[0] != 200:  # noqa: ASYNC110  another process has to act
                await asyncio.sleep(0.1)

    async def _until_seen(self, *, is_off: bool) -> None:
        """The process's clock is in the Date header of its answers."""
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while True:
                async with session.get(f"http://127.0.0.1:{self.port}/healthz") as answer:
                    shown = parsedate_to_datetime(answer.headers["Date"])
                if (abs((shown - datetime.now(UTC)).total_seconds()) > NOTICEABLE) is is_off:
                    return
                await asyncio.sleep(0.05)

    async def get(self, path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{self.port}{path}") as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def machine(process_harness: ProcessHarness) -> Machine:
    return Machine(process_harness)


@pytest.mark.parametrize("jump", JUMPS)
async def test_polls_and_posts_go_on_when_the_clock_is_set(machine: Machine, jump: str) -> None:
    """There and back again; every scan is told once, and readiness, status and metrics say how things are."""
    await machine.start()
    await machine.watch()
    await machine.told_once("第一站 快件已到达")
    cards = machine.cards()
    await machine.set(jump)
    await machine.told_once("第二站 快件已到达")
    await machine.ready()
    age = re.search(r"(?m)^pandabot_last_tick_seconds (\S+)", (await machine.get("/metrics"))[1])
    assert age is not None
    assert 0 <= float(age[1]) < SOON
    await machine.set("+0")
    await machine.told_once("第三站 快件已到达")
    assert machine.cards() == cards
    log = await machine.stop()
    assert "Traceback" not in log
    assert [machine.told(f"第{number}站") for number in "一二三"] == [1, 1, 1]


@pytest.mark.parametrize("cadence", ["0", "0.0005"])
@pytest.mark.parametrize("jump", ["-60", "-10800", "-2y", "+120d"])
async def test_a_start_on_a_clock_that_was_set_meanwhile(machine: Machine, jump: str, cadence: str) -> None:
    """What the database says is due then is due now: orders of a few seconds' interval are read within seconds."""
    await machine.start(CADENCE_FACTOR=cadence)
    await machine.watch()
    await machine.told_once("第一站 快件已到达")
    await machine.stop(signal.SIGKILL)
    await machine.set(jump)
    await machine.start(CADENCE_FACTOR=cadence)
    await machine.told_once("第二站 快件已到达")
    await machine.stop()
    assert [machine.told(f"第{number}站") for number in "一二"] == [1, 1]
