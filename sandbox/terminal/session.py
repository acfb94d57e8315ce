"""One person at the demo's terminal: the person's channel and screen, and the effect of each request."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rich.text import Text

from sandbox.terminal import commands
from sandbox.terminal.screen import Screen
from sandbox.terminal.texts import HELP, format_duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.terminal.blocks import Button
    from sandbox.terminal.sandbox import Sandbox
    from sandbox.terminal.screen import Change, Entry

RECENT = 4  # messages that are shown again when the person enters a channel
PATIENCE = 20.0  # seconds of real time that a message may take to arrive


class CannotError(Exception):
    """The request is valid but impossible now; the error's text says why."""


class Session:
    """Carries out requests and prints the messages that arrive.

    With ``everywhere``, the messages of other channels are printed whole, too. A wait takes at most ``patience`` real
    seconds.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        out: Callable[..., None],
        *,
        width: int,
        everywhere: bool,
        patience: float = PATIENCE,
    ) -> None:
        self._sandbox, self._out, self._width, self._everywhere = sandbox, out, width, everywhere
        self._patience = patience
        self.user, self.channel = sandbox.first_user, sandbox.first_channel
        self.screen = self._fresh_screen()
        self._arrived: list[Change] = []  # since the last action
        self._taken: dict[str, int] = {}  # by kind, the messages since then that earlier waits have counted
        self._answered = 0  # the bot's answers when the last action began
        self._more = asyncio.Event()
        self.leaving = False

    @property
    def prompt(self) -> str:
        """The person and the channel: ``mei #orders> ``."""
        return f"{self.user} {self.channel}> "

    async def follow(self) -> None:
        """Print messages as they arrive, until cancelled."""
        while True:
            await self._sandbox.changed()
            self.refresh()

    def refresh(self) -> None:
        """Print what is new since the last time."""
        self.screen.viewer = self._sandbox.viewer(self.user)
        changes = self.screen.update(self._sandbox.items(self.user))
        for change in changes:
            self._show(change)
        self._arrived += changes
        self._more.set()

    async def do(self, request: commands.Request) -> None:  # noqa: C901, PLR0912  one branch for each kind of request
        """Carry out a request. Raises CannotError."""
        match request:
            case commands.Slash():
                self._begin_action()
                await self._sandbox.slash(self.user, self.channel, request.command, request.text)
            case commands.Say():
                self._begin_action()
                await self._sandbox.say(self.user, self.channel, request.text)
            case commands.Press():
                entry, button = self._button(request)
                self._begin_action()
                await self._sandbox.press(self.user, entry.item, button)
            case commands.Shortcut():
                entry = self._shared(request.message)
                self._begin_action()
                await self._sandbox.shortcut(self.user, entry.item, request.name)
            case commands.Thread():
                self._thread(request.message)
            case commands.GoTo():
                self._go(request.channel)
            case commands.Become():
                self._become(request.name)
            case commands.Forward():
                await self._sandbox.caught_up()  # a first reading after the step would take its events as known
                self._begin_action()
                self._sandbox.clock.advance(request.by)
                self._note(f"{format_duration(request.by)} later: it is {self._sandbox.viewer(self.user).local_time()}")
            case commands.Speed():
                self._sandbox.clock.set_speed(request.factor)
                self._note(f"time passes {request.factor:g} times as fast")
            case commands.Fault():
                self._note(self._sandbox.fault(request.kind))
            case commands.Wait():
                await self.wait(request.kind, request.count)
            case commands.Expect():
                await self.expect(request.text)
            case commands.Plain():
                self._plain(request.word)
        self.refresh()

    async def wait(self, kind: str, count: int = 1) -> None:
        """Wait until ``count`` further messages of a kind have arrived. Raises CannotError if they do not.

        Messages count since the last action, each for one wait only.
        """
        wanted = self._taken.get(kind, 0) + count
        if not await self._until(lambda: self._number_of(kind) >= wanted):
            came = self._number_of(kind) - self._taken.get(kind, 0)
            raise CannotError(f"waited {self._patience:g} s for {count} x {kind}, and {came} came")
        self._taken[kind] = wanted

    async def expect(self, text: str) -> None:
        """Wait until this channel shows the text. Raises CannotError if it does not."""
        wanted = " ".join(text.split())
        if not await self._until(lambda: wanted in self.screen.visible_text(self.channel)):
            raise CannotError(f"{self.channel} does not show {wanted!r}")

    async def settle(self) -> None:
        """Wait until the bot has answered the last action and has no more work."""
        await self._until(lambda: self._sandbox.answers() > self._answered)
        await self._sandbox.settled()
        self.refresh()

    async def _until(self, is_so: Callable[[], bool]) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                self.refresh()
                while not is_so():
                    self._more.clear()
                    await self._more.wait()  # set by refresh(), which follow() calls at every change
        except TimeoutError:
            return False
        return True

    def _number_of(self, kind: str) -> int:
        return sum(_is(kind, change) for change in self._arrived)

    def _begin_action(self) -> None:
        self.refresh()
        self._arrived, self._taken = [], {}
        self._answered = self._sandbox.answers()

    def _show(self, change: Change) -> None:
        item = change.entry.item
        if self._everywhere or item.channel == self.channel:
            self._print(self.screen.introduce(change))
        elif change.before is None:
            self._note(f"{item.channel}: a message from {item.sender} (m{change.entry.number})")

    def _print(self, lines: list[Text]) -> None:
        self._out(*lines)

    def _note(self, text: str) -> None:
        self._out(Text(f"· {text}", style="yellow"))

    def _entry(self, number: int) -> Entry:
        entry = self.screen.find(number)
        if entry is None:
            raise CannotError(f"there is no message m{number}")
        return entry

    def _shared(self, number: int | None) -> Entry:
        """Return a message that everybody in the channel sees: Slack offers shortcuts on these only."""
        if number is not None and self._entry(number).item.private:
            raise CannotError(f"only you see m{number}; shortcuts work on what everybody in the channel sees")
        shared = [entry for entry in self.screen.channel(self.channel) if not entry.item.private]
        if number is None and not shared:
            raise CannotError(f"nobody has said anything in {self.channel} yet")
        return shared[-1] if number is None else self._entry(number)

    def _button(self, request: commands.Press) -> tuple[Entry, Button]:
        with_buttons = [entry for entry in self.screen.channel(self.channel) if entry.drawn.buttons]
        if request.message is None and not with_buttons:
            raise CannotError(f"no message in {self.channel} has buttons")
        entry = with_buttons[-1] if request.message is None else self._entry(request.message)
        if not 0 < request.button <= len(entry.drawn.buttons):
            raise CannotError(f"m{entry.number} has {len(entry.drawn.buttons)} buttons, and no number {request.button}")
        button = entry.drawn.buttons[request.button - 1]
        self._note(f"{self.user} presses {button.label} on m{entry.number}")
        return entry, button

    def _thread(self, number: int | None) -> None:
        replies = [entry for entry in self.screen.channel(self.channel) if entry.item.thread]
        if number is None and not replies:
            raise CannotError(f"no thread in {self.channel}")
        for entry in self.screen.thread(replies[-1] if number is None else self._entry(number)):
            self._print(self.screen.whole(entry))

    def _go(self, name: str) -> None:
        channels = self._sandbox.channels(self.user)
        match = next((channel for channel in channels if channel.lstrip("#@") == name.lstrip("#@")), None)
        if match is None:
            raise CannotError(f"{self.user} is in no channel #{name}; there are {', '.join(channels)}")
        self.channel = match
        self._recent()

    def _become(self, name: str) -> None:
        people = self._sandbox.people()
        if name.lower() not in people:
            raise CannotError(f"there is nobody called {name}; there are {', '.join(people)}")
        self.user = name.lower()
        if self.channel not in self._sandbox.channels(self.user):
            self.channel = self._sandbox.first_channel
        self.screen = self._fresh_screen()
        self._arrived, self._taken = [], {}
        self.screen.update(self._sandbox.items(self.user))
        self._note(f"you are {self.user} now; it is {self._sandbox.viewer(self.user).local_time()} where you are")
        self._recent()

    def _recent(self) -> None:
        entries = self.screen.channel(self.channel)
        count = f"{len(entries)} message{'s' if len(entries) > 1 else ''}"
        self._note(f"{self.channel}: {count}" if entries else f"{self.channel} is empty")
        for entry in entries[-RECENT:] if not self._everywhere else ():
            self._print(self.screen.whole(entry))

    def _plain(self, word: str) -> None:
        if word == "quit":
            self.leaving = True
        else:
            text = HELP if word == "help" else "\n".join(self._sandbox.orders())
            self._print([Text(line, no_wrap=True) for line in text.splitlines()])

    def _fresh_screen(self) -> Screen:
        return Screen(self._sandbox.viewer(self.user), self._width)


def _is(kind: str, change: Change) -> bool:
    if kind == "news":
        return change.is_news
    if kind == "edit":
        return change.before is not None and not change.entry.item.private
    return change.is_answer if kind == "answer" else change.before is None
