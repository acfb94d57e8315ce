"""How long something lasts, as people type it: ``24h``, ``2 days``, ``1.5h``, ``半小时``, ``until 18:00``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from handlers.wire.text import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.parsing.tokens import Token

HALF_DAY = 12  # hours
_FOR = frozenset({"for", "期间"})
_UNTIL = frozenset({"until", "till", "til", "直到", "至"})
# The minutes of each unit, by its spellings.
_UNITS = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分", "分钟"), 1),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "小时", "个小时", "钟头", "个钟头"), 60),
    **dict.fromkeys(("d", "day", "days", "天", "日"), 24 * 60),
    **dict.fromkeys(("w", "wk", "week", "weeks", "周", "星期", "个星期"), 7 * 24 * 60),
}
_NUMBERS = {"half": "0.5", "半": "0.5", "a": "1", "an": "1", "one": "1", "two": "2", "three": "3"}
_NUMBERS |= {word: str(n) for n, word in enumerate("一二三四五六七八九十", 1)} | {"两": "2", "半个": "0.5"}
_NUMBER = rf"[0-9]{{1,4}}(?:\.[0-9]{{1,2}})?|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}"
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_SPAN = re.compile(rf"({_NUMBER})({_UNIT})")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])(?:[:.点时]([0-5][0-9])分?|[点时])")
_HALF_DAY = re.compile(r"(1[0-2]|0?[1-9])(?::([0-5][0-9]))?(am|pm)")
# Words that mean a time although none of the forms above can read them.
_TIMES = re.compile(
    r"today|tonight|tomorrow|tmrw|morning|noon|evening|night|weekend|month|months|forever|always|indefinitely|"
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|"
    r"(?:今|明|后)[天日晚]|[早晚]上|上午|下午|中午|周末|一直|永久|\d*个?月|\d{1,2}:\d{2}|"
    rf"-?[0-9.,]+(?:{_UNIT}|mo|months?|y|years?|年|s|secs?|seconds?|秒)|{_UNIT}"
)


@dataclass(frozen=True, slots=True)
class TypedTimes:
    """The durations and times of day among some words, and the remaining words.

    ``until``: times of day, ``HH:MM``. ``unreadable``: words that mean a time but cannot be read.
    """

    spans: list[timedelta] = field(default_factory=list)
    until: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    remaining: list[Token] = field(default_factory=list)


def read_times(words: Sequence[Token]) -> TypedTimes:
    """Take the durations and times of day out of the words. Never fails: the result also has the unreadable ones."""
    times, queue = TypedTimes(), list(words)
    while queue:
        word = queue.pop(0)
        text, following = folded(word.text), folded(queue[0].text) if queue else ""
        if text in _FOR:
            continue
        if text == "half" and following in {"a", "an"}:
            del queue[0]
            following = folded(queue[0].text) if queue else ""
        if text in _UNTIL:
            _take_clock(times, text, following)
            del queue[:1]
        elif following in _UNITS and _SPAN.fullmatch(text + following):
            _take_span(times, text + following, f"{text} {following}")
            del queue[:1]
        elif _SPAN.fullmatch(text):
            _take_span(times, text, text)
        elif until := next((text[len(start) :] for start in _UNTIL if text.startswith(start)), ""):
            _take_clock(times, text, until) if _clock(until) else times.remaining.append(word)
        elif _TIMES.fullmatch(text):
            times.unreadable.append(text)
        else:
            times.remaining.append(word)
    return times


def _take_span(times: TypedTimes, joined: str, typed: str) -> None:
    match = _SPAN.fullmatch(joined)
    assert match
    minutes = Decimal(_NUMBERS.get(match[1], match[1])) * _UNITS[match[2]]
    if minutes == int(minutes):
        times.spans.append(timedelta(minutes=int(minutes)))
    else:
        times.unreadable.append(typed)


def _take_clock(times: TypedTimes, word: str, typed: str) -> None:
    clock = _clock(typed)
    if clock:
        times.until.append(clock)
    else:
        times.unreadable.append(f"{word} {typed}".strip())


def _clock(typed: str) -> str:
    """A time of day as ``HH:MM``; empty for any other text."""
    if match := _CLOCK.fullmatch(typed):
        return f"{int(match[1]):02}:{match[2] or '00'}"
    if match := _HALF_DAY.fullmatch(typed):
        hour = int(match[1]) % HALF_DAY + (HALF_DAY if match[3] == "pm" else 0)
        return f"{hour:02}:{match[2] or '00'}"
    return ""
