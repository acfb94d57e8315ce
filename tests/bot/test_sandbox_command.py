"""`pandabot sandbox pandapon`: other clients' developers reach all operations with the settings that it prints."""

from __future__ import annotations

import asyncio
import json
import shlex
import socket

import pytest
from support.patience import in_time

from bot.commands.sandbox import serve
from bot.process.clock import utc_now
from pandapon import Config, PandaPon, Platform
from pandapon.operations import refunds


async def test_the_printed_settings_reach_it() -> None:
    """Pasted into a configuration, they sign right and find the operations that nobody published."""
    lines: list[str] = []
    ready, stop = asyncio.Event(), asyncio.Event()

    def say(line: str) -> None:
        lines.append(line)
        if line.startswith("PANDAPON_PATHS"):
            ready.set()

    task = asyncio.create_task(serve(0, say, stop))
    await in_time(ready.wait())
    values = dict(shlex.split(line)[0].split("=", 1) for line in lines)
    config = Config(
        values["PANDAPON_BASE_URL"],
        values["PANDAPON_ACCESS_KEY"],
        values["PANDAPON_ACCESS_SECRET"],
        values["PANDAPON_USER_ID"],
        paths=json.loads(values["PANDAPON_PATHS"]),
    )
    async with PandaPon(config, clock=utc_now) as client:
        assert (await client.orders(Platform.ALIBABA)).items
        assert await client.run(refunds.ALIBABA_CARRIERS, refunds.ALIBABA_CARRIERS.request())
    stop.set()
    await in_time(task)


async def test_a_taken_port_is_an_error() -> None:
    """The command says so in a sentence."""
    lines: list[str] = []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="address"):
            await serve(taken.getsockname()[1], lines.append, asyncio.Event())
    assert lines == []
