"""The part of the grammar about what channels choose: mutes, settings, all orders, and why something was posted."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from handlers import order_states
from handlers.i18n import _
from handlers.options import read_options
from handlers.order_ids import sift
from handlers.requests import MUTE_FOR, Mute, ShowSettings, Unmute, UnwatchAll, WatchAll, Why
from handlers.text import code
from handlers.tokens import folded
from handlers.verbs import FILTERS
from handlers.watch_grammar import ids_or_none, one_id, take_channel
from tracking.values import Filter

if TYPE_CHECKING:
    from handlers.options import Command
    from handlers.tokens import Token

_ALL = frozenset({"all", "everything", "全部", "所有"})
_FOR = frozenset({"for", "期间"})
_SPAN = re.compile(r"([0-9]{1,4})(h|hours?|小时|d|days?|天|w|weeks?|周)")
_UNITS = {"h": timedelta(hours=1), "小": timedelta(hours=1), "d": timedelta(days=1), "天": timedelta(days=1)}
_UNITS |= {"w": timedelta(weeks=1), "周": timedelta(weeks=1)}
LONGEST_MUTE = timedelta(days=366)


def why(command: Command) -> Why:
    """Read ``why``. Raises Refusal."""
    _options, words = read_options(command)
    where, words = take_channel(command, words)
    return Why(one_id(command, words, waybills=True), where.channel)


def mute(command: Command) -> Mute:
    """Read ``mute``: without ids the whole channel; 24 hours unless said otherwise. Raises Refusal."""
    _options, words = read_options(command)
    where, words = take_channel(command, words)
    span, words = _take_span(command, words)
    return Mute(ids_or_none(command, words, where), where.channel, span)


def unmute(command: Command) -> Unmute:
    """Read ``unmute``. Raises Refusal."""
    _options, words = read_options(command)
    where, words = take_channel(command, words)
    return Unmute(ids_or_none(command, words, where), where.channel)


def settings(command: Command) -> ShowSettings:
    """Read ``settings``. Raises Refusal."""
    _options, words = read_options(command)
    where, words = take_channel(command, words)
    if words:
        problem = _("{word} is not a channel; to change its settings, press the button in this command's answer")
        raise command.refuse(problem.format(word=code(words[0].text, 40)), try_="/panda settings")
    return ShowSettings(where.channel)


def is_about_all(command: Command) -> bool:
    """Whether ``watch`` or ``unwatch`` means every order rather than the filter "all" for some."""
    if not command.tokens or folded(command.tokens[0].text) not in _ALL:
        return False
    _where, words = take_channel(command, command.tokens[1:])  # a channel's name may look like a waybill
    return not sift(words, waybills=True).good


def watch_all(command: Command) -> WatchAll:
    """Read ``watch all [state] [filter]``. Raises Refusal."""
    _options, words = read_options(command)
    where, words = take_channel(command, words[1:])
    states = {**{state: state for state in order_states.STATES}, **order_states.SYNONYMS}
    status, filter_ = "", None
    for word in words:
        text = folded(word.text)
        if text in FILTERS and not filter_:
            filter_ = FILTERS[text]
        elif text in states and not status:
            status = states[text]
        else:
            problem = _("{word} is neither a state ({states}) nor a filter ({filters})").format(
                word=code(word.text, 40),
                states=", ".join(f"`{one}`" for one in order_states.STATES),
                filters=", ".join(f"`{one}`" for one in Filter),
            )
            raise command.refuse(problem, try_=" ".join(["/panda watch all", *where.typed()]))
    return WatchAll(where.channel, status, filter_)


def unwatch_all(command: Command) -> UnwatchAll:
    """Read ``unwatch all``. Raises Refusal."""
    _options, words = read_options(command)
    where, words = take_channel(command, words[1:])
    if words:
        problem = _("{word} is not expected here: this ends `watch all`; to stop single orders, give their ids")
        raise command.refuse(problem.format(word=code(words[0].text, 40)), try_="/panda unwatch all")
    return UnwatchAll(where.channel)


def _is_split(words: list[Token]) -> bool:
    """Whether the number at the end is the rest of an id rather than a duration."""
    return bool(sift(words, waybills=True).rejoined)


def _take_span(command: Command, words: list[Token]) -> tuple[timedelta, list[Token]]:
    spans: list[timedelta] = []
    rest: list[Token] = []
    for word in words:
        text = folded(word.text)
        if text in _FOR:
            continue
        if match := _SPAN.fullmatch(text):
            spans.append(int(match[1]) * _UNITS[match[2][0]])
        else:
            rest.append(word)
    again = " ".join(["/panda mute", *(word.text for word in rest), "24h"])
    if len(spans) > 1:
        raise command.refuse(_("there are two durations; choose one"), try_=again)
    if spans and not timedelta() < spans[0] <= LONGEST_MUTE:
        raise command.refuse(_("a mute lasts from one hour to a year, e.g. `24h`, `3d`, `2w`"), try_=again)
    if not spans and rest and re.fullmatch(r"[0-9]{1,4}", folded(rest[-1].text)) and not _is_split(rest):
        problem = _("{n} of what? Say `{n}h` or `{n}d`").format(n=folded(rest[-1].text))
        shown = " ".join(["/panda mute", *(word.text for word in rest[:-1]), f"{folded(rest[-1].text)}h"])
        raise command.refuse(problem, try_=shown)
    return (spans[0] if spans else MUTE_FOR), rest
