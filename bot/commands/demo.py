"""The demo: the bot itself between stand-ins of Slack and PandaPon, in one process, with nothing to set up."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import webbrowser
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.commands.demo_sandbox import GOING_ON, LIVED_IN, running_sandbox
from bot.process.clock import utc_now
from sandbox.terminal.chat import Printer, chat
from sandbox.terminal.lines import lines
from sandbox.terminal.script import play as play_lines
from sandbox.terminal.session import PATIENCE, Session
from sandbox.web import prelude
from sandbox.web.server import PORT, WebServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine, Iterator


STARTED = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # scripts always begin on this Monday, at 10:00 in China
FAILED, INTERRUPTED = 1, 130
NOTHING_PLAYED = (
    "No terminal on standard input, so it was played as a script (0 lines). For the page: pandabot demo --no-open\n"
)


async def show(port: int | None = None, *, open_page: bool = True) -> int:
    """Serve the web page until told to stop. Returns the exit code: 1 when the port that was asked for is taken."""
    return await _guarded(_show(port, open_page=open_page))


@contextlib.asynccontextmanager
async def serving_page(now: datetime, port: int | None = None) -> AsyncIterator[WebServer]:
    """Play the prelude, at whose end the demo's clock shows ``now``, and serve the page.

    ``port`` None: the usual port, or any free one. Raises OSError when the given port cannot be used.
    """
    async with running_sandbox(now - prelude.LENGTH, LIVED_IN) as sandbox, WebServer(sandbox) as server:
        await _listen(server, port)
        await prelude.play(server.hub, now)
        yield server


async def _show(port: int | None, *, open_page: bool) -> int:
    async with contextlib.AsyncExitStack() as stack:
        try:
            server = await stack.enter_async_context(serving_page(utc_now(), port))
        except OSError as error:
            sys.stderr.write(f"pandabot demo: port {port} cannot be had: {error.strerror}\n")
            return FAILED
        address = f"{server.base_url}/"
        is_opened = open_page and _has_screen() and await asyncio.to_thread(webbrowser.open, address)
        where = f"The demo is at {address}" if is_opened else f"The demo runs. Open this in your browser: {address}"
        sys.stdout.write(f"{where}\nCtrl-C ends it; nothing of it stays.\n")
        sys.stdout.flush()
        await asyncio.Event().wait()
    return 0


def _has_screen() -> bool:
    """Return whether a browser can open a window; without a screen a text browser would take the terminal over."""
    return sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


async def _listen(server: WebServer, port: int | None) -> str:
    """Listen on the given port; without one on the usual port, or on any free port when that is taken."""
    if port is not None:
        return await server.start(port)
    try:
        return await server.start(PORT)
    except OSError:
        return await server.start()


async def talk() -> int:
    """Chat in this terminal; piped input is run as a script. Returns the exit code."""
    if not sys.stdin.isatty():
        return await _guarded(_play_input())
    return await _guarded(_talk())


async def play(text: str, *, patience: float = PATIENCE) -> int:
    """Play a script. Returns the exit code: 1 when a line failed, or waited ``patience`` seconds in vain."""
    return await _guarded(_play(_each(text), patience))


async def _talk() -> int:
    async with running_sandbox(utc_now(), GOING_ON) as sandbox:
        await chat(sandbox, lines(sys.stdin.fileno()), Printer(sys.stdout))
    return 0


async def _play_input() -> int:
    played = 0

    async def counted() -> AsyncIterator[str]:
        nonlocal played
        async for line in lines(sys.stdin.fileno()):
            played += bool(line.strip())
            yield line

    outcome = await _play(counted())
    if not played:  # otherwise a person or a task runner would see no output at all
        sys.stdout.write(NOTHING_PLAYED)
    return outcome


async def _play(script: AsyncIterable[str], patience: float = PATIENCE) -> int:
    printer = Printer(sys.stdout)
    async with running_sandbox(STARTED) as sandbox:
        session = Session(sandbox, printer, width=printer.width, everywhere=True, patience=patience)
        failure = await play_lines(session, script, printer)
    sys.stdout.flush()
    return _outcome(failure)


def _outcome(failure: str) -> int:
    if failure:
        sys.stderr.write(f"pandabot demo: {failure}\n")
    return FAILED if failure else 0


async def _each(text: str) -> AsyncIterator[str]:
    for line in text.splitlines():
        yield line


async def _guarded(work: Coroutine[None, None, int]) -> int:
    """Run until the end or a signal. A closed output pipe ends the run without a traceback. Returns the exit code."""
    task = asyncio.ensure_future(work)
    with _stopping_on_signals(task.cancel):
        try:
            return await task
        except asyncio.CancelledError:
            return INTERRUPTED
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains at exit
            return FAILED


@contextlib.contextmanager
def _stopping_on_signals(stop: Callable[[], object]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    signs = (signal.SIGINT, signal.SIGTERM)
    for sign in signs:
        loop.add_signal_handler(sign, stop)
    try:
        yield
    finally:
        for sign in signs:
            loop.remove_signal_handler(sign)
