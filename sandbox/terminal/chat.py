"""The interactive chat: a prompt, and messages that are printed above it as they arrive."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.text import Text

from sandbox.terminal.commands import NotUnderstoodError, read
from sandbox.terminal.session import CannotError, Session
from sandbox.terminal.texts import WELCOME

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    from sandbox.terminal.sandbox import Sandbox

SCRIPT_WIDTH = 100  # columns of a pipe or file
WIDEST = 110  # columns; longer lines are hard to read
CLEAR_LINE = "\r\x1b[K"


class Printer:
    """Prints lines. A prompt on the screen is removed before the lines and shown again after them."""

    def __init__(self, stream: TextIO) -> None:
        self.is_terminal = stream.isatty()
        width = None if self.is_terminal else SCRIPT_WIDTH
        self._stream = stream
        self._console = Console(file=stream, width=width, highlight=False)
        self._prompt = ""

    @property
    def width(self) -> int:
        """The columns that a line may take."""
        return min(self._console.width, WIDEST)

    def __call__(self, *lines: Text) -> None:
        """Print lines."""
        if self._prompt:
            self._stream.write(CLEAR_LINE)
        for line in lines:
            printed = line.copy()
            printed.plain = printed.plain.replace("\u00a0", " ")
            self._console.print(printed, soft_wrap=True)
        self._show_prompt()

    def prompt(self, text: str) -> None:
        """Show a prompt; empty text removes it."""
        self._prompt = text
        self._show_prompt()

    def leave(self) -> None:
        """End the prompt's line, so that later output begins on a line of its own."""
        if self._prompt:
            self._stream.write("\n")
        self._prompt = ""

    def _show_prompt(self) -> None:
        if self._prompt:
            self._stream.write(f"\x1b[1;36m{self._prompt}\x1b[0m")
            self._stream.flush()


async def chat(sandbox: Sandbox, lines: AsyncIterable[str], printer: Printer) -> None:
    """Chat until ``quit`` or the end of input."""
    session = Session(sandbox, printer, width=printer.width, everywhere=False)
    printer(*(Text(line, style="green") for line in WELCOME))
    session.refresh()
    following = asyncio.create_task(session.follow())
    try:
        printer.prompt(session.prompt)
        async for line in lines:
            printer.prompt("")
            await _line(session, line, printer)
            if session.leaving:
                return
            printer.prompt(session.prompt)
    finally:
        printer.leave()
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def _line(session: Session, line: str, printer: Printer) -> None:
    try:
        if request := read(line):
            await session.do(request)
    except (NotUnderstoodError, CannotError) as error:
        printer(Text(f"· {error}", style="red"))
