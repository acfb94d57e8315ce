"""The orders and the channel that a command names. Strict: a typo never widens what is done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from handlers.blocks.i18n import _, ngettext
from handlers.blocks.text import code
from handlers.parsing.order_ids import MAX_IDS, sift
from handlers.parsing.tokens import Kind, Token
from handlers.parsing.words import FILTERS, nearest
from handlers.requests import is_channel_id
from handlers.wire.text import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.errors import UsageError
    from handlers.parsing.order_ids import Sifted
    from handlers.parsing.typed_command import TypedCommand
    from tracking.values import Filter

_CHANNEL_NAME = re.compile(r"[\w-]{1,80}")
_WIRE_CHANNEL = re.compile(r"<#([CGD][A-Z0-9]+)(?:\|[^<>]*)?>")  # copied from an answer and typed again
_IN = frozenset({"in", "to", "into", "在", "到"})
_HERE = frozenset({"here", "这里", "本频道"})
_SHOWN = 3  # bad words that are explained; the others are counted
EXAMPLE = "2542285634920880794"


def one_id(command: TypedCommand, words: Sequence[Token], *, waybills: bool) -> str:
    """The one id that ``order`` or ``track`` needs. Raises UsageError."""
    sifted = sift(words, waybills=waybills)
    if not sifted.good and not sifted.bad:
        raise _missing(command, waybills=waybills)
    if sifted.bad:
        raise _bad(command, sifted, [], ())
    if len(sifted.good) > 1:
        problem = _("one order at a time, and there are {n} ids").format(n=len(sifted.good))
        raise command.refuse(problem, suggestion=f"/panda {command.verb} {sifted.good[0]}")
    return sifted.good[0]


@dataclass(frozen=True, slots=True)
class Where:
    """The channel that was named. ``shown`` is how a person would type it again."""

    channel: str | None = None
    shown: str = ""

    def typed(self) -> list[str]:
        """The words behind a command."""
        return ["in", self.shown] if self.shown else []


def ids_or_none(command: TypedCommand, words: Sequence[Token], where: Where) -> tuple[str, ...]:
    """The order ids and waybills, none at all being right too. Raises UsageError for what is neither."""
    return take_ids(command, words, where) if words else ()


def take_channel(command: TypedCommand, words: Sequence[Token]) -> tuple[Where, list[Token]]:
    """Take ``in #channel``, ``#channel`` or ``here`` out of the words. Raises UsageError for a second or wrong one."""
    _refuse_lone_sign(command, words)
    found: list[Where] = []
    rest: list[Token] = []
    queue = list(words)
    while queue:
        token = queue.pop(0)
        if token.kind is Kind.WORD and folded(token.text) in _IN:
            found.append(_after_in(command, token, queue))
        elif (where := _channel(token)) and _is_marked(token):
            found.append(where)
        else:
            rest.append(token)
    if len(set(found)) > 1:
        raise command.refuse(
            _("one channel at a time, and there are {n}").format(n=len(found)),
            instead=[*rest, Token(Kind.WORD, "in"), Token(Kind.WORD, found[0].shown or "here")],
        )
    return (found[0] if found else Where()), rest


def _refuse_lone_sign(command: TypedCommand, words: Sequence[Token]) -> None:
    """``# orders`` is a slip for ``#orders``; read as nothing, it would turn the news to the channel of the command."""
    for sign, name in pairwise(words):
        is_alone = sign.kind is Kind.WORD and not sign.text.strip("#＃")
        where = _channel(name) if is_alone else None
        if where and where.shown:
            joined = Token(Kind.WORD, where.shown)
            others = [joined if one is name else one for one in command.tokens if one is not sign]
            raise command.refuse(_("a channel's name is written right behind its `#`"), instead=others)


def _after_in(command: TypedCommand, token: Token, queue: list[Token]) -> Where:
    where = _channel(queue[0]) if queue else None
    if where is not None:
        queue.pop(0)
        return where
    wrong = queue[0] if queue and queue[0].kind is Kind.PERSON else None
    others = [one for one in command.tokens if one is not token and one is not wrong]
    if wrong:
        problem = _("news goes to channels, not to people; {who} can watch in a direct message with me")
        problem = problem.format(who=code(wrong.text, 40))
    else:
        problem = _("the name of a channel is missing after {word}").format(word=code(token.text, 10))
    raise command.refuse(problem, instead=others)


def _is_marked(token: Token) -> bool:
    """Whether the word is a channel by itself, without "in" before it; ``#2542…`` is an id."""
    if token.kind is Kind.CHANNEL or folded(token.text) in _HERE or _WIRE_CHANNEL.fullmatch(token.text):
        return True
    return token.text[0] in "#＃" and not token.text.lstrip("#＃").isdigit()


