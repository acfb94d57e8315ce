"""`pandabot demo` and `pandabot sandbox`: the stand-ins of Slack and PandaPon."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.terminal import fail
from bot.process import log, loop

sandbox = typer.Typer(no_args_is_help=True, help="Stand-ins of outside services, for developers.")


@sandbox.command("pandapon")
def sandbox_pandapon(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free one.")] = 8766,
    push_to: Annotated[
        str, typer.Option(help="The address that gets push messages, e.g. http://127.0.0.1:8080/…")
    ] = "",
) -> None:
    """Run the stand-in of PandaPon: all operations, with state, strict. Prints the settings that reach it."""
    if push_to and not push_to.startswith("http"):
        fail(f"--push-to {push_to!r} is no address that begins with http:// or https://")
    log.configure("error", ())
    try:
        asyncio.run(_until_stopped(port, push_to))
    except OSError as error:
        fail(f"cannot listen on port {port}: {error.strerror}")


async def _until_stopped(port: int, push_to: str) -> None:
    from bot.commands.sandbox import serve

    await serve(port, typer.echo, loop.stop_on_signals(), push_to)


def demo(
    script: Annotated[Path | None, typer.Option(help="Play the commands of this file ('-': standard input).")] = None,
    *,
    terminal: Annotated[bool, typer.Option("--terminal", help="A plain chat in this terminal, no page.")] = False,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The page's port [8765, or a free one when it is taken].")
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Open no browser; just say where the page is.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the bot's log.")] = False,
) -> None:
    """Try the bot here: the real bot against stand-ins of Slack and PandaPon. Needs no account anywhere.

    Opens a page in the browser. If input is piped in, it is run as a script, unless --port or --no-open is given.
    """
    from bot.commands.demo import play, show, talk

    log.configure("info" if debug else "error", ())
    if script is not None:
        text = sys.stdin.read() if str(script) == "-" else _read(script)
        raise typer.Exit(asyncio.run(play(text)))
    if terminal or (port is None and not no_open and not sys.stdin.isatty()):
        raise typer.Exit(asyncio.run(talk()))
    raise typer.Exit(asyncio.run(show(port, open_page=not no_open)))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"cannot read {path}: {error}")
