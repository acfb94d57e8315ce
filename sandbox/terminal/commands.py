"""Parses a line typed in the terminal into a request. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FAULTS = ("slow", "down", "5xx", "malformed", "ratelimit", "off")
WAITS = ("news", "message", "answer", "edit")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
MAX_SPEED = 100_000
LONGEST = timedelta(days=60)


class NotUnderstoodError(ValueError):
    """The line begins like a command but is not a valid one. The message shows the right form."""


@dataclass(frozen=True, slots=True)
class Slash:
    """A slash command, as typed."""

    command: str
    text: str


@dataclass(frozen=True, slots=True)
class Say:
    """A plain message in the channel."""

    text: str


@dataclass(frozen=True, slots=True)
class Press:
    """Press the button with this number, in the message with this number or in the last message with buttons."""

    button: int
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Run a message shortcut on a message by its number, or on the last one."""

    name: str
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """Show the whole thread of a message by its number, or the last thread."""

    message: int | None = None


@dataclass(frozen=True, slots=True)
class GoTo:
    """Go to another channel."""

    channel: str


@dataclass(frozen=True, slots=True)
class Become:
    """Act as another person."""

    name: str


@dataclass(frozen=True, slots=True)
class Forward:
    """Move the clock forward at once."""

    by: timedelta


@dataclass(frozen=True, slots=True)
class Speed:
    """Set how many seconds pass in one real second."""

    factor: float


@dataclass(frozen=True, slots=True)
class Fault:
    """Switch one of PandaPon's faults on, or all faults off."""

    kind: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait until a kind of message has arrived this many times since the last action."""

    kind: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Expect:
    """Fail unless the channel shows this text."""

    text: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A request of one word: orders, help, quit."""

    word: str


Request = (
    Slash | Say | Press | Shortcut | Thread | GoTo | Become | Forward | Speed | Fault | Wait | Expect | Plain
)  # fmt: skip


def read(line: str) -> Request | None:
    """Return the request in a line; None for an empty line or a comment. Raises NotUnderstoodError."""
    line = line.strip().removeprefix("\ufeff")
    if not line or line == "#" or line.startswith(("# ", "##")):
        return None
    if line.startswith("/"):
        command, _, text = line.partition(" ")
        return Slash(command, text.strip())
    for pattern, make in _SHAPES:
        if match := re.fullmatch(pattern, line, re.IGNORECASE):
            return make(*match.groups())
    if usage := _USAGES.get(line.split()[0].lower()):
        raise NotUnderstoodError(usage)
    return Say(line)


def duration(number: str, unit: str) -> timedelta:
    """Return a length of time such as 2 and h, or 90 and m. Raises NotUnderstoodError beyond ``LONGEST``."""
    length = timedelta(seconds=float(number) * _UNITS[unit.lower()]) if len(number) < len("123456") else LONGEST * 2
    if length > LONGEST:
        raise NotUnderstoodError(f"no more than {LONGEST.days} days at a time, please")
    return length


def _speed(number: str) -> Speed:
    factor = float(number)
    if not 0 < factor <= MAX_SPEED:
        raise NotUnderstoodError(f"speed takes a number above 0 and up to {MAX_SPEED}")
    return Speed(factor)


def _number(text: str | None) -> int | None:
    return int(text) if text else None


_USAGES = {
    "press": "press takes a button's number, and a message's where it is not the last: `press 2` or `press 2 of 7`",
    "shortcut": "shortcut takes track or watch, and a message's number: `shortcut track` or `shortcut watch 7`",
    "ff": "ff takes a length of time: `ff 30m`, `ff 2h`, `ff 1d`",
    "speed": "speed takes how many times faster than the clock time passes: `speed 60`",
    "faults": f"faults takes one of {', '.join(FAULTS)}: `faults slow`",
    "wait": f"wait takes one of {', '.join(WAITS)}, and how many: `wait news` or `wait news 2`",
    "expect": "expect takes the text that must be on the screen: `expect Delivered`",
    "channel": "channel takes a channel's name: `channel #urgent`",
    "say": "say takes the message: `say 2542285634920880794 has shipped`",
}

_SHAPES: tuple[tuple[str, Callable[..., Request]], ...] = (
    (r"(?:press\s+)?(\d{1,3})(?:\s+of\s+m?(\d{1,4}))?", lambda n, m: Press(int(n), _number(m))),
    (r"shortcut\s+(track|watch)(?:\s+(?:on\s+)?m?(\d{1,4}))?", lambda name, m: Shortcut(name.lower(), _number(m))),
    (r"(?:thread|open)(?:\s+m?(\d{1,4}))?", lambda m: Thread(_number(m))),
    (r"(?:channel\s+)?#([^\s#]+)|channel\s+([^\s#]+)", lambda a, b: GoTo(a or b)),
    (r"as\s+@?(\S+)", Become),
    (r"ff\s+(\d+(?:\.\d+)?)\s*([smhd])\w*", lambda n, unit: Forward(duration(n, unit))),
    (r"speed\s+(\d{1,6}(?:\.\d{1,3})?)", _speed),
    (rf"faults?\s+({'|'.join(FAULTS)})", lambda kind: Fault(kind.lower())),
    (rf"wait\s+({'|'.join(WAITS)})(?:\s+(\d{{1,3}}))?", lambda kind, n: Wait(kind.lower(), _number(n) or 1)),
    (r"expect\s+(.+)", Expect),
    (r"say\s+(.+)", Say),
    (r"(orders|help|quit)", lambda word: Plain(word.lower())),
    (r"(?:exit|q|bye)", lambda: Plain("quit")),
    (r"\?", lambda: Plain("help")),
)
