"""The demo: the bot itself between stand-ins of Slack and PandaPon, in one process, with nothing to set up."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
import webbrowser
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.app import Bot, build
from bot.commands import manifest
from bot.process.clock import utc_now
from bot.settings import Settings
from sandbox.clock import SimClock
from sandbox.pandapon.demo import demo_world
from sandbox.pandapon.goods import PICTURES
from sandbox.pandapon.server import PandaPonServer
from sandbox.slack.server import SlackServer
from sandbox.terminal import picture as pictures
from sandbox.terminal.chat import Printer, chat
from sandbox.terminal.lines import lines
from sandbox.terminal.sandbox import Sandbox
from sandbox.terminal.script import play as play_lines
from sandbox.terminal.session import PATIENCE, Session
from sandbox.web.server import PORT, WebServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine, Iterator

    from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

STARTED = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # scripts always begin on this Monday, at 10:00 in China
PICTURED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # the same Monday at 10:00 in Berlin, where Tom is
BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-demo", "xapp-demo", "demo"  # the stand-ins' own
ACCESS_KEY, ACCESS_SECRET, USER_ID = "demo-key", "demo-access", "2100007341207"
FAILED, INTERRUPTED = 1, 130


class DemoSettings(Settings):
    """Settings that come from this module alone: no variable and no .env of the machine reaches the demo."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  the signature is pydantic-settings'
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the same
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the same
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The arguments, nothing else."""
        return (init_settings,)


@contextlib.asynccontextmanager
async def running_sandbox(start: datetime) -> AsyncIterator[Sandbox]:
    """Run both stand-ins and the production bot, on free ports and a temporary database."""
    clock = SimClock(start)
    world = demo_world(clock)
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pandabot-demo-")))
        pandapon = PandaPonServer(
            world,
            clock=clock,
            access_key=ACCESS_KEY,
            access_secret=ACCESS_SECRET,
            user_id=USER_ID,
            pictures=PICTURES,
        )
        base_url = await pandapon.start()
        stack.push_async_callback(pandapon.stop)
        slack = SlackServer(
            clock,
            bot_token=BOT_TOKEN,
            app_token=APP_TOKEN,
            signing_secret=SIGNING_SECRET,
            manifest=manifest.read(),
            rights_clock=utc_now,  # at a thousand times the speed, trigger ids would end before anybody could press
        )
        await slack.start()
        stack.push_async_callback(slack.stop)
        settings = _settings(slack.api_url, base_url, folder / "pandabot.db")
        bot = await stack.enter_async_context(await build(settings, clock=clock))
        yield Sandbox(slack=slack, pandapon=pandapon, world=world, clock=clock, settled=lambda: _settled(bot))


def _settings(slack_url: str, pandapon_url: str, database: Path) -> Settings:
    return DemoSettings(
        slack_mode="socket",
        slack_bot_token=SecretStr(BOT_TOKEN),
        slack_app_token=SecretStr(APP_TOKEN),
        slack_signing_secret=SecretStr(SIGNING_SECRET),
        slack_api_url=slack_url,
        pandapon_base_url=pandapon_url,
        pandapon_access_key=SecretStr(ACCESS_KEY),
        pandapon_access_secret=SecretStr(ACCESS_SECRET),
        pandapon_user_id=USER_ID,
        database_path=database,
        http_port=0,
        poll_interval_seconds=1,
        cadence_factor=0,
    )


async def _settled(bot: Bot) -> None:
    """Wait until the bot has finished all answers."""
    while in_hand := set(bot.context.in_hand):
        await asyncio.wait(in_hand)


async def show(port: int | None = None, *, open_page: bool = True) -> int:
    """Serve the web page until told to stop. Returns the exit code: 1 when the port that was asked for is taken."""
    return await _guarded(_show(port, open_page=open_page))


async def _show(port: int | None, *, open_page: bool) -> int:
    async with running_sandbox(utc_now()) as sandbox, WebServer(sandbox) as server:
        try:
            address = await _listen(server, port)
        except OSError as error:
            sys.stderr.write(f"pandabot demo: port {port} cannot be had: {error.strerror}\n")
            return FAILED
        sys.stdout.write(f"The demo is at {address}\nCtrl-C ends it; nothing of it stays.\n")
        sys.stdout.flush()
        if open_page and _has_screen():
            await asyncio.to_thread(webbrowser.open, address)
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
    """Chat in this terminal; input that is no terminal is played as a script. Returns the exit code."""
    if not sys.stdin.isatty():
        return await _guarded(_play_input())
    return await _guarded(_talk())


async def play(text: str, *, patience: float = PATIENCE) -> int:
    """Play a script. Returns the exit code: 1 when a line failed, or waited ``patience`` seconds in vain."""
    return await _guarded(_play(_each(text), patience))


async def paint(path: Path) -> int:
    """Play the scenes of the README's pictures and draw them: the page (.png) or the terminal (.svg)."""
    return await _guarded(_photograph(path) if path.suffix == ".png" else _paint(path))


async def _photograph(path: Path) -> int:
    from sandbox.web.screenshots import photograph  # noqa: PLC0415  needs a package that only developers install

    async with running_sandbox(PICTURED) as sandbox, WebServer(sandbox) as server:
        await photograph(f"{await server.start()}?as=tom", path, server.hub.forward)
    return 0


async def _paint(path: Path) -> int:
    async with running_sandbox(STARTED) as sandbox:
        session = Session(sandbox, _unseen, width=pictures.WIDTH, everywhere=True)
        failure = await play_lines(session, _each(pictures.SCENES), _unseen)
        if not failure:
            drawn = pictures.picture(pictures.scenes(session.screen, session.channel), title="pandabot")
            _write(path, drawn)
    return _outcome(failure)


def _unseen(*_lines: object) -> None:
    """Drop the lines: only the picture is wanted."""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


async def _talk() -> int:
    async with running_sandbox(utc_now()) as sandbox:
        await chat(sandbox, lines(sys.stdin.fileno()), Printer(sys.stdout))
    return 0


async def _play_input() -> int:
    return await _play(lines(sys.stdin.fileno()))


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
