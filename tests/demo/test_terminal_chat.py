"""The interactive chat: a prompt that stays, and messages that arrive while nobody types."""

from __future__ import annotations

import asyncio
import io
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.patience import PATIENCE, in_time

from bot.commands import demo_sandbox
from sandbox.terminal.chat import CLEAR_LINE, Printer, chat

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ORDER = "2542285634920880794"
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


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

    def card(self) -> str:
        """The number of the first card. An answer that takes long has a working line, which takes a number, too."""
        match = re.search(
            r"(m\d+) #orders pandabot \d\d:\d\d\n", re.sub(r"\x1b\[[\d;]*[a-zA-Z]|\r", "", self.getvalue())
        )
        assert match, self.getvalue()
        return match[1]

    async def shows(self, text: str) -> None:
        async with asyncio.timeout(PATIENCE):
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


@pytest.mark.parametrize("hours", [0, 19.5, 126])
@pytest.mark.parametrize("delay", [0.0, 1.0])
async def test_a_person_talks_with_the_bot(hours: float, delay: float) -> None:
    """First lines to copy, an answer, news while idle, another channel by a notice, mistakes in one line, and out.

    At night and at the weekend as by day; ``delay``: seconds that PandaPon takes for an answer.
    """
    terminal, keyboard = Terminal(), Keyboard()
    async with demo_sandbox.running_sandbox(MONDAY + timedelta(hours=hours)) as sandbox:
        sandbox.pandapon.faults.delay = delay
        chatting = asyncio.create_task(chat(sandbox, keyboard.lines(), Printer(terminal)))
        await terminal.shows("mei #orders> ")
        first = terminal.getvalue().split(CLEAR_LINE)[0]
        assert first.count("\n") == 3
        assert f"/panda watch {ORDER}" in first

        keyboard.type(f"/panda watch {ORDER}")
        await terminal.shows("] Undo")
        sandbox.pandapon.faults.delay = 0.0
        keyboard.type("ff 1h")
        await terminal.shows(f"in the thread of {terminal.card()}")

        await sandbox.slack.say("tom", "#urgent", "see *this* &lt;3")
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
        await in_time(chatting)
    assert terminal.getvalue().count(CLEAR_LINE) >= 3, "the prompt gives way to what arrives"


async def test_the_end_of_input_leaves() -> None:
    """Ctrl-D is a way out like `quit`."""
    terminal, keyboard = Terminal(), Keyboard()
    async with demo_sandbox.running_sandbox(MONDAY) as sandbox:
        keyboard.type(None)
        await in_time(chat(sandbox, keyboard.lines(), Printer(terminal)))
    assert terminal.getvalue().endswith("\n")
