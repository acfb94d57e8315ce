"""The command that opens the page: its address, its port, how it ends."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
import pytest
import pytest_asyncio
from support.patience import in_time

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Start = Callable[..., Awaitable[tuple[asyncio.subprocess.Process, str]]]

pytestmark = pytest.mark.asyncio(loop_scope="session")

COMMAND = (sys.executable, "-W", "error::ResourceWarning", "-m", "bot", "demo")


@pytest_asyncio.fixture(loop_scope="session")
async def start() -> AsyncIterator[Start]:
    """Starts the command, and gives its process and the first line that it prints."""
    running: list[asyncio.subprocess.Process] = []

    async def begin(*options: str) -> tuple[asyncio.subprocess.Process, str]:
        process = await asyncio.create_subprocess_exec(
            *COMMAND, *options, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        running.append(process)
        assert process.stdout
        return process, (await in_time(process.stdout.readline())).decode()

    yield begin
    for process in running:
        if process.returncode is None:
            process.terminate()  # not killed: a demo that ends removes its folder
        await in_time(process.communicate())


async def test_the_page_is_there_and_goes_quietly(start: Start) -> None:
    """One line says where the page is; Ctrl-C ends it at once, with pages open or not, and nothing is complained of."""
    process, line = await start("--no-open", "--port", "0")
    address = re.search(r"http://127\.0\.0\.1:\d+/", line)
    assert address
    assert "Open this in your browser" in line
    async with aiohttp.ClientSession() as session:
        async with session.get(address[0]) as answer:
            assert answer.status == HTTPStatus.OK
            assert "pandabot demo" in await answer.text()
        async with session.ws_connect(f"{address[0]}ws", headers={"Origin": address[0].rstrip("/")}) as page:
            assert (await page.receive_json())["type"] == "hello"
            process.send_signal(signal.SIGINT)
            _, errors = await in_time(process.communicate())
    assert (process.returncode, errors.decode()) == (130, "")


async def test_a_taken_port(start: Start) -> None:
    """The usual port taken: any other. A port that was asked for and is taken: a sentence, and exit code 1."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process, line = await start("--no-open", "--port", str(port))
        _, errors = await in_time(process.communicate())
    assert (process.returncode, line) == (1, "")
    assert f"port {port} cannot be had" in errors.decode()
    (first, first_address), (second, other) = await asyncio.gather(start("--no-open"), start("--no-open"))
    assert first_address != other
    assert first.returncode is second.returncode is None