def _channel(token: Token) -> Where | None:
    """The channel that a token names; None when it names none."""
    if token.kind is Kind.CHANNEL and is_channel_id(token.target):
        return Where(token.target, token.typed())
    if token.kind is not Kind.WORD:
        return None
    if folded(token.text) in _HERE:
        return Where()
    if match := _WIRE_CHANNEL.fullmatch(token.text):
        return Where(match[1], token.text)
    return _named(token.text.rstrip(",，;；、").lstrip("#＃"))


def _named(name: str) -> Where | None:
    """A channel typed as a bare id or a name; a name is looked up later, by whoever can ask Slack."""
    if is_channel_id(name) and len(name) > 8:  # noqa: PLR2004  Slack's ids have 9 characters and more
        return Where(name, f"<#{name}>")
    name = name.lower()
    if not _CHANNEL_NAME.fullmatch(name) or re.fullmatch(r"[0-9]{5,}", name):
        return None
    return Where(name, f"#{name}")


def take_filters(words: Sequence[Token]) -> tuple[list[Filter], list[Token]]:
    """The filters among the words, each once, and the other words."""
    filters: dict[Filter, None] = {}
    rest = []
    for token in words:
        meant = FILTERS.get(folded(token.text).strip(",;、")) if token.kind is Kind.WORD else None
        if meant:
            filters[meant] = None
        else:
            rest.append(token)
    return list(filters), rest


def take_ids(command: TypedCommand, words: Sequence[Token], where: Where, extra: Sequence[str] = ()) -> tuple[str, ...]:
    """The order ids and waybills, of which there must be one; ``extra`` is what corrections keep. Raises UsageError."""
    sifted = sift(words, waybills=True)
    if not sifted.good and not sifted.bad:
        raise _missing(command, waybills=True)
    if sifted.bad:
        raise _bad(command, sifted, where.typed(), extra)
    if len(sifted.good) > MAX_IDS:
        problem = _("at most {most} orders at a time, and there are {n}").format(most=MAX_IDS, n=len(sifted.good))
        raise command.refuse(problem, suggestion=_again(command, sifted.good[:MAX_IDS], where.typed(), extra))
    return sifted.good


def _missing(command: TypedCommand, *, waybills: bool) -> UsageError:
    example, shows = code(f"/panda {command.verb} {EXAMPLE}"), f"/panda {command.declared.ids_shown_by}"
    if shows != "/panda orders":
        problem = _("no order id was given, e.g. {example}; {list} shows what is watched here")
    elif waybills:
        problem = _("an order id or a waybill is missing, e.g. {example}; {list} shows the ids")
    else:
        problem = _("an order id is missing, e.g. {example}; {list} shows the ids")
    return command.refuse(problem.format(example=example, list=f"`{shows}`"), suggestion=shows)


def _bad(command: TypedCommand, sifted: Sifted, channel: list[str], extra: Sequence[str]) -> UsageError:
    """Refuse everything, name what is wrong, and offer what is right of it."""
    shown = [bad.why for bad in sifted.bad[:_SHOWN]]
    more = len(sifted.bad) - len(shown)
    problem = "; ".join(shown)
    if more:
        problem += "; " + ngettext("and {n} other is wrong too", "and {n} others are wrong too", more).format(n=more)
    return command.refuse(problem, suggestion=_corrected(command, sifted, channel, extra))


def _corrected(command: TypedCommand, sifted: Sifted, channel: list[str], extra: Sequence[str]) -> str:
    if sifted.rejoined:
        joined = sifted.rejoined[:1] if command.declared.takes_one_id else sifted.rejoined[:MAX_IDS]
        return _again(command, joined, channel, extra)
    if misspelt := _near_filter(sifted) if command.declared.takes_filters and not extra else None:
        extra = [misspelt]
    if sifted.good:
        good = sifted.good[:1] if command.declared.takes_one_id else sifted.good[:MAX_IDS]
        return _again(command, good, channel, extra)
    if waybill := next((bad.waybill for bad in sifted.bad if bad.waybill), ""):
        return f"/panda track {waybill}"
    return f"/panda {command.declared.ids_shown_by}"


def _near_filter(sifted: Sifted) -> str | None:
    words = [bad.text for bad in sifted.bad if not any(one.isdigit() for one in bad.text)]
    return nearest(words[0].casefold(), FILTERS) if words else None


def _again(command: TypedCommand, ids: Sequence[str], channel: list[str], extra: Sequence[str]) -> str:
    return " ".join(["/panda", command.verb, *ids, *channel, *extra])
