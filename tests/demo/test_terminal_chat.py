"""The interactive chat: a prompt that stays, and messages that arrive while nobody types."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.commands import demo_sandbox
from sandbox.terminal.chat import CLEAR_LINE, Printer, chat

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ORDER = "2542285634920880794"


class Terminal(io.StringIO):
    """A terminal as far as output goes."""

    def __init__(self) -> None:
        super().__init__()
        self._written = asyncio.Event()

    def write(self, text: str) -> int:
        self._written.set()
        return super().write(text)

    def isatty(self) -> bool:
        return True

    async def shows(self, text: str) -> None:
        async with asyncio.timeout(10):
            while text not in self.getvalue():
                self._written.clear()
                await self._written.wait()


class Keyboard:
    """Lines typed one at a time."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()

    def type(self, line: str | None) -> None:
        self._lines.put_nowait(line)

    async def lines(self) -> AsyncIterator[str]:
        while (line := await self._lines.get()) is not None:
            yield line


async def test_a_person_talks_with_the_bot() -> None:
    """First lines to copy, an answer, news while idle, another channel by a notice, mistakes in one line, and out."""
    terminal, keyboard = Terminal(), Keyboard()
    async with demo_sandbox.running_sandbox(datetime.now(UTC)) as one:
        chatting = asyncio.create_task(chat(one, keyboard.lines(), Printer(terminal)))
        await terminal.shows("mei #orders> ")
        first = terminal.getvalue().split(CLEAR_LINE)[0]
        assert first.count("\n") == 3
        assert f"/panda watch {ORDER}" in first

        keyboard.type(f"/panda watch {ORDER}")
        await terminal.shows("] Undo")
        keyboard.type("ff 1h")
        await terminal.shows("in the thread of m1")

        await one.slack.say("tom", "#urgent", "see *this* &lt;3")
        await terminal.shows("#urgent: a message from tom")
        assert "<3" not in terminal.getvalue(), "another channel's words wait until one looks there"
        keyboard.type("#urgent")
        await terminal.shows("<3")
        await terminal.shows("mei #urgent> ")

        keyboard.type("press 4")
        await terminal.shows("no message in #urgent has buttons")
        keyboard.type("speed quickly")
        await terminal.shows("speed 60")
        keyboard.type("quit")
        await asyncio.wait_for(chatting, 5)
    assert terminal.getvalue().count(CLEAR_LINE) >= 3, "the prompt gives way to what arrives"


async def test_the_end_of_input_leaves() -> None:
    """Ctrl-D is a way out like `quit`."""
    terminal, keyboard = Terminal(), Keyboard()
    async with demo_sandbox.running_sandbox(datetime.now(UTC)) as one:
        keyboard.type(None)
        await asyncio.wait_for(chat(one, keyboard.lines(), Printer(terminal)), 5)
    assert terminal.getvalue().endswith("\n")
